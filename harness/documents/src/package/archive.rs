//! Members of cpio and tar archives, and what lies behind gzip, within bounds.

use std::io::Read as _;
use std::ops::Range;

use super::slice;
use crate::text::clean;

/// Entries looked at in one archive.
const MOST_ENTRIES: usize = 4_096;
/// The most bytes that one compressed part may become.
pub(super) const MOST_UNPACKED: usize = 256 * 1024 * 1024;

/// A member: its name, and where its content stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) place: Range<usize>,
}

impl Member {
    pub(super) fn content<'a>(&self, file: &'a [u8]) -> &'a [u8] {
        file.get(self.place.clone()).unwrap_or_default()
    }
}

/// The members of a cpio archive in the new ASCII form, with or without checksums, and whether it ends as it should.
pub(super) fn cpio(file: &[u8]) -> (Vec<Member>, bool) {
    let (mut at, mut members) = (0_usize, Vec::new());
    while members.len() < MOST_ENTRIES {
        let Some((member, next)) = cpio_member(file, at) else { return (members, false) };
        if member.name == "TRAILER!!!" {
            return (members, true);
        }
        members.push(member);
        at = next;
    }
    (members, false)
}

fn cpio_member(file: &[u8], at: usize) -> Option<(Member, usize)> {
    let header = slice(file, at, 110).filter(|header| header.starts_with(b"070701") || header.starts_with(b"070702"))?;
    let field = |index: usize| usize::from_str_radix(std::str::from_utf8(header.get(6 + 8 * index..14 + 8 * index)?).ok()?, 16).ok();
    let (size, name_size) = (field(6)?, field(11)?);
    let name = slice(file, at + 110, name_size)?;
    let start = (at + 110).checked_add(name_size)?.checked_next_multiple_of(4)?;
    let end = start.checked_add(size).filter(|end| *end <= file.len())?;
    let name = clean(&String::from_utf8_lossy(name.strip_suffix(b"\0").unwrap_or(name)));
    Some((Member { name, place: start..end }, end.checked_next_multiple_of(4)?))
}

/// The members of a tar archive.
pub(super) fn tar(file: &[u8]) -> Vec<Member> {
    let (mut at, mut members) = (0_usize, Vec::new());
    while members.len() < MOST_ENTRIES {
        let Some((member, next)) = tar_member(file, at) else { break };
        members.extend(member);
        at = next;
    }
    members
}

/// A member that is a plain file, if this one is; and where the next begins.
fn tar_member(file: &[u8], at: usize) -> Option<(Option<Member>, usize)> {
    let header = slice(file, at, 512).filter(|header| header.get(257..262) == Some(b"ustar"))?;
    let until_zero = |range: Range<usize>| {
        let bytes = header.get(range).unwrap_or_default().split(|byte| *byte == 0).next().unwrap_or_default();
        clean(&String::from_utf8_lossy(bytes))
    };
    let size = usize::from_str_radix(until_zero(124..136).trim(), 8).ok()?;
    let start = at + 512;
    let end = start.checked_add(size).filter(|end| *end <= file.len())?;
    let (name, prefix) = (until_zero(0..100), until_zero(345..500));
    let name = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
    let plain = header.get(156).is_some_and(|kind| matches!(kind, b'0' | 0 | b'7'));
    Some((plain.then_some(Member { name, place: start..end }), end.checked_next_multiple_of(512)?))
}

/// What a gzip stream holds; none when it is no such stream, is cut, or holds more than is allowed.
pub(super) fn gunzip(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return None;
    }
    let (mut unpacked, limit) = (Vec::new(), u64::try_from(most).ok()?);
    flate2::read::MultiGzDecoder::new(bytes).take(limit + 1).read_to_end(&mut unpacked).ok()?;
    (unpacked.len() <= most).then_some(unpacked)
}
