//! Messages of DNS (RFC 1035), as far as discovery needs them.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use crate::text::{clean, escaped};

/// Records read of one message.
const RECORDS: usize = 256;
/// Compression pointers followed in one name.
const JUMPS: usize = 16;
/// The longest name, in characters.
const NAME: usize = 255;
/// Bytes shown of a record of another type.
const OTHER: usize = 1_024;
/// The flag of a message that was too long for its sender.
const TRUNCATED: u16 = 0x0200;

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Data {
    /// PTR: another name.
    Pointer(String),
    /// SRV: where a service is.
    Service {
        /// The name of the host.
        host: String,
        /// The port.
        port: u16,
    },
    /// TXT: its strings, control characters dropped.
    Text(Vec<String>),
    /// A or AAAA: an address.
    Address(String),
    /// Anything else.
    Other {
        /// The number of its type.
        kind: u16,
        /// The first 1,024 bytes of its content, everything but printable ASCII escaped.
        content: String,
    },
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Record {
    /// What it is about, labels joined by dots.
    pub name: String,
    /// Seconds for which it holds.
    pub ttl: u32,
    /// What it says.
    pub data: Data,
}

impl Record {
    /// Whether the record is about this name; case does not matter.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// What one message says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// Its records.
    pub records: Vec<Record>,
    /// Whether there is more than was read, or the sender says that it left something out (RFC 1035, section 4.1.1: TC).
    pub cut: bool,
}

/// A type to ask for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Pointer = 12,
    Service = 33,
    Text = 16,
    Address = 1,
    Any = 255,
}

/// A message that asks for these types of one name, by unicast. Labels of a service's own name may hold no dot.
pub(super) fn question(name: &str, kinds: &[Kind]) -> Option<Vec<u8>> {
    let mut encoded = Vec::new();
    for label in name.trim_end_matches('.').split('.') {
        encoded.push(u8::try_from(label.len()).ok().filter(|length| (1..64).contains(length))?);
        encoded.extend_from_slice(label.as_bytes());
    }
    encoded.push(0);
    if encoded.len() > NAME {
        return None;
    }
    let mut packet = vec![0x5a, 0xa5, 0, 0, 0, u8::try_from(kinds.len()).ok()?, 0, 0, 0, 0, 0, 0];
    for kind in kinds {
        packet.extend_from_slice(&encoded);
        packet.extend_from_slice(&[0, *kind as u8, 0x80, 1]);
    }
    Some(packet)
}

/// Reads all records of an answer.
///
/// # Errors
/// What is odd about the bytes.
pub fn parse(bytes: &[u8]) -> Result<Message, String> {
    read_all(bytes).ok_or_else(|| "no message of DNS that can be read".to_owned())
}

fn read_all(bytes: &[u8]) -> Option<Message> {
    let count = |at| number(bytes, at).map(usize::from);
    let (questions, answers) = (count(4)?, count(6)? + count(8)? + count(10)?);
    let mut at = 12;
    for _ in 0..questions.min(RECORDS) {
        at = name(bytes, at)?.1 + 4;
    }
    let mut records = Vec::new();
    for _ in 0..answers.min(RECORDS) {
        let (name, after) = name(bytes, at)?;
        let length = usize::from(number(bytes, after + 8)?);
        let start = after + 10;
        let data = data(bytes, number(bytes, after)?, start, start + length)?;
        let ttl = u32::from(number(bytes, after + 4)?) << 16 | u32::from(number(bytes, after + 6)?);
        records.push(Record { name, ttl, data });
        at = start + length;
    }
    let cut = number(bytes, 2)? & TRUNCATED != 0 || questions.max(answers) > RECORDS;
    Some(Message { records, cut })
}

fn data(bytes: &[u8], kind: u16, start: usize, end: usize) -> Option<Data> {
    let content = bytes.get(start..end)?;
    Some(match (kind, content) {
        (1, _) => Data::Address(Ipv4Addr::from(<[u8; 4]>::try_from(content).ok()?).to_string()),
        (28, _) => Data::Address(Ipv6Addr::from(<[u8; 16]>::try_from(content).ok()?).to_string()),
        (12, _) => Data::Pointer(name(bytes, start)?.0),
        (33, _) => Data::Service { port: number(content, 4)?, host: name(bytes, start + 6)?.0 },
        (16, _) => Data::Text(strings(content)),
        (kind, _) => Data::Other { kind, content: escaped(content, OTHER) },
    })
}

fn strings(mut content: &[u8]) -> Vec<String> {
    let mut all = Vec::new();
    while let Some((length, rest)) = content.split_first() {
        let Some((text, rest)) = rest.split_at_checked(usize::from(*length)) else { break };
        if !text.is_empty() {
            all.push(clean(text, NAME));
        }
        content = rest;
    }
    all
}

fn number(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

/// The name at this place, and where the bytes go on. Pointers lead backwards only, and not too many of them.
fn name(bytes: &[u8], mut at: usize) -> Option<(String, usize)> {
    let (mut text, mut after, mut jumps) = (String::new(), None, 0);
    loop {
        match *bytes.get(at)? {
            0 => return Some((text, after.unwrap_or(at + 1))),
            length @ 1..=63 => {
                let label = bytes.get(at + 1..at + 1 + usize::from(length))?;
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(&clean(label, 63));
                at += 1 + usize::from(length);
            }
            192.. => {
                after = after.or(Some(at + 2));
                let target = usize::from(number(bytes, at)? & 0x3fff);
                jumps += 1;
                if target >= at || jumps > JUMPS {
                    return None;
                }
                at = target;
            }
            _ => return None,
        }
        if text.len() > NAME * 4 {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_kinds_of_records() {
        let mut packet = b"\0\0\x84\0\0\0\0\x03\0\0\0\0".to_vec();
        packet.extend_from_slice(b"\x01a\x05local\0\0\x01\0\x01\0\0\0\x78\0\x04\xc0\0\x02\x01");
        packet.extend_from_slice(b"\xc0\x0c\0\x10\0\x01\0\x01\0\0\0\x06\x03k=v\x01\n");
        packet.extend_from_slice(b"\xc0\x0c\0\x21\0\x01\0\0\0\x78\0\x08\0\0\0\0\0\x50\xc0\x0c");
        let records = parse(&packet).unwrap().records;
        let data: Vec<_> = records.iter().map(|record| record.data.clone()).collect();
        let service = Data::Service { host: "a.local".into(), port: 80 };
        assert_eq!(data, [Data::Address("192.0.2.1".into()), Data::Text(vec!["k=v".into(), String::new()]), service]);
        assert_eq!((records[0].name.as_str(), records[0].ttl, records[1].ttl), ("a.local", 120, 65_536));
    }

    #[test]
    fn loops_and_cuts_are_refused() {
        for bad in [&b"\0\0\x84\0\0\0\0\x01\0\0\0\0\xc0\x0c\0\x0c\0\x01"[..], b"\0\0\x84\0\0\0\0\x01\0\0\0\0\x05ab", b"short"] {
            assert!(parse(bad).is_err());
        }
        assert!(question("a..b", &[Kind::Pointer]).is_none());
        assert!(question(&"a".repeat(64), &[Kind::Pointer]).is_none());
    }

    proptest! {
        #[test]
        fn never_panics(tail in proptest::collection::vec(prop_oneof![Just(0u8), Just(192), Just(12), any::<u8>()], 0..200)) {
            let _ = parse(&[b"\0\0\x84\0\0\x01\0\x05\0\0\0\0", tail.as_slice()].concat());
            let _ = parse(&tail);
        }
    }
}
