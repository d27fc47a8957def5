//! Reads a `ClientHello`, of TLS or of DTLS, as far as the faces need it.

use crate::reader::{Reader, u16_list};

/// What a client offers.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Hello {
    /// The version field of the message.
    pub(crate) version: u16,
    /// The client's 32 random bytes.
    pub(crate) random: [u8; 32],
    /// The cookie (DTLS only).
    pub(crate) cookie: Vec<u8>,
    /// Cipher suites in the client's order.
    pub(crate) suites: Vec<u16>,
    /// `supported_versions`; empty without the extension.
    pub(crate) versions: Vec<u16>,
    /// `supported_groups`; empty without the extension.
    pub(crate) groups: Vec<u16>,
    /// The kinds of all extensions.
    pub(crate) extensions: Vec<u16>,
}

const SUPPORTED_GROUPS: u16 = 10;
const SUPPORTED_VERSIONS: u16 = 43;
/// The longest handshake message that is put together from records, in bytes.
const LONGEST: usize = 64 * 1024;

/// What the bytes received so far amount to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// More bytes are needed.
    Part,
    /// A whole hello.
    Hello(Box<Hello>),
    /// Something else.
    Other,
}

/// Looks at the start of a TLS stream.
pub(crate) fn read_stream(bytes: &[u8]) -> Seen {
    let mut message = Vec::new();
    let mut reader = Reader::new(bytes);
    loop {
        match whole_message(&message) {
            Some(body) => return read_body(body, false).map_or(Seen::Other, |hello| Seen::Hello(Box::new(hello))),
            None if message.len() > LONGEST => return Seen::Other,
            None => {}
        }
        if reader.rest().first().is_some_and(|kind| *kind != 22) {
            return Seen::Other;
        }
        let fragment = reader.take(3).and_then(|_| reader.vector16());
        match fragment {
            None => return Seen::Part,
            Some([]) => return Seen::Other,
            Some(fragment) => message.extend_from_slice(fragment),
        }
        if message.first() != Some(&1) {
            return Seen::Other;
        }
    }
}

fn whole_message(message: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(message);
    reader.u8()?;
    let length = reader.u24()?;
    reader.take(length)
}

/// Reads the body of a hello, without the handshake header.
pub(crate) fn read_body(body: &[u8], datagram: bool) -> Option<Hello> {
    let mut reader = Reader::new(body);
    let mut hello = Hello { version: reader.u16()?, ..Hello::default() };
    hello.random.copy_from_slice(reader.take(32)?);
    reader.vector8()?;
    if datagram {
        hello.cookie = reader.vector8()?.to_vec();
    }
    hello.suites = u16_list(reader.vector16()?);
    reader.vector8()?;
    let mut extensions = Reader::new(reader.vector16().unwrap_or_default());
    while let Some(kind) = extensions.u16() {
        let mut content = Reader::new(extensions.vector16()?);
        hello.extensions.push(kind);
        match kind {
            SUPPORTED_GROUPS => hello.groups = u16_list(content.vector16()?),
            SUPPORTED_VERSIONS => hello.versions = u16_list(content.vector8()?),
            _ => {}
        }
    }
    Some(hello)
}

impl Hello {
    /// Whether the client offers this version of TLS.
    pub(crate) fn offers_version(&self, version: u16) -> bool {
        if self.versions.is_empty() { version <= self.version } else { self.versions.contains(&version) }
    }

    /// The first of `suites` that the client offers.
    pub(crate) fn first_of(&self, suites: &[u16]) -> Option<u16> {
        suites.iter().copied().find(|suite| self.suites.contains(suite))
    }

    /// Whether the client sent this extension.
    pub(crate) fn has(&self, extension: u16) -> bool {
        self.extensions.contains(&extension)
    }
}
