//! What a server says in clear: its hello, its certificates, its part of the key exchange, alerts.

use super::cursor::Cursor;
use super::groups::{by_id, finite_field};
use super::{Group, describe, extension};

/// SHA-256 of "HelloRetryRequest": the random of a hello that asks for another (RFC 8446 section 4.1.3).
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
    0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];
/// The most certificates kept of one message.
const MOST_CERTIFICATES: usize = 32;

/// A handshake message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) kind: u8,
    pub(crate) body: Vec<u8>,
}

/// A server's hello.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerHello {
    /// The version chosen: that of the extension where there is one.
    pub(crate) version: u16,
    pub(crate) random: [u8; 32],
    pub(crate) suite: u16,
    pub(crate) compression: u8,
    /// The numbers of the extensions.
    pub(crate) extensions: Vec<u16>,
    /// The group of the key share.
    pub(crate) group: Option<u16>,
    /// Whether it asks for another hello.
    pub(crate) retry: bool,
}

/// Reads the body of a server's hello.
pub(crate) fn server_hello(body: &[u8]) -> Option<ServerHello> {
    let mut cursor = Cursor::new(body);
    let version = cursor.u16()?;
    let random = <[u8; 32]>::try_from(cursor.take(32)?).ok()?;
    cursor.counted(1)?;
    let (suite, compression) = (cursor.u16()?, cursor.u8()?);
    let mut hello = ServerHello { version, random, suite, compression, extensions: Vec::new(), group: None, retry: random == RETRY };
    let mut extensions = Cursor::new(if cursor.is_empty() { &[] } else { cursor.counted(2)? });
    while !extensions.is_empty() {
        let (number, content) = (extensions.u16()?, extensions.counted(2)?);
        hello.extensions.push(number);
        let first = Cursor::new(content).u16();
        match number {
            extension::SUPPORTED_VERSIONS => hello.version = first?,
            extension::KEY_SHARE => hello.group = first,
            _ => {}
        }
    }
    Some(hello)
}

/// Reads the certificates of a Certificate message of TLS 1.2 and before.
pub(crate) fn certificates(body: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut list = Cursor::new(Cursor::new(body).counted(3)?);
    let mut all = Vec::new();
    while !list.is_empty() && all.len() < MOST_CERTIFICATES {
        all.push(list.counted(3)?.to_vec());
    }
    Some(all)
}

/// What a server sent after one hello, as far as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flight {
    pub(crate) hello: ServerHello,
    /// The certificates shown, leaf first; empty when none came in clear.
    pub(crate) chain: Vec<Vec<u8>>,
    /// The group of the server's key exchange message.
    pub(crate) group: Option<Group>,
    /// The hint for a pre-shared key.
    pub(crate) psk_hint: Option<String>,
    /// Whether it asked for a client certificate.
    pub(crate) certificate_request: bool,
    /// Whether the flight came whole: to the hello of TLS 1.3, or to `ServerHelloDone`.
    pub(crate) whole: bool,
}

impl Flight {
    /// Puts the messages together. `None` when there is no server hello that can be read.
    pub(crate) fn of(messages: &[Message]) -> Option<Self> {
        let hello = server_hello(&messages.iter().find(|message| message.kind == 2)?.body)?;
        let whole = is_13(hello.version);
        let mut flight = Self { hello, chain: Vec::new(), group: None, psk_hint: None, certificate_request: false, whole };
        if whole {
            flight.group = flight.hello.group.map(by_id);
            return Some(flight);
        }
        for message in messages {
            match message.kind {
                11 => flight.chain = certificates(&message.body).unwrap_or_default(),
                12 => (flight.psk_hint, flight.group) = key_exchange(flight.hello.suite, &message.body),
                13 => flight.certificate_request = true,
                14 => flight.whole = true,
                _ => {}
            }
        }
        Some(flight)
    }
}

/// TLS 1.3 and its drafts, and DTLS 1.3.
pub(crate) const fn is_13(version: u16) -> bool {
    version == 0x0304 || version >> 8 == 0x7f || version == 0xfefc
}

/// The hint and the group of a `ServerKeyExchange` message in this suite.
fn key_exchange(suite: u16, body: &[u8]) -> (Option<String>, Option<Group>) {
    let suite = describe(suite);
    let mut cursor = Cursor::new(body);
    let mut hint = None;
    if suite.has("psk") {
        hint = cursor.counted(2).map(|bytes| crate::text::clean(bytes, 256));
    }
    let group = if suite.has("ecdhe") {
        curve(&mut cursor)
    } else if suite.has("dhe") {
        cursor.counted(2).map(finite_field)
    } else {
        None
    };
    (hint, group)
}

fn curve(cursor: &mut Cursor<'_>) -> Option<Group> {
    match cursor.u8()? {
        3 => cursor.u16().map(by_id),
        kind @ (1 | 2) => Some(Group { id: 0xff00 | u16::from(kind), name: "explicit".to_owned(), bits: 0, finite: false }),
        _ => None,
    }
}

/// The name of an alert.
pub(crate) fn alert_name(code: u8) -> String {
    let known = match code {
        0 => "close_notify",
        10 => "unexpected_message",
        20 => "bad_record_mac",
        21 => "decryption_failed",
        22 => "record_overflow",
        30 => "decompression_failure",
        40 => "handshake_failure",
        41 => "no_certificate",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        60 => "export_restriction",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        90 => "user_canceled",
        100 => "no_renegotiation",
        109 => "missing_extension",
        110 => "unsupported_extension",
        112 => "unrecognized_name",
        115 => "unknown_psk_identity",
        116 => "certificate_required",
        120 => "no_application_protocol",
        other => return format!("alert_{other}"),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn key_exchanges_tell_hint_and_group() {
        assert_eq!(key_exchange(0xc02f, &[3, 0, 29, 1, 5]).1.map(|group| group.name), Some("x25519".to_owned()));
        assert_eq!(key_exchange(0x0033, &[0, 2, 0x80, 1, 0, 1, 2]).1.map(|group| group.bits), Some(16));
        assert_eq!(key_exchange(0x00a8, &[0, 2, b'h', b'i']), (Some("hi".to_owned()), None));
        assert_eq!(key_exchange(0xc02f, &[3, 0]), (None, None));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200), kind in any::<u8>(), suite in any::<u16>()) {
            let _ = server_hello(&body);
            let _ = certificates(&body);
            let _ = key_exchange(suite, &body);
            let _ = Flight::of(&[Message { kind: 2, body: body.clone() }, Message { kind, body }]);
        }
    }
}
