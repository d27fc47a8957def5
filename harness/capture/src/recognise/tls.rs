//! TLS and DTLS: records, and what their hellos say.

use serde::Serialize;

use crate::cursor::{Cursor, clean, pairs};

/// The number of DTLS 1.3.
pub(crate) const DTLS_13: u16 = 0xfefc;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
/// The longest content of a sealed record (RFC 5246, section 6.2.3), in bytes.
const LONGEST_RECORD: usize = (1 << 14) + 2048;
/// Handshake content that is put together, in bytes.
const LONGEST_HELLO: usize = 64 * 1024;
/// Names of protocols (ALPN) that are kept.
const NAMES: usize = 16;

/// What a client's hello says. Numbers are those of IANA's lists for TLS.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ClientHello {
    /// The version in the field that versions up to 1.2 decide by.
    pub legacy_version: u16,
    /// The versions of the extension that decides since 1.3; empty without it.
    pub supported_versions: Vec<u16>,
    /// Cipher suites.
    pub suites: Vec<u16>,
    /// Groups for key exchange.
    pub groups: Vec<u16>,
    /// Signature algorithms.
    pub signature_algorithms: Vec<u16>,
    /// The server's name (SNI).
    pub server_name: Option<String>,
    /// Application protocols (ALPN).
    pub alpn: Vec<String>,
    /// The numbers of all extensions, in order.
    pub extensions: Vec<u16>,
}

/// What a server's hello says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ServerHello {
    /// The version chosen.
    pub version: u16,
    /// The cipher suite chosen.
    pub suite: u16,
}

/// What was seen of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Tls {
    /// The client's hello, if seen.
    pub client: Option<ClientHello>,
    /// The server's hello, if seen.
    pub server: Option<ServerHello>,
    /// Whether records of application data were seen from the initiator. In TLS 1.3 the end of the handshake looks like them.
    pub sent_data: bool,
    /// Whether records of application data were seen from the responder.
    pub received_data: bool,
    /// Whether an alert in clear was seen.
    pub alert: bool,
    /// What the port of the responder is registered for, where that is TLS around another protocol.
    pub carries: Option<&'static str>,
}

impl Tls {
    /// Adds what is told elsewhere; what is known already stays.
    pub(crate) fn add(&mut self, other: Self) {
        self.client = self.client.take().or(other.client);
        self.server = self.server.take().or(other.server);
        self.sent_data |= other.sent_data;
        self.received_data |= other.received_data;
        self.alert |= other.alert;
    }
}

/// What a port of TLS around another protocol is registered for: DNS (RFC 7858), key exchange of NTP (RFC 8915).
pub(crate) const fn carries(port: u16) -> Option<&'static str> {
    match port {
        853 => Some("dns"),
        4460 => Some("ntp-keys"),
        _ => None,
    }
}

/// Follows the records of one direction of a stream, without keeping their content.
#[derive(Debug, Default)]
pub(crate) struct Records {
    header: Vec<u8>,
    /// Content of the record that is still to come.
    left: usize,
    /// Whole records, and those of application data, even begun ones.
    pub(crate) whole: u64,
    pub(crate) data: u64,
    pub(crate) alerts: u64,
    /// Bytes behind the point where the stream was no longer made of records.
    pub(crate) strange: u64,
    lost: bool,
    /// Bytes are missing, so that nothing more can be told.
    blind: bool,
}

impl Records {
    pub(crate) fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && !self.lost && !self.blind {
            if self.left > 0 {
                let (content, rest) = bytes.split_at(self.left.min(bytes.len()));
                self.left -= content.len();
                self.whole += u64::from(self.left == 0);
                bytes = rest;
                continue;
            }
            let (head, rest) = bytes.split_at((5 - self.header.len()).min(bytes.len()));
            self.header.extend_from_slice(head);
            bytes = rest;
            if let Ok([kind, high, low, length @ ..]) = <[u8; 5]>::try_from(self.header.as_slice()) {
                self.begin(kind, [high, low], usize::from(u16::from_be_bytes(length)));
            }
        }
        if self.lost {
            self.strange += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        }
    }

    /// Bytes are missing: what follows may begin anywhere.
    pub(crate) fn gap(&mut self, count: u64) {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if count < self.left {
            self.left -= count;
        } else {
            self.blind = true;
        }
    }

    fn begin(&mut self, kind: u8, version: [u8; 2], length: usize) {
        if !is_header(kind, version, length) {
            self.lost = true;
            self.strange += 5;
            return;
        }
        self.header.clear();
        self.left = length;
        self.whole += u64::from(length == 0);
        self.data += u64::from(kind == APPLICATION_DATA);
        self.alerts += u64::from(kind == ALERT);
    }
}

fn is_header(kind: u8, version: [u8; 2], length: usize) -> bool {
    matches!(kind, 20..=24) && matches!(version, [3, 0..=4]) && length <= LONGEST_RECORD && (length > 0 || kind == APPLICATION_DATA)
}

