//! One direction of a TCP connection: its bytes in order, each once, and what is missing.

use std::collections::BTreeMap;

use crate::ip::Segment;

/// Bytes that wait for what comes before them, in one direction.
const WAITING: usize = 256 * 1024;
/// Segments that wait.
const WAITING_SEGMENTS: usize = 1024;

/// What comes next in a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Bytes(&'a [u8]),
    /// So many bytes were sent and are not in the file.
    Gap(u64),
}

/// A segment that waits.
#[derive(Debug)]
struct Early {
    bytes: Vec<u8>,
    whole: u64,
}

/// One direction. Places are counted in bytes from the first that was seen.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    /// The sequence number of place 0, once known.
    first: Option<u32>,
    /// The place that comes next.
    next: u64,
    early: BTreeMap<u64, Early>,
    waiting: usize,
    /// The greatest place that the other side acknowledged.
    acknowledged: u64,
    end: Option<u64>,
    /// Bytes that came again.
    pub(crate) repeated: u64,
}

impl Stream {
    /// Bytes that are held.
    pub(crate) const fn waiting(&self) -> usize {
        self.waiting
    }

    /// Whether its end was seen with all before it.
    pub(crate) fn is_over(&self) -> bool {
        self.end.is_some_and(|end| end <= self.next)
    }

    /// The place of a sequence number, which lies within 2 GiB of the next one; nothing before place 0.
    fn place(&self, sequence: u32) -> Option<u64> {
        let next = self.first?.wrapping_add(low(self.next));
        let ahead = i64::from(sequence.wrapping_sub(next).cast_signed());
        self.next.checked_add_signed(ahead)
    }

    /// Takes a segment with `whole` bytes on the wire and hands on what is now in order.
    pub(crate) fn push(&mut self, segment: Segment, bytes: &[u8], whole: usize, to: &mut impl FnMut(Piece<'_>)) {
        let sequence = segment.sequence.wrapping_add(u32::from(segment.begins));
        if self.first.is_none() && (segment.begins || whole > 0 || segment.ends) {
            self.first = Some(sequence);
        }
        let whole = wide(whole.max(bytes.len()));
        let Some(place) = self.place(sequence) else {
            self.repeated = self.repeated.saturating_add(whole);
            return;
        };
        if segment.ends {
            self.end = Some(place + whole);
        }
        if place > self.next && whole > 0 {
            let early = Early { bytes: bytes.to_vec(), whole };
            self.waiting += early.bytes.len();
            if let Some(before) = self.early.insert(place, early) {
                self.waiting -= before.bytes.len();
                self.repeated = self.repeated.saturating_add(before.whole);
            }
        } else {
            self.deliver(place, bytes, whole, to);
        }
        self.advance(to);
        while self.waiting > WAITING || self.early.len() > WAITING_SEGMENTS {
            self.leap(to);
        }
    }

    /// The other side has received all before this number.
    pub(crate) fn acknowledge(&mut self, sequence: u32) {
        self.acknowledged = self.acknowledged.max(self.place(sequence).unwrap_or_default());
    }

    /// Hands on all that waits, with what is missing between, and what was acknowledged but is not there.
    pub(crate) fn flush(&mut self, to: &mut impl FnMut(Piece<'_>)) {
        while !self.early.is_empty() {
            self.leap(to);
        }
        // the end of a stream takes a number of its own
        let acknowledged = self.acknowledged.saturating_sub(1);
        if acknowledged > self.next {
            to(Piece::Gap(acknowledged - self.next));
            self.next = acknowledged;
        }
    }

    /// Goes to the first segment that waits, whatever is missing before it.
    fn leap(&mut self, to: &mut impl FnMut(Piece<'_>)) {
        let Some((place, _)) = self.early.first_key_value() else { return };
        to(Piece::Gap(place.saturating_sub(self.next)));
        self.next = self.next.max(*place);
        self.advance(to);
    }

    /// Hands on the segments whose turn has come.
    fn advance(&mut self, to: &mut impl FnMut(Piece<'_>)) {
        while let Some(entry) = self.early.first_entry().filter(|entry| *entry.key() <= self.next) {
            let (place, early) = entry.remove_entry();
            self.waiting -= early.bytes.len();
            self.deliver(place, &early.bytes, early.whole, to);
        }
    }

    /// Hands on what is new of a segment that does not lie ahead.
    fn deliver(&mut self, place: u64, bytes: &[u8], whole: u64, to: &mut impl FnMut(Piece<'_>)) {
        let old = self.next.saturating_sub(place).min(whole);
        self.repeated = self.repeated.saturating_add(old);
        let fresh = bytes.get(usize::try_from(old).unwrap_or(usize::MAX)..).unwrap_or_default();
        if !fresh.is_empty() {
            to(Piece::Bytes(fresh));
        }
        let missing = (whole - old).saturating_sub(wide(fresh.len()));
        if missing > 0 {
            to(Piece::Gap(missing));
        }
        self.next += whole - old;
    }
}

fn wide(length: usize) -> u64 {
    length.try_into().unwrap_or(u64::MAX)
}

fn low(place: u64) -> u32 {
    u32::try_from(place & u64::from(u32::MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a stream hands on of segments with their first byte's number, as text; a gap is written `<3>`.
    fn heard(segments: &[(u32, &str)], acknowledged: Option<u32>) -> (String, u64) {
        let (mut stream, mut text) = (Stream::default(), String::new());
        let mut to = |piece: Piece<'_>| match piece {
            Piece::Bytes(bytes) => text.push_str(str::from_utf8(bytes).unwrap()),
            Piece::Gap(count) => text.extend(["<", &count.to_string(), ">"]),
        };
        stream.push(Segment { sequence: u32::MAX, begins: true, ..Segment::default() }, b"", 0, &mut to);
        for (sequence, bytes) in segments {
            let segment = Segment { sequence: *sequence, ..Segment::default() };
            stream.push(segment, bytes.trim_end_matches('.').as_bytes(), bytes.len(), &mut to);
        }
        if let Some(number) = acknowledged {
            stream.acknowledge(number);
        }
        stream.flush(&mut to);
        assert_eq!(stream.waiting(), 0);
        (text, stream.repeated)
    }

    #[test]
    fn bytes_come_in_order_and_once() {
        assert_eq!(heard(&[(0, "ab"), (2, "cd")], Some(5)), ("abcd".into(), 0));
        assert_eq!(heard(&[(4, "ef"), (2, "cd"), (0, "ab"), (0, "ab"), (1, "bcdefgh")], None), ("abcdefgh".into(), 7));
        assert_eq!(heard(&[(u32::MAX, "x"), (0, "ab")], None), ("ab".into(), 1));
    }

    #[test]
    fn what_is_missing_is_told() {
        assert_eq!(heard(&[(0, "ab"), (5, "fg"), (3, "d")], None), ("ab<1>d<1>fg".into(), 0));
        assert_eq!(heard(&[(0, "ab...."), (6, "g")], None), ("ab<4>g".into(), 0));
        assert_eq!(heard(&[(0, "ab")], Some(13)), ("ab<10>".into(), 0));
    }

    #[test]
    fn what_waits_is_bounded() {
        let (mut stream, mut gaps) = (Stream::default(), 0);
        for turn in 0..10_000_u32 {
            let segment = Segment { sequence: turn * 2000, ..Segment::default() };
            stream.push(segment, &[7; 1000], 1000, &mut |piece| gaps += u32::from(matches!(piece, Piece::Gap(_))));
            assert!(stream.waiting() <= WAITING);
        }
        assert!(gaps > 9000);
    }
}
