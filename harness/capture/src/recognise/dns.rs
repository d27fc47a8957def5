//! Messages of DNS (RFC 1035), in datagrams and in streams.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;

use crate::cursor::Cursor;

/// Questions and records read of one message.
const RECORDS: usize = 128;
/// Labels of one name, and its longest form in characters.
const LABELS: usize = 64;
const NAME: usize = 255;
/// Messages read of one stream.
const MESSAGES: usize = 64;

/// The service that a message belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// DNS.
    Dns,
    /// Multicast DNS (RFC 6762).
    Mdns,
    /// Link-local multicast name resolution (RFC 4795).
    Llmnr,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: u16,
    pub(crate) is_answer: bool,
    /// The response code.
    pub(crate) code: u8,
    /// Names with the numbers of the types asked for.
    pub(crate) questions: Vec<(String, u16)>,
    /// Names with what they stand for.
    pub(crate) records: Vec<(String, Data)>,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Data {
    Address(IpAddr),
    /// CNAME.
    Alias(String),
    Other,
}

/// The service of these ports, if any.
pub(crate) fn service(ports: [u16; 2]) -> Option<Service> {
    let known = [(53, Service::Dns), (5353, Service::Mdns), (5355, Service::Llmnr)];
    known.into_iter().find(|(port, _)| ports.contains(port)).map(|(_, service)| service)
}

/// Reads a message; nothing when it is not one to its end.
pub(crate) fn read(bytes: &[u8]) -> Option<Message> {
    let mut cursor = Cursor::new(bytes);
    let (id, flags) = (cursor.u16()?, cursor.u16()?);
    let counts = [cursor.u16()?, cursor.u16()?, cursor.u16()?, cursor.u16()?];
    // the bit that must be zero, and operations that are known (0: query, 4: notify, 5: update, 6: stateful)
    (flags & 0x40 == 0 && matches!(flags >> 11 & 15, 0 | 1 | 2 | 4 | 5 | 6)).then_some(())?;
    let [asked, told @ ..] = counts.map(usize::from);
    (asked + told.iter().sum::<usize>() > 0 && asked <= RECORDS).then_some(())?;
    let mut questions = Vec::new();
    for _ in 0..asked {
        let name = name(bytes, &mut cursor)?;
        let kind = cursor.u16()?;
        cursor.u16()?;
        questions.push((name, kind));
    }
    let mut records = Vec::new();
    for _ in 0..told.iter().sum::<usize>().min(RECORDS) {
        // a message that was cut, or says that it goes on, ends here
        let Some(record) = record(bytes, &mut cursor) else {
            (flags & 0x200 != 0 || !records.is_empty()).then_some(())?;
            break;
        };
        records.push(record);
    }
    Some(Message { id, is_answer: flags & 0x8000 != 0, code: flags.to_be_bytes()[1] & 15, questions, records })
}

/// Reads the messages of a stream, each after its length (RFC 7766, section 8), as far as they go; nothing when the first is not one.
pub(crate) fn stream(bytes: &[u8]) -> Option<Vec<Message>> {
    let (mut cursor, mut messages) = (Cursor::new(bytes), Vec::new());
    while let Some(message) = cursor.counted(2).filter(|_| messages.len() < MESSAGES) {
        messages.push(read(message)?);
    }
    (!messages.is_empty()).then_some(messages)
}

fn record<'a>(bytes: &'a [u8], cursor: &mut Cursor<'a>) -> Option<(String, Data)> {
    let owner = name(bytes, cursor)?;
    let kind = cursor.u16()?;
    cursor.take(6)?;
    let mut data = Cursor::new(cursor.counted(2)?);
    let said = match kind {
        1 => Data::Address(Ipv4Addr::from(data.array::<4>()?).into()),
        28 => Data::Address(Ipv6Addr::from(data.array::<16>()?).into()),
        5 => Data::Alias(name(bytes, &mut data)?),
        _ => Data::Other,
    };
    Some((owner, said))
}

/// A name, labels joined by dots, in small letters. References go backwards only, so that none can go round.
fn name<'a>(message: &'a [u8], cursor: &mut Cursor<'a>) -> Option<String> {
    let mut text = String::new();
    let mut here = *cursor;
    let mut jumped = false;
    let mut limit = message.len();
    for _ in 0..LABELS {
        let length = usize::from(here.u8()?);
        match length {
            0 => {
                if !jumped {
                    *cursor = here;
                }
                return Some(text);
            }
            1..=63 => {
                let label = here.take(length)?;
                let dot = if text.is_empty() { "" } else { "." };
                text = format!("{text}{dot}{}", crate::cursor::clean(label, 63).to_lowercase());
                (text.len() <= NAME).then_some(())?;
            }
            192.. => {
                let target = (length & 63) << 8 | usize::from(here.u8()?);
                if !std::mem::replace(&mut jumped, true) {
                    *cursor = here;
                }
                (target < limit).then_some(())?;
                (limit, here) = (target, Cursor::new(message.get(target..)?));
            }
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_read() {
        let head = b"\x12\x34\x81\x80\0\x01\0\x02\0\0\0\0\x03WWW\x07example\0\0\x01\0\x01".to_vec();
        let alias = b"\xc0\x0c\0\x05\0\x01\0\0\0\x09\0\x04\x01a\xc0\x10";
        let address = b"\x01a\xc0\x10\0\x01\0\x01\0\0\0\x09\0\x04\x0a\0\0\x05";
        let message = read(&[&head[..], alias, address].concat()).unwrap();
        assert_eq!((message.id, message.is_answer, message.code), (0x1234, true, 0));
        assert_eq!(message.questions, [("www.example".to_owned(), 1)]);
        let expected = [("www.example", Data::Alias("a.example".into())), ("a.example", Data::Address([10, 0, 0, 5].into()))];
        assert_eq!(message.records, expected.map(|(name, data)| (name.to_owned(), data)));
        assert_eq!(stream(&[&[0, 29][..], &head[..29]].concat()), None, "the records are missing");
    }

    #[test]
    fn names_that_go_round_are_none() {
        for name in [&b"\xc0\x0c"[..], b"\x01a\xc0\x0c", b"\x01a\xc0\xff", b"\x40a\0", b"\x05ab"] {
            assert_eq!(read(&[b"\0\0\0\0\0\x01\0\0\0\0\0\0", name, b"\0\x01\0\x01"].concat()), None, "{}", name.escape_ascii());
        }
        assert_eq!(read(b"\0\0\0\0\0\0\0\0\0\0\0\0"), None);
    }
}
