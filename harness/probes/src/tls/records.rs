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

/// Reads all that was received so far.
pub(crate) fn read(raw: &[u8]) -> Heard {
    let mut heard = Heard::default();
    let mut cursor = Cursor::new(raw);
    let mut handshake = Vec::new();
    while !cursor.is_empty() && !heard.done {
        match record(&mut cursor) {
            Ok(Some((22, content))) => handshake.extend_from_slice(content),
            Ok(Some((21, content))) => alert(content, &mut heard),
            Ok(Some(_)) => heard.done = true,
            Ok(None) => break,
            Err(why) => (heard.odd, heard.done) = (Some(why), true),
        }
    }
    heard.messages = messages(&handshake);
    if heard.odd.is_none() && is_endless(&handshake) {
        (heard.odd, heard.done) = (Some("a handshake message that is longer than any honest one".to_owned()), true);
    }
    let finished = |message: &Message| {
        message.kind == 14 || (message.kind == 2 && server_hello(&message.body).is_none_or(|hello| is_13(hello.version)))
    };
    heard.done |= heard.messages.len() >= MOST_MESSAGES || heard.messages.iter().any(finished);
    heard
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

/// Whether a message says that it is longer than any is waited for.
fn is_endless(handshake: &[u8]) -> bool {
    let mut cursor = Cursor::new(handshake);
    loop {
        let mut ahead = cursor;
        match (ahead.u8(), ahead.number(3)) {
            (Some(_), Some(length)) if length > LONGEST_MESSAGE => return true,
            (Some(_), Some(_)) => {}
            _ => return false,
        }
        if cursor.u8().is_none() || cursor.counted(3).is_none() {
            return false;
        }
    }
}

fn messages(handshake: &[u8]) -> Vec<Message> {
    let mut cursor = Cursor::new(handshake);
    let mut all = Vec::new();
    while all.len() < MOST_MESSAGES {
        let (Some(kind), Some(body)) = (cursor.u8(), cursor.counted(3)) else { break };
        all.push(Message { kind, body: body.to_vec() });
    }
    all
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

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(kind in 19u8..25, raw in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&raw).flight();
            let length = u16::try_from(raw.len()).unwrap().to_be_bytes();
            let _ = read(&[&[kind, 3, 3], length.as_slice(), &raw].concat()).flight();
        }
    }
}