/// The hellos at the beginning of a stream.
pub(crate) fn hellos(head: &[u8]) -> (Option<ClientHello>, Option<ServerHello>) {
    let (mut cursor, mut content) = (Cursor::new(head), Vec::new());
    while let (Some(HANDSHAKE), Some([3, _])) = (cursor.u8(), cursor.array()) {
        let Some(length) = cursor.length(2).filter(|_| content.len() <= LONGEST_HELLO) else { break };
        content.extend_from_slice(cursor.take(length).unwrap_or(cursor.rest()));
    }
    let mut message = Cursor::new(&content);
    match (message.u8(), message.counted(3)) {
        (Some(CLIENT_HELLO), Some(body)) => (client_hello(body, false), None),
        (Some(SERVER_HELLO), Some(body)) => (None, server_hello(body)),
        _ => (None, None),
    }
}

/// Reads a datagram of DTLS records; nothing when it is none. `short` is whether both ends agreed on DTLS 1.3, whose
/// sealed records have a short header (RFC 9147, section 4).
pub(crate) fn datagram(bytes: &[u8], short: bool, by_initiator: bool) -> Option<Tls> {
    let (mut cursor, mut seen) = (Cursor::new(bytes), Tls::default());
    (!bytes.is_empty()).then_some(())?;
    while !cursor.is_empty() {
        let kind = cursor.u8()?;
        if short && kind >> 5 == 1 {
            mark(&mut seen, by_initiator);
            return Some(seen);
        }
        (matches!(kind, 20..=25) && matches!(cursor.array()?, [0xfe, 0xfd | 0xff])).then_some(())?;
        // a record with the id of a connection (RFC 9146), whose length nothing here tells
        if kind == 25 {
            mark(&mut seen, by_initiator);
            return Some(seen);
        }
        let epoch = cursor.u16()?;
        cursor.take(6)?;
        let content = cursor.counted(2)?;
        match kind {
            APPLICATION_DATA if epoch > 0 => mark(&mut seen, by_initiator),
            ALERT if epoch == 0 => seen.alert = true,
            HANDSHAKE if epoch == 0 => seen.add(fragment(content).unwrap_or_default()),
            _ => {}
        }
    }
    Some(seen)
}

fn mark(seen: &mut Tls, by_initiator: bool) {
    (seen.sent_data, seen.received_data) = (by_initiator, !by_initiator);
}

/// A hello that lies whole in one fragment.
fn fragment(content: &[u8]) -> Option<Tls> {
    let mut cursor = Cursor::new(content);
    let (kind, length) = (cursor.u8()?, cursor.length(3)?);
    cursor.u16()?;
    let (offset, body) = (cursor.length(3)?, cursor.counted(3)?);
    (offset == 0 && body.len() == length).then_some(())?;
    match kind {
        CLIENT_HELLO => Some(Tls { client: client_hello(body, true), ..Tls::default() }),
        SERVER_HELLO => Some(Tls { server: server_hello(body), ..Tls::default() }),
        _ => None,
    }
}

fn client_hello(body: &[u8], datagrams: bool) -> Option<ClientHello> {
    let mut cursor = Cursor::new(body);
    let mut hello = ClientHello { legacy_version: cursor.u16()?, ..ClientHello::default() };
    cursor.take(32)?;
    cursor.counted(1)?;
    if datagrams {
        cursor.counted(1)?;
    }
    hello.suites = pairs(cursor.counted(2)?);
    cursor.counted(1)?;
    let mut extensions = Cursor::new(cursor.counted(2).unwrap_or_default());
    while let (Some(kind), Some(content)) = (extensions.u16(), extensions.counted(2)) {
        hello.extensions.push(kind);
        extension(&mut hello, kind, Cursor::new(content));
    }
    Some(hello)
}

fn extension(hello: &mut ClientHello, kind: u16, mut content: Cursor<'_>) {
    let mut listed = |bytes| content.counted(bytes).unwrap_or_default();
    match kind {
        0 => {
            let mut list = Cursor::new(listed(2));
            hello.server_name = list.u8().filter(|kind| *kind == 0).and(list.counted(2)).map(|name| clean(name, 255).to_lowercase());
        }
        10 => hello.groups = pairs(listed(2)),
        13 => hello.signature_algorithms = pairs(listed(2)),
        16 => {
            let mut list = Cursor::new(listed(2));
            let names = std::iter::from_fn(|| list.counted(1));
            hello.alpn = names.take(NAMES).map(|name| clean(name, 255)).collect();
        }
        43 => hello.supported_versions = pairs(listed(1)),
        _ => {}
    }
}

fn server_hello(body: &[u8]) -> Option<ServerHello> {
    let mut cursor = Cursor::new(body);
    let mut version = cursor.u16()?;
    cursor.take(32)?;
    cursor.counted(1)?;
    let suite = cursor.u16()?;
    cursor.u8()?;
    let mut extensions = Cursor::new(cursor.counted(2).unwrap_or_default());
    while let (Some(kind), Some(content)) = (extensions.u16(), extensions.counted(2)) {
        if let (43, Ok(chosen)) = (kind, content.try_into()) {
            version = u16::from_be_bytes(chosen);
        }
    }
    Some(ServerHello { version, suite })
}

/// Whether a stream begins with a record of a handshake.
pub(crate) fn begins(head: &[u8]) -> bool {
    matches!(head, [HANDSHAKE, 3, 0..=4, high, low, kind, ..] if u16::from_be_bytes([*high, *low]) >= 4 && matches!(kind, 0..=2))
}

#[cfg(test)]
pub(super) mod tests;
