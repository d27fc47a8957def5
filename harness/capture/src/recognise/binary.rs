//! Small binary protocols: MQTT, `CoAP`, NTP, QUIC, SNMP, Modbus, `BACnet`, LLDP, EAPOL.

use serde::Serialize;

use crate::cursor::{Cursor, clean, hex};

const TEXT: usize = 255;
/// Options of one message, fields of one packet, pieces of one frame.
const PARTS: usize = 64;

/// What a client of MQTT says when it connects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mqtt {
    /// The level of the protocol: 3 for 3.1, 4 for 3.1.1, 5 for 5.0.
    pub level: u8,
    /// Whether a user name is sent.
    pub user_name: bool,
    /// Whether a password is sent.
    pub password: bool,
    /// The client's identifier.
    pub client_id: Option<String>,
    /// The server's answer (CONNACK), if seen: 0 accepts.
    pub answer: Option<u8>,
}

pub(crate) fn mqtt(sent: &[u8], received: &[u8]) -> Option<Mqtt> {
    let mut cursor = Cursor::new(sent);
    (cursor.u8()? == 0x10).then_some(())?;
    variable(&mut cursor)?;
    matches!(cursor.counted(2)?, b"MQTT" | b"MQIsdp").then_some(())?;
    let (level, flags) = (cursor.u8()?, cursor.u8()?);
    cursor.u16()?;
    if level == 5 {
        let length = variable(&mut cursor)?;
        cursor.take(length)?;
    }
    let client_id = cursor.counted(2).map(|id| clean(id, TEXT));
    let answer = received.get(3).copied().filter(|_| received.starts_with(&[0x20]));
    Some(Mqtt { level, user_name: flags & 0x80 != 0, password: flags & 0x40 != 0, client_id, answer })
}

/// A length in one to four bytes of seven bits.
fn variable(cursor: &mut Cursor<'_>) -> Option<usize> {
    let mut sum = 0;
    for shift in [0, 7, 14, 21] {
        let byte = cursor.u8()?;
        sum |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(sum);
        }
    }
    None
}

/// A message of `CoAP` (RFC 7252, section 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coap {
    /// The code of the first message: class and detail, such as `0.01` for GET.
    pub code: String,
    /// The path asked for.
    pub path: String,
    /// Whether it is protected by OSCORE (RFC 8613): then the path and code are of its envelope.
    pub oscore: bool,
}

pub(crate) fn coap(bytes: &[u8]) -> Option<Coap> {
    let mut cursor = Cursor::new(bytes);
    let (first, code) = (cursor.u8()?, cursor.u8()?);
    cursor.u16()?;
    (first >> 6 == 1 && first & 15 <= 8 && matches!(code >> 5, 0 | 2 | 4 | 5 | 7)).then_some(())?;
    cursor.take(usize::from(first & 15))?;
    // an empty message has nothing behind it
    (code != 0 || cursor.is_empty()).then_some(())?;
    let (mut number, mut path, mut oscore) = (0_usize, String::new(), false);
    for _ in 0..PARTS {
        let Some(head) = cursor.u8().filter(|head| *head != 0xff) else { break };
        let mut wide = |nibble: u8| match nibble {
            13 => Some(usize::from(cursor.u8()?) + 13),
            14 => Some(usize::from(cursor.u16()?) + 269),
            15 => None,
            small => Some(usize::from(small)),
        };
        let (delta, length) = (wide(head >> 4)?, wide(head & 15)?);
        number = number.checked_add(delta).filter(|number| *number <= 65_535)?;
        let value = cursor.take(length)?;
        oscore |= number == 9;
        if number == 11 && path.len() < TEXT {
            path = format!("{path}/{}", clean(value, TEXT));
        }
    }
    Some(Coap { code: format!("{}.{:02}", code >> 5, code & 31), path, oscore })
}

/// Whether a question and an answer of `CoAP` belong together: by message id or by token.
pub(crate) fn coap_answers(asked: &[u8], answered: &[u8]) -> bool {
    let is_question = matches!(asked, [first, 1..=7, ..] if first >> 4 & 3 <= 1);
    let (one, two) = (asked.get(2..4), answered.get(2..4));
    let token = |bytes: &[u8]| bytes.first().and_then(|first| bytes.get(4..4 + usize::from(first & 15)).map(<[u8]>::to_vec));
    let same_token =
        token(asked).filter(|token| token.len() >= 2) == token(answered) && token(answered).is_some_and(|token| token.len() >= 2);
    is_question && coap(asked).is_some() && coap(answered).is_some() && (one == two || same_token)
}

/// What was seen of NTP (RFC 5905, section 7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Ntp {
    /// The version of the last packet.
    pub version: u8,
    /// The mode of the first packet: 3 asks, 4 answers, 5 tells all, 1 and 2 are peers, 6 and 7 manage.
    pub mode: u8,
    /// Whether an answer was seen (mode 4).
    pub answered: bool,
    /// Whether a packet carries a check by a shared key (MAC) or by NTS.
    pub authenticated: bool,
    /// Whether a packet carries NTS (RFC 8915, section 5.6).
    pub nts: bool,
}

