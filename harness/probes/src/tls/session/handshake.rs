//! Finishing a handshake that an ordinary hello began, and going on with the session on another link.

use assay_wire::{Error, Link, Result};
use aws_lc_rs::rand;

use super::channel::{Channel, Event, kind};
use super::derive::Derivation;
use super::exchange::{self, Agreed};
use super::hellos::{ENCRYPT_THEN_MAC, HEARTBEAT, Parts, TICKET};
use super::seal::{Half, sizes};
use super::suite;
use crate::handshake::{Cursor, Message, alert_name, counted, extension};

/// The most events that are read in one flight.
const MOST_EVENTS: usize = 64;
/// The length of a check value, in bytes.
const CHECK: usize = 12;
/// The length of a master secret, in bytes.
const MASTER: usize = 48;

/// A link on which an ordinary hello has been sent, and what has come back.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) link: Link,
    /// The client's hello: the message with its header.
    pub(crate) hello: Vec<u8>,
    /// All that was received on the link so far.
    pub(crate) heard: Vec<u8>,
}

/// What is needed to go on with a session.
#[derive(Debug, Clone)]
pub(crate) struct Saved {
    pub(crate) version: u16,
    pub(crate) extended: bool,
    pub(crate) id: Vec<u8>,
    /// The ticket, and its lifetime in seconds.
    pub(crate) ticket: Option<(u32, Vec<u8>)>,
    hello: Parts,
    master: Vec<u8>,
}

/// A session that stands.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) channel: Channel,
    pub(crate) saved: Saved,
    /// The check value of the client.
    pub(crate) check: Vec<u8>,
    /// Whether the server ties a new handshake to this one.
    pub(crate) tied: bool,
    /// The server's word on heartbeats: 1 takes them, 2 does not.
    pub(crate) heartbeat: Option<u8>,
    /// The session id that the server chose or echoed.
    pub(crate) echoed: Vec<u8>,
}

/// How a hello that offered a session was taken.
#[derive(Debug)]
pub(crate) enum Resumed {
    /// The session is gone on with.
    Yes(Box<Open>),
    /// The server began a new one; the session id in its hello.
    No(Vec<u8>),
}

/// A handshake under way.
struct Talk {
    channel: Channel,
    client: Parts,
    server: Parts,
    transcript: Vec<u8>,
    parts: suite::Parts,
    derivation: Derivation,
}

/// The server's flight up to its end.
#[derive(Default)]
struct Flight {
    leaf: Option<Vec<u8>>,
    exchange: Option<Vec<u8>>,
    asked: bool,
}

/// Finishes a handshake.
///
/// # Errors
/// What the link meets; `Handshake` when the server ends it or the suite is none that is spoken here; `Malformed`.
pub(crate) async fn finish(begun: Begun) -> Result<Open> {
    finish_and(begun, |_| Ok(Vec::new())).await
}

/// Finishes a handshake, and sends these bytes right after the client's check value, before the server's has come.
///
/// # Errors
/// As [`finish`].
pub(crate) async fn finish_and(begun: Begun, next: impl FnOnce(&mut Channel) -> Result<Vec<u8>> + Send) -> Result<Open> {
    let Begun { link, hello, heard } = begun;
    let mut channel = Channel::new(link, heard);
    let first = next_message(&mut channel).await?;
    let mut talk = Talk::new(channel, &hello, &first)?;
    let flight = talk.flight().await?;
    let (own, agreed) = talk.answer(&flight)?;
    talk.transcript.extend_from_slice(&own);
    let master = talk.master(&agreed);
    talk.keys(&master)?;
    talk.channel.link.send(&[plain(&talk.channel, kind::HANDSHAKE, &own), plain(&talk.channel, kind::CHANGE, &[1])].concat()).await?;
    let check = talk.say_finished(&master).await?;
    let next = next(&mut talk.channel)?;
    if !next.is_empty() {
        talk.channel.link.send(&next).await?;
    }
    let ticket = talk.hear_finished(&master).await?;
    Ok(talk.open(master, check, ticket, Vec::new()))
}

/// Offers a session on a new link, by this hello, which is in these records.
///
/// # Errors
/// As [`finish`].
pub(crate) async fn resume(link: Link, saved: &Saved, hello: &[u8], records: &[u8]) -> Result<Resumed> {
    let mut channel = Channel::new(link, Vec::new());
    channel.link.send(records).await?;
    let first = next_message(&mut channel).await?;
    let mut talk = Talk::new(channel, hello, &first)?;
    let echoed = talk.server.session.clone();
    let ticket = match talk.abbreviated().await? {
        None => return Ok(Resumed::No(echoed)),
        Some(ticket) => ticket.or_else(|| saved.ticket.clone()),
    };
    talk.keys(&saved.master)?;
    talk.take_check(&saved.master).await?;
    talk.channel.link.send(&plain(&talk.channel, kind::CHANGE, &[1])).await?;
    let check = talk.say_finished(&saved.master).await?;
    Ok(Resumed::Yes(Box::new(talk.open(saved.master.clone(), check, ticket, echoed))))
}

