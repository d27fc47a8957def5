//! Sealing and opening records.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, AES_256, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rand;

use super::derive::mac;
use super::suite::{Bulk, Hash};

/// The block of AES, in bytes.
const BLOCK: usize = 16;
/// The tag of the authenticated ciphers, in bytes.
const TAG: usize = 16;

/// What is made wrong in a record of a CBC suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Tamper {
    #[default]
    Nothing,
    /// The MAC is wrong, the padding right.
    Mac,
    /// Bytes of the padding are wrong but not the last, which is its length; the MAC is right.
    PaddingBytes,
    /// The length of the padding is more than the record holds; the MAC is right.
    PaddingLength,
    /// Both are wrong.
    Both,
}

/// The sizes of what a suite takes from the key block: MAC key, key, start value.
pub(crate) const fn sizes(bulk: Bulk) -> (usize, usize, usize) {
    match bulk {
        Bulk::Cbc(key, hash) => (hash.size(), key, BLOCK),
        Bulk::Gcm(key) => (0, key, 4),
        Bulk::Chacha => (0, 32, 12),
    }
}

/// One direction of a session.
#[derive(Debug)]
pub(crate) struct Half {
    version: u16,
    bulk: Bulk,
    /// Whether the MAC is over the sealed bytes (RFC 7366).
    outside: bool,
    mac_key: Vec<u8>,
    key: Vec<u8>,
    start: Vec<u8>,
    sequence: u64,
}

impl Half {
    /// One direction from its part of the key block. `None` when a part has the wrong length.
    pub(crate) fn new(version: u16, bulk: Bulk, outside: bool, [mac_key, key, start]: [&[u8]; 3]) -> Option<Self> {
        let fits = (mac_key.len(), key.len(), start.len()) == sizes(bulk);
        let part = <[u8]>::to_vec;
        fits.then(|| Self { version, bulk, outside, mac_key: part(mac_key), key: part(key), start: part(start), sequence: 0 })
    }

    /// Seals the content of a record of this kind.
    pub(crate) fn seal(&mut self, kind: u8, content: &[u8], tamper: Tamper) -> Option<Vec<u8>> {
        let sealed = match self.bulk {
            Bulk::Cbc(_, hash) => self.seal_cbc(hash, kind, content, tamper),
            Bulk::Gcm(_) | Bulk::Chacha => self.seal_aead(kind, content),
        };
        self.sequence = self.sequence.wrapping_add(1);
        sealed
    }

    /// Counts a record that was opened by hand.
    #[cfg(test)]
    pub(crate) fn advance(&mut self) {
        self.sequence = self.sequence.wrapping_add(1);
    }

    /// Opens the body of a record of this kind. `None` when it is not sealed as it should be.
    pub(crate) fn open(&mut self, kind: u8, body: &[u8]) -> Option<Vec<u8>> {
        let opened = match self.bulk {
            Bulk::Cbc(_, hash) => self.open_cbc(hash, kind, body),
            Bulk::Gcm(_) | Bulk::Chacha => self.open_aead(kind, body),
        };
        self.sequence = self.sequence.wrapping_add(1);
        opened
    }

    /// What a MAC or tag is over, before the content: number, kind, version, length.
    fn heading(&self, kind: u8, length: usize) -> Option<Vec<u8>> {
        let length = u16::try_from(length).ok()?.to_be_bytes();
        Some([self.sequence.to_be_bytes().as_slice(), &[kind], &self.version.to_be_bytes(), &length].concat())
    }

    fn tag(&self, hash: Hash, kind: u8, content: &[u8]) -> Option<Vec<u8>> {
        Some(mac(hash, &self.mac_key, &[self.heading(kind, content.len())?.as_slice(), content].concat()))
    }

