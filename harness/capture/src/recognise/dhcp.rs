//! Messages of DHCP (RFC 2131, RFC 2132) and of DHCP for IPv6 (RFC 8415).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;

use crate::cursor::{Cursor, clean, hex};
use crate::link::Mac;

/// How the options of DHCP begin (RFC 2131, section 3).
const COOKIE: [u8; 4] = [99, 130, 83, 99];
/// Options read of one message, the longest text kept of one, and bytes of an identifier.
const OPTIONS: usize = 128;
const TEXT: usize = 255;
const ID: usize = 128;

/// What a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The client looks for servers (Discover, Solicit).
    Discover,
    /// A server offers (Offer, Advertise).
    Offer,
    /// The client takes an offer, or asks again for what it had before (Request, Confirm).
    Request,
    /// The client asks its server to go on (RFC 2131, section 4.3.2: an address of its own, sent to the server alone).
    Renew,
    /// The client asks any server to go on.
    Rebind,
    /// The server agrees (Ack, Reply).
    Agree,
    /// The server refuses (Nak).
    Refuse,
    /// The client found the address in use.
    Decline,
    /// The client gives the address back.
    Release,
    /// The client asks for settings only.
    Inform,
    /// Anything else, by its number.
    Other(u8),
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dhcp {
    /// 4 or 6, the version of IP.
    pub version: u8,
    /// What it is for.
    pub step: Step,
    /// The number that questions and answers share.
    pub transaction: u32,
    /// The hardware address that the client tells.
    pub mac: Option<Mac>,
    /// The client's name: option 12 or the whole name (option 81; 39 for IPv6).
    pub host_name: Option<String>,
    /// The client's identifier, in hexadecimal digits (option 61; 1 for IPv6).
    pub client_id: Option<String>,
    /// The vendor class (option 60; 16 for IPv6).
    pub vendor_class: Option<String>,
    /// Where the manufacturer's usage description is (RFC 8520: option 161; 112 for IPv6).
    pub mud_url: Option<String>,
    /// The address that is asked for, given, used or given back.
    pub address: Option<IpAddr>,
    /// The server.
    pub server: Option<IpAddr>,
    /// Seconds for which the address is given.
    pub seconds: Option<u32>,
}

impl Dhcp {
    const fn new(version: u8, step: Step, transaction: u32) -> Self {
        Self {
            version,
            step,
            transaction,
            mac: None,
            host_name: None,
            client_id: None,
            vendor_class: None,
            mud_url: None,
            address: None,
            server: None,
            seconds: None,
        }
    }
}

/// Reads a message of DHCP. `to_all` is whether it was sent to all on the link.
pub(crate) fn version_4(bytes: &[u8], to_all: bool) -> Option<Dhcp> {
    let mut cursor = Cursor::new(bytes);
    let [operation, kind, length, _] = cursor.array()?;
    matches!(operation, 1 | 2).then_some(())?;
    let transaction = cursor.u32()?;
    cursor.take(4)?;
    let (own, yours) = (cursor.array::<4>()?, cursor.array::<4>()?);
    cursor.take(8)?;
    let hardware = cursor.array::<16>()?;
    cursor.take(64 + 128)?;
    (cursor.array()? == COOKIE).then_some(())?;
    let mut dhcp = Dhcp::new(4, Step::Other(0), transaction);
    if let ([a, b, c, d, e, f, ..], 1, 6) = (hardware, kind, length) {
        dhcp.mac = Some(Mac([a, b, c, d, e, f]));
    }
    let own = (own != [0; 4]).then(|| IpAddr::from(Ipv4Addr::from(own)));
    let yours = (yours != [0; 4]).then(|| IpAddr::from(Ipv4Addr::from(yours)));
    let (number, asked) = options_4(&mut dhcp, &mut cursor);
    dhcp.address = yours.or(own).or(asked);
    dhcp.step = match number {
        1 => Step::Discover,
        2 => Step::Offer,
        3 if own.is_some() && to_all => Step::Rebind,
        3 if own.is_some() => Step::Renew,
        3 => Step::Request,
        4 => Step::Decline,
        5 => Step::Agree,
        6 => Step::Refuse,
        7 => Step::Release,
        8 => Step::Inform,
        other => Step::Other(other),
    };
    Some(dhcp)
}

/// Reads the options; the number of what the message is for, and the address that is asked for.
fn options_4(dhcp: &mut Dhcp, cursor: &mut Cursor<'_>) -> (u8, Option<IpAddr>) {
    let (mut number, mut asked) = (0, None);
    for _ in 0..OPTIONS {
        let code = match cursor.u8() {
            Some(0) => continue,
            Some(255) | None => break,
            Some(code) => code,
        };
        let Some(value) = cursor.counted(1) else { break };
        match (code, value) {
            (53, [step]) => number = *step,
            (50, value) => asked = address_4(value),
            (51, value) => dhcp.seconds = Cursor::new(value).u32(),
            (54, value) => dhcp.server = address_4(value),
            (81, [_, _, _, name @ ..]) if dhcp.host_name.is_none() => dhcp.host_name = Some(clean(name, TEXT)),
            (12, value) => dhcp.host_name = Some(clean(value, TEXT)),
            (60, value) => dhcp.vendor_class = Some(clean(value, TEXT)),
            (61, value) => dhcp.client_id = Some(hex(value, ID)),
            (161, value) => dhcp.mud_url = Some(clean(value, TEXT)),
            _ => {}
        }
    }
    (number, asked)
}