impl Talk {
    fn new(mut channel: Channel, hello: &[u8], first: &Message) -> Result<Self> {
        let client = Parts::of_client(hello).ok_or_else(|| Error::Local("the hello that was sent cannot be read".to_owned()))?;
        let server = (first.kind == 2).then(|| Parts::of_server(&first.body)).flatten();
        let server = server.ok_or_else(|| channel.malformed("no server hello can be read"))?;
        let version = server.version;
        let ours = !server.has(extension::SUPPORTED_VERSIONS) && (0x0301..=client.version.min(0x0303)).contains(&version);
        let parts = suite::Parts::of(server.suite).filter(|_| ours && !server.is_compressed());
        let parts = parts.ok_or_else(|| {
            let what = format!("suite {:04x} of version {version:04x} is not spoken here", server.suite);
            Error::Handshake(channel.link.peer().to_owned(), what)
        })?;
        channel.set_version(version);
        let transcript = [hello, &written(first)].concat();
        Ok(Self { channel, client, transcript, parts, derivation: Derivation::of(version, parts.derivation), server })
    }

    /// Reads on to the end of the server's flight.
    async fn flight(&mut self) -> Result<Flight> {
        let mut flight = Flight::default();
        for _ in 0..MOST_EVENTS {
            let message = next_message(&mut self.channel).await?;
            self.transcript.extend(written(&message));
            match message.kind {
                11 => flight.leaf = Cursor::new(&message.body).counted(3).and_then(|list| Cursor::new(list).counted(3)).map(<[u8]>::to_vec),
                12 => flight.exchange = Some(message.body),
                13 => flight.asked = true,
                14 => return Ok(flight),
                _ => {}
            }
        }
        Err(self.channel.malformed("a flight without an end"))
    }

    /// The messages of the client, and what they agree on.
    fn answer(&self, flight: &Flight) -> Result<(Vec<u8>, Agreed)> {
        let agreed = exchange::agree(self.parts.exchange, self.client.version, flight.exchange.as_deref(), flight.leaf.as_deref());
        let agreed = agreed.map_err(|what| Error::Handshake(self.channel.link.peer().to_owned(), what))?;
        let none = if flight.asked { vec![11, 0, 0, 3, 0, 0, 0] } else { Vec::new() };
        Ok(([none, vec![16], counted(3, &agreed.message)].concat(), agreed))
    }

    fn master(&self, agreed: &Agreed) -> Vec<u8> {
        if self.server.has(extension::EXTENDED_MASTER_SECRET) {
            let digest = self.derivation.digest(&self.transcript);
            return self.derivation.derive(&agreed.secret, b"extended master secret", &digest, MASTER);
        }
        let randoms = [self.client.random, self.server.random].concat();
        self.derivation.derive(&agreed.secret, b"master secret", &randoms, MASTER)
    }

    /// Takes keys into use, for what comes after the changes of cipher.
    fn keys(&mut self, master: &[u8]) -> Result<()> {
        let (version, bulk) = (self.server.version, self.parts.bulk);
        let outside = self.parts.is_cbc() && self.server.has(ENCRYPT_THEN_MAC);
        let halves = halves(self.derivation, version, bulk, outside, master, [&self.client.random, &self.server.random]);
        let (ours, theirs) = halves.ok_or_else(|| Error::Local("keys could not be made".to_owned()))?;
        self.channel.sending = Some(ours);
        self.channel.receiving = Some(theirs);
        Ok(())
    }

    fn check(&self, master: &[u8], label: &[u8]) -> Vec<u8> {
        self.derivation.derive(master, label, &self.derivation.digest(&self.transcript), CHECK)
    }

    async fn say_finished(&mut self, master: &[u8]) -> Result<Vec<u8>> {
        let check = self.check(master, b"client finished");
        let message = Message { kind: 20, body: check.clone() };
        self.channel.send(kind::HANDSHAKE, &written(&message)).await?;
        self.transcript.extend(written(&message));
        Ok(check)
    }

    /// Reads the server's last flight: perhaps a ticket, then the change of cipher and its check value.
    async fn hear_finished(&mut self, master: &[u8]) -> Result<Option<(u32, Vec<u8>)>> {
        let receiving = self.channel.receiving.take();
        let ticket = self.until_change().await?;
        self.channel.receiving = receiving;
        self.take_check(master).await?;
        Ok(ticket)
    }

    async fn until_change(&mut self) -> Result<Option<(u32, Vec<u8>)>> {
        let mut ticket = None;
        for _ in 0..MOST_EVENTS {
            match next_event(&mut self.channel).await? {
                Event::Change => return Ok(ticket),
                Event::Message(message) => {
                    self.transcript.extend(written(&message));
                    ticket = ticket_of(&message).or(ticket);
                }
                _ => {}
            }
        }
        Err(self.channel.malformed("a flight without an end"))
    }

