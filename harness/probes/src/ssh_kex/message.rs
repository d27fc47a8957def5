//! Reading and writing what goes over SSH in clear (RFC 4253). Nothing here does input or output.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::HostKey;
use crate::handshake::{Cursor, counted};

pub(super) const DISCONNECT: u8 = 1;
pub(super) const KEXINIT: u8 = 20;
/// The longest packet that is taken, in bytes.
const LONGEST_PACKET: u32 = 256 * 1024;
/// The most names kept of one list.
const MOST_NAMES: usize = 256;

/// The lists of a KEXINIT message; pairs are client to server, then server to client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Algorithms {
    pub(super) kex: Vec<String>,
    pub(super) host_keys: Vec<String>,
    pub(super) ciphers: [Vec<String>; 2],
    pub(super) macs: [Vec<String>; 2],
    pub(super) compression: [Vec<String>; 2],
}

/// The identification line, without its end, and what follows it. `None` until it has come whole.
pub(crate) fn greeting(raw: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = raw;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = rest.split_at(end);
        rest = after.get(1..).unwrap_or_default();
        if line.starts_with(b"SSH-") {
            return Some((line.strip_suffix(b"\r").unwrap_or(line), rest));
        }
    }
    None
}

/// A payload, and what follows its packet.
pub(crate) type Split<'a> = (&'a [u8], &'a [u8]);

/// Takes the first packet apart: its payload and what follows. `Ok(None)` until it has come whole.
pub(crate) fn split(raw: &[u8]) -> Result<Option<Split<'_>>, ()> {
    let mut cursor = Cursor::new(raw);
    let Some(length) = cursor.number(4) else { return Ok(None) };
    if !(2..=LONGEST_PACKET).contains(&length) {
        return Err(());
    }
    let Some(content) = usize::try_from(length).ok().and_then(|length| cursor.take(length)) else { return Ok(None) };
    let mut content = Cursor::new(content);
    let padding = content.u8().ok_or(())?;
    let payload = content.rest().len().checked_sub(usize::from(padding)).ok_or(())?;
    Ok(Some((content.take(payload).ok_or(())?, cursor.rest())))
}

/// A packet in clear, padded to eight bytes.
pub(super) fn packet(payload: &[u8]) -> Vec<u8> {
    let padding = 4 + (8 - (5 + payload.len() + 4) % 8) % 8;
    let content = [vec![u8::try_from(padding).unwrap_or(4)], payload.to_vec(), vec![0; padding]].concat();
    counted(4, &content)
}

/// Reads a KEXINIT payload.
pub(crate) fn algorithms(payload: &[u8]) -> Option<Algorithms> {
    let mut cursor = Cursor::new(payload);
    (cursor.u8()? == KEXINIT).then_some(())?;
    cursor.take(16)?;
    let mut list = || Some(names(cursor.counted(4)?));
    Some(Algorithms {
        kex: list()?,
        host_keys: list()?,
        ciphers: [list()?, list()?],
        macs: [list()?, list()?],
        compression: [list()?, list()?],
    })
}

fn names(list: &[u8]) -> Vec<String> {
    let all = list.split(|byte| *byte == b',').filter(|name| !name.is_empty());
    all.take(MOST_NAMES).map(|name| crate::text::escaped(name, 128)).collect()
}

/// A KEXINIT payload that agrees with all that the server offers, for one key exchange and one host-key algorithm.
pub(super) fn kexinit(offered: &Algorithms, kex: &str, host_key: &str) -> Vec<u8> {
    let [ciphers, macs, compression] = [&offered.ciphers, &offered.macs, &offered.compression];
    let pairs = [ciphers, macs, compression].into_iter().flatten().map(|names| names.join(","));
    let lists = [kex.to_owned(), host_key.to_owned()].into_iter().chain(pairs).chain([String::new(), String::new()]);
    let lists: Vec<u8> = lists.flat_map(|list| counted(4, list.as_bytes())).collect();
    [&[KEXINIT], [0xa5; 16].as_slice(), &lists, &[0; 5]].concat()
}

/// Why the server disconnected.
pub(crate) fn disconnect(payload: &[u8]) -> String {
    let mut cursor = Cursor::new(payload);
    let text = cursor.take(5).and_then(|_| cursor.counted(4)).unwrap_or_default();
    crate::text::clean(text, 128)
}

/// Reads the host key out of the reply of a key exchange.
pub(crate) fn host_key(reply: &[u8]) -> Option<HostKey> {
    let mut cursor = Cursor::new(reply);
    cursor.u8()?;
    let blob = cursor.counted(4)?;
    let mut key = Cursor::new(blob);
    let algorithm = crate::text::escaped(key.counted(4)?, 128);
    if algorithm.ends_with("-cert-v01@openssh.com") {
        key.counted(4)?;
    }
    let bits = key_bits(&algorithm, key).unwrap_or_default();
    let print = STANDARD_NO_PAD.encode(digest::digest(&digest::SHA256, blob).as_ref());
    Some(HostKey { algorithm, bits, sha256: format!("SHA256:{print}") })
}

fn key_bits(algorithm: &str, mut key: Cursor<'_>) -> Option<u32> {
    let size = |number: &[u8]| {
        let start = number.iter().position(|byte| *byte != 0)?;
        let whole = u32::try_from((number.len() - start) * 8).ok()?;
        Some(whole - number.get(start)?.leading_zeros())
    };
    match algorithm {
        _ if algorithm.starts_with("ssh-rsa") => {
            key.counted(4)?;
            size(key.counted(4)?)
        }
        _ if algorithm.starts_with("ssh-dss") => size(key.counted(4)?),
        _ if algorithm.contains("ed25519") => Some(256),
        _ if algorithm.starts_with("ssh-ed448") => Some(448),
        _ => [256, 384, 521].into_iter().find(|bits| algorithm.contains(&format!("nistp{bits}"))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn packets_are_split_and_padded() {
        for length in 0..40 {
            let payload = vec![7; length];
            let raw = packet(&payload);
            assert_eq!(raw.len() % 8, 0);
            assert_eq!(split(&raw), Ok(Some((payload.as_slice(), [].as_slice()))));
            assert_eq!(split(&raw[..raw.len() - 1]), Ok(None));
        }
        assert_eq!(split(&[0xff; 8]), Err(()));
        assert_eq!(split(&[0, 0, 0, 2, 9, 0]), Err(()));
    }

    #[test]
    fn the_greeting_may_follow_other_lines() {
        assert_eq!(greeting(b"hello\r\nSSH-2.0-x y\r\n\0\0"), Some((b"SSH-2.0-x y".as_slice(), b"\0\0".as_slice())));
        assert_eq!(greeting(b"SSH-2.0-x"), None);
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
        };
        assert_eq!(algorithms(&kexinit(&offered, "k", "h")), Some(offered));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(raw in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = greeting(&raw);
            let _ = split(&raw);
            let _ = algorithms(&[&[KEXINIT], raw.as_slice()].concat());
            let _ = disconnect(&raw);
            let _ = host_key(&raw);
        }
    }
}
