//! DTLS records and the fragments of handshake messages in them, written and read. Nothing here does input or output.

use std::collections::BTreeMap;

use crate::handshake::{Cursor, Flight, Message, counted, is_13, server_hello};

/// The longest handshake message that is put together, and the most of them.
const LONGEST_MESSAGE: usize = 64 * 1024;
const MOST_MESSAGES: usize = 32;
/// Alerts at the level of a warning that end nothing: an unknown name, no renegotiation, a cancelled handshake.
const IN_PASSING: [u8; 3] = [112, 100, 90];
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const HELLO_VERIFY_REQUEST: u8 = 3;
const SERVER_HELLO_DONE: u8 = 14;

/// A record in clear.
pub(super) fn record(kind: u8, sequence: u32, content: &[u8]) -> Vec<u8> {
    // The version of the first records is that of DTLS 1.0, whatever the hello asks for.
    [&[kind, 0xfe, 0xff, 0, 0, 0, 0][..], &sequence.to_be_bytes(), &counted(2, content)].concat()
}

/// A client's hello as datagrams of one record each, in so many fragments; `number` counts hellos of one exchange.
pub(super) fn hello(sequence: u32, number: u16, body: &[u8], fragments: usize) -> Vec<Vec<u8>> {
    let whole = number_of_bytes(body.len());
    let size = body.len().div_ceil(fragments.max(1)).max(1);
    let each = body.chunks(size).zip(sequence..).enumerate().map(|(index, (part, sequence))| {
        let header = [&[CLIENT_HELLO][..], &whole, &number.to_be_bytes(), &number_of_bytes(index * size)].concat();
        record(HANDSHAKE, sequence, &[header, counted(3, part)].concat())
    });
    each.collect()
}

/// A length as three bytes.
fn number_of_bytes(length: usize) -> [u8; 3] {
    let [_, high, middle, low] = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    [high, middle, low]
}

/// The record that ends an exchange, so that the server may forget it.
pub(super) fn farewell(sequence: u32) -> Vec<u8> {
    record(ALERT, sequence, &[2, 40])
}

/// A handshake message of which not all fragments have come.
#[derive(Debug, Clone, Default)]
struct Part {
    kind: u8,
    bytes: Vec<u8>,
    have: Vec<bool>,
    /// How many bytes have not come.
    missing: usize,
}

impl Part {
    fn is_whole(&self) -> bool {
        self.missing == 0
    }

    fn add(&mut self, offset: usize, fragment: &[u8]) -> Option<()> {
        let end = offset.checked_add(fragment.len())?;
        self.bytes.get_mut(offset..end)?.copy_from_slice(fragment);
        let have = self.have.get_mut(offset..end)?;
        self.missing -= have.iter().filter(|have| !**have).count();
        have.fill(true);
        Some(())
    }
}

/// The sizes of what was heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// All bytes.
    pub(super) bytes: usize,
    pub(super) largest_datagram: usize,
    /// The content of the largest record.
    pub(super) largest_record: usize,
    /// Whether a message came in several fragments.
    pub(super) fragmented: bool,
}

impl Shape {
    /// The greater of both.
    pub(super) fn add(&mut self, other: Self) {
        self.bytes = self.bytes.max(other.bytes);
        self.largest_datagram = self.largest_datagram.max(other.largest_datagram);
        self.largest_record = self.largest_record.max(other.largest_record);
        self.fragmented |= other.fragmented;
    }
}

/// What has been heard so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    parts: BTreeMap<u16, Part>,
    pub(super) alert: Option<u8>,
    pub(crate) odd: Option<String>,
    pub(super) shape: Shape,
    sealed: bool,
}

impl Heard {
    /// Reads one datagram.
    pub(crate) fn push(&mut self, datagram: &[u8]) {
        self.shape.bytes = self.shape.bytes.saturating_add(datagram.len());
        self.shape.largest_datagram = self.shape.largest_datagram.max(datagram.len());
        let mut cursor = Cursor::new(datagram);
        while !cursor.is_empty() {
            if self.push_record(&mut cursor).is_none() {
                if self.odd.is_none() && !self.sealed {
                    self.odd = Some(format!("not a DTLS record: {}", crate::text::escaped(datagram, 32)));
                }
                return;
            }
        }
    }

    fn push_record(&mut self, cursor: &mut Cursor<'_>) -> Option<()> {
        let kind = cursor.u8()?;
        if kind >> 5 == 1 {
            self.sealed = true;
            return None;
        }
        (matches!(kind, 20..=26) && cursor.u16()? >> 8 == 0xfe).then_some(())?;
        let epoch = cursor.u16()?;
        cursor.take(6)?;
        let content = cursor.counted(2)?;
        match (kind, content) {
            _ if epoch != 0 => self.sealed = true,
            (ALERT, [1, code, ..]) if IN_PASSING.contains(code) => {}
            (ALERT, [_, code, ..]) => self.alert = Some(*code),
            (HANDSHAKE, _) => {
                self.shape.largest_record = self.shape.largest_record.max(content.len());
                self.push_fragments(content)?;
            }
            _ => {}
        }
        Some(())
    }

