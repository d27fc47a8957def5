//! DTLS 1.2 as a client, with a pre-shared key or certificates.
//!
//! The library offers `TLS_PSK_WITH_AES_128_CCM_8` and ECDHE-ECDSA suites; a product that speaks neither is out of
//! its reach, and the handshake error says so.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use dimpl::{Config, Dtls, DtlsCertificate, Output, PskResolver};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::time::Instant;

use crate::clock::{now, within};
use crate::datagrams::Datagrams;
use crate::error::{Error, Result};
use crate::ledger::Transport;
use crate::permit::Permit;

/// Messages of the peer that are kept while they wait to be read.
const WAITING: usize = 256;

/// How the harness identifies itself in DTLS.
#[derive(Debug, Clone)]
pub enum DtlsIdentity {
    /// By a pre-shared key.
    Psk {
        /// The identity that is sent.
        identity: Vec<u8>,
        /// The key.
        key: Vec<u8>,
    },
    /// By a certificate: PEM text of an EC certificate and its PKCS#8 key.
    Certificate(Vec<u8>),
}

/// A standing DTLS session.
pub struct DtlsSession {
    engine: Dtls,
    due: Instant,
    connected: bool,
    closed: bool,
    waiting: VecDeque<Vec<u8>>,
    certificate: Option<Vec<u8>>,
}

impl fmt::Debug for DtlsSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DtlsSession").field("connected", &self.connected).finish_non_exhaustive()
    }
}

struct OneKey(Vec<u8>);

impl PskResolver for OneKey {
    fn resolve(&self, _: &[u8]) -> Option<Vec<u8>> {
        Some(self.0.clone())
    }
}

impl Permit {
    /// Opens a DTLS session. Any certificate is taken: judging it is for the tests, which read it from
    /// [`Datagrams::session`].
    ///
    /// # Errors
    /// As [`Permit::udp`]; [`Error::Handshake`] when the other side refuses; [`Error::TimedOut`].
    pub async fn dtls(&self, identity: &DtlsIdentity) -> Result<Datagrams> {
        let raw = self.udp().await?;
        let peer = self.peer();
        let mut session = DtlsSession::new(identity).map_err(|why| Error::Handshake(peer.clone(), why))?;
        within(&peer, "DTLS handshake", self.deadlines().connect, session.handshake(&raw)).await??;
        Ok(raw.secured(self.ledger.page(Transport::Dtls, &peer), session))
    }
}

impl DtlsSession {
    /// The leaf certificate that the other side showed, in DER.
    pub fn certificate(&self) -> Option<&[u8]> {
        self.certificate.as_deref()
    }

    fn new(identity: &DtlsIdentity) -> std::result::Result<Self, String> {
        let start = now();
        let mut engine = match identity {
            DtlsIdentity::Psk { identity, key } => {
                let config = Config::builder().with_psk_client(identity.clone(), Arc::new(OneKey(key.clone()))).build();
                Dtls::new_12_psk(Arc::new(config.map_err(|error| error.to_string())?), start.into_std())
            }
            DtlsIdentity::Certificate(pem) => {
                let config = Config::builder().build().map_err(|error| error.to_string())?;
                Dtls::new_12(Arc::new(config), certificate(pem)?, start.into_std())
            }
        };
        engine.set_active(true);
        Ok(Self { engine, due: start, connected: false, closed: false, waiting: VecDeque::new(), certificate: None })
    }

    async fn handshake(&mut self, raw: &Datagrams) -> Result<()> {
        self.step(raw, |engine| engine.handle_timeout(now().into_std())).await?;
        while !self.connected {
            self.turn(raw).await?;
        }
        Ok(())
    }

    pub(crate) async fn send(&mut self, raw: &Datagrams, bytes: &[u8]) -> Result<()> {
        self.step(raw, |engine| engine.send_application_data(bytes).map(drop)).await
    }

    pub(crate) async fn receive(&mut self, raw: &Datagrams) -> Result<Vec<u8>> {
        loop {
            if let Some(bytes) = self.waiting.pop_front() {
                return Ok(bytes);
            }
            if self.closed {
                return Err(Error::Closed(raw.peer().to_owned()));
            }
            self.turn(raw).await?;
        }
    }

    /// Waits for a datagram or for the engine's timer, whichever is first.
    async fn turn(&mut self, raw: &Datagrams) -> Result<()> {
        tokio::select! {
            packet = raw.receive_raw() => {
                let packet = packet?;
                self.step(raw, |engine| engine.handle_packet(&packet)).await
            }
            () = tokio::time::sleep_until(self.due) => {
                self.step(raw, |engine| engine.handle_timeout(now().into_std())).await
            }
        }
    }

    /// Does one thing with the engine, then carries out all that it asks for.
    async fn step(&mut self, raw: &Datagrams, act: impl FnOnce(&mut Dtls) -> std::result::Result<(), dimpl::Error>) -> Result<()> {
        act(&mut self.engine).map_err(|error| Error::Handshake(raw.peer().to_owned(), error.to_string()))?;
        let mut buffer = vec![0; 4096];
        loop {
            match self.engine.poll_output(&mut buffer) {
                Output::Packet(packet) => raw.send_raw(packet).await?,
                Output::BufferTooSmall { needed } => buffer.resize(needed.min(1 << 20), 0),
                Output::Timeout(at) => {
                    self.due = at.into();
                    return Ok(());
                }
                Output::Connected => self.connected = true,
                Output::PeerCert(der) => self.certificate = Some(der.to_vec()),
                Output::ApplicationData(bytes) if self.waiting.len() < WAITING => self.waiting.push_back(bytes.to_vec()),
                Output::CloseNotify => {
                    self.closed = true;
                    return Ok(());
                }
                _ => {}
            }
        }
    }
}

fn certificate(pem: &[u8]) -> std::result::Result<DtlsCertificate, String> {
    let leaf = CertificateDer::from_pem_slice(pem).map_err(|error| format!("no certificate in the PEM file: {error}"))?;
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|error| format!("no private key in the PEM file: {error}"))?;
    Ok(DtlsCertificate { certificate: leaf.to_vec(), private_key: key.secret_der().to_vec() })
}
