//! A server of TLS 1.2 with one suite, right in all but the flaws that are asked for: what the looks are tried on.

use std::sync::{Arc, Mutex};

use num_bigint::BigUint;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::derive::Derivation;
use super::handshake::{halves, written};
use super::hellos::{HEARTBEAT, Parts, TICKET};
use super::seal::{Half, Tamper};
use super::suite::{Bulk, Hash};
use crate::handshake::{Cursor, Message, counted};
use crate::testing::serve;

/// `TLS_RSA_WITH_AES_128_CBC_SHA`.
pub(crate) const SUITE: u16 = 0x002f;
const BULK: Bulk = Bulk::Cbc(16, Hash::Sha1);
const DERIVATION: Derivation = Derivation::New(Hash::Sha256);

/// What is wrong with a responder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// A heartbeat is echoed as long as it claims to be.
    OverRead,
    /// A change of cipher is taken at any time.
    EarlyChange,
    /// A malformed key exchange is answered at once.
    RsaAtOnce,
    /// A malformed key exchange is answered with another alert once the check value has come.
    RsaLater,
    /// The session id of a ticket is filled up.
    Bleed,
    /// A wrong padding has an alert of its own.
    PaddingAlert,
    /// Nobody looks at the bytes of a padding.
    PaddingIgnored,
    /// A new handshake is begun within a session.
    Renegotiates,
    /// Hellos with reserved values are not answered.
    NoGrease,
}

/// The key of a responder, its certificate, and the secret of its only ticket.
struct Identity {
    modulus: BigUint,
    exponent: BigUint,
    size: usize,
    certificate: Vec<u8>,
    ticket: Mutex<Vec<u8>>,
}

impl Identity {
    fn new() -> Self {
        let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
        let certificate = rcgen::CertificateParams::new(vec!["a.example".to_owned()]).unwrap().self_signed(&key).unwrap();
        let outer = der(&key.serialize_der());
        let numbers = der(&der(&outer[0])[2]);
        let numbers = der(&numbers[0]);
        let modulus = BigUint::from_bytes_be(&numbers[1]);
        let size = usize::try_from(modulus.bits()).unwrap() / 8;
        let exponent = BigUint::from_bytes_be(&numbers[3]);
        Self { modulus, exponent, size, certificate: certificate.der().to_vec(), ticket: Mutex::default() }
    }

    /// The secret in a key exchange, if it is well-formed.
    fn secret(&self, message: &[u8]) -> Option<Vec<u8>> {
        let sealed = Cursor::new(message).counted(2)?;
        let number = BigUint::from_bytes_be(sealed).modpow(&self.exponent, &self.modulus).to_bytes_be();
        let block = [vec![0; self.size - number.len()], number].concat();
        let zero = block.iter().skip(2).position(|byte| *byte == 0)? + 2;
        let secret = block[zero + 1..].to_vec();
        (block[..2] == [0, 2] && secret.len() == 48 && secret[..2] == [3, 3]).then_some(secret)
    }
}

/// The contents of the values in DER, one after the other.
fn der(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut cursor = Cursor::new(bytes);
    let mut all = Vec::new();
    while let (Some(_), Some(first)) = (cursor.u8(), cursor.u8()) {
        let length = if first < 0x80 { u32::from(first) } else { cursor.number(usize::from(first - 0x80)).unwrap() };
        all.push(cursor.take(usize::try_from(length).unwrap()).unwrap().to_vec());
    }
    all
}

/// Serves with these flaws.
pub(crate) async fn responder(flaws: &'static [Flaw]) -> u16 {
    let identity = Arc::new(Identity::new());
    serve(move |stream| {
        let identity = Arc::clone(&identity);
        async move {
            let mut talk = Talk { stream, identity, flaws, sending: None, receiving: None, transcript: Vec::new() };
            let _ = talk.hold().await;
        }
    })
    .await
}

struct Talk {
    stream: TcpStream,
    identity: Arc<Identity>,
    flaws: &'static [Flaw],
    sending: Option<Half>,
    receiving: Option<Half>,
    transcript: Vec<u8>,
}

/// The end of a conversation.
struct End;

impl Talk {
    fn has(&self, flaw: Flaw) -> bool {
        self.flaws.contains(&flaw)
    }

    async fn record(&mut self) -> Result<(u8, Vec<u8>), End> {
        let mut header = [0; 5];
        self.stream.read_exact(&mut header).await.map_err(|_| End)?;
        let mut body = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
        self.stream.read_exact(&mut body).await.map_err(|_| End)?;
        Ok((header[0], body))
    }

    async fn send(&mut self, kind: u8, content: &[u8]) -> Result<(), End> {
        let body = self.sending.as_mut().map_or_else(|| content.to_vec(), |half| half.seal(kind, content, Tamper::Nothing).unwrap());
        self.stream.write_all(&[vec![kind, 3, 3], counted(2, &body)].concat()).await.map_err(|_| End)
    }

    async fn alert(&mut self, code: u8) -> Result<(), End> {
        self.send(21, &[2, code]).await?;
        Err(End)
    }

    async fn say(&mut self, kind: u8, body: &[u8]) -> Result<(), End> {
        let message = written(&Message { kind, body: body.to_vec() });
        self.transcript.extend_from_slice(&message);
        self.send(22, &message).await
    }

    async fn hello(&mut self) -> Result<Parts, End> {
        let mut message = Vec::new();
        loop {
            let (kind, body) = self.record().await?;
            message.extend(body);
            if kind != 22 {
                return Err(End);
            }
            if let Some(hello) = Parts::of_client(&message) {
                self.transcript = message;
                return Ok(hello);
            }
        }
    }