    fn push_fragments(&mut self, content: &[u8]) -> Option<()> {
        let mut cursor = Cursor::new(content);
        while !cursor.is_empty() {
            let (kind, length, number) = (cursor.u8()?, usize::try_from(cursor.number(3)?).ok()?, cursor.u16()?);
            let (offset, fragment) = (usize::try_from(cursor.number(3)?).ok()?, cursor.counted(3)?);
            let known = self.parts.contains_key(&number);
            if length > LONGEST_MESSAGE || (!known && self.parts.len() >= MOST_MESSAGES) {
                return None;
            }
            self.shape.fragmented |= fragment.len() < length;
            let fresh = || Part { kind, bytes: vec![0; length], have: vec![false; length], missing: length };
            self.parts.entry(number).or_insert_with(fresh).add(offset, fragment)?;
        }
        Some(())
    }

    /// The messages that have come whole, in their order.
    fn whole(&self) -> impl Iterator<Item = &Part> {
        self.parts.values().filter(|part| part.is_whole())
    }

    /// The cookie of a `HelloVerifyRequest`.
    pub(crate) fn cookie(&self) -> Option<Vec<u8>> {
        let request = self.whole().next().filter(|part| part.kind == HELLO_VERIFY_REQUEST)?;
        let mut cursor = Cursor::new(&request.bytes);
        cursor.u16()?;
        cursor.counted(1).map(<[u8]>::to_vec)
    }

    /// The server's flight, as far as it came.
    pub(crate) fn flight(&self) -> Option<Flight> {
        let messages: Vec<Message> = self.whole().map(|part| Message { kind: part.kind, body: part.bytes.clone() }).collect();
        Flight::of(&messages)
    }

    /// Whether nothing more in clear is to come.
    pub(crate) fn is_done(&self) -> bool {
        let thirteen = |part: &Part| server_hello(&part.bytes).is_none_or(|hello| is_13(hello.version));
        let last = |part: &Part| part.kind == SERVER_HELLO_DONE || (part.kind == SERVER_HELLO && thirteen(part));
        self.alert.is_some() || self.odd.is_some() || self.whole().any(last)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fragments_are_put_together_in_any_order() {
        let fragment = |offset: u8, bytes: &[u8]| {
            let length = u8::try_from(bytes.len()).unwrap();
            record(HANDSHAKE, 1, &[&[3, 0, 0, 7, 0, 0, 0, 0, offset, 0, 0, length], bytes].concat())
        };
        let mut heard = Heard::default();
        heard.push(&fragment(4, b"abc"));
        assert_eq!(heard.cookie(), None);
        heard.push(&[fragment(0, &[0xfe, 0xff, 4]), fragment(3, b"X")].concat());
        assert_eq!(heard.cookie(), Some(b"Xabc".to_vec()));
        assert_eq!((heard.shape.fragmented, heard.shape.largest_record, heard.shape.largest_datagram), (true, 15, 54));
        heard.push(b"HTTP");
        assert!(heard.odd.unwrap().contains("HTTP"));
    }

    #[test]
    fn a_hello_is_read_back_by_a_parser() {
        let body = crate::handshake::Hello { cookie: Some(vec![1, 2]), ..crate::handshake::Hello::new(0xfefd, [7; 32], &[0xc0a8]) }.body();
        let raw = hello(1, 1, &body, 1).concat();
        let (rest, found) = tls_parser::parse_dtls_plaintext_record(&raw).unwrap();
        assert!(rest.is_empty());
        let tls_parser::DTLSMessage::Handshake(handshake) = &found.messages[0] else { panic!("{found:?}") };
        let tls_parser::DTLSMessageHandshakeBody::ClientHello(hello) = &handshake.body else { panic!("{handshake:?}") };
        assert_eq!((handshake.message_seq, hello.cookie, hello.ciphers[0].0), (1, [1, 2].as_slice(), 0xc0a8));
    }

    #[test]
    fn fragments_of_a_hello_make_the_hello() {
        let body: Vec<u8> = (0..=99).collect();
        let parts = hello(7, 1, &body, 3);
        let mut heard = Heard::default();
        for part in parts.iter().rev() {
            heard.push(part);
        }
        assert_eq!((parts.len(), parts[2][10]), (3, 9));
        assert_eq!(heard.parts[&1].bytes, body);
        assert!(heard.parts[&1].is_whole());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(raw in proptest::collection::vec(any::<u8>(), 0..200), content in proptest::collection::vec(0u8..16, 0..80)) {
            let mut heard = Heard::default();
            heard.push(&raw);
            heard.push(&record(HANDSHAKE, 0, &content));
            heard.push(&record(ALERT, 0, &content));
            let _ = (heard.flight(), heard.cookie(), heard.is_done());
        }
    }
}
