//! The link layer: who sent a frame to whom, and what is inside.

use std::fmt::{Display, Formatter};
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::cursor::Cursor;

/// Type numbers of what is inside a frame (IEEE 802 numbers, IANA).
pub(crate) const IPV4: u16 = 0x0800;
pub(crate) const ARP: u16 = 0x0806;
pub(crate) const IPV6: u16 = 0x86dd;
pub(crate) const EAPOL: u16 = 0x888e;
pub(crate) const LLDP: u16 = 0x88cc;
/// 802.1Q, 802.1ad, and the number that was used for the latter before.
const TAGS: [u16; 3] = [0x8100, 0x88a8, 0x9100];
/// Tags read of one frame.
const MOST_TAGS: usize = 4;
/// Below this, the number is a length, and 802.2 follows.
const LEAST_TYPE: u16 = 0x0600;

/// A hardware address of six bytes, written `02:00:00:00:00:01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mac(pub [u8; 6]);

impl Display for Mac {
    fn fmt(&self, out: &mut Formatter<'_>) -> std::fmt::Result {
        let digits = self.0.map(|byte| format!("{byte:02x}"));
        out.write_str(&digits.join(":"))
    }
}

impl Serialize for Mac {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// The text is not six bytes in hexadecimal digits with colons or hyphens between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hardware address is written like 02:00:00:00:00:01")]
pub struct NotMac;

impl FromStr for Mac {
    type Err = NotMac;

    fn from_str(text: &str) -> Result<Self, NotMac> {
        let parts = text.split([':', '-']).map(|part| u8::from_str_radix(part, 16).ok().filter(|_| part.len() == 2));
        let bytes: Option<Vec<u8>> = parts.take(7).collect();
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(NotMac)
    }
}

impl Mac {
    /// Whether it stands for several receivers.
    pub const fn is_group(self) -> bool {
        self.0[0] & 1 == 1
    }

    /// Whether it stands for all receivers.
    pub const fn is_broadcast(self) -> bool {
        matches!(self.0, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
    }
}

/// A frame, opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Opened<'a> {
    pub(crate) from: Option<Mac>,
    pub(crate) to: Option<Mac>,
    /// What is inside; 0 for 802.2 with nothing that is known.
    pub(crate) kind: u16,
    pub(crate) payload: &'a [u8],
}

/// Opens a frame; nothing when its link type is not known or it is too short.
pub(crate) fn open(link: u16, bytes: &[u8]) -> Option<Opened<'_>> {
    let mut cursor = Cursor::new(bytes);
    match link {
        1 => {
            let (to, from) = (cursor.array().map(Mac)?, cursor.array().map(Mac)?);
            let kind = cursor.u16()?;
            inside(Some(from), Some(to), kind, cursor)
        }
        // all of the protocol family, in the order of bytes of the machine that captured; 108: of the network
        0 | 108 => {
            let [a, b, c, d] = cursor.array()?;
            let kind = match a | d {
                2 if b | c == 0 => IPV4,
                10 | 24 | 28 | 30 if b | c == 0 => IPV6,
                _ => return None,
            };
            inside(None, None, kind, cursor)
        }
        12 | 14 | 101 | 228 | 229 => match bytes.first()? >> 4 {
            4 => inside(None, None, IPV4, cursor),
            6 => inside(None, None, IPV6, cursor),
            _ => None,
        },
        113 => {
            cursor.take(4)?;
            let from = cooked_sender(cursor.u16()?, cursor.array()?);
            let kind = cursor.u16()?;
            inside(from, None, kind, cursor)
        }
        276 => {
            let kind = cursor.u16()?;
            cursor.take(9)?;
            let from = cooked_sender(u16::from(cursor.u8()?), cursor.array()?);
            inside(from, None, kind, cursor)
        }
        _ => None,
    }
}

/// Linux tells the sender in a field of eight bytes with its length before.
fn cooked_sender(length: u16, field: [u8; 8]) -> Option<Mac> {
    field.first_chunk().filter(|_| length == 6).copied().map(Mac)
}

fn inside(from: Option<Mac>, to: Option<Mac>, kind: u16, mut cursor: Cursor<'_>) -> Option<Opened<'_>> {
    let mut kind = kind;
    for _ in 0..MOST_TAGS {
        if !TAGS.contains(&kind) {
            break;
        }
        cursor.u16()?;
        kind = cursor.u16()?;
    }
    if kind < LEAST_TYPE {
        let length = usize::from(kind).min(cursor.rest().len());
        let rest = cursor.rest().get(..length).unwrap_or_default();
        return Some(match rest {
            // SNAP with no organisation: the type follows
            [0xaa, 0xaa, 3, 0, 0, 0, high, low, payload @ ..] => Opened { from, to, kind: u16::from_be_bytes([*high, *low]), payload },
            _ => Opened { from, to, kind: 0, payload: rest },
        });
    }
    Some(Opened { from, to, kind, payload: cursor.rest() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_link_type_is_opened() {
        let (a, b) = ([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]);
        let plain = Opened { from: Some(Mac(b)), to: Some(Mac(a)), kind: IPV4, payload: b"xy" };
        let cases: [(u16, Vec<u8>, Opened<'_>); 8] = [
            (1, [&a[..], &b, &[8, 0], b"xy"].concat(), plain),
            (1, [&a[..], &b, &[0x88, 0xa8, 0, 5, 0x81, 0, 0, 7, 8, 0], b"xy"].concat(), plain),
            (1, [&a[..], &b, &[0, 10, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0], b"xypad"].concat(), plain),
            (1, [&a[..], &b, &[0, 2], b"xypad"].concat(), Opened { kind: 0, ..plain }),
            (113, [&[0, 0, 0, 1, 0, 6][..], &b, &[0, 0, 8, 0], b"xy"].concat(), Opened { to: None, ..plain }),
            (276, [&[8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0, 6][..], &b, &[0, 0], b"xy"].concat(), Opened { to: None, ..plain }),
            (0, b"\x02\0\0\0xy".to_vec(), Opened { from: None, to: None, ..plain }),
            (108, b"\0\0\0\x1exy".to_vec(), Opened { from: None, to: None, kind: IPV6, ..plain }),
        ];
        for (link, bytes, expected) in cases {
            assert_eq!(open(link, &bytes), Some(expected), "{link}");
            assert!(open(link, &bytes[..3]).is_none());
        }
        assert_eq!(open(101, &[0x60]).map(|opened| opened.kind), Some(IPV6));
        assert_eq!(open(147, &[0x60; 40]), None);
    }

    #[test]
    fn hardware_addresses_are_read_and_written() {
        let mac = Mac([2, 0, 0, 0, 0, 0xab]);
        assert_eq!((mac.to_string().parse(), "02-00-00-00-00-AB".parse()), (Ok(mac), Ok(mac)));
        for wrong in ["", "02:00:00:00:00", "02:00:00:00:00:01:02", "2:0:0:0:0:1", "+2:00:00:00:00:0g"] {
            assert_eq!(wrong.parse::<Mac>(), Err(NotMac), "{wrong}");
        }
    }
}