pub(crate) fn ntp(bytes: &[u8]) -> Option<Ntp> {
    let first = *bytes.first()?;
    let (version, mode) = (first >> 3 & 7, first & 7);
    let managing = matches!(mode, 6 | 7) && bytes.len() >= 8;
    ((1..=4).contains(&version) && mode > 0 && (managing || bytes.len() >= 48)).then_some(())?;
    let mut rest = Cursor::new(if managing { &[] } else { bytes.get(48..).unwrap_or_default() });
    let (mut nts, mut behind) = (false, 0);
    // what is left at the end, of 20 or 24 bytes, is a check
    while let Some(length) = rest.rest().get(2..4).map(|two| usize::from(two[0]) << 8 | usize::from(two[1])) {
        behind = rest.rest().len();
        if length < 16 || !length.is_multiple_of(4) {
            break;
        }
        let Some(field) = rest.take(length) else { break };
        nts |= field.starts_with(&[4, 4]);
        behind = 0;
    }
    Some(Ntp { version, mode, answered: mode == 4, authenticated: nts || matches!(behind, 20 | 24), nts })
}

/// The version in the long header of a packet of QUIC (RFC 8999); 0 is a negotiation.
pub(crate) fn quic(bytes: &[u8]) -> Option<u32> {
    let mut cursor = Cursor::new(bytes);
    let first = cursor.u8()?;
    let version = cursor.u32()?;
    let known = matches!(version, 0 | 1 | 0x6b33_43cf | 0xff00_0000..=0xff00_00ff);
    (first & 0x80 != 0 && (version == 0 || first & 0x40 != 0) && known).then_some(())?;
    let (to, from) = (cursor.counted(1)?, cursor.counted(1)?);
    (to.len() <= 20 && from.len() <= 20 && to.len() + from.len() > 0 && !cursor.is_empty()).then_some(version)
}

/// Whether it may be a packet of a QUIC flow that is known: a long header, or a short one, which has no more form than one bit.
pub(crate) fn goes_on_as_quic(bytes: &[u8]) -> bool {
    quic(bytes).is_some() || bytes.first().is_some_and(|first| first >> 6 == 1)
}

/// A message of SNMP (RFC 3416, RFC 3412).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Snmp {
    /// 1, 2 (with communities) or 3.
    pub version: u8,
    /// Whether version 3 says that the content is encrypted.
    pub encrypted: bool,
}

pub(crate) fn snmp(bytes: &[u8]) -> Option<Snmp> {
    let mut cursor = Cursor::new(bytes);
    let whole = ber(&mut cursor, 0x30)?;
    cursor.is_empty().then_some(())?;
    let mut inner = Cursor::new(whole);
    match ber(&mut inner, 2)? {
        [version @ 0..=1] => {
            ber(&mut inner, 4)?;
            matches!(inner.u8()?, 0xa0..=0xa8).then_some(Snmp { version: version + 1, encrypted: false })
        }
        [3] => {
            let mut header = Cursor::new(ber(&mut inner, 0x30)?);
            ber(&mut header, 2)?;
            ber(&mut header, 2)?;
            let flags = ber(&mut header, 4)?.first()?;
            Some(Snmp { version: 3, encrypted: flags & 2 != 0 })
        }
        _ => None,
    }
}

/// The content of an element of BER with this tag.
fn ber<'a>(cursor: &mut Cursor<'a>, tag: u8) -> Option<&'a [u8]> {
    (cursor.u8()? == tag).then_some(())?;
    match cursor.u8()? {
        short @ 0..=127 => cursor.take(usize::from(short)),
        long @ 0x81..=0x83 => cursor.counted(usize::from(long & 15)),
        _ => None,
    }
}

/// Whether a stream begins with a frame of Modbus over TCP (its messaging guide, section 3.1.3).
pub(crate) fn is_modbus(bytes: &[u8]) -> bool {
    matches!(bytes, [_, _, 0, 0, 0, length @ 2..=254, _, function, ..] if *function != 0 && bytes.len() >= 6 + usize::from(*length))
}

/// Whether a datagram is of BACnet/IP (ASHRAE 135, annex J): its type, a function, its length.
pub(crate) fn is_bacnet(bytes: &[u8]) -> bool {
    matches!(bytes, [0x81, 0..=0x0c, high, low, ..] if usize::from(*high) << 8 | usize::from(*low) == bytes.len())
}

/// What a station says of itself by LLDP (IEEE 802.1AB, clause 8).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Lldp {
    /// Its chassis, the kind of identifier first, in hexadecimal digits.
    pub chassis: String,
    /// Its port, likewise.
    pub port: String,
    /// Its name.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
}

pub(crate) fn lldp(bytes: &[u8]) -> Option<Lldp> {
    let (mut cursor, mut told) = (Cursor::new(bytes), Lldp::default());
    for place in 0..PARTS {
        let head = cursor.u16()?;
        let value = cursor.take(usize::from(head & 511))?;
        match (head >> 9, place) {
            (1, 0) => told.chassis = hex(value, TEXT),
            (2, 1) => told.port = hex(value, TEXT),
            (_, 0 | 1) => return None,
            (0, _) => break,
            (5, _) => told.name = Some(clean(value, TEXT)),
            (6, _) => told.description = Some(clean(value, TEXT)),
            _ => {}
        }
    }
    Some(told)
}

/// The type of a frame of EAPOL (IEEE 802.1X, clause 11): 0 carries EAP, 1 starts, 2 logs off, 3 carries keys.
pub(crate) fn eapol(bytes: &[u8]) -> Option<u8> {
    let mut cursor = Cursor::new(bytes);
    let (version, kind) = (cursor.u8()?, cursor.u8()?);
    cursor.counted(2)?;
    ((1..=4).contains(&version) && kind <= 8).then_some(kind)
}

#[cfg(test)]
mod tests;