fn address_4(value: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(value).ok().map(|four| Ipv4Addr::from(four).into())
}

/// Reads a message of DHCP for IPv6.
pub(crate) fn version_6(bytes: &[u8]) -> Option<Dhcp> {
    let mut cursor = Cursor::new(bytes);
    let step = match cursor.u8()? {
        1 => Step::Discover,
        2 => Step::Offer,
        3 | 4 => Step::Request,
        5 => Step::Renew,
        6 => Step::Rebind,
        7 => Step::Agree,
        8 => Step::Release,
        9 => Step::Decline,
        11 => Step::Inform,
        other @ (10 | 12..=35) => Step::Other(other),
        _ => return None,
    };
    let transaction = u32::try_from(cursor.length(3)?).ok()?;
    let mut dhcp = Dhcp::new(6, step, transaction);
    // relays wrap messages in others, which are not unwrapped
    if !matches!(step, Step::Other(12 | 13)) {
        options_6(&mut dhcp, &mut cursor)?;
    }
    Some(dhcp)
}

fn options_6(dhcp: &mut Dhcp, cursor: &mut Cursor<'_>) -> Option<()> {
    for _ in 0..OPTIONS {
        if cursor.is_empty() {
            break;
        }
        let (code, value) = (cursor.u16()?, cursor.counted(2)?);
        let mut value = Cursor::new(value);
        match code {
            1 => {
                let id = value.rest();
                dhcp.client_id = Some(hex(id, ID));
                // identifiers made of a hardware address of Ethernet, with and without a time (RFC 8415, section 11)
                dhcp.mac = match id {
                    [0, 1, 0, 1, _, _, _, _, mac @ ..] | [0, 3, 0, 1, mac @ ..] => mac.try_into().ok().map(Mac),
                    _ => None,
                };
            }
            3 => {
                let inner = value.rest().get(12..).unwrap_or_default();
                let mut inner = Cursor::new(inner);
                if let (Some(5), Some(given)) = (inner.u16(), inner.counted(2)) {
                    let mut given = Cursor::new(given);
                    dhcp.address = given.array::<16>().map(|bytes| Ipv6Addr::from(bytes).into());
                    given.u32();
                    dhcp.seconds = given.u32();
                }
            }
            16 => dhcp.vendor_class = value.u32().and(value.counted(2)).map(|text| clean(text, TEXT)),
            39 => {
                value.u8();
                let labels = std::iter::from_fn(|| value.counted(1).filter(|label| !label.is_empty())).take(16);
                dhcp.host_name = Some(labels.map(|label| clean(label, 63)).collect::<Vec<_>>().join("."));
            }
            112 => dhcp.mud_url = Some(clean(value.rest(), TEXT)),
            _ => {}
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(own: [u8; 4], options: &[u8]) -> Vec<u8> {
        let head = [&[1, 1, 6, 0, 0, 0, 0, 9, 0, 0, 0, 0][..], &own, &[0; 12], &[2, 0, 0, 0, 0, 1], &[0; 10 + 192]].concat();
        [&head, &COOKIE[..], options, &[255]].concat()
    }

    #[test]
    fn a_request_tells_who_asks() {
        let options =
            b"\x35\x01\x03\x0c\x06washer\x3c\x03cls\x3d\x02\x01\xab\xa1\x11https://m.example\x32\x04\x0a\0\0\x07\0\0\x33\x04\0\0\x0e\x10";
        let dhcp = version_4(&message([0; 4], options), true).unwrap();
        assert_eq!((dhcp.step, dhcp.transaction, dhcp.mac), (Step::Request, 9, Some(Mac([2, 0, 0, 0, 0, 1]))));
        assert_eq!((dhcp.host_name.as_deref(), dhcp.vendor_class.as_deref()), (Some("washer"), Some("cls")));
        assert_eq!((dhcp.client_id.as_deref(), dhcp.mud_url.as_deref()), (Some("01ab"), Some("https://m.example")));
        assert_eq!((dhcp.address, dhcp.seconds), (Some([10, 0, 0, 7].into()), Some(3600)));
        let step = |own, number, to_all| version_4(&message(own, &[53, 1, number]), to_all).unwrap().step;
        assert_eq!((step([10, 0, 0, 7], 3, false), step([10, 0, 0, 7], 3, true)), (Step::Renew, Step::Rebind));
        assert_eq!((step([10, 0, 0, 7], 7, false), step([0; 4], 99, false)), (Step::Release, Step::Other(99)));
        assert_eq!(version_4(&[1; 240], true), None);
    }

    #[test]
    fn version_6_is_read() {
        let id = b"\0\x01\0\x0a\0\x03\0\x01\x02\0\0\0\0\x01";
        let name = b"\0\x27\0\x0a\0\x06washer\x01x";
        let address = [&[0, 3, 0, 40][..], &[0; 12], &[0, 5, 0, 24], &[0xfd; 16], &[0, 0, 0, 1, 0, 0, 0, 2]].concat();
        let dhcp = version_6(&[&[5, 0, 1, 2][..], id, name, &address].concat()).unwrap();
        assert_eq!((dhcp.step, dhcp.mac, dhcp.host_name.as_deref()), (Step::Renew, Some(Mac([2, 0, 0, 0, 0, 1])), Some("washer.x")));
        assert_eq!((dhcp.address, dhcp.seconds), (Some([0xfd; 16].into()), Some(2)));
        assert_eq!((version_6(&[5, 0, 1, 2, 0, 1, 0, 9]), version_6(&[200, 0, 0, 0])), (None, None));
    }
}
