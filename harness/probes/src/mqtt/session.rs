//! A standing session with a broker.

use std::collections::VecDeque;
use std::time::Duration;

use assay_wire::{Error, Link, Result};
use bytes::BytesMut;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::codec::{Code, Message, Packet, Send, Version, take};

/// Messages that are kept while they wait to be collected, and that are collected at once.
const KEPT: usize = 1024;
/// Bytes of topics and payloads that these may have; the message that goes beyond is the last.
const KEPT_BYTES: usize = 1024 * 1024;

/// What a broker says to a subscription or a publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// It takes it. In MQTT 3.1.1 an acknowledged publication may have been dropped all the same.
    Granted(Code),
    /// It refuses it.
    Refused(Code),
    /// It ends the connection; with a code if it gave one.
    Disconnected(Option<Code>),
    /// It was sent, and no reply is due.
    Sent,
}

impl Reply {
    /// Whether the broker took it.
    pub fn is_granted(&self) -> bool {
        matches!(self, Self::Granted(_))
    }

    fn of(code: Code) -> Self {
        if code.code < 0x80 { Self::Granted(code) } else { Self::Refused(code) }
    }
}

/// What was collected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collected {
    /// The messages, in the order in which they came.
    pub messages: Vec<Message>,
    /// Whether more came than is kept: what is not among these may have come all the same.
    pub cut: bool,
}

impl Collected {
    fn is_full(&self, held: usize) -> bool {
        self.messages.len() >= KEPT || held >= KEPT_BYTES
    }
}

/// A session with a broker. Dropping it ends the connection without a word.
#[derive(Debug)]
pub struct Session {
    link: Link,
    version: Version,
    answer: Duration,
    bytes: BytesMut,
    messages: VecDeque<Message>,
    kept: usize,
    /// Whether a message came that was not kept.
    lost: bool,
    last_id: u16,
}

impl Session {
    pub(super) fn new(link: Link, version: Version, answer: Duration) -> Self {
        Self { link, version, answer, bytes: BytesMut::new(), messages: VecDeque::new(), kept: 0, lost: false, last_id: 0 }
    }

    /// The version it speaks.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The connection, for its TLS session.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// Subscribes to a topic filter, for delivery at least once.
    ///
    /// # Errors
    /// As [`Link::receive`]; [`Error::TimedOut`] when no reply comes; [`Error::Malformed`].
    pub async fn subscribe(&mut self, filter: &str) -> Result<Reply> {
        self.last_id += 1;
        let id = self.last_id;
        let sent = self.send(Send::Subscribe { id, filter }).await;
        self.reply(sent, move |packet| match packet {
            Packet::SubAck(of, code) if *of == id => Some(code.clone()),
            _ => None,
        })
        .await
    }

    /// Publishes, either at least once and acknowledged, or at most once and without a reply.
    ///
    /// # Errors
    /// As [`Session::subscribe`].
    pub async fn publish(&mut self, topic: &str, payload: &[u8], acknowledged: bool) -> Result<Reply> {
        if !acknowledged {
            return self.send(Send::Publish { id: 0, topic, payload }).await.map(|()| Reply::Sent);
        }
        self.last_id += 1;
        let id = self.last_id;
        let sent = self.send(Send::Publish { id, topic, payload }).await;
        self.reply(sent, move |packet| match packet {
            Packet::PubAck(of, code) if *of == id => Some(code.clone()),
            _ => None,
        })
        .await
    }

    /// Collects messages for this long, until `enough` says so of all so far, or until no more are kept.
    ///
    /// # Errors
    /// [`Error::Closed`] or [`Error::Reset`] when the broker ends the connection meanwhile: what did not come then
    /// shows nothing. [`Error::Malformed`].
    pub async fn collect(&mut self, limit: Duration, mut enough: impl FnMut(&[Message]) -> bool) -> Result<Collected> {
        let (mut found, mut held) = (Collected { cut: std::mem::take(&mut self.lost), ..Collected::default() }, 0);
        let collecting = async {
            loop {
                found.messages.extend(self.messages.drain(..));
                held += std::mem::take(&mut self.kept);
                if enough(&found.messages) {
                    return Ok(());
                }
                if found.is_full(held) {
                    found.cut = true;
                    return Ok(());
                }
                match self.next().await {
                    Ok(Packet::Publish(message, _)) => {
                        held += weight(&message);
                        found.messages.push(message);
                    }
                    Ok(Packet::Disconnect(_)) => return Err(Error::Closed(self.link.peer().to_owned())),
                    Ok(_) | Err(Error::TimedOut { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        };
        // time out of the limit is no error: what came until then counts
        timeout(limit, collecting).await.unwrap_or(Ok(()))?;
        Ok(found)
    }

    /// Says goodbye.
    ///
    /// # Errors
    /// As [`Link::send`].
    pub async fn disconnect(mut self) -> Result<()> {
        self.send(Send::Disconnect).await
    }

    pub(super) async fn send(&mut self, packet: Send<'_>) -> Result<()> {
        let bytes = packet.encode(self.version).map_err(|why| Error::NotPermitted(format!("no MQTT packet can carry this: {why}")))?;
        self.link.send(&bytes).await
    }

    /// Waits for the packet that answers what was sent, keeping messages that come meanwhile.
    async fn reply(&mut self, sent: Result<()>, answers: impl Fn(&Packet) -> Option<Code>) -> Result<Reply> {
        let waited = match sent {
            Ok(()) => timeout(self.answer, self.until(answers)).await,
            Err(error) => Ok(Err(error)),
        };
        match waited {
            Ok(Err(Error::Closed(_) | Error::Reset(_))) => Ok(Reply::Disconnected(None)),
            Ok(reply) => reply,
            Err(_) => {
                let after_ms = u64::try_from(self.answer.as_millis()).unwrap_or(u64::MAX);
                Err(Error::TimedOut { peer: self.link.peer().to_owned(), what: "acknowledgement", after_ms })
            }
        }
    }

    async fn until(&mut self, answers: impl Fn(&Packet) -> Option<Code>) -> Result<Reply> {
        loop {
            let packet = self.next().await?;
            if let Some(code) = answers(&packet) {
                return Ok(Reply::of(code));
            }
            match packet {
                Packet::Disconnect(code) => return Ok(Reply::Disconnected(Some(code))),
                Packet::Publish(message, _) if self.messages.len() < KEPT && self.kept < KEPT_BYTES => {
                    self.kept += weight(&message);
                    self.messages.push_back(message);
                }
                Packet::Publish(..) => self.lost = true,
                _ => {}
            }
        }
    }

    /// The next packet. A message that asks for it is acknowledged at once.
    pub(super) async fn next(&mut self) -> Result<Packet> {
        loop {
            let taken = take(&mut self.bytes, self.version).map_err(|why| self.malformed(&why))?;
            if let Some(packet) = taken {
                if let Packet::Publish(Message { qos: 1, .. }, id) = packet {
                    self.send(Send::PubAck { id }).await?;
                }
                return Ok(packet);
            }
            let chunk = self.link.receive().await?;
            self.bytes.extend_from_slice(&chunk);
        }
    }

    pub(super) fn malformed(&self, what: &str) -> Error {
        Error::Malformed { peer: self.link.peer().to_owned(), what: what.to_owned() }
    }
}

fn weight(message: &Message) -> usize {
    message.topic.len() + message.payload.len()
}

#[cfg(test)]
mod tests;
