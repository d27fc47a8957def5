//! A hand-written face in front of the backend's TLS, for what rustls refuses to do badly.
//!
//! The face answers a `ClientHello` with a server's first flight when a fault applies to what is
//! offered, and goes no further. Every other client is handed on to rustls.

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::{Fault, net::Prefixed, state::Identity, world::Faults};

use flight::{Answer, Exchange, Shown, TLS_1_2, records};
use hello::{Hello, Seen, read_stream};

pub(crate) mod flight;
pub(crate) mod hello;
#[cfg(test)]
mod tests;
mod weak;

const TLS_1_0: u16 = 0x0301;
const TLS_1_1: u16 = 0x0302;
const TLS_1_3: u16 = 0x0304;
const RSA_3DES_OR_AES_CBC: &[u16] = &[0x000a, 0x002f];
const DHE_RSA: &[u16] = &[0x009e, 0x009f];
const ECDHE_RSA_AEAD: &[u16] = &[0xc02f, 0xc030, 0xcca8];
/// What rustls accepts with the good certificate.
const ECDHE_ECDSA_AEAD: &[u16] = &[0xc02b, 0xc02c, 0xcca9];
const ECDHE_ECDSA_CBC: &[u16] = &[0xc00a, 0xc009];
/// Faults of the RSA key that is shown with ECDHE-RSA suites.
const WEAK_RSA: [Fault; 4] = [Fault::CertificateRsa1024, Fault::CertificateClosePrimes, Fault::CertificateRoca, Fault::CertificateKnownKey];
/// How long a client may take for its hello, and for what it says after the flight.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most that is read before the stream is handed on, in bytes.
const MOST: usize = 80 * 1024;
const FATAL_HANDSHAKE_FAILURE: &[u8] = &[2, 40];
const FATAL_BAD_RECORD_MAC: &[u8] = &[2, 20];

/// What became of an accepted connection.
pub(crate) enum Taken {
    /// The face answered, or the client said nothing: the connection is over.
    Handled,
    /// No fault applies: the stream as it was, for the good TLS server.
    Stream(Prefixed<TcpStream>),
}

/// Reads the client's hello and answers it badly, if a fault applies to it.
pub(crate) async fn take(stream: TcpStream, faults: &Faults, identity: &Identity) -> Taken {
    match identity.face.get_or_init(|| Face::new(faults, identity).ok().flatten()) {
        None => Taken::Stream(Prefixed::new(Vec::new(), stream)),
        Some(face) => face.meet(stream).await.ok().flatten().map_or(Taken::Handled, Taken::Stream),
    }
}

/// The face, with the certificates that it shows.
pub(crate) struct Face {
    faults: BTreeSet<Fault>,
    /// Shown with ECDSA suites.
    ecdsa: Shown,
    /// Shown with RSA key transport and DHE.
    rsa: Shown,
    /// Shown with ECDHE-RSA suites.
    weak_rsa: Shown,
}

impl Face {
    /// The face, if a fault asks for one.
    ///
    /// # Errors
    /// When a certificate cannot be issued.
    pub(crate) fn new(faults: &Faults, identity: &Identity) -> Result<Option<Self>> {
        use Fault::{CertificateSha1, Tls3des, Tls10, Tls11, TlsDh1024, TlsEarlyChange, TlsNoEms};
        let own = [CertificateSha1, Tls10, Tls11, Tls3des, TlsDh1024, TlsEarlyChange, TlsNoEms];
        let faults: BTreeSet<Fault> = own.into_iter().chain(WEAK_RSA).filter(|fault| faults.has(*fault)).collect();
        if faults.is_empty() {
            return Ok(None);
        }
        let ecdsa = if faults.contains(&CertificateSha1) { weak::sha1(identity)? } else { weak::good(identity) };
        let small = faults.contains(&Fault::CertificateRsa1024);
        let weak_rsa = if small { weak::rsa_1024(identity)? } else { weak::rsa_flawed(identity, &faults)? };
        Ok(Some(Self { faults, ecdsa, rsa: weak::rsa_2048(identity)?, weak_rsa }))
    }

