//! An SSH connection: the identification lines, then packets, in clear and later sealed.

use std::collections::BTreeMap;

use assay_wire::{Error, Link, Permit, Result};

use super::facts::FirstProtocol;
use super::message::{self, Algorithms};
use super::seal::{Direction, Keys, LONGEST_PACKET};
use crate::text::{clean, escaped};

/// How the harness names itself.
pub(super) const OURS: &str = "SSH-2.0-Assay";
/// The most bytes before and in the identification line: RFC 4253 section 4.2 permits other lines first.
const LONGEST_GREETING: usize = 16 * 1024;
/// The most packets that are passed over while one is waited for, and the most reads for one packet.
const MOST_PACKETS: usize = 16;
const MOST_READS: usize = 256;
/// Reason 12 of a disconnection, `SSH_DISCONNECT_TOO_MANY_CONNECTIONS`.
const TOO_MANY: u32 = 12;
/// What servers say in place of an identification when they have no room.
const NO_ROOM: [&str; 3] = ["MaxStartups", "Not allowed at this time", "oo many connections"];

/// A connection on which both sides have identified themselves.
pub(super) struct Connection {
    link: Link,
    waiting: Vec<u8>,
    incoming: Direction,
    outgoing: Direction,
    identification: Vec<u8>,
    pub(super) lines_before: Vec<String>,
    /// The server's KEXINIT payload, once read.
    pub(super) their_init: Vec<u8>,
    /// Whether the next packet of a key exchange was sent on a wrong guess.
    pub(super) skip: bool,
    /// What the server told beside its answers.
    pub(super) extensions: BTreeMap<String, String>,
    pub(super) login_banner: Option<String>,
    /// The words with which the server disconnected.
    pub(super) goodbye: Option<String>,
}

impl Connection {
    /// `known`: it is known that SSH is spoken there, so that nothing need be waited for before we speak.
    pub(super) async fn open(permit: &Permit, known: bool) -> Result<Self> {
        let mut link = permit.tcp().await?;
        let ours = format!("{OURS}\r\n");
        if known {
            link.send(ours.as_bytes()).await?;
        }
        let raw = link.receive_until(LONGEST_GREETING, |raw| message::greeting(raw).is_some()).await?;
        let Some(greeting) = message::greeting(&raw) else {
            let said = escaped(&raw, 128);
            let crowded = NO_ROOM.iter().any(|words| said.contains(words));
            let what = format!("no SSH identification but `{said}`");
            return Err(if crowded { Error::Refused(permit.peer()) } else { Error::Malformed { peer: permit.peer(), what } });
        };
        if !known {
            link.send(ours.as_bytes()).await?;
        }
        Ok(Self {
            waiting: greeting.rest.to_vec(),
            identification: greeting.line.to_vec(),
            lines_before: greeting.before,
            link,
            incoming: Direction::clear(),
            outgoing: Direction::clear(),
            their_init: Vec::new(),
            skip: false,
            extensions: BTreeMap::new(),
            login_banner: None,
            goodbye: None,
        })
    }

    pub(super) fn banner(&self) -> String {
        escaped(&self.identification, 255)
    }

    /// The identification line as it came.
    pub(super) fn identification(&self) -> &[u8] {
        &self.identification
    }

    /// The server's KEXINIT.
    pub(super) async fn algorithms(&mut self) -> Result<Algorithms> {
        self.their_init = self.expect(&[message::KEXINIT]).await?;
        let read = message::algorithms(&self.their_init);
        read.ok_or_else(|| self.malformed("its list of algorithms cannot be read"))
    }

    /// Sends a payload as a packet.
    pub(super) async fn send(&mut self, payload: &[u8]) -> Result<()> {
        let packet = self.outgoing.seal(payload).map_err(|_| Error::Local("a packet could not be sealed".to_owned()))?;
        self.link.send(&packet).await
    }

    /// Exchanges `NEWKEYS`, and seals what follows.
    pub(super) async fn arm(&mut self, out: &Keys, back: &Keys, strict: bool) -> Result<()> {
        let unfit = |_| Error::Local("keys of the wrong size".to_owned());
        self.send(&[message::NEWKEYS]).await?;
        self.outgoing.arm(out, true, strict).map_err(unfit)?;
        self.expect(&[message::NEWKEYS]).await?;
        self.incoming.arm(back, false, strict).map_err(unfit)
    }

    /// The payload of the next packet of one of these kinds; messages that may come in between are passed over.
    pub(super) async fn expect(&mut self, kinds: &[u8]) -> Result<Vec<u8>> {
        for _ in 0..MOST_PACKETS {
            let payload = self.payload().await?;
            match payload.first().copied().unwrap_or_default() {
                30..=49 if self.skip => self.skip = false,
                found if kinds.contains(&found) => return Ok(payload),
                message::DISCONNECT => return Err(self.said_goodbye(&payload)),
                message::EXT_INFO => self.extensions.extend(message::extensions(&payload).unwrap_or_default()),
                message::AUTH_BANNER => {
                    let text = crate::handshake::Cursor::new(payload.get(1..).unwrap_or_default()).counted(4).unwrap_or_default();
                    self.login_banner = Some(clean(text, 1024));
                }
                2..=4 => {}
                found => return Err(self.malformed(&format!("message {found} came where {kinds:?} was due"))),
            }
        }
        Err(self.malformed(&format!("message {kinds:?} was due and did not come")))
    }

    async fn payload(&mut self) -> Result<Vec<u8>> {
        for _ in 0..MOST_READS {
            match self.incoming.open(&mut self.waiting) {
                Err(_) => return Err(self.malformed("a packet that is too long or does not open")),
                Ok(Some(payload)) => return Ok(payload),
                Ok(None) if self.waiting.len() > 2 * LONGEST_PACKET => break,
                Ok(None) => self.waiting.extend(self.link.receive().await?),
            }
        }
        Err(Error::TooLong { peer: self.link.peer().to_owned(), limit: LONGEST_PACKET })
    }

    fn said_goodbye(&mut self, payload: &[u8]) -> Error {
        let (reason, words) = message::disconnect(payload);
        if reason == TOO_MANY {
            return Error::Refused(self.link.peer().to_owned());
        }
        let error = self.malformed(&format!("it disconnected: {words}"));
        self.goodbye = Some(words);
        error
    }

    pub(super) fn malformed(&self, what: &str) -> Error {
        Error::Malformed { peer: self.link.peer().to_owned(), what: what.to_owned() }
    }
}

/// What a server shows to a client of SSH 1.
pub(super) async fn first_protocol(permit: &Permit) -> Result<FirstProtocol> {
    let mut link = permit.tcp().await?;
    link.send(b"SSH-1.5-Assay\n").await?;
    let read = |raw: &[u8]| message::greeting(raw).map_or(Ok(None), |greeting| message::first_protocol(greeting.rest));
    let raw = link.receive_until(LONGEST_GREETING, |raw| read(raw) != Ok(None)).await?;
    match read(&raw) {
        Ok(Some(shown)) => Ok(shown),
        _ => Err(Error::Malformed { peer: permit.peer(), what: "no keys of SSH 1 were shown".to_owned() }),
    }
}