    async fn hold(&mut self) -> Result<(), End> {
        let hello = self.hello().await?;
        if self.has(Flaw::NoGrease) && hello.extensions.iter().any(|(number, _)| number & 0x0f0f == 0x0a0a) {
            return Err(End);
        }
        let resumes = hello.extension(TICKET) == Some(b"ticket");
        let id = match resumes {
            true if self.has(Flaw::Bleed) => [hello.session.as_slice(), &[0x5a; 31]].concat(),
            true => hello.session.clone(),
            false => Vec::new(),
        };
        let mut extensions = vec![0xff, 1, 0, 1, 0];
        if hello.has(TICKET) && !resumes {
            extensions.extend([0, 35, 0, 0]);
        }
        if hello.has(HEARTBEAT) {
            extensions.extend([0, 15, 0, 1, 1]);
        }
        let random = [9; 32];
        let body = [[3, 3].as_slice(), &random, &counted(1, &id), &SUITE.to_be_bytes(), &[0], &counted(2, &extensions)].concat();
        self.say(2, &body).await?;
        let master = if resumes { self.identity.ticket.lock().unwrap().clone() } else { self.exchange(&hello, random).await? };
        let (theirs, ours) = halves(DERIVATION, 0x0303, BULK, false, &master, [&hello.random, &random]).unwrap();
        if resumes {
            self.last(&master, ours, false).await?;
            self.first(&master, theirs).await?;
        } else {
            self.first(&master, theirs).await?;
            self.last(&master, ours, hello.has(TICKET)).await?;
            if hello.has(TICKET) {
                *self.identity.ticket.lock().unwrap() = master;
            }
        }
        loop {
            self.inside().await?;
        }
    }

    /// The rest of the flight and the client's key exchange: the master secret.
    async fn exchange(&mut self, hello: &Parts, random: [u8; 32]) -> Result<Vec<u8>, End> {
        let chain = counted(3, &counted(3, &self.identity.certificate.clone()));
        self.say(11, &chain).await?;
        self.say(14, &[]).await?;
        let (kind, body) = self.record().await?;
        if kind != 22 {
            if kind == 20 && self.has(Flaw::EarlyChange) {
                self.record().await?;
                self.alert(20).await?;
            }
            self.alert(10).await?;
        }
        self.transcript.extend_from_slice(&body);
        let secret = self.identity.secret(body.get(4..).ok_or(End)?);
        if secret.is_none() && self.has(Flaw::RsaAtOnce) {
            self.alert(51).await?;
        }
        if secret.is_none() && self.has(Flaw::RsaLater) {
            self.record().await?;
            self.record().await?;
            self.alert(51).await?;
        }
        let randoms = [hello.random, random].concat();
        Ok(DERIVATION.derive(&secret.unwrap_or(vec![7; 48]), b"master secret", &randoms, 48))
    }

    /// The client's change of cipher and check value.
    async fn first(&mut self, master: &[u8], theirs: Half) -> Result<(), End> {
        let (change, _) = self.record().await?;
        let (kind, body) = self.record().await?;
        self.receiving = Some(theirs);
        let expected = DERIVATION.derive(master, b"client finished", &DERIVATION.digest(&self.transcript), 12);
        let message = written(&Message { kind: 20, body: expected });
        let opened = self.receiving.as_mut().and_then(|half| half.open(kind, &body));
        if change != 20 || opened.as_ref() != Some(&message) {
            self.alert(20).await?;
        }
        self.transcript.extend(message);
        Ok(())
    }

    /// The server's ticket, change of cipher and check value.
    async fn last(&mut self, master: &[u8], ours: Half, ticket: bool) -> Result<(), End> {
        if ticket {
            self.say(4, &[[0, 0, 1, 0].as_slice(), &counted(2, b"ticket")].concat()).await?;
        }
        self.send(20, &[1]).await?;
        self.sending = Some(ours);
        let check = DERIVATION.derive(master, b"server finished", &DERIVATION.digest(&self.transcript), 12);
        self.say(20, &check).await
    }

    /// One record within the session.
    async fn inside(&mut self) -> Result<(), End> {
        let (kind, body) = self.record().await?;
        let mut half = self.receiving.take().ok_or(End)?;
        let plain = half.decrypt(&body).ok_or(End)?;
        let length = usize::from(*plain.last().ok_or(End)?) + 1;
        let content = plain.len().checked_sub(length);
        let is_padded = content.is_some_and(|content| plain[content..].iter().all(|byte| usize::from(*byte) + 1 == length));
        let ignored = self.has(Flaw::PaddingIgnored) && content.is_some();
        if !is_padded && !ignored {
            let code = if self.has(Flaw::PaddingAlert) { 21 } else { 20 };
            self.alert(code).await?;
        }
        let Some(content) = half.checked(Hash::Sha1, kind, &plain[..content.unwrap_or_default()]) else { return self.alert(20).await };
        half.advance();
        self.receiving = Some(half);
        match kind {
            24 => self.heartbeat(&content).await,
            22 if self.has(Flaw::Renegotiates) => self.say(2, &[0; 40]).await,
            22 => self.send(21, &[1, 100]).await,
            _ => self.send(23, b"well").await,
        }
    }

    async fn heartbeat(&mut self, content: &[u8]) -> Result<(), End> {
        let claimed = usize::from(u16::from_be_bytes([content[1], content[2]]));
        let memory = [&content[3..], &[0x5a; 64]].concat();
        if claimed + 3 + 16 > content.len() && !self.has(Flaw::OverRead) {
            return Ok(());
        }
        self.send(24, &[&[2], &content[1..3], &memory[..claimed], &[0; 16]].concat()).await
    }
}
