//! Executables and libraries in ELF: which hardening the build gave them.

use serde::{Deserialize, Serialize};

use crate::Unreadable;
use crate::text::clean;

/// The most headers, dynamic entries and bytes of names that are looked at.
const MOST_HEADERS: usize = 512;
const MOST_ENTRIES: usize = 4_096;
const MOST_NAMES: usize = 4 * 1024 * 1024;
const LOAD: u64 = 1;
const DYNAMIC: u64 = 2;
const INTERPRETER: u64 = 3;
const STACK: u64 = 0x6474_e551;
const RELRO: u64 = 0x6474_e552;
/// The tag of flags in the dynamic segment, of which bit 0 binds at once and bit 27 tells a PIE.
const FLAGS: u64 = 0x6fff_fffb;

/// What was built into a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elf {
    /// 32 or 64.
    pub bits: u8,
    /// The number of the machine: 3 x86, 8 MIPS, 40 ARM, 62 x86-64, 183 `AArch64`, 243 RISC-V.
    pub machine: u64,
    /// `executable`, `library`, `object`, or `other`. A library with an interpreter is a position-independent executable.
    pub kind: String,
    /// Whether it is an executable at any address (PIE).
    pub position_independent: bool,
    /// Whether its stack is not executable; none where the file does not say.
    pub no_execute: Option<bool>,
    /// Whether its relocations are read-only after the start: `none`, `partial` or `full`.
    pub relro: String,
    /// Whether functions check their stack; none where all names are gone.
    pub stack_protector: Option<bool>,
    /// Functions of the C library that check bounds (`_FORTIFY_SOURCE`).
    pub fortified: Vec<String>,
    /// Whether the table of symbols was taken out.
    pub stripped: bool,
    /// The libraries that it needs.
    pub needed: Vec<String>,
}

/// The bytes, and how numbers stand in them.
struct File<'a> {
    bytes: &'a [u8],
    wide: bool,
    big: bool,
}

impl File<'_> {
    fn number(&self, at: u64, length: usize) -> Option<u64> {
        let at = usize::try_from(at).ok()?;
        let digits = self.bytes.get(at..at.checked_add(length)?)?;
        let add = |number: u64, digit: &u8| (number << 8) | u64::from(*digit);
        Some(if self.big { digits.iter().fold(0, add) } else { digits.iter().rev().fold(0, add) })
    }

    /// A number as long as an address.
    fn word(&self, at: u64) -> Option<u64> {
        self.number(at, if self.wide { 8 } else { 4 })
    }
}

/// One segment.
struct Segment {
    kind: u64,
    flags: u64,
    offset: u64,
    address: u64,
    size: u64,
}

/// Reads a file.
///
/// # Errors
/// [`Unreadable`] when it does not begin as ELF does, or its header is cut.
pub fn read(bytes: &[u8]) -> Result<Elf, Unreadable> {
    let cut = || Unreadable::because("the header of the ELF file is cut");
    if !bytes.starts_with(b"\x7fELF") {
        return Err(Unreadable::because("not ELF"));
    }
    let (wide, big) = (bytes.get(4) == Some(&2), bytes.get(5) == Some(&2));
    let file = File { bytes, wide, big };
    let (kind, machine) = file.number(16, 2).zip(file.number(18, 2)).ok_or_else(cut)?;
    let segments = segments(&file).ok_or_else(cut)?;
    let entries = dynamic(&file, &segments);
    let value = |tag: u64| entries.iter().find(|(each, _)| *each == tag).map(|(_, value)| *value);
    let names = names(&file, &segments, &value);
    let symbols = static_names(&file);
    let all: Vec<&[u8]> = [names, symbols.unwrap_or_default()].iter().flat_map(|names| names.split(|byte| *byte == 0)).collect();
    let has = |kind: u64| segments.iter().any(|segment| segment.kind == kind);
    let bit = |tag: u64, mask: u64| value(tag).is_some_and(|flags| flags & mask != 0);
    let now = value(24).is_some() || bit(30, 8) || bit(FLAGS, 1);
    let shown = !all.iter().all(|name| name.is_empty());
    Ok(Elf {
        bits: if wide { 64 } else { 32 },
        machine,
        kind: ["other", "object", "executable", "library"]
            .get(usize::try_from(kind).unwrap_or_default())
            .map_or("other", |name| *name)
            .to_owned(),
        position_independent: kind == 3 && (has(INTERPRETER) || bit(FLAGS, 0x0800_0000)),
        no_execute: segments.iter().find(|segment| segment.kind == STACK).map(|segment| segment.flags & 1 == 0),
        relro: if !has(RELRO) {
            "none"
        } else if now {
            "full"
        } else {
            "partial"
        }
        .to_owned(),
        stack_protector: shown.then(|| all.iter().any(|name| name.starts_with(b"__stack_chk_"))),
        fortified: fortified(&all),
        stripped: symbols.is_none(),
        needed: needed(&entries, names),
    })
}

