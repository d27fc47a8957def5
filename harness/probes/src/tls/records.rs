//! Reading the records of a TLS server, as far as they come in clear.

use crate::handshake::{Cursor, Flight, Message, is_13, server_hello};

/// The longest record that any version permits, with room for what ciphers add.
const LONGEST_RECORD: usize = 16_384 + 2_048;
/// The most messages of one flight.
const MOST_MESSAGES: usize = 64;
/// The longest message that is waited for: chains of certificates stay far below it.
const LONGEST_MESSAGE: u32 = 128 * 1024;
/// The alert that a server may send in passing when it does not know the name asked for.
const UNRECOGNIZED_NAME: u8 = 112;

/// What has been heard so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(super) messages: Vec<Message>,
    pub(super) alert: Option<u8>,
    /// What is not TLS about it.
    pub(crate) odd: Option<String>,
    /// Whether nothing more in clear is to come.
    pub(super) done: bool,
}

impl Heard {
    /// The server's flight, if it has said hello.
    pub(crate) fn flight(&self) -> Option<Flight> {
        Flight::of(&self.messages)
    }
}

/// Reads what a server says as it comes: each record once, however small the pieces in which it arrives.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    heard: Heard,
    /// Bytes of whole records that were read.
    read: usize,
    handshake: Vec<u8>,
    /// Bytes of whole messages among these.
    taken: usize,
}

impl Reader {
    /// Goes on with all that was received so far; whether nothing more in clear is to come.
    pub(crate) fn take(&mut self, raw: &[u8]) -> bool {
        let heard = &mut self.heard;
        let rest = raw.get(self.read..).unwrap_or_default();
        let mut cursor = Cursor::new(rest);
        while !cursor.is_empty() && !heard.done {
            match record(&mut cursor) {
                Ok(Some((22, content))) => self.handshake.extend_from_slice(content),
                Ok(Some((21, content))) => alert(content, heard),
                Ok(Some(_)) => heard.done = true,
                Ok(None) => break,
                Err(why) => (heard.odd, heard.done) = (Some(why), true),
            }
        }
        self.read += rest.len() - cursor.rest().len();
        self.take_messages();
        self.heard.done
    }

    /// What has been heard so far.
    pub(crate) fn heard(self) -> Heard {
        self.heard
    }

    fn take_messages(&mut self) {
        let heard = &mut self.heard;
        let rest = self.handshake.get(self.taken..).unwrap_or_default();
        let mut cursor = Cursor::new(rest);
        while let Some(message) = message(&mut cursor) {
            let last = message.kind == 14 || (message.kind == 2 && server_hello(&message.body).is_none_or(|hello| is_13(hello.version)));
            if heard.messages.len() < MOST_MESSAGES {
                heard.messages.push(message);
            }
            heard.done |= last || heard.messages.len() >= MOST_MESSAGES;
        }
        self.taken += rest.len() - cursor.rest().len();
        if heard.odd.is_none() && is_endless(cursor) {
            (heard.odd, heard.done) = (Some("a handshake message that is longer than any honest one".to_owned()), true);
        }
    }
}

/// Reads all that was received.
pub(crate) fn read(raw: &[u8]) -> Heard {
    let mut reader = Reader::default();
    reader.take(raw);
    reader.heard()
}

/// The next record: its type and content. `None` when it has not come whole.
fn record<'a>(cursor: &mut Cursor<'a>) -> Result<Option<(u8, &'a [u8])>, String> {
    let mut ahead = *cursor;
    let Some(kind) = ahead.u8() else { return Ok(None) };
    let odd = || format!("not a TLS record: {}", crate::text::escaped(cursor.rest(), 32));
    if !(20..=24).contains(&kind) {
        return Err(odd());
    }
    let (Some(version), Some(length)) = (ahead.u16(), ahead.u16()) else { return Ok(None) };
    if version >> 8 != 3 || usize::from(length) > LONGEST_RECORD {
        return Err(odd());
    }
    let content = ahead.take(usize::from(length));
    if content.is_some() {
        *cursor = ahead;
    }
    Ok(content.map(|content| (kind, content)))
}

fn alert(content: &[u8], heard: &mut Heard) {
    match content {
        [1, UNRECOGNIZED_NAME, ..] => {}
        [_, code, ..] => (heard.alert, heard.done) = (Some(*code), true),
        _ => (heard.odd, heard.done) = (Some("an alert without a code".to_owned()), true),
    }
}

/// The next message, when it has come whole.
fn message(cursor: &mut Cursor<'_>) -> Option<Message> {
    let mut ahead = *cursor;
    let (kind, length) = (ahead.u8()?, ahead.number(3)?);
    let body = ahead.take(usize::try_from(length).ok().filter(|_| length <= LONGEST_MESSAGE)?)?;
    *cursor = ahead;
    Some(Message { kind, body: body.to_vec() })
}

/// Whether the next message says that it is longer than any is waited for.
fn is_endless(mut next: Cursor<'_>) -> bool {
    next.u8().is_some() && next.number(3).is_some_and(|length| length > LONGEST_MESSAGE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn alerts_and_foreign_bytes_are_told_apart() {
        assert_eq!(read(&[21, 3, 3, 0, 2, 2, 40]).alert, Some(40));
        assert!(read(b"HTTP/1.1 400 Bad Request").odd.unwrap().contains("HTTP/1.1"));
        let passing = read(&[21, 3, 3, 0, 2, 1, 112]);
        assert_eq!((passing.alert, passing.done), (None, false));
        assert!(!read(&[22, 3, 3, 0, 9, 2]).done);
        assert!(read(&[22, 3, 3, 0, 5, 2, 0xff, 0xff, 0xff, 3]).odd.is_some());
    }

    #[test]
    fn each_record_is_read_once_and_pieces_are_heard_as_the_whole() {
        let certificate = [&[11, 0, 2, 0][..], &[7; 512]].concat();
        let hello = [&[2, 0, 0, 38, 3, 3][..], &[1; 32], &[0, 0xc0, 0x2f, 0]].concat();
        let records = [hello, certificate, vec![14, 0, 0, 0]].concat();
        let whole: Vec<u8> =
            records.chunks(9).flat_map(|part| [&[22, 3, 3, 0, u8::try_from(part.len()).unwrap()], part].concat()).collect();
        let (mut reader, mut raw) = (Reader::default(), Vec::new());
        for (at, byte) in whole.iter().enumerate() {
            raw.push(*byte);
            assert_eq!(reader.take(&raw), at + 1 == whole.len(), "at {at}");
            // what was read is gone: reading it again would be heard
            raw.iter_mut().take(reader.read).for_each(|byte| *byte = 0xff);
        }
        let heard = reader.heard();
        assert_eq!((heard.messages.len(), &heard), (3, &read(&whole)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(kind in 19u8..25, raw in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&raw).flight();
            let length = u16::try_from(raw.len()).unwrap().to_be_bytes();
            let _ = read(&[&[kind, 3, 3], length.as_slice(), &raw].concat()).flight();
        }
    }
}
