//! A hand-written face that accepts DTLS 1.0, which no library does any more, up to the end of the server's first flight.

use std::net::SocketAddr;

use anyhow::Result;
use aws_lc_rs::hmac;

use crate::{
    reader::Reader,
    tls_face::hello::{Hello, read_body},
};

/// The version field of DTLS 1.0.
const DTLS_1_0: u16 = 0xfeff;
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const HELLO_VERIFY_REQUEST: u8 = 3;
const SERVER_HELLO_DONE: u8 = 14;
const EXTENDED_MASTER_SECRET: u16 = 23;
const RENEGOTIATION_INFO: u16 = 0xff01;
const RENEGOTIATION_SCSV: u16 = 0x00ff;
/// Suites of TLS 1.0, those with a pre-shared key first.
const SUITES: &[u16] = &[0x008c, 0x008d, 0x008b, 0xc035, 0xc036, 0xc009, 0xc00a, 0xc013, 0xc014, 0x002f, 0x0035, 0x000a];

/// A `ClientHello` in one datagram, unfragmented.
pub(super) struct Opening {
    /// The hello.
    pub(super) hello: Hello,
    /// The record's sequence number, to be used in the answer.
    sequence: [u8; 6],
}

/// Reads a datagram that starts with a hello.
pub(super) fn opening(datagram: &[u8]) -> Option<Opening> {
    let mut record = Reader::new(datagram);
    let (kind, _version, epoch) = (record.u8()?, record.u16()?, record.u16()?);
    let sequence = *record.take(6)?.first_chunk()?;
    let mut message = Reader::new(record.vector16()?);
    let (message_kind, length, _number) = (message.u8()?, message.u24()?, message.u16()?);
    let (offset, fragment) = (message.u24()?, message.u24()?);
    let whole = kind == HANDSHAKE && epoch == 0 && message_kind == CLIENT_HELLO && offset == 0 && fragment == length;
    let hello = read_body(message.take(length).filter(|_| whole)?, true)?;
    Some(Opening { hello, sequence })
}

/// Answers hellos of DTLS 1.0.
pub(super) struct OldDtls {
    key: hmac::Key,
    /// Whether the client must first show that it receives at its address.
    pub(super) cookie: bool,
}

impl OldDtls {
    /// A face with fresh keys.
    ///
    /// # Errors
    /// If the system gives no random bytes.
    pub(super) fn new(cookie: bool) -> Result<Self> {
        Ok(Self { key: hmac::Key::new(hmac::HMAC_SHA256, &crate::state::random()?), cookie })
    }

    /// The answer to a hello whose highest version is 1.0; none for others.
    ///
    /// # Errors
    /// If the system gives no random bytes.
    pub(super) fn answer(&self, opening: &Opening, peer: SocketAddr) -> Result<Option<Vec<u8>>> {
        let hello = &opening.hello;
        if hello.version != DTLS_1_0 || !hello.versions.is_empty() {
            return Ok(None);
        }
        let tag = hmac::sign(&self.key, &[&hello.random[..], peer.to_string().as_bytes()].concat());
        let cookie = tag.as_ref().get(..20).unwrap_or_default();
        if self.cookie && hello.cookie != cookie {
            let body = [&DTLS_1_0.to_be_bytes()[..], &[20], cookie].concat();
            return Ok(Some(record(opening.sequence, HELLO_VERIFY_REQUEST, 0, &body)));
        }
        let Some(suite) = hello.first_of(SUITES) else { return Ok(None) };
        let number = u16::from(self.cookie);
        let server_hello = record(opening.sequence, SERVER_HELLO, number, &server_hello(hello, suite)?);
        let mut next = opening.sequence;
        next[5] = next[5].wrapping_add(1);
        Ok(Some([server_hello, record(next, SERVER_HELLO_DONE, number + 1, &[])].concat()))
    }
}

fn server_hello(hello: &Hello, suite: u16) -> Result<Vec<u8>> {
    let mut extensions = Vec::new();
    for (kind, content) in [(RENEGOTIATION_INFO, &[0, 1, 0][..]), (EXTENDED_MASTER_SECRET, &[0, 0])] {
        if hello.has(kind) || (kind == RENEGOTIATION_INFO && hello.suites.contains(&RENEGOTIATION_SCSV)) {
            extensions.extend([&kind.to_be_bytes()[..], content].concat());
        }
    }
    let mut body = [&DTLS_1_0.to_be_bytes()[..], &crate::state::random()?, &[0], &suite.to_be_bytes(), &[0]].concat();
    if !extensions.is_empty() {
        body.extend(u16::try_from(extensions.len())?.to_be_bytes());
        body.extend(extensions);
    }
    Ok(body)
}

fn record(sequence: [u8; 6], kind: u8, number: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap_or_default();
    let [high, low] = length.to_be_bytes();
    let message = [&[kind, 0, high, low][..], &number.to_be_bytes(), &[0, 0, 0, 0, high, low], body].concat();
    let total = u16::try_from(message.len()).unwrap_or_default();
    [&[HANDSHAKE][..], &DTLS_1_0.to_be_bytes(), &[0, 0], &sequence, &total.to_be_bytes(), &message].concat()
}