fn fortified(names: &[&[u8]]) -> Vec<String> {
    let checking = names.iter().filter(|name| name.starts_with(b"__") && name.ends_with(b"_chk"));
    let mut found: Vec<_> = checking.map(|name| text(name)).collect();
    found.sort();
    found.dedup();
    found.truncate(64);
    found
}

fn text(name: &[u8]) -> String {
    clean(&String::from_utf8_lossy(name.get(..200).unwrap_or(name)))
}

fn segments(file: &File<'_>) -> Option<Vec<Segment>> {
    let (start, size, count) = if file.wide {
        (file.word(32)?, file.number(54, 2)?, file.number(56, 2)?)
    } else {
        (file.word(28)?, file.number(42, 2)?, file.number(44, 2)?)
    };
    let mut found = Vec::new();
    for index in 0..count.min(MOST_HEADERS as u64) {
        let Some(at) = size.checked_mul(index).and_then(|offset| start.checked_add(offset)) else { break };
        let field = |narrow: u64, wide: u64| at.checked_add(if file.wide { wide } else { narrow });
        let read = || {
            Some(Segment {
                kind: file.number(at, 4)?,
                flags: file.number(field(24, 4)?, 4)?,
                offset: file.word(field(4, 8)?)?,
                address: file.word(field(8, 16)?)?,
                size: file.word(field(16, 32)?)?,
            })
        };
        found.extend(read());
    }
    Some(found)
}

/// Tags and values of the dynamic segment.
fn dynamic(file: &File<'_>, segments: &[Segment]) -> Vec<(u64, u64)> {
    let Some(segment) = segments.iter().find(|segment| segment.kind == DYNAMIC) else { return Vec::new() };
    let width: u64 = if file.wide { 8 } else { 4 };
    let entry = |index: u64| {
        let at = segment.offset.checked_add(index.checked_mul(2 * width)?)?;
        Some((file.word(at)?, file.word(at.checked_add(width)?)?))
    };
    let count = (segment.size / (2 * width)).min(MOST_ENTRIES as u64);
    (0..count).map_while(entry).take_while(|(tag, _)| *tag != 0).collect()
}

/// The names of the dynamic segment, which stand at an address.
fn names<'a>(file: &File<'a>, segments: &[Segment], value: &dyn Fn(u64) -> Option<u64>) -> &'a [u8] {
    let place = || {
        let (address, size) = (value(5)?, value(10)?);
        let holds =
            |segment: &&Segment| segment.kind == LOAD && address.checked_sub(segment.address).is_some_and(|inside| inside < segment.size);
        let segment = segments.iter().find(holds)?;
        let start = usize::try_from(segment.offset.checked_add(address - segment.address)?).ok()?;
        let size = usize::try_from(size).ok()?.min(MOST_NAMES);
        file.bytes.get(start..start.checked_add(size)?)
    };
    place().unwrap_or_default()
}