    fn seal_cbc(&mut self, hash: Hash, kind: u8, content: &[u8], tamper: Tamper) -> Option<Vec<u8>> {
        let mut plain = content.to_vec();
        if !self.outside {
            plain.extend(self.tag(hash, kind, content)?);
        }
        if let (Tamper::Mac | Tamper::Both, Some(byte)) = (tamper, plain.get_mut(content.len())) {
            *byte ^= 0x55;
        }
        pad(&mut plain, tamper);
        let start = self.start_value()?;
        self.cipher(|key| {
            EncryptingKey::cbc(key)?.less_safe_encrypt(&mut plain, EncryptionContext::Iv128(FixedLength::from(start))).map(drop)
        })?;
        let explicit = if self.version >= 0x0302 { start.to_vec() } else { Vec::new() };
        self.start = plain.get(plain.len().checked_sub(BLOCK)?..)?.to_vec();
        let mut sealed = [explicit, plain].concat();
        if self.outside {
            sealed.extend(self.tag(hash, kind, &sealed)?);
        }
        Some(sealed)
    }

    /// The start value of the next record: fresh, or in TLS 1.0 the last block of the one before.
    fn start_value(&self) -> Option<[u8; BLOCK]> {
        let mut start = <[u8; BLOCK]>::try_from(self.start.as_slice()).ok()?;
        if self.version >= 0x0302 {
            rand::fill(&mut start).ok()?;
        }
        Some(start)
    }

    fn cipher(&self, act: impl FnOnce(UnboundCipherKey) -> Result<(), aws_lc_rs::error::Unspecified>) -> Option<()> {
        let algorithm = if self.key.len() == 16 { &AES_128 } else { &AES_256 };
        UnboundCipherKey::new(algorithm, &self.key).and_then(act).ok()
    }

    fn open_cbc(&mut self, hash: Hash, kind: u8, body: &[u8]) -> Option<Vec<u8>> {
        let mut body = body;
        if self.outside {
            let (sealed, tag) = body.split_at_checked(body.len().checked_sub(hash.size())?)?;
            (self.tag(hash, kind, sealed)? == tag).then_some(())?;
            body = sealed;
        }
        let mut plain = self.decrypt(body)?;
        let padding = usize::from(*plain.last()?) + 1;
        plain.truncate(plain.len().checked_sub(padding)?);
        if self.outside { Some(plain) } else { self.checked(hash, kind, &plain) }
    }

    /// What is under the cipher: content, MAC where it is inside, padding.
    pub(crate) fn decrypt(&mut self, body: &[u8]) -> Option<Vec<u8>> {
        let (start, sealed) = if self.version >= 0x0302 { body.split_at_checked(BLOCK)? } else { (self.start.as_slice(), body) };
        let start = <[u8; BLOCK]>::try_from(start).ok()?;
        let mut plain = sealed.to_vec();
        self.start = plain.get(plain.len().checked_sub(BLOCK)?..)?.to_vec();
        self.cipher(|key| DecryptingKey::cbc(key)?.decrypt(&mut plain, DecryptionContext::Iv128(FixedLength::from(start))).map(drop))?;
        Some(plain)
    }

    /// The content, if the MAC after it is right.
    pub(crate) fn checked(&self, hash: Hash, kind: u8, plain: &[u8]) -> Option<Vec<u8>> {
        let (content, tag) = plain.split_at_checked(plain.len().checked_sub(hash.size())?)?;
        (self.tag(hash, kind, content)? == tag).then(|| content.to_vec())
    }

    fn aead(&self) -> Option<LessSafeKey> {
        let algorithm = match self.bulk {
            Bulk::Gcm(16) => &AES_128_GCM,
            Bulk::Gcm(_) => &AES_256_GCM,
            _ => &CHACHA20_POLY1305,
        };
        UnboundKey::new(algorithm, &self.key).map(LessSafeKey::new).ok()
    }

    /// The nonce from its explicit part (AES-GCM), or from the number of the record (ChaCha20-Poly1305).
    fn nonce(&self, explicit: &[u8]) -> Option<Nonce> {
        let bytes = if self.bulk == Bulk::Chacha {
            let number = [[0; 4].as_slice(), &self.sequence.to_be_bytes()].concat();
            self.start.iter().zip(number).map(|(left, right)| left ^ right).collect()
        } else {
            [self.start.as_slice(), explicit].concat()
        };
        Nonce::try_assume_unique_for_key(&bytes).ok()
    }

