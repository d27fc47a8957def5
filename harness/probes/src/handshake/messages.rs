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
    /// The id of the session; in TLS 1.3 the client's own.
    pub(crate) session: Vec<u8>,
    pub(crate) suite: u16,
    pub(crate) compression: u8,
    /// The numbers of the extensions.
    pub(crate) extensions: Vec<u16>,
    /// The group of the key share.
    pub(crate) group: Option<u16>,
    /// The application protocol chosen.
    pub(crate) protocol: Option<String>,
    /// Whether it asks for another hello.
    pub(crate) retry: bool,
}

/// Reads the body of a server's hello.
pub(crate) fn server_hello(body: &[u8]) -> Option<ServerHello> {
    let mut cursor = Cursor::new(body);
    let version = cursor.u16()?;
    let random = <[u8; 32]>::try_from(cursor.take(32)?).ok()?;
    let session = cursor.counted(1)?.to_vec();
    let (suite, compression, retry) = (cursor.u16()?, cursor.u8()?, random == RETRY);
    let (extensions, group, protocol) = (Vec::new(), None, None);
    let mut hello = ServerHello { version, random, session, suite, compression, extensions, group, protocol, retry };
    let mut extensions = Cursor::new(if cursor.is_empty() { &[] } else { cursor.counted(2)? });
    while !extensions.is_empty() {
        let (number, content) = (extensions.u16()?, extensions.counted(2)?);
        hello.extensions.push(number);
        let first = Cursor::new(content).u16();
        match number {
            extension::SUPPORTED_VERSIONS => hello.version = first?,
            extension::KEY_SHARE => hello.group = first,
            extension::ALPN => hello.protocol = protocol_of(content),
            _ => {}
        }
    }
    Some(hello)
}

fn protocol_of(content: &[u8]) -> Option<String> {
    let name = Cursor::new(Cursor::new(content).counted(2)?).counted(1)?;
    Some(crate::text::clean(name, 64))
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
    /// The algorithm of the signature under the server's key exchange message, from TLS 1.2 on.
    pub(crate) signature: Option<u16>,
    /// Whether an OCSP response came with the certificate.
    pub(crate) staple: bool,
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
        let chain = Vec::new();
        let mut flight =
            Self { hello, chain, group: None, psk_hint: None, signature: None, staple: false, certificate_request: false, whole };
        if whole {
            flight.group = flight.hello.group.map(by_id);
            return Some(flight);
        }
        for message in messages {
            match message.kind {
                11 => flight.chain = certificates(&message.body).unwrap_or_default(),
                12 => flight.take_exchange(&message.body),
                13 => flight.certificate_request = true,
                14 => flight.whole = true,
                22 => flight.staple = true,
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

impl Flight {
    /// Reads a `ServerKeyExchange` message.
    fn take_exchange(&mut self, body: &[u8]) {
        let suite = describe(self.hello.suite);
        let mut cursor = Cursor::new(body);
        if suite.has("psk") {
            self.psk_hint = cursor.counted(2).map(|bytes| crate::text::clean(bytes, 256));
        }
        let key = if suite.has("ecdhe") {
            self.group = curve(&mut cursor);
            cursor.counted(1)
        } else if suite.has("dhe") {
            self.group = cursor.counted(2).map(finite_field);
            cursor.counted(2).and_then(|_| cursor.counted(2))
        } else {
            None
        };
        let signs = key.is_some() && !suite.has("psk") && !suite.has("anonymous") && matches!(self.hello.version, 0x0303 | 0xfefd);
        self.signature = if signs { cursor.u16() } else { None };
    }
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

    fn exchange(suite: u16, body: &[u8]) -> Flight {
        let hello = [&[3, 3], [7; 32].as_slice(), &[0], &suite.to_be_bytes(), &[0]].concat();
        Flight::of(&[Message { kind: 2, body: hello }, Message { kind: 12, body: body.to_vec() }]).unwrap()
    }

    #[test]
    fn key_exchanges_tell_hint_group_and_signature() {
        let curve = exchange(0xc02f, &[3, 0, 29, 1, 5, 4, 3]);
        assert_eq!((curve.group.map(|group| group.name), curve.signature), (Some("x25519".to_owned()), Some(0x0403)));
        let field = exchange(0x0033, &[0, 2, 0x80, 1, 0, 1, 2, 0, 1, 7, 8, 4]);
        assert_eq!((field.group.map(|group| group.bits), field.signature), (Some(16), Some(0x0804)));
        assert_eq!(exchange(0x00a8, &[0, 2, b'h', b'i']).psk_hint, Some("hi".to_owned()));
        assert_eq!(exchange(0xc02f, &[3, 0]).group, None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200), kind in any::<u8>(), suite in any::<u16>()) {
            let _ = server_hello(&body);
            let _ = certificates(&body);
            let _ = exchange(suite, &body);
            let _ = Flight::of(&[Message { kind: 2, body: body.clone() }, Message { kind, body }]);
        }
    }
}
