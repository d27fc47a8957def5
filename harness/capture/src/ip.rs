//! IPv4 and IPv6: addresses, what is inside, and which fragment of what.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::cursor::Cursor;

/// Extension headers followed in one packet.
const EXTENSIONS: usize = 16;

/// A packet, or a fragment of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Datagram<'a> {
    pub(crate) from: IpAddr,
    pub(crate) to: IpAddr,
    /// The protocol inside (IANA protocol numbers).
    pub(crate) protocol: u8,
    pub(crate) payload: &'a [u8],
    /// The length of the payload on the wire, which is more than what is there when the packet was cut.
    pub(crate) whole: usize,
    pub(crate) fragment: Option<Fragment>,
}

/// Which part of a packet it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fragment {
    pub(crate) id: u32,
    /// In bytes.
    pub(crate) offset: usize,
    pub(crate) more: bool,
}

/// Reads a packet of the version that its first byte tells; `whole` is its length on the wire with all headers.
pub(crate) fn read(bytes: &[u8], whole: usize) -> Option<Datagram<'_>> {
    match bytes.first()? >> 4 {
        4 => version_4(bytes, whole),
        6 => version_6(bytes, whole),
        _ => None,
    }
}

/// The part of what was captured that belongs to the packet (frames are filled up), and its length on the wire. A length of 0
/// is told by machines that leave cutting into segments to their network card.
fn within(captured: &[u8], told: usize, whole: usize) -> (&[u8], usize) {
    if told == 0 { (captured, whole) } else { (captured.get(..told).unwrap_or(captured), told) }
}

fn version_4(bytes: &[u8], whole: usize) -> Option<Datagram<'_>> {
    let mut cursor = Cursor::new(bytes);
    let header = usize::from(cursor.u8()? & 15) * 4;
    cursor.u8()?;
    let told = usize::from(cursor.u16()?);
    let (id, place) = (cursor.u16()?, cursor.u16()?);
    cursor.u8()?;
    let protocol = cursor.u8()?;
    cursor.u16()?;
    let (from, to) = (cursor.array::<4>()?, cursor.array::<4>()?);
    (header >= 20 && (told == 0 || told >= header)).then_some(())?;
    let (packet, whole) = within(bytes, told, whole);
    let (offset, more) = (usize::from(place & 0x1fff) * 8, place & 0x2000 != 0);
    let fragment = (offset > 0 || more).then_some(Fragment { id: u32::from(id), offset, more });
    let (payload, whole) = (packet.get(header..)?, whole.saturating_sub(header));
    Some(Datagram { from: Ipv4Addr::from(from).into(), to: Ipv4Addr::from(to).into(), protocol, payload, whole, fragment })
}

fn version_6(bytes: &[u8], whole: usize) -> Option<Datagram<'_>> {
    let mut cursor = Cursor::new(bytes);
    cursor.u32()?;
    let told = usize::from(cursor.u16()?);
    let mut protocol = cursor.u8()?;
    cursor.u8()?;
    let (from, to) = (cursor.array::<16>()?, cursor.array::<16>()?);
    let (payload, whole) = within(cursor.rest(), told, whole.saturating_sub(40));
    let mut cursor = Cursor::new(payload);
    let mut fragment = None;
    for _ in 0..EXTENSIONS {
        let mut ahead = cursor;
        let (next, length) = match (ahead.u8(), ahead.u8()) {
            (Some(next), Some(length)) => (next, usize::from(length)),
            _ => break,
        };
        let rest = match protocol {
            // hop by hop, routing, destination, mobility, HIP, shim6
            0 | 43 | 60 | 135 | 139 | 140 => length * 8 + 6,
            51 => (length + 2) * 4 - 2,
            44 => {
                let (place, id) = (ahead.u16()?, ahead.u32()?);
                // an offset of 0 with nothing behind is a whole packet
                fragment = (place > 0).then_some(Fragment { id, offset: usize::from(place & 0xfff8), more: place & 1 == 1 });
                0
            }
            _ => break,
        };
        ahead.take(rest)?;
        (cursor, protocol) = (ahead, next);
        if fragment.is_some() {
            break;
        }
    }
    let whole = whole.saturating_sub(payload.len() - cursor.rest().len());
    Some(Datagram { from: Ipv6Addr::from(from).into(), to: Ipv6Addr::from(to).into(), protocol, payload: cursor.rest(), whole, fragment })
}

/// The header of a segment of TCP (RFC 9293).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Segment {
    pub(crate) sequence: u32,
    pub(crate) acknowledged: Option<u32>,
    pub(crate) begins: bool,
    pub(crate) ends: bool,
    pub(crate) resets: bool,
}

/// The ports and what follows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Transported<'a> {
    pub(crate) from: u16,
    pub(crate) to: u16,
    pub(crate) segment: Option<Segment>,
    pub(crate) payload: &'a [u8],
    /// The length of the payload on the wire.
    pub(crate) whole: usize,
}

/// Opens a segment of TCP of so many bytes on the wire.
pub(crate) fn tcp(bytes: &[u8], whole: usize) -> Option<Transported<'_>> {
    let mut cursor = Cursor::new(bytes);
    let (from, to, sequence, acknowledged) = (cursor.u16()?, cursor.u16()?, cursor.u32()?, cursor.u32()?);
    let header = usize::from(cursor.u8()? >> 4) * 4;
    let flags = cursor.u8()?;
    (header >= 20).then_some(())?;
    let acknowledged = (flags & 16 != 0).then_some(acknowledged);
    let segment = Segment { sequence, acknowledged, begins: flags & 2 != 0, ends: flags & 1 != 0, resets: flags & 4 != 0 };
    let payload = bytes.get(header..).unwrap_or_default();
    Some(Transported { from, to, segment: Some(segment), payload, whole: whole.checked_sub(header)? })
}

/// Opens a datagram of UDP of so many bytes on the wire.
pub(crate) fn udp(bytes: &[u8], whole: usize) -> Option<Transported<'_>> {
    let mut cursor = Cursor::new(bytes);
    let (from, to, told) = (cursor.u16()?, cursor.u16()?, usize::from(cursor.u16()?));
    cursor.u16()?;
    // 0 is the length of a datagram that is longer than the field can tell (RFC 2675)
    let whole = if told == 0 { whole.checked_sub(8)? } else { told.checked_sub(8)?.min(whole.checked_sub(8)?) };
    let payload = cursor.rest().get(..whole).unwrap_or(cursor.rest());
    Some(Transported { from, to, segment: None, payload, whole })
}

#[cfg(test)]
mod tests;
