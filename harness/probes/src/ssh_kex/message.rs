//! Reading and writing the messages of SSH (RFC 4252, RFC 4253, RFC 8308). Nothing here does input or output.

use std::collections::BTreeMap;

use super::facts::FirstProtocol;
use crate::handshake::{Cursor, counted};
use crate::text::{clean, escaped};

pub(super) const DISCONNECT: u8 = 1;
pub(super) const SERVICE_REQUEST: u8 = 5;
pub(super) const SERVICE_ACCEPT: u8 = 6;
pub(super) const EXT_INFO: u8 = 7;
pub(super) const KEXINIT: u8 = 20;
pub(super) const NEWKEYS: u8 = 21;
pub(super) const AUTH_REQUEST: u8 = 50;
pub(super) const AUTH_FAILURE: u8 = 51;
pub(super) const AUTH_SUCCESS: u8 = 52;
pub(super) const AUTH_BANNER: u8 = 53;
pub(super) const AUTH_KEY_OK: u8 = 60;
/// The most names kept of one list.
const MOST_NAMES: usize = 256;
/// The most extensions kept, and bytes of each.
const MOST_EXTENSIONS: usize = 32;
const EXTENSION: usize = 2048;
/// The most lines kept before the identification.
const MOST_LINES: usize = 16;
/// What a client of strict key exchange calls it.
pub(super) const STRICT_CLIENT: &str = "kex-strict-c-v00@openssh.com";
pub(super) const STRICT_SERVER: &str = "kex-strict-s-v00@openssh.com";

/// The lists of a KEXINIT message; pairs are client to server, then server to client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Algorithms {
    pub(super) kex: Vec<String>,
    pub(super) host_keys: Vec<String>,
    pub(super) ciphers: [Vec<String>; 2],
    pub(super) macs: [Vec<String>; 2],
    pub(super) compression: [Vec<String>; 2],
    pub(super) languages: [Vec<String>; 2],
    pub(super) follows: bool,
}

impl Algorithms {
    pub(super) fn is_strict(&self) -> bool {
        self.kex.iter().any(|name| name == STRICT_SERVER)
    }
}

/// What a server says first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Greeting<'a> {
    pub(super) before: Vec<String>,
    /// The identification line without its end.
    pub(super) line: &'a [u8],
    pub(super) rest: &'a [u8],
}

/// The identification line, and what stands around it. `None` until it has come whole.
pub(super) fn greeting(raw: &[u8]) -> Option<Greeting<'_>> {
    let mut before = Vec::new();
    let mut rest = raw;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = rest.split_at(end);
        rest = after.get(1..).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.starts_with(b"SSH-") {
            return Some(Greeting { before, line, rest });
        }
        if before.len() < MOST_LINES {
            before.push(escaped(line, 255));
        }
    }
    None
}

/// Version, software and comment of an identification line.
pub(super) fn identification(line: &str) -> (String, String, String) {
    let rest = line.strip_prefix("SSH-").unwrap_or(line);
    let (version, rest) = rest.split_once('-').unwrap_or((rest, ""));
    let (software, comment) = rest.split_once(' ').unwrap_or((rest, ""));
    (version.to_owned(), software.to_owned(), comment.trim().to_owned())
}

/// Reads a KEXINIT payload.
pub(super) fn algorithms(payload: &[u8]) -> Option<Algorithms> {
    let mut cursor = Cursor::new(payload);
    (cursor.u8()? == KEXINIT).then_some(())?;
    cursor.take(16)?;
    let mut list = || Some(names(cursor.counted(4)?));
    let mut read = Algorithms {
        kex: list()?,
        host_keys: list()?,
        ciphers: [list()?, list()?],
        macs: [list()?, list()?],
        compression: [list()?, list()?],
        ..Algorithms::default()
    };
    // what comes last is of little weight: servers that leave it out are read all the same
    read.languages = [list().unwrap_or_default(), list().unwrap_or_default()];
    read.follows = cursor.u8().is_some_and(|flag| flag != 0);
    Some(read)
}

fn names(list: &[u8]) -> Vec<String> {
    let all = list.split(|byte| *byte == b',').filter(|name| !name.is_empty());
    all.take(MOST_NAMES).map(|name| escaped(name, 128)).collect()
}

/// A KEXINIT payload.
pub(super) fn kexinit(ours: &Algorithms, cookie: [u8; 16]) -> Vec<u8> {
    let pairs = [&ours.ciphers, &ours.macs, &ours.compression, &ours.languages];
    let lists = [&ours.kex, &ours.host_keys].into_iter().chain(pairs.into_iter().flatten());
    let lists: Vec<u8> = lists.flat_map(|list| counted(4, list.join(",").as_bytes())).collect();
    [&[KEXINIT], cookie.as_slice(), &lists, &[u8::from(ours.follows), 0, 0, 0, 0]].concat()
}

/// Why the server disconnected: the number of the reason, and its words.
pub(super) fn disconnect(payload: &[u8]) -> (u32, String) {
    let mut cursor = Cursor::new(payload);
    cursor.u8();
    let reason = cursor.number(4).unwrap_or_default();
    (reason, clean(cursor.counted(4).unwrap_or_default(), 128))
}

/// The extensions of an `EXT_INFO` payload, by name.
pub(super) fn extensions(payload: &[u8]) -> Option<BTreeMap<String, String>> {
    let mut cursor = Cursor::new(payload.get(1..)?);
    let count = usize::try_from(cursor.number(4)?).ok()?;
    let mut all = BTreeMap::new();
    for _ in 0..count.min(MOST_EXTENSIONS) {
        let name = escaped(cursor.counted(4)?, 128);
        all.insert(name, escaped(cursor.counted(4)?, EXTENSION));
    }
    Some(all)
}

