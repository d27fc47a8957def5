//! As much of the Basic Encoding Rules as SNMP needs.

use crate::reader::Reader;

/// Tag of an integer.
pub(super) const INTEGER: u8 = 2;
/// Tag of an octet string.
pub(super) const OCTETS: u8 = 4;
/// Tag of nothing.
pub(super) const NULL: u8 = 5;
/// Tag of an object identifier.
pub(super) const OID: u8 = 6;
/// Tag of a sequence.
pub(super) const SEQUENCE: u8 = 0x30;
/// Tag of hundredths of a second.
pub(super) const TICKS: u8 = 0x43;

/// Reads the next value: its tag and its content.
pub(super) fn value<'a>(reader: &mut Reader<'a>) -> Option<(u8, &'a [u8])> {
    let tag = reader.u8()?;
    let length = match reader.u8()? {
        short @ ..=0x7f => usize::from(short),
        0x81 => usize::from(reader.u8()?),
        0x82 => usize::from(reader.u16()?),
        _ => return None,
    };
    Some((tag, reader.take(length)?))
}

/// Reads the next value, which must have this tag.
pub(super) fn expect<'a>(reader: &mut Reader<'a>, tag: u8) -> Option<&'a [u8]> {
    value(reader).filter(|(found, _)| *found == tag).map(|(_, content)| content)
}

/// Reads an integer of at most four bytes.
pub(super) fn integer(reader: &mut Reader<'_>) -> Option<i32> {
    let content = expect(reader, INTEGER)?;
    let first = *content.first()?;
    let start = if first & 0x80 == 0 { 0 } else { -1 };
    (content.len() <= 4).then(|| content.iter().fold(start, |number: i32, byte| (number << 8) | i32::from(*byte)))
}

/// Reads the arcs of an object identifier, at most 64.
pub(super) fn arcs(content: &[u8]) -> Option<Vec<u32>> {
    let (first, rest) = content.split_first()?;
    let mut arcs = vec![u32::from(first / 40), u32::from(first % 40)];
    let mut arc: u32 = 0;
    for byte in rest {
        arc = arc.checked_mul(128)?.checked_add(u32::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            arcs.push(arc);
            arc = 0;
        }
    }
    (arcs.len() <= 64).then_some(arcs)
}

/// Writes a value.
pub(super) fn write(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes() {
        [0, short @ ..=0x7f] => out.push(short),
        [0, long] => out.extend([0x81, long]),
        [high, low] => out.extend([0x82, high, low]),
    }
    out.extend(content);
    out
}

/// Writes an integer.
pub(super) fn write_integer(number: i32) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let spare = (0..3).take_while(|at| matches!((bytes[*at], bytes[at + 1] & 0x80), (0, 0) | (0xff, 0x80))).count();
    write(INTEGER, &bytes[spare..])
}

/// Writes an object identifier.
pub(super) fn write_oid(arcs: &[u32]) -> Vec<u8> {
    let mut content = Vec::new();
    let (head, rest) = arcs.split_at(arcs.len().min(2));
    content.push(head.iter().fold(0, |sum: u32, arc| sum.wrapping_mul(40).wrapping_add(*arc)).to_be_bytes()[3]);
    for arc in rest {
        let groups = (0..5).rev().map(|group| (arc >> (7 * group)) & 0x7f).skip_while(|group| *group == 0).collect::<Vec<_>>();
        let (last, first) = groups.split_last().unwrap_or((&0, &[]));
        content.extend(first.iter().map(|group| group.to_be_bytes()[3] | 0x80));
        content.push(last.to_be_bytes()[3]);
    }
    write(OID, &content)
}