/// The names of the table of symbols, when there is one.
fn static_names<'a>(file: &File<'a>) -> Option<&'a [u8]> {
    let (start, size, count) = if file.wide {
        (file.word(40)?, file.number(58, 2)?, file.number(60, 2)?)
    } else {
        (file.word(32)?, file.number(46, 2)?, file.number(48, 2)?)
    };
    let section = |index: u64| start.checked_add(size.checked_mul(index)?);
    let mut tables = (0..count.min(MOST_HEADERS as u64)).filter_map(section);
    let table = tables.find(|at| at.checked_add(4).and_then(|at| file.number(at, 4)) == Some(2))?;
    let names = section(file.number(table.checked_add(if file.wide { 40 } else { 24 })?, 4)?)?;
    let (offset, size) = if file.wide { (24, 32) } else { (16, 20) };
    let offset = usize::try_from(file.word(names.checked_add(offset)?)?).ok()?;
    let size = usize::try_from(file.word(names.checked_add(size)?)?).ok()?.min(MOST_NAMES);
    Some(file.bytes.get(offset..offset.checked_add(size)?).unwrap_or_default())
}

fn needed(entries: &[(u64, u64)], names: &[u8]) -> Vec<String> {
    let name = |offset: u64| {
        let rest = names.get(usize::try_from(offset).ok()?..)?;
        Some(text(rest.split(|byte| *byte == 0).next().unwrap_or_default()))
    };
    entries.iter().filter(|(tag, _)| *tag == 1).filter_map(|(_, offset)| name(*offset)).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A 64-bit library with a stack segment and a dynamic segment: names at 0x200, entries at 0x100.
    fn image(stack_flags: u8, flags: u64) -> Vec<u8> {
        let mut file = b"\x7fELF\x02\x01\x01".to_vec();
        file.resize(0x260, 0);
        let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
        put(16, &[3, 0, 62, 0]);
        put(32, &[0x40]);
        put(54, &[56, 0, 5]);
        let segments: [(u64, u8, u64, u64); 5] =
            [(LOAD, 5, 0, 0x260), (DYNAMIC, 6, 0x100, 0x60), (STACK, stack_flags, 0, 0), (RELRO, 4, 0, 0), (INTERPRETER, 4, 0, 0)];
        for (index, (kind, flags, offset, size)) in segments.into_iter().enumerate() {
            let at = 0x40 + 56 * index;
            put(at, &u32::try_from(kind).unwrap().to_le_bytes());
            put(at + 4, &[flags]);
            for (field, value) in [(8, offset), (16, offset), (32, size)] {
                put(at + field, &value.to_le_bytes());
            }
        }
        // the last segments reach beyond 0x100, so the entries follow them
        put(0x40 + 56 + 8, &0x180_u64.to_le_bytes());
        for (index, (tag, value)) in [(5, 0x200_u64), (10, 0x60), (1, 1), (0x6fff_fffb_u64, flags)].into_iter().enumerate() {
            put(0x180 + 16 * index, &tag.to_le_bytes());
            put(0x188 + 16 * index, &value.to_le_bytes());
        }
        put(0x200, b"\0libc.so.6\0__stack_chk_fail\0__memcpy_chk\0");
        file
    }

    #[test]
    fn hardening_is_told() {
        let good = read(&image(6, 1)).unwrap();
        assert_eq!(
            (good.no_execute, good.relro.as_str(), good.position_independent, good.stack_protector),
            (Some(true), "full", true, Some(true))
        );
        assert_eq!((good.needed, good.fortified, good.stripped), (vec!["libc.so.6".to_owned()], vec!["__memcpy_chk".to_owned()], true));
        let bad = read(&image(7, 0)).unwrap();
        assert_eq!((bad.no_execute, bad.relro.as_str()), (Some(false), "partial"));
        assert!(read(b"MZ").is_err() && read(b"\x7fELF\x02\x01").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_do_not_panic(bytes: Vec<u8>, at in 0..0x260_usize, byte: u8) {
            let mut file = image(6, 1);
            file[at] = byte;
            let _ = (read(&file), read(&[b"\x7fELF", bytes.as_slice()].concat()));
        }
    }
}