/// The methods of a refusal, and whether it was a partial success.
pub(super) fn refusal(payload: &[u8]) -> Option<(Vec<String>, bool)> {
    let mut cursor = Cursor::new(payload.get(1..)?);
    Some((names(cursor.counted(4)?), cursor.u8().is_some_and(|flag| flag != 0)))
}

/// A request for authentication: user, method, and what the method adds.
pub(super) fn auth_request(user: &str, method: &str, more: &[u8]) -> Vec<u8> {
    let fields = [user, "ssh-connection", method].map(|text| counted(4, text.as_bytes())).concat();
    [&[AUTH_REQUEST], fields.as_slice(), more].concat()
}

/// Reads the packet in which an SSH 1 server shows its keys. `Ok(None)` until it has come whole.
pub(super) fn first_protocol(raw: &[u8]) -> Result<Option<FirstProtocol>, ()> {
    const CIPHERS: [&str; 8] = ["none", "idea", "des", "3des", "tss", "rc4", "blowfish", "reserved"];
    const METHODS: [&str; 6] = ["", "rhosts", "rsa", "password", "rhosts-rsa", "tis"];
    let mut cursor = Cursor::new(raw);
    let Some(length) = cursor.number(4).and_then(|length| usize::try_from(length).ok()) else { return Ok(None) };
    if !(9..=LONGEST_FIRST).contains(&length) {
        return Err(());
    }
    let Some(packet) = cursor.take(8 - length % 8 + length) else { return Ok(None) };
    let read = || {
        let mut cursor = Cursor::new(packet.get(8 - length % 8..)?);
        (cursor.u8()? == 2).then_some(())?;
        cursor.take(8)?;
        let server_key_bits = key(&mut cursor)?;
        let host_key_bits = key(&mut cursor)?;
        cursor.take(4)?;
        let mut mask = |names: &[&str]| {
            let mask = cursor.number(4)?;
            let set = names.iter().enumerate().filter(|(place, name)| mask >> place & 1 == 1 && !name.is_empty());
            Some(set.map(|(_, name)| (*name).to_owned()).collect())
        };
        Some(FirstProtocol { host_key_bits, server_key_bits, ciphers: mask(&CIPHERS)?, methods: mask(&METHODS)? })
    };
    read().map(Some).ok_or(())
}

/// The longest first packet of SSH 1 that is taken, in bytes.
const LONGEST_FIRST: usize = 16 * 1024;

/// An RSA key of SSH 1: its size is said, and the modulus follows.
fn key(cursor: &mut Cursor<'_>) -> Option<u32> {
    cursor.number(4)?;
    let mut number = || {
        let bits = cursor.u16()?;
        cursor.take(usize::from(bits).div_ceil(8)).map(|_| u32::from(bits))
    };
    number()?;
    number()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_greeting_may_follow_other_lines() {
        let found = greeting(b"hello\r\nSSH-2.0-x y\r\n\0\0").unwrap();
        assert_eq!((found.before, found.line, found.rest), (vec!["hello".to_owned()], b"SSH-2.0-x y".as_slice(), b"\0\0".as_slice()));
        assert_eq!(greeting(b"SSH-2.0-x"), None);
        assert_eq!(identification("SSH-2.0-x_1 y z"), ("2.0".into(), "x_1".into(), "y z".into()));
        assert_eq!(identification("SSH-1.99"), ("1.99".into(), String::new(), String::new()));
    }

    #[test]
    fn kexinit_is_read_back() {
        let one = |name: &str| vec![name.to_owned()];
        let offered = Algorithms {
            kex: one("k"),
            host_keys: one("h"),
            ciphers: [one("c"), one("d")],
            macs: [one("m"), one("n")],
            compression: [one("none"), one("zlib")],
            languages: [one("en"), Vec::new()],
            follows: true,
        };
        assert_eq!(algorithms(&kexinit(&offered, [1; 16])), Some(offered));
    }

    #[test]
    fn what_a_first_protocol_server_shows_is_read() {
        let number = |bits: u16| [bits.to_be_bytes().to_vec(), vec![0xff; usize::from(bits).div_ceil(8)]].concat();
        let key = |bits: u16| [u32::from(bits).to_be_bytes().to_vec(), number(6), number(bits)].concat();
        let body = [vec![2], vec![0; 8], key(768), key(1024), vec![0, 0, 0, 3, 0, 0, 0, 0x4c, 0, 0, 0, 0x0c], vec![9; 4]].concat();
        let length = u32::try_from(body.len()).unwrap();
        let raw = [length.to_be_bytes().to_vec(), vec![0; 8 - body.len() % 8], body].concat();
        let found = first_protocol(&raw).unwrap().unwrap();
        assert_eq!((found.server_key_bits, found.host_key_bits), (768, 1024));
        assert_eq!((found.ciphers.join(","), found.methods.join(",")), ("des,3des,blowfish".to_owned(), "rsa,password".to_owned()));
        assert_eq!(first_protocol(&raw[..40]), Ok(None));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(raw in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = greeting(&raw);
            let _ = algorithms(&[&[KEXINIT], raw.as_slice()].concat());
            let _ = (disconnect(&raw), extensions(&raw), refusal(&raw));
            let _ = first_protocol(&raw);
            let _ = first_protocol(&[&[0, 0, 1, 0], raw.as_slice()].concat());
            let _ = identification(&escaped(&raw, 255));
        }
    }
}
