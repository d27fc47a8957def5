//! Puts fragments of IP packets together, within bounds.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::ip::Datagram;

/// Packets of which fragments are awaited.
const AWAITED: usize = 64;
/// Fragments of one packet.
const PARTS: usize = 128;
/// The longest packet, in bytes.
const LONGEST: usize = 65_535;

type Key = (IpAddr, IpAddr, u8, u32);

#[derive(Debug, Default)]
struct Awaited {
    parts: BTreeMap<usize, Vec<u8>>,
    /// The length, once the last fragment is there.
    length: Option<usize>,
    /// When it came, counted in fragments.
    born: u64,
}

impl Awaited {
    fn whole(&self) -> Option<Vec<u8>> {
        let length = self.length?;
        let mut bytes = Vec::new();
        for (offset, part) in &self.parts {
            // fragments that overlap are refused (RFC 5722 for IPv6; nobody has a reason to send them in IPv4)
            (bytes.len() == *offset).then_some(())?;
            bytes.extend_from_slice(part);
        }
        (bytes.len() == length).then_some(bytes)
    }
}

/// Fragments that wait for others.
#[derive(Debug, Default)]
pub(crate) struct Fragments {
    awaited: BTreeMap<Key, Awaited>,
    count: u64,
    /// Fragments that were given up.
    lost: u64,
}

impl Fragments {
    /// Takes a fragment; the payload of the whole packet when it was the last that was missing.
    pub(crate) fn push(&mut self, datagram: &Datagram<'_>) -> Option<Vec<u8>> {
        let fragment = datagram.fragment?;
        self.count += 1;
        let end = fragment.offset + datagram.payload.len();
        if datagram.payload.len() < datagram.whole || end > LONGEST {
            self.lost += 1;
            return None;
        }
        let key = (datagram.from, datagram.to, datagram.protocol, fragment.id);
        if self.awaited.len() >= AWAITED && !self.awaited.contains_key(&key) {
            self.forget_oldest();
        }
        let count = self.count;
        let awaited = self.awaited.entry(key).or_insert_with(|| Awaited { born: count, ..Awaited::default() });
        if awaited.parts.len() >= PARTS {
            self.lost += 1;
            return None;
        }
        awaited.parts.entry(fragment.offset).or_insert_with(|| datagram.payload.to_vec());
        if !fragment.more {
            awaited.length = Some(end);
        }
        let whole = awaited.whole()?;
        self.awaited.remove(&key);
        Some(whole)
    }

    /// Fragments whose packets were never whole.
    pub(crate) fn not_reassembled(&self) -> u64 {
        self.awaited.values().fold(self.lost, |sum, awaited| sum.saturating_add(awaited.parts.len().try_into().unwrap_or(u64::MAX)))
    }

    fn forget_oldest(&mut self) {
        let oldest = self.awaited.iter().min_by_key(|(_, awaited)| awaited.born).map(|(key, _)| *key);
        if let Some(forgotten) = oldest.and_then(|key| self.awaited.remove(&key)) {
            self.lost = self.lost.saturating_add(forgotten.parts.len().try_into().unwrap_or(u64::MAX));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ip::Fragment;

    fn part(id: u32, offset: usize, more: bool, payload: &[u8]) -> Datagram<'_> {
        let from = [10, 0, 0, 1].into();
        Datagram { from, to: from, protocol: 17, payload, whole: payload.len(), fragment: Some(Fragment { id, offset, more }) }
    }

    #[test]
    fn any_order_makes_the_whole_and_overlaps_do_not() {
        let mut fragments = Fragments::default();
        assert_eq!(fragments.push(&part(1, 16, false, b"c")), None);
        assert_eq!(fragments.push(&part(1, 0, true, b"aaaaaaaa")), None);
        assert_eq!(fragments.push(&part(1, 0, true, b"aaaaaaaa")), None);
        assert_eq!(fragments.push(&part(1, 8, true, b"bbbbbbbb")), Some(b"aaaaaaaabbbbbbbbc".to_vec()));
        assert_eq!(fragments.not_reassembled(), 0);
        fragments.push(&part(2, 0, true, b"aaaaaaaabbbbbbbb"));
        assert_eq!(fragments.push(&part(2, 8, false, b"bbbbbbbb")), None);
        assert_eq!(fragments.not_reassembled(), 2);
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut fragments = Fragments::default();
        for id in 0..1000 {
            fragments.push(&part(id, 8, true, b"bbbbbbbb"));
        }
        assert_eq!((fragments.awaited.len(), fragments.not_reassembled()), (AWAITED, 1000));
        fragments.push(&part(7, 65_535, false, b"bbbbbbbb"));
        assert_eq!(fragments.not_reassembled(), 1001);
    }
}
