//! DTLS records and the fragments of handshake messages in them, written and read. Nothing here does input or output.

use std::collections::BTreeMap;

use crate::handshake::{Cursor, Flight, Message, counted, is_13, server_hello};

/// The longest handshake message that is put together, and the most of them.
const LONGEST_MESSAGE: usize = 64 * 1024;
const MOST_MESSAGES: usize = 32;
/// The alert that a server may send in passing when it does not know the name asked for.
const UNRECOGNIZED_NAME: u8 = 112;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;

/// A record in clear.
pub(super) fn record(kind: u8, sequence: u8, content: &[u8]) -> Vec<u8> {
    // The version of the first records is that of DTLS 1.0, whatever the hello asks for.
    [&[kind, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, sequence][..], &counted(2, content)].concat()
}

/// A client's hello as a record; `sequence` counts hellos of one exchange.
pub(super) fn hello(sequence: u8, body: &[u8]) -> Vec<u8> {
    let length = counted(3, body);
    let length = length.get(..3).unwrap_or_default();
    record(HANDSHAKE, sequence, &[&[1], length, &[0, sequence, 0, 0, 0], length, body].concat())
}

/// The record that ends an exchange, so that the server may forget it.
pub(super) fn farewell(sequence: u8) -> Vec<u8> {
    record(ALERT, sequence, &[2, 40])
}

/// A handshake message of which not all fragments have come.
#[derive(Debug, Clone, Default)]
struct Part {
    kind: u8,
    bytes: Vec<u8>,
    have: Vec<bool>,
}

/// What has been heard so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    parts: BTreeMap<u16, Part>,
    pub(super) alert: Option<u8>,
    pub(super) odd: Option<String>,
    sealed: bool,
}

impl Heard {
    /// Reads one datagram.
    pub(crate) fn push(&mut self, datagram: &[u8]) {
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
            (ALERT, [1, UNRECOGNIZED_NAME, ..]) => {}
            (ALERT, [_, code, ..]) => self.alert = Some(*code),
            (HANDSHAKE, _) => self.push_fragments(content)?,
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
            let fresh = || Part { kind, bytes: vec![0; length], have: vec![false; length] };
            let part = self.parts.entry(number).or_insert_with(fresh);
            let end = offset.checked_add(fragment.len())?;
            part.bytes.get_mut(offset..end)?.copy_from_slice(fragment);
            part.have.get_mut(offset..end)?.fill(true);
        }
        Some(())
    }

    /// The messages that have come whole, in their order.
    fn messages(&self) -> Vec<Message> {
        let whole = self.parts.values().filter(|part| part.have.iter().all(|have| *have));
        whole.map(|part| Message { kind: part.kind, body: part.bytes.clone() }).collect()
    }

    /// The cookie of a `HelloVerifyRequest`.
    pub(crate) fn cookie(&self) -> Option<Vec<u8>> {
        let messages = self.messages();
        let mut cursor = Cursor::new(&messages.iter().find(|message| message.kind == 3)?.body);
        cursor.u16()?;
        cursor.counted(1).map(<[u8]>::to_vec)
    }

    /// The server's flight, if it has said hello.
    pub(crate) fn flight(&self) -> Option<Flight> {
        Flight::of(&self.messages())
    }

    /// Whether nothing more in clear is to come.
    pub(crate) fn is_done(&self) -> bool {
        let last = |message: &Message| {
            let thirteen = || server_hello(&message.body).is_none_or(|hello| is_13(hello.version));
            message.kind == 14 || (message.kind == 2 && thirteen())
        };
        self.alert.is_some() || self.odd.is_some() || self.messages().iter().any(last)
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
        heard.push(b"HTTP");
        assert!(heard.odd.unwrap().contains("HTTP"));
    }

    #[test]
    fn a_hello_is_read_back_by_a_parser() {
        let body = crate::handshake::Hello { cookie: Some(vec![1, 2]), ..crate::handshake::Hello::new(0xfefd, [7; 32], &[0xc0a8]) }.body();
        let raw = hello(1, &body);
        let (rest, found) = tls_parser::parse_dtls_plaintext_record(&raw).unwrap();
        assert!(rest.is_empty());
        let tls_parser::DTLSMessage::Handshake(handshake) = &found.messages[0] else { panic!("{found:?}") };
        let tls_parser::DTLSMessageHandshakeBody::ClientHello(hello) = &handshake.body else { panic!("{handshake:?}") };
        assert_eq!((handshake.message_seq, hello.cookie, hello.ciphers[0].0), (1, [1, 2].as_slice(), 0xc0a8));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(raw in proptest::collection::vec(any::<u8>(), 0..200), content in proptest::collection::vec(0u8..9, 0..80)) {
            let mut heard = Heard::default();
            heard.push(&raw);
            heard.push(&record(HANDSHAKE, 0, &content));
            heard.push(&record(ALERT, 0, &content));
            let _ = (heard.flight(), heard.cookie(), heard.is_done());
        }
    }
}
