//! An SSH connection before encryption: the identification lines, then packets in clear.

use assay_wire::{Error, Link, Permit, Result};

use super::message::{self, Algorithms};
use crate::text::escaped;

/// How the harness names itself.
const OURS: &[u8] = b"SSH-2.0-Assay\r\n";
/// The most bytes before and in the identification line: RFC 4253 section 4.2 permits other lines first.
const LONGEST_GREETING: usize = 16 * 1024;
/// The longest packet: RFC 4253 section 6.1 asks for 35000 bytes at least.
const LONGEST_PACKET: usize = 256 * 1024;
/// The most packets that are passed over while one is waited for, and the most reads for one packet.
const MOST_PACKETS: usize = 16;
const MOST_READS: usize = 256;

/// A connection on which both sides have identified themselves.
pub(super) struct Connection {
    link: Link,
    waiting: Vec<u8>,
    identification: Vec<u8>,
}

impl Connection {
    pub(super) async fn open(permit: &Permit) -> Result<Self> {
        let mut link = permit.tcp().await?;
        let raw = link.receive_until(LONGEST_GREETING, |raw| message::greeting(raw).is_some()).await?;
        let Some((identification, rest)) = message::greeting(&raw) else {
            let what = format!("no SSH identification but `{}`", escaped(&raw, 128));
            return Err(Error::Malformed { peer: permit.peer(), what });
        };
        let (identification, waiting) = (identification.to_vec(), rest.to_vec());
        link.send(OURS).await?;
        Ok(Self { link, waiting, identification })
    }

    pub(super) fn banner(&self) -> String {
        escaped(&self.identification, 255)
    }

    /// The protocol version of the identification line.
    pub(super) fn protocol(&self) -> String {
        self.banner().split('-').nth(1).unwrap_or_default().to_owned()
    }

    /// The server's KEXINIT.
    pub(super) async fn algorithms(&mut self) -> Result<Algorithms> {
        let payload = self.expect(message::KEXINIT).await?;
        message::algorithms(&payload).ok_or_else(|| self.malformed("its list of algorithms cannot be read".to_owned()))
    }

    /// Sends a payload as a packet in clear.
    pub(super) async fn send(&mut self, payload: &[u8]) -> Result<()> {
        self.link.send(&message::packet(payload)).await
    }

    /// The payload of the next packet of this kind; messages that may come in between are passed over.
    pub(super) async fn expect(&mut self, kind: u8) -> Result<Vec<u8>> {
        for _ in 0..MOST_PACKETS {
            let payload = self.payload().await?;
            match payload.first() {
                Some(found) if *found == kind => return Ok(payload),
                Some(&message::DISCONNECT) => return Err(self.malformed(format!("it disconnected: {}", message::disconnect(&payload)))),
                Some(2..=4) => {}
                _ => break,
            }
        }
        Err(self.malformed(format!("message {kind} was due and did not come")))
    }

    async fn payload(&mut self) -> Result<Vec<u8>> {
        for _ in 0..MOST_READS {
            match message::split(&self.waiting) {
                Err(()) => return Err(self.malformed("a packet of an impossible length".to_owned())),
                Ok(Some((payload, rest))) => {
                    let (payload, rest) = (payload.to_vec(), rest.to_vec());
                    self.waiting = rest;
                    return Ok(payload);
                }
                Ok(None) if self.waiting.len() > LONGEST_PACKET => break,
                Ok(None) => self.waiting.extend(self.link.receive().await?),
            }
        }
        Err(Error::TooLong { peer: self.link.peer().to_owned(), limit: LONGEST_PACKET })
    }

    pub(super) fn malformed(&self, what: String) -> Error {
        Error::Malformed { peer: self.link.peer().to_owned(), what }
    }
}