    fn seal_aead(&self, kind: u8, content: &[u8]) -> Option<Vec<u8>> {
        let explicit = if self.bulk == Bulk::Chacha { Vec::new() } else { self.sequence.to_be_bytes().to_vec() };
        let mut sealed = content.to_vec();
        let heading = self.heading(kind, content.len())?;
        self.aead()?.seal_in_place_append_tag(self.nonce(&explicit)?, Aad::from(heading), &mut sealed).ok()?;
        Some([explicit, sealed].concat())
    }

    fn open_aead(&self, kind: u8, body: &[u8]) -> Option<Vec<u8>> {
        let (explicit, sealed) = body.split_at_checked(if self.bulk == Bulk::Chacha { 0 } else { 8 })?;
        let heading = self.heading(kind, sealed.len().checked_sub(TAG)?)?;
        let mut sealed = sealed.to_vec();
        let opened = self.aead()?.open_in_place(self.nonce(explicit)?, Aad::from(heading), &mut sealed).ok()?;
        Some(opened.to_vec())
    }
}

/// Pads to a whole number of blocks; a whole block more where bytes of the padding are to be wrong.
fn pad(plain: &mut Vec<u8>, tamper: Tamper) {
    let least = if matches!(tamper, Tamper::PaddingBytes | Tamper::Both) { BLOCK } else { 0 };
    let missing = BLOCK - plain.len() % BLOCK + least;
    let value = u8::try_from(missing - 1).unwrap_or(u8::MAX);
    let from = plain.len();
    plain.resize(from + missing, value);
    let end = plain.len();
    match tamper {
        Tamper::PaddingBytes | Tamper::Both => plain[from..end - 1].fill(value ^ 0x55),
        Tamper::PaddingLength => plain[end - 1] = u8::MAX,
        Tamper::Nothing | Tamper::Mac => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BULKS: [Bulk; 6] =
        [Bulk::Cbc(16, Hash::Sha1), Bulk::Cbc(32, Hash::Sha256), Bulk::Cbc(32, Hash::Sha384), Bulk::Gcm(16), Bulk::Gcm(32), Bulk::Chacha];

    fn half(version: u16, bulk: Bulk, outside: bool) -> Half {
        let (mac, key, start) = sizes(bulk);
        Half::new(version, bulk, outside, [&vec![1; mac], &vec![2; key], &vec![3; start]]).unwrap()
    }

    #[test]
    fn what_is_sealed_is_opened() {
        for version in [0x0301, 0x0302, 0x0303] {
            for bulk in BULKS {
                for outside in [false, true] {
                    let (mut to, mut from) = (half(version, bulk, outside), half(version, bulk, outside));
                    for length in [0, 1, 15, 16, 300] {
                        let sealed = to.seal(23, &vec![9; length], Tamper::Nothing).unwrap();
                        assert_eq!(from.open(23, &sealed), Some(vec![9; length]), "{version:04x} {bulk:?} {outside} {length}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_tampered_with_is_wrong() {
        for length in [0, 5, 32] {
            for tamper in [Tamper::Mac, Tamper::Both, Tamper::PaddingLength] {
                let sealed = half(0x0303, BULKS[0], false).seal(23, &vec![9; length], tamper).unwrap();
                assert_eq!(half(0x0303, BULKS[0], false).open(23, &sealed), None, "{tamper:?} {length}");
            }
            // this reader does not look at the padding: the MAC is seen to be right
            let sealed = half(0x0303, BULKS[0], false).seal(23, &vec![9; length], Tamper::PaddingBytes).unwrap();
            assert_eq!(half(0x0303, BULKS[0], false).open(23, &sealed), Some(vec![9; length]));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..100), which in 0usize..6, outside in any::<bool>()) {
            for version in [0x0301, 0x0303] {
                prop_assert_eq!(half(version, BULKS[which], outside).open(23, &body), None);
            }
        }
    }
}
