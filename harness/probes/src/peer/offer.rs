//! What a client offers in its first message of TLS.

use serde::{Deserialize, Serialize};

use crate::handshake::{Cursor, Group, Signature, Suite, by_id, describe, extension, signature};
use crate::text::clean;

/// The longest hello that is read, in bytes.
const LONGEST: usize = 64 * 1024;
/// The type of a handshake record, and that of a hello in it.
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
/// `TLS_EMPTY_RENEGOTIATION_INFO_SCSV` and `TLS_FALLBACK_SCSV`: signals, no suites.
const SIGNALS: [u16; 2] = [RENEGOTIATION_SIGNAL, 0x5600];
const RENEGOTIATION_SIGNAL: u16 = 0x00ff;

/// A client's hello. Made-up numbers (GREASE, RFC 8701) are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Offer {
    /// The versions of the extension that lists them; without it the newest one that the client speaks.
    pub versions: Vec<String>,
    /// Whether the client lists its versions: without, it may speak older ones than it says.
    pub lists_versions: bool,
    /// Cipher suites, in its order.
    pub suites: Vec<Suite>,
    /// Groups for key exchange, in its order.
    pub groups: Vec<Group>,
    /// Signature algorithms, in its order.
    pub signatures: Vec<Signature>,
    /// The server that it asks for (SNI).
    pub name: Option<String>,
    /// Whether it wants renegotiation tied to the session (RFC 5746).
    pub secure_renegotiation: bool,
}

/// What the beginning of a stream amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// More bytes are needed.
    Part,
    /// A whole hello.
    Hello(Box<Offer>),
    /// Something else than TLS.
    Other,
}

impl Opening {
    /// Reads the beginning of a stream.
    pub fn of(bytes: &[u8]) -> Self {
        let (mut cursor, mut message) = (Cursor::new(bytes), Vec::new());
        loop {
            if let Some(whole) = body(&message) {
                return read(whole).map_or(Self::Other, |offer| Self::Hello(Box::new(offer)));
            }
            if message.len() > LONGEST || cursor.rest().first().is_some_and(|kind| *kind != HANDSHAKE) {
                return Self::Other;
            }
            let Some(content) = cursor.take(3).and_then(|_| cursor.counted(2)) else { return Self::Part };
            message.extend_from_slice(content);
            if message.first() != Some(&CLIENT_HELLO) {
                return Self::Other;
            }
        }
    }
}

fn body(message: &[u8]) -> Option<&[u8]> {
    let mut cursor = Cursor::new(message);
    cursor.u8()?;
    cursor.counted(3)
}

fn read(body: &[u8]) -> Option<Offer> {
    let mut cursor = Cursor::new(body);
    let newest = cursor.u16()?;
    cursor.take(32)?;
    cursor.counted(1)?;
    let suites = pairs(cursor.counted(2)?);
    cursor.counted(1)?;
    let mut offer = Offer {
        versions: vec![version(newest)],
        secure_renegotiation: suites.contains(&RENEGOTIATION_SIGNAL),
        suites: suites.into_iter().filter(|id| !SIGNALS.contains(id)).map(describe).collect(),
        ..Offer::default()
    };
    let mut extensions = Cursor::new(if cursor.is_empty() { &[] } else { cursor.counted(2)? });
    while !extensions.is_empty() {
        let (number, content) = (extensions.u16()?, extensions.counted(2)?);
        add(&mut offer, number, Cursor::new(content))?;
    }
    Some(offer)
}

fn add(offer: &mut Offer, number: u16, mut content: Cursor<'_>) -> Option<()> {
    match number {
        extension::SERVER_NAME => {
            let mut list = Cursor::new(content.counted(2)?);
            list.u8()?;
            offer.name = Some(clean(list.counted(2)?, 255));
        }
        extension::SUPPORTED_GROUPS => offer.groups = pairs(content.counted(2)?).into_iter().map(by_id).collect(),
        extension::SIGNATURE_ALGORITHMS => offer.signatures = pairs(content.counted(2)?).into_iter().map(signature).collect(),
        extension::SUPPORTED_VERSIONS => {
            offer.versions = pairs(content.counted(1)?).into_iter().map(version).collect();
            offer.lists_versions = true;
        }
        extension::RENEGOTIATION_INFO => offer.secure_renegotiation = true,
        _ => {}
    }
    Some(())
}

/// Numbers of two bytes, without those that are made up.
fn pairs(bytes: &[u8]) -> Vec<u16> {
    let all = bytes.chunks_exact(2).map(|pair| u16::from(pair[0]) << 8 | u16::from(pair[1]));
    all.filter(|number| !(number & 0x0f0f == 0x0a0a && number >> 8 == number & 0xff)).collect()
}

fn version(number: u16) -> String {
    match number {
        0x0300 => "SSLv3".to_owned(),
        0x0301 => "1.0".to_owned(),
        0x0302 => "1.1".to_owned(),
        0x0303 => "1.2".to_owned(),
        0x0304 => "1.3".to_owned(),
        other => format!("unknown-{other:04x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::{Hello, counted};
    use proptest::prelude::*;

    fn record(hello: &Hello) -> Vec<u8> {
        let message = [vec![CLIENT_HELLO], counted(3, &hello.body())].concat();
        [vec![HANDSHAKE, 3, 1], counted(2, &message)].concat()
    }

    #[test]
    fn a_hello_is_read() {
        let hello = Hello::new(0x0303, [7; 32], &[0x1301, 0x0a0a, 0x000a, 0x00ff]).naming(Some("a.example")).groups(&[29, 23]);
        let bytes = record(&hello.signatures(&[0x0403]).versions(&[0x0304, 0x0303]));
        let Opening::Hello(offer) = Opening::of(&bytes) else { panic!("no hello") };
        assert_eq!((offer.versions.as_slice(), offer.lists_versions), (&["1.3".to_owned(), "1.2".to_owned()][..], true));
        assert_eq!(offer.suites.iter().map(|suite| suite.id).collect::<Vec<_>>(), [0x1301, 0x000a]);
        assert_eq!((offer.name.as_deref(), offer.groups.len(), offer.signatures.len()), (Some("a.example"), 2, 1));
        assert!(offer.secure_renegotiation && offer.suites[1].has("3des"));
        for end in 0..bytes.len() {
            assert_eq!(Opening::of(&bytes[..end]), Opening::Part, "{end}");
        }
    }

    #[test]
    fn what_is_no_hello() {
        assert_eq!(Opening::of(b"GET / HTTP/1.1\r\n"), Opening::Other);
        assert_eq!(Opening::of(&[22, 3, 1, 0, 4, 2, 0, 0, 0]), Opening::Other);
        let Opening::Hello(old) = Opening::of(&record(&Hello::new(0x0302, [0; 32], &[0x002f]))) else { panic!("no hello") };
        assert_eq!((old.versions, old.lists_versions), (vec!["1.1".to_owned()], false));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            let _ = Opening::of(&bytes);
            let _ = read(&bytes);
        }
    }
}
