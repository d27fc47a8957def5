//! As much of CBOR (RFC 8949) as it takes to find a place in a well-formed item.

/// The deepest nesting that is followed.
const DEEPEST: u8 = 16;

/// One item: its kind (the major type), the number in its head, and where its content begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) major: u8,
    pub(super) number: u64,
    pub(super) content: usize,
}

/// The head of the item at `at`. Items of indefinite length are not read.
pub(super) fn head(bytes: &[u8], at: usize) -> Option<Head> {
    let first = *bytes.get(at)?;
    let (short, after) = (first & 0x1f, at.checked_add(1)?);
    let long = |count: usize| {
        let digits = bytes.get(after..after.checked_add(count)?)?;
        Some((digits.iter().fold(0, |number: u64, digit| (number << 8) | u64::from(*digit)), after + count))
    };
    let (number, content) = match short {
        0..=23 => (u64::from(short), after),
        24 => long(1)?,
        25 => long(2)?,
        26 => long(4)?,
        27 => long(8)?,
        _ => return None,
    };
    Some(Head { major: first >> 5, number, content })
}

/// Where the item after the one at `at` begins.
pub(super) fn after(bytes: &[u8], at: usize, depth: u8) -> Option<usize> {
    let Head { major, number, content } = head(bytes, at)?;
    let items = match major {
        0 | 1 | 7 => return Some(content),
        2 | 3 => return content.checked_add(usize::try_from(number).ok()?).filter(|end| *end <= bytes.len()),
        4 => number,
        5 => number.checked_mul(2)?,
        _ => 1,
    };
    if depth >= DEEPEST {
        return None;
    }
    // each item takes a byte at least, so a lie about their number ends at the end of the bytes
    (0..items).try_fold(content, |at, _| after(bytes, at, depth + 1))
}

/// The content of the byte string at `at`.
pub(super) fn byte_string(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let head = head(bytes, at).filter(|head| head.major == 2)?;
    bytes.get(head.content..head.content.checked_add(usize::try_from(head.number).ok()?)?)
}

/// Where the value of a small number stands in the map at `at`; negative keys as in CBOR, -1 - n.
pub(super) fn in_map(bytes: &[u8], at: usize, key: i64) -> Option<usize> {
    let map = head(bytes, at).filter(|head| head.major == 5)?;
    let mut place = map.content;
    for _ in 0..map.number.min(64) {
        let value = after(bytes, place, 0)?;
        if integer(bytes, place) == Some(key) {
            return Some(value);
        }
        place = after(bytes, value, 0)?;
    }
    None
}

/// The places of all keys and values in the map at `at`.
pub(super) fn members(bytes: &[u8], at: usize) -> Vec<(usize, usize)> {
    let Some(map) = head(bytes, at).filter(|head| head.major == 5) else { return Vec::new() };
    let (mut place, mut found) = (map.content, Vec::new());
    for _ in 0..map.number.min(256) {
        let Some(value) = after(bytes, place, 0) else { break };
        let Some(next) = after(bytes, value, 0) else { break };
        found.push((place, value));
        place = next;
    }
    found
}

/// The text at `at`.
pub(super) fn text(bytes: &[u8], at: usize) -> Option<&str> {
    let head = head(bytes, at).filter(|head| head.major == 3)?;
    std::str::from_utf8(bytes.get(head.content..head.content.checked_add(usize::try_from(head.number).ok()?)?)?).ok()
}

/// A byte string of these bytes.
pub(super) fn as_byte_string(content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut bytes = match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ 0..=23), _) => vec![0x40 | short],
        (Ok(short), _) => vec![0x58, short],
        (_, Ok(long)) => [&[0x59][..], &long.to_be_bytes()].concat(),
        _ => [&[0x5b][..], &u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes()].concat(),
    };
    bytes.extend_from_slice(content);
    bytes
}

/// The whole number at `at`.
pub(super) fn integer(bytes: &[u8], at: usize) -> Option<i64> {
    let head = head(bytes, at)?;
    let number = i64::try_from(head.number).ok()?;
    match head.major {
        0 => Some(number),
        1 => Some(-1 - number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_a_map() {
        let bytes = [0xa3, 0x01, 0x26, 0x02, 0x82, 0x41, 0xff, 0x80, 0x20, 0x18, 0x2a]; // {1: -7, 2: [h'ff', []], -1: 42}
        assert_eq!(integer(&bytes, in_map(&bytes, 0, 1).unwrap()), Some(-7));
        assert_eq!(byte_string(&bytes, in_map(&bytes, 0, 2).unwrap() + 1), Some(&[0xff][..]));
        assert_eq!(integer(&bytes, in_map(&bytes, 0, -1).unwrap()), Some(42));
        assert_eq!(in_map(&bytes, 0, 9), None);
        assert_eq!(members(&bytes, 0).len(), 3);
        assert_eq!(text(&[0x62, b'a', b'b'], 0), Some("ab"));
        assert_eq!(as_byte_string(&[7; 24])[..3], [0x58, 24, 7]);
    }

    #[test]
    fn lies_about_lengths_end_at_the_end() {
        assert_eq!(after(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 0, 0), None);
        assert_eq!(after(&[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], 0, 0), None);
        assert_eq!(after(&[0x81; 64], 0, 0), None);
        assert_eq!(byte_string(&[0x42, 1], 0), None);
    }
}
