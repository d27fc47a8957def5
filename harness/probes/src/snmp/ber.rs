//! As much of BER (X.690) as SNMP messages of this probe need.

/// One element: tag and content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
}

impl<'a> Element<'a> {
    /// The first element of the bytes, and what follows it.
    fn first(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (tag, rest) = bytes.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(*first), rest),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (digits.iter().fold(0, |length, digit| (length << 8) | usize::from(*digit)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        Some((Self { tag: *tag, content }, rest))
    }

    /// The element of this tag that the bytes begin with.
    pub(super) fn only(bytes: &'a [u8], tag: u8) -> Option<Self> {
        Self::first(bytes)?.0.tagged(tag)
    }

    /// The element itself, if it has this tag.
    pub(super) fn tagged(self, tag: u8) -> Option<Self> {
        (self.tag == tag).then_some(self)
    }

    /// The first `N` elements inside.
    pub(super) fn children<const N: usize>(self) -> Option<[Self; N]> {
        let mut children = [Self { tag: 0, content: &[] }; N];
        let mut rest = self.content;
        for child in &mut children {
            (*child, rest) = Self::first(rest)?;
        }
        Some(children)
    }

    /// The value, if it is an integer of at most eight bytes.
    pub(super) fn integer(self) -> Option<i64> {
        let [first, rest @ ..] = self.tagged(0x02)?.content else { return None };
        let start = i64::from(i8::from_be_bytes([*first]));
        (rest.len() < 8).then(|| rest.iter().fold(start, |value, byte| (value << 8) | i64::from(*byte)))
    }
}

/// An element around others.
pub(super) fn wrap(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    octets(tag, &parts.concat())
}

/// An element around bytes, at most 65535 of them.
pub(super) fn octets(tag: u8, content: &[u8]) -> Vec<u8> {
    let content = content.get(..usize::from(u16::MAX)).unwrap_or(content);
    let [high, low] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    let mut bytes = match (high, low) {
        (0, 0..=0x7f) => vec![tag, low],
        _ => vec![tag, 0x82, high, low],
    };
    bytes.extend_from_slice(content);
    bytes
}

/// An integer, as short as it can be.
pub(super) fn integer(value: i32) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let spare = bytes.windows(2).take_while(|pair| matches!(pair, [0, 0..=0x7f] | [0xff, 0x80..=0xff])).count();
    octets(0x02, &bytes[spare..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        for value in [0, 1, -1, 127, 128, 255, 256, 65_507, i32::MAX, i32::MIN] {
            assert_eq!(Element::only(&integer(value), 0x02).and_then(Element::integer), Some(i64::from(value)));
        }
        assert_eq!(integer(127), [2, 1, 127]);
        assert_eq!(integer(128), [2, 2, 0, 128]);
    }

    #[test]
    fn lengths_are_checked() {
        let long = octets(0x04, &[7; 300]);
        assert_eq!(Element::only(&long, 0x04).map(|element| element.content.len()), Some(300));
        for bad in [&b"\x04"[..], b"\x04\x05abc", b"\x04\x80abc", b"\x04\x84\xff\xff\xff\xffabc"] {
            assert_eq!(Element::only(bad, 0x04), None);
        }
    }
}