    /// Reads the flight of a server that goes on with a session, up to the change of cipher. `None` when it begins a
    /// new one.
    async fn abbreviated(&mut self) -> Result<Option<Option<(u32, Vec<u8>)>>> {
        match next_event(&mut self.channel).await? {
            Event::Change => Ok(Some(None)),
            Event::Message(message) => match ticket_of(&message) {
                None => Ok(None),
                Some(ticket) => {
                    self.transcript.extend(written(&message));
                    Ok(Some(self.until_change().await?.or(Some(ticket))))
                }
            },
            _ => Err(self.channel.malformed("neither a new session nor the one offered")),
        }
    }

    async fn take_check(&mut self, master: &[u8]) -> Result<()> {
        let expected = self.check(master, b"server finished");
        let message = next_message(&mut self.channel).await?;
        self.transcript.extend(written(&message));
        if message.kind == 20 && message.body == expected { Ok(()) } else { Err(self.channel.malformed("its check value is wrong")) }
    }

    fn open(self, master: Vec<u8>, check: Vec<u8>, ticket: Option<(u32, Vec<u8>)>, echoed: Vec<u8>) -> Open {
        let Self { channel, client, server, .. } = self;
        let (extended, tied) = (server.has(extension::EXTENDED_MASTER_SECRET), server.has(extension::RENEGOTIATION_INFO));
        let heartbeat = server.extension(HEARTBEAT).and_then(<[u8]>::first).copied();
        let Parts { version, session: id, .. } = server;
        let saved = Saved { version, extended, id, ticket, hello: client, master };
        Open { channel, saved, check, tied, heartbeat, echoed }
    }
}

impl Saved {
    /// The hello that the session began with.
    pub(crate) const fn hello(&self) -> &Parts {
        &self.hello
    }

    /// A hello that offers the session: by its id, or by its ticket under this session id.
    ///
    /// # Errors
    /// `Local` without random numbers.
    pub(crate) fn offer(&self, id: &[u8], by_ticket: bool) -> Result<Vec<u8>> {
        let ticket = self.ticket.as_ref().map(|(_, ticket)| ticket.as_slice()).filter(|_| by_ticket);
        let mut random = [0; 32];
        rand::fill(&mut random).map_err(|_| Error::Local("no random numbers".to_owned()))?;
        Ok(self.hello.renewed(random, id, &[(TICKET, ticket)]))
    }
}

/// Both directions of a session, the client's first.
pub(crate) fn halves(
    derivation: Derivation,
    version: u16,
    bulk: suite::Bulk,
    outside: bool,
    master: &[u8],
    [client, server]: [&[u8; 32]; 2],
) -> Option<(Half, Half)> {
    let (mac, key, start) = sizes(bulk);
    let block = derivation.derive(master, b"key expansion", &[*server, *client].concat(), 2 * (mac + key + start));
    let mut cursor = Cursor::new(&block);
    let mut pair = |size: usize| Some((cursor.take(size)?, cursor.take(size)?));
    let (macs, keys, starts) = (pair(mac)?, pair(key)?, pair(start)?);
    let ours = Half::new(version, bulk, outside, [macs.0, keys.0, starts.0])?;
    Some((ours, Half::new(version, bulk, outside, [macs.1, keys.1, starts.1])?))
}

/// A record in clear, although keys are ready.
fn plain(channel: &Channel, kind: u8, content: &[u8]) -> Vec<u8> {
    [vec![kind], channel.version().to_be_bytes().to_vec(), counted(2, content)].concat()
}

pub(crate) fn written(message: &Message) -> Vec<u8> {
    [vec![message.kind], counted(3, &message.body)].concat()
}

/// A session ticket: lifetime and content. An empty one is none.
fn ticket_of(message: &Message) -> Option<(u32, Vec<u8>)> {
    let mut cursor = Cursor::new(&message.body);
    let (lifetime, ticket) = (cursor.number(4)?, cursor.counted(2)?);
    (message.kind == 4 && !ticket.is_empty()).then(|| (lifetime, ticket.to_vec()))
}

/// What comes next, alerts in passing left out.
pub(crate) async fn next_event(channel: &mut Channel) -> Result<Event> {
    for _ in 0..MOST_EVENTS {
        match channel.next().await? {
            Event::Alert(true, code) => {
                return Err(Error::Handshake(channel.link.peer().to_owned(), format!("alert {}", alert_name(code))));
            }
            Event::Alert(false, _) | Event::Message(Message { kind: 0, .. }) => {}
            other => return Ok(other),
        }
    }
    Err(channel.malformed("alerts without an end"))
}

pub(crate) async fn next_message(channel: &mut Channel) -> Result<Message> {
    match next_event(channel).await? {
        Event::Message(message) => Ok(message),
        _ => Err(channel.malformed("not a handshake message where one belongs")),
    }
}