    /// Reads the hello and answers it, or gives the stream back to be handed on.
    ///
    /// # Errors
    /// When the client does not send a hello in time, or the connection breaks.
    pub(crate) async fn meet(&self, mut stream: TcpStream) -> io::Result<Option<Prefixed<TcpStream>>> {
        let (seen, bytes) = timeout(PATIENCE, read_hello(&mut stream)).await??;
        if let Seen::Hello(hello) = seen
            && let Some(answer) = self.answer(&hello)
        {
            let flight = answer.flight(&hello).map_err(io::Error::other)?;
            stream.write_all(&flight).await?;
            if self.has(Fault::TlsEarlyChange) {
                take_early_change(&mut stream, answer.version).await?;
            }
            refuse_to_go_on(&mut stream, answer.version).await?;
            return Ok(None);
        }
        Ok(Some(Prefixed::new(bytes, stream)))
    }

    fn answer(&self, hello: &Hello) -> Option<Answer<'_>> {
        if hello.offers_version(TLS_1_3) {
            return None;
        }
        let version = self.version(hello)?;
        let answer = |suite, exchange, shown| Answer { version, suite, exchange, shown, bindings: !self.has(Fault::TlsNoEms) };
        let ecdsa = |suites| hello.first_of(suites).map(|suite| answer(suite, Exchange::Ecdhe, &self.ecdsa));
        if version < TLS_1_2 {
            return ecdsa(ECDHE_ECDSA_CBC);
        }
        let with =
            |suites, exchange, shown, wanted: bool| hello.first_of(suites).filter(|_| wanted).map(|suite| answer(suite, exchange, shown));
        let last_resort = hello.first_of(ECDHE_ECDSA_AEAD).is_none();
        with(RSA_3DES_OR_AES_CBC, Exchange::Rsa, &self.rsa, last_resort && self.has(Fault::Tls3des))
            .or_else(|| with(DHE_RSA, Exchange::Dhe, &self.rsa, last_resort && self.has(Fault::TlsDh1024)))
            .or_else(|| with(ECDHE_RSA_AEAD, Exchange::Ecdhe, &self.weak_rsa, WEAK_RSA.iter().any(|fault| self.has(*fault))))
            .or_else(|| {
                ecdsa(ECDHE_ECDSA_AEAD)
                    .filter(|_| [Fault::CertificateSha1, Fault::TlsNoEms, Fault::TlsEarlyChange].iter().any(|fault| self.has(*fault)))
            })
    }

    fn version(&self, hello: &Hello) -> Option<u16> {
        let spoken = [(TLS_1_2, true), (TLS_1_1, self.has(Fault::Tls11)), (TLS_1_0, self.has(Fault::Tls10))];
        spoken.into_iter().find(|(version, spoken)| *spoken && hello.offers_version(*version)).map(|(version, _)| version)
    }

    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }
}

async fn read_hello(stream: &mut TcpStream) -> io::Result<(Seen, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        let seen = read_stream(&bytes);
        if seen != Seen::Part || bytes.len() > MOST || stream.read_buf(&mut bytes).await? == 0 {
            return Ok((seen, bytes));
        }
    }
}

/// Takes a change of cipher that comes before the key exchange: what follows it is opened with keys that nobody agreed
/// on, and found wrong.
async fn take_early_change(stream: &mut TcpStream, version: u16) -> io::Result<()> {
    let mut first = [0; 6];
    timeout(PATIENCE, stream.peek(&mut first)).await??;
    if first[0] != 20 {
        return Ok(());
    }
    timeout(PATIENCE, stream.read_exact(&mut first)).await??;
    timeout(PATIENCE, stream.read(&mut [0; 4096])).await??;
    let alert = records(21, version, FATAL_BAD_RECORD_MAC).map_err(io::Error::other)?;
    stream.write_all(&alert).await
}

/// Waits until the client closes, and answers whatever it says before that with an alert.
async fn refuse_to_go_on(stream: &mut TcpStream, version: u16) -> io::Result<()> {
    let mut more = [0; 4096];
    if timeout(PATIENCE, stream.read(&mut more)).await?? > 0 {
        let alert = records(21, version, FATAL_HANDSHAKE_FAILURE).map_err(io::Error::other)?;
        stream.write_all(&alert).await?;
    }
    stream.shutdown().await
}
