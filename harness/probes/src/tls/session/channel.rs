//! Records over a link, in clear and sealed, and the handshake messages in them.

use assay_wire::{Error, Link, Result};

use super::seal::{Half, Tamper};
use crate::handshake::{Cursor, Message, counted};

/// Kinds of records.
pub(crate) mod kind {
    pub(crate) const CHANGE: u8 = 20;
    pub(crate) const ALERT: u8 = 21;
    pub(crate) const HANDSHAKE: u8 = 22;
    pub(crate) const DATA: u8 = 23;
    pub(crate) const HEARTBEAT: u8 = 24;
}

/// The longest record that any version permits, with room for what ciphers add.
const LONGEST_RECORD: usize = 16_384 + 2_048;
/// The longest handshake message that is waited for.
const LONGEST_MESSAGE: usize = 128 * 1024;
/// The most bytes that are received on one link.
const MOST_BYTES: usize = 512 * 1024;

/// What came next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Message(Message),
    Change,
    /// An alert: whether it ends the connection, and its code.
    Alert(bool, u8),
    Data,
    Heartbeat(Vec<u8>),
}

/// One record as it came.
type Record = (u8, Vec<u8>);

/// A link with its records.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) link: Link,
    version: u16,
    raw: Vec<u8>,
    received: usize,
    handshake: Vec<u8>,
    pub(crate) sending: Option<Half>,
    pub(crate) receiving: Option<Half>,
}

impl Channel {
    /// A channel on a link on which `raw` was received already.
    pub(crate) fn new(link: Link, raw: Vec<u8>) -> Self {
        Self { link, version: 0x0301, raw, received: 0, handshake: Vec::new(), sending: None, receiving: None }
    }

    /// The version that stands in records from now on.
    pub(crate) fn set_version(&mut self, version: u16) {
        self.version = version;
    }

    pub(crate) const fn version(&self) -> u16 {
        self.version
    }

    pub(crate) fn malformed(&self, what: &str) -> Error {
        Error::Malformed { peer: self.link.peer().to_owned(), what: what.to_owned() }
    }

    /// The bytes of a record of this kind, sealed where a key is in use.
    pub(crate) fn record(&mut self, kind: u8, content: &[u8], tamper: Tamper) -> Result<Vec<u8>> {
        let body = match &mut self.sending {
            None => content.to_vec(),
            Some(half) => half.seal(kind, content, tamper).ok_or_else(|| Error::Local("a record could not be sealed".to_owned()))?,
        };
        Ok([vec![kind], self.version.to_be_bytes().to_vec(), counted(2, &body)].concat())
    }

    pub(crate) async fn send(&mut self, kind: u8, content: &[u8]) -> Result<()> {
        let record = self.record(kind, content, Tamper::Nothing)?;
        self.link.send(&record).await
    }

    /// What comes next.
    pub(crate) async fn next(&mut self) -> Result<Event> {
        loop {
            if let Some(message) = self.message()? {
                return Ok(Event::Message(message));
            }
            let (kind, body) = self.next_record().await?;
            let content = match &mut self.receiving {
                Some(half) if kind != kind::CHANGE => {
                    half.open(kind, &body).ok_or_else(|| self.malformed("a record that cannot be opened"))?
                }
                _ => body,
            };
            match (kind, content.as_slice()) {
                (kind::HANDSHAKE, _) => self.handshake.extend_from_slice(&content),
                (kind::CHANGE, _) => return Ok(Event::Change),
                (kind::ALERT, [level, code, ..]) => return Ok(Event::Alert(*level != 1 || *code == 0, *code)),
                (kind::HEARTBEAT, _) => return Ok(Event::Heartbeat(content)),
                (kind::DATA, _) => return Ok(Event::Data),
                _ => return Err(self.malformed("an alert without a code")),
            }
        }
    }

    /// A handshake message that has come whole.
    fn message(&mut self) -> Result<Option<Message>> {
        let mut cursor = Cursor::new(&self.handshake);
        if let (Some(kind), Some(body)) = (cursor.u8(), cursor.counted(3)) {
            let message = Message { kind, body: body.to_vec() };
            self.handshake = cursor.rest().to_vec();
            return Ok(Some(message));
        }
        if self.handshake.len() > LONGEST_MESSAGE {
            return Err(self.malformed("a handshake message without an end"));
        }
        Ok(None)
    }

    async fn next_record(&mut self) -> Result<Record> {
        loop {
            if let Some((record, rest)) = split(&self.raw).map_err(|what| self.malformed(what))? {
                self.raw = rest;
                return Ok(record);
            }
            let more = self.link.receive().await?;
            self.received += more.len();
            if self.received > MOST_BYTES {
                return Err(Error::TooLong { peer: self.link.peer().to_owned(), limit: MOST_BYTES });
            }
            self.raw.extend_from_slice(&more);
        }
    }
}

/// The first record, and what comes after it. `None` when it has not come whole.
pub(super) fn split(raw: &[u8]) -> std::result::Result<Option<(Record, Vec<u8>)>, &'static str> {
    let mut cursor = Cursor::new(raw);
    let Some(kind) = cursor.u8() else { return Ok(None) };
    if !(kind::CHANGE..=kind::HEARTBEAT).contains(&kind) {
        return Err("not a TLS record");
    }
    let (Some(version), Some(length)) = (cursor.u16(), cursor.u16()) else { return Ok(None) };
    if version >> 8 != 3 || usize::from(length) > LONGEST_RECORD {
        return Err("not a TLS record");
    }
    Ok(cursor.take(usize::from(length)).map(|body| ((kind, body.to_vec()), cursor.rest().to_vec())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn records_are_taken_one_by_one() {
        assert_eq!(split(&[21, 3, 3, 0, 2, 2, 40, 9]), Ok(Some(((21, vec![2, 40]), vec![9]))));
        assert_eq!(split(&[21, 3, 3, 0, 2, 2]), Ok(None));
        assert!(split(b"HTTP/1.1").is_err() && split(&[22, 3, 3, 0xff, 0xff]).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(kind in 19u8..26, raw in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = split(&raw);
            let _ = split(&[&[kind, 3, 3, 0, 20], raw.as_slice()].concat());
        }
    }
}
