//! Beginning a handshake with an ordinary hello.

use assay_wire::{Error, Link, Result};
use aws_lc_rs::rand;

use super::handshake::Begun;
use super::hellos::{ENCRYPT_THEN_MAC, HEARTBEAT, Parts, TICKET, wrap};
use super::suite;
use crate::handshake::{Cursor, Hello, Message, SIGNATURES, alert_name, counted, server_hello};
use crate::tls::records::{self, Reader};

/// Curves in which keys are exchanged here.
const CURVES: [u16; 4] = [29, 23, 24, 25];
/// The most bytes of a flight.
const LONGEST_FLIGHT: usize = 256 * 1024;

/// What a hello asks for beside its version and suites.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wish<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) ticket: bool,
    pub(crate) heartbeat: bool,
    /// Whether the MAC may be over the sealed bytes.
    pub(crate) outside: bool,
}

/// A hello of TLS 1.0 to 1.2, the message with its header.
///
/// # Errors
/// `Local` without random numbers.
pub(crate) fn hello(version: u16, suites: &[u16], wish: Wish<'_>) -> Result<Vec<u8>> {
    let mut random = [0; 32];
    rand::fill(&mut random).map_err(|_| Error::Local("no random numbers".to_owned()))?;
    let mut hello = Hello::new(version, random, suites).naming(wish.name).groups(&CURVES);
    if version >= 0x0303 {
        hello = hello.signatures(SIGNATURES);
    }
    if wish.heartbeat {
        hello = hello.with(HEARTBEAT, vec![1]);
    }
    if wish.outside {
        hello = hello.with(ENCRYPT_THEN_MAC, Vec::new());
    }
    if wish.ticket {
        hello = hello.with(TICKET, Vec::new());
    }
    Ok([vec![1], counted(3, &hello.safeguards().body())].concat())
}

/// Sends a hello and hears the server's flight.
///
/// # Errors
/// What the link meets; `Handshake` with the name of an alert; `Malformed`.
pub(crate) async fn begin(link: Link, hello: Vec<u8>) -> Result<Begun> {
    let records = wrap(&hello);
    begin_as(link, hello, &records).await
}

/// The same with a hello that is in these records already.
///
/// # Errors
/// As [`begin`].
pub(crate) async fn begin_as(mut link: Link, hello: Vec<u8>, records: &[u8]) -> Result<Begun> {
    link.send(records).await?;
    let mut reader = Reader::default();
    let heard = link.receive_until(LONGEST_FLIGHT, |raw| reader.take(raw)).await?;
    let found = reader.heard();
    let peer = || link.peer().to_owned();
    match (found.alert, found.odd, found.messages.is_empty()) {
        (Some(code), ..) => Err(Error::Handshake(peer(), format!("alert {}", alert_name(code)))),
        (_, Some(what), _) => Err(Error::Malformed { peer: peer(), what }),
        (.., true) => Err(Error::Malformed { peer: peer(), what: "no server hello can be read".to_owned() }),
        _ => Ok(Begun { link, hello, heard }),
    }
}

/// What was agreed on so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) version: u16,
    pub(crate) suite: u16,
    /// The parts of the suite, where a session can be held in it.
    pub(crate) parts: Option<suite::Parts>,
    /// Whether the flight came to its end in clear.
    pub(crate) whole: bool,
    /// Whether the client asked for a ticket, and whether the server promised one.
    pub(crate) ticket: (bool, bool),
    /// The server's word on heartbeats.
    pub(crate) heartbeat: Option<u8>,
    /// Whether the client offered heartbeats.
    pub(crate) heartbeat_offered: bool,
    /// Whether the MAC is over the sealed bytes.
    pub(crate) outside: bool,
}

/// Whether keys can be exchanged here in the curve that the server chose, where it chose one.
fn is_spoken(exchange: suite::Exchange, messages: &[Message]) -> bool {
    let message = messages.iter().find(|message| message.kind == 12);
    exchange != suite::Exchange::Ecdhe
        || message.and_then(|message| Cursor::new(message.body.get(1..)?).u16()).is_some_and(|group| CURVES.contains(&group))
}

impl Begun {
    /// What was agreed on; `None` when the hellos cannot be read.
    pub(crate) fn choice(&self) -> Option<Choice> {
        let found = records::read(&self.heard);
        let body = &found.messages.iter().find(|message| message.kind == 2)?.body;
        let (client, server) = (Parts::of_client(&self.hello)?, Parts::of_server(body)?);
        let version = server_hello(body)?.version;
        Some(Choice {
            version,
            suite: server.suite,
            parts: suite::Parts::of(server.suite).filter(|parts| !server.is_compressed() && is_spoken(parts.exchange, &found.messages)),
            whole: found.messages.iter().any(|message| message.kind == 14),
            ticket: (client.has(TICKET), server.has(TICKET)),
            heartbeat: server.extension(HEARTBEAT).and_then(<[u8]>::first).copied(),
            heartbeat_offered: client.has(HEARTBEAT),
            outside: server.has(ENCRYPT_THEN_MAC),
        })
    }
}
