//! Packets, in clear and sealed (RFC 4253 section 6, RFC 4344, RFC 5647, and two forms of OpenSSH). Nothing here does
//! input or output.

use aws_lc_rs::aead::chacha20_poly1305_openssh as chacha;
use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{AES_128, AES_192, AES_256, DecryptingKey, DecryptionContext, EncryptingKey, UnboundCipherKey};
use aws_lc_rs::hmac;

/// The longest packet that is taken, in bytes: RFC 4253 section 6.1 asks for 35000 at least.
pub(super) const LONGEST_PACKET: usize = 256 * 1024;
const BLOCK: usize = 16;
const TAG: usize = 16;

/// How packets are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Gcm,
    ChaCha,
    Counter,
    Chained,
}

/// The ciphers that can be spoken here, the ones that cost least first: name, form, bytes of the key.
pub(super) const CIPHERS: [(&str, Form, usize); 10] = [
    ("aes128-gcm@openssh.com", Form::Gcm, 16),
    ("aes256-gcm@openssh.com", Form::Gcm, 32),
    ("aes128-ctr", Form::Counter, 16),
    ("aes192-ctr", Form::Counter, 24),
    ("aes256-ctr", Form::Counter, 32),
    ("chacha20-poly1305@openssh.com", Form::ChaCha, 64),
    ("aes128-cbc", Form::Chained, 16),
    ("aes192-cbc", Form::Chained, 24),
    ("aes256-cbc", Form::Chained, 32),
    ("rijndael-cbc@lysator.liu.se", Form::Chained, 32),
];

/// The codes that can be spoken here: name, algorithm, bytes of the key, whether the length stays in clear.
pub(super) static MACS: [(&str, &hmac::Algorithm, usize, bool); 6] = [
    ("hmac-sha2-256", &hmac::HMAC_SHA256, 32, false),
    ("hmac-sha2-256-etm@openssh.com", &hmac::HMAC_SHA256, 32, true),
    ("hmac-sha2-512", &hmac::HMAC_SHA512, 64, false),
    ("hmac-sha2-512-etm@openssh.com", &hmac::HMAC_SHA512, 64, true),
    ("hmac-sha1", &hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, 20, false),
    ("hmac-sha1-etm@openssh.com", &hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, 20, true),
];

/// What is wrong with a packet, or that a key does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unfit;

/// The keys of one direction.
pub(super) struct Keys {
    pub(super) cipher: (Form, Vec<u8>),
    pub(super) start: Vec<u8>,
    /// None for ciphers that bring their own.
    pub(super) mac: Option<(&'static hmac::Algorithm, Vec<u8>, bool)>,
}

enum Mode {
    Clear,
    Gcm(Box<LessSafeKey>, [u8; 12]),
    ChaChaOut(Box<chacha::SealingKey>),
    ChaChaIn(Box<chacha::OpeningKey>),
    Blocks { blocks: Box<Blocks>, mac: Box<hmac::Key>, apart: bool },
}

/// One direction of a connection.
pub(super) struct Direction {
    sequence: u32,
    mode: Mode,
    /// The first block of a packet whose length had to be decrypted before the rest came.
    head: Option<[u8; BLOCK]>,
}

impl Direction {
    pub(super) const fn clear() -> Self {
        Self { sequence: 0, mode: Mode::Clear, head: None }
    }

    /// Takes these keys from the next packet on. With strict key exchange the count of packets starts again.
    pub(super) fn arm(&mut self, keys: &Keys, outward: bool, strict: bool) -> Result<(), Unfit> {
        let (form, key) = &keys.cipher;
        self.mode = match form {
            Form::Gcm => {
                let algorithm = if key.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
                let key = UnboundKey::new(algorithm, key).map_err(|_| Unfit)?;
                let start = keys.start.get(..12).and_then(|start| start.try_into().ok()).ok_or(Unfit)?;
                Mode::Gcm(Box::new(LessSafeKey::new(key)), start)
            }
            Form::ChaCha => {
                let key = key.as_slice().try_into().map_err(|_| Unfit)?;
                if outward {
                    Mode::ChaChaOut(Box::new(chacha::SealingKey::new(key)))
                } else {
                    Mode::ChaChaIn(Box::new(chacha::OpeningKey::new(key)))
                }
            }
            Form::Counter | Form::Chained => {
                let (algorithm, mac, apart) = keys.mac.as_ref().ok_or(Unfit)?;
                let blocks = Box::new(Blocks::new(*form, key, &keys.start, outward)?);
                Mode::Blocks { blocks, mac: Box::new(hmac::Key::new(**algorithm, mac)), apart: *apart }
            }
        };
        if strict {
            self.sequence = 0;
        }
        Ok(())
    }

    /// The packet of a payload.
    pub(super) fn seal(&mut self, payload: &[u8]) -> Result<Vec<u8>, Unfit> {
        let (block, apart) = match &self.mode {
            Mode::Clear => (8, false),
            Mode::ChaChaOut(_) | Mode::ChaChaIn(_) => (8, true),
            Mode::Gcm(..) => (BLOCK, true),
            Mode::Blocks { apart, .. } => (BLOCK, *apart),
        };
        let mut packet = framed(payload, block, apart);
        let sequence = self.sequence;
        self.sequence = self.sequence.wrapping_add(1);
        match &mut self.mode {
            Mode::Clear => {}
            Mode::ChaChaIn(_) => return Err(Unfit),
            Mode::Gcm(key, nonce) => {
                let (length, content) = packet.split_at_mut_checked(4).ok_or(Unfit)?;
                let tag = key.seal_in_place_separate_tag(next(nonce), Aad::from(&*length), content).map_err(|_| Unfit)?;
                packet.extend_from_slice(tag.as_ref());
            }
            Mode::ChaChaOut(key) => {
                let mut tag = [0; TAG];
                key.seal_in_place(sequence, &mut packet, &mut tag);
                packet.extend_from_slice(&tag);
            }
            Mode::Blocks { blocks, mac, apart } => {
                let clear = code(mac, sequence, &packet);
                blocks.apply(packet.get_mut(if *apart { 4 } else { 0 }..).ok_or(Unfit)?)?;
                let tag = if *apart { code(mac, sequence, &packet) } else { clear };
                packet.extend_from_slice(tag.as_ref());
            }
        }
        Ok(packet)
    }

    /// Takes the first packet out of what has come, and gives its payload. `Ok(None)` until it has come whole.
    pub(super) fn open(&mut self, waiting: &mut Vec<u8>) -> Result<Option<Vec<u8>>, Unfit> {
        let Some(length) = self.length(waiting)? else { return Ok(None) };
        let tag = match &self.mode {
            Mode::Clear => 0,
            Mode::Gcm(..) | Mode::ChaChaIn(_) | Mode::ChaChaOut(_) => TAG,
            Mode::Blocks { mac, .. } => mac.algorithm().digest_algorithm().output_len(),
        };
        let end = 4 + length;
        if waiting.len() < end + tag {
            return Ok(None);
        }
        let mut packet: Vec<u8> = waiting.drain(..end + tag).collect();
        let tag = packet.split_off(end);
        self.unseal(&mut packet, &tag)?;
        self.sequence = self.sequence.wrapping_add(1);
        let padding = usize::from(*packet.get(4).ok_or(Unfit)?);
        let last = packet.len().checked_sub(padding).ok_or(Unfit)?;
        packet.get(5..last).map(|payload| Some(payload.to_vec())).ok_or(Unfit)
    }

    /// The length that the next packet says it has, once that can be read.
    fn length(&mut self, waiting: &[u8]) -> Result<Option<usize>, Unfit> {
        let first = match &mut self.mode {
            Mode::Blocks { blocks, apart: false, .. } => {
                if self.head.is_none() {
                    let Some(head) = waiting.first_chunk::<BLOCK>() else { return Ok(None) };
                    let mut head = *head;
                    blocks.apply(&mut head)?;
                    self.head = Some(head);
                }
                self.head.as_ref().and_then(|head| head.first_chunk::<4>()).copied()
            }
            Mode::ChaChaIn(key) => match waiting.first_chunk::<4>() {
                Some(sealed) => Some(key.decrypt_packet_length(self.sequence, *sealed)),
                None => None,
            },
            _ => waiting.first_chunk::<4>().copied(),
        };
        let Some(first) = first else { return Ok(None) };
        let length = usize::try_from(u32::from_be_bytes(first)).map_err(|_| Unfit)?;
        let whole = match &self.mode {
            Mode::Clear | Mode::ChaChaIn(_) | Mode::ChaChaOut(_) => true,
            Mode::Gcm(..) | Mode::Blocks { apart: true, .. } => length.is_multiple_of(BLOCK),
            Mode::Blocks { apart: false, .. } => (length + 4).is_multiple_of(BLOCK),
        };
        if whole && (2..=LONGEST_PACKET).contains(&length) { Ok(Some(length)) } else { Err(Unfit) }
    }

    fn unseal(&mut self, packet: &mut [u8], tag: &[u8]) -> Result<(), Unfit> {
        let sequence = self.sequence;
        match &mut self.mode {
            Mode::Clear => {}
            Mode::ChaChaOut(_) => return Err(Unfit),
            Mode::Gcm(key, nonce) => {
                let (length, content) = packet.split_at_mut_checked(4).ok_or(Unfit)?;
                let mut sealed = [&*content, tag].concat();
                let opened = key.open_in_place(next(nonce), Aad::from(&*length), &mut sealed).map_err(|_| Unfit)?;
                content.copy_from_slice(opened.get(..content.len()).ok_or(Unfit)?);
            }
            Mode::ChaChaIn(key) => {
                let tag = tag.try_into().map_err(|_| Unfit)?;
                key.open_in_place(sequence, packet, tag).map_err(|_| Unfit)?;
            }
            Mode::Blocks { blocks, mac, apart: true } => {
                verify(mac, sequence, packet, tag)?;
                blocks.apply(packet.get_mut(4..).ok_or(Unfit)?)?;
            }
            Mode::Blocks { blocks, mac, apart: false } => {
                let (first, rest) = packet.split_at_mut_checked(BLOCK).ok_or(Unfit)?;
                first.copy_from_slice(&self.head.take().ok_or(Unfit)?);
                blocks.apply(rest)?;
                verify(mac, sequence, packet, tag)?;
            }
        }
        Ok(())
    }
}

/// AES block by block, chained or counting.
struct Blocks {
    key: Key,
    form: Form,
    chain: [u8; BLOCK],
}

enum Key {
    Forward(EncryptingKey),
    Backward(DecryptingKey),
}

impl Blocks {
    fn new(form: Form, key: &[u8], start: &[u8], outward: bool) -> Result<Self, Unfit> {
        let algorithm = match key.len() {
            16 => &AES_128,
            24 => &AES_192,
            _ => &AES_256,
        };
        let key = UnboundCipherKey::new(algorithm, key).map_err(|_| Unfit)?;
        let key = if outward || form == Form::Counter {
            Key::Forward(EncryptingKey::ecb(key).map_err(|_| Unfit)?)
        } else {
            Key::Backward(DecryptingKey::ecb(key).map_err(|_| Unfit)?)
        };
        let chain = start.first_chunk::<BLOCK>().copied().ok_or(Unfit)?;
        Ok(Self { key, form, chain })
    }

    /// Encrypts or decrypts in place; whole blocks only.
    fn apply(&mut self, bytes: &mut [u8]) -> Result<(), Unfit> {
        let (blocks, []) = bytes.as_chunks_mut::<BLOCK>() else { return Err(Unfit) };
        for block in blocks {
            match &self.key {
                Key::Forward(key) if self.form == Form::Counter => {
                    let mut stream = self.chain;
                    key.encrypt(&mut stream).map_err(|_| Unfit)?;
                    mix(block, &stream);
                    self.chain = u128::from_be_bytes(self.chain).wrapping_add(1).to_be_bytes();
                }
                Key::Forward(key) => {
                    mix(block, &self.chain);
                    key.encrypt(block).map_err(|_| Unfit)?;
                    self.chain = *block;
                }
                Key::Backward(key) => {
                    let sealed = *block;
                    key.decrypt(block, DecryptionContext::None).map_err(|_| Unfit)?;
                    mix(block, &self.chain);
                    self.chain = sealed;
                }
            }
        }
        Ok(())
    }
}

fn mix(block: &mut [u8; BLOCK], with: &[u8; BLOCK]) {
    for (byte, other) in block.iter_mut().zip(with) {
        *byte ^= other;
    }
}

/// Length, padding and payload, so that what is encrypted fills whole blocks.
fn framed(payload: &[u8], block: usize, length_apart: bool) -> Vec<u8> {
    let counted = payload.len() + if length_apart { 1 } else { 5 };
    let padding = 4 + (block - (counted + 4) % block) % block;
    let content = [vec![u8::try_from(padding).unwrap_or(4)], payload.to_vec(), vec![0; padding]].concat();
    crate::handshake::counted(4, &content)
}

/// The nonce of this packet; the next one counts on.
fn next(nonce: &mut [u8; 12]) -> Nonce {
    let now = *nonce;
    if let Some(count) = nonce.last_chunk_mut::<8>() {
        *count = u64::from_be_bytes(*count).wrapping_add(1).to_be_bytes();
    }
    Nonce::assume_unique_for_key(now)
}

fn code(mac: &hmac::Key, sequence: u32, packet: &[u8]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(mac);
    context.update(&sequence.to_be_bytes());
    context.update(packet);
    context.sign()
}

fn verify(mac: &hmac::Key, sequence: u32, packet: &[u8], tag: &[u8]) -> Result<(), Unfit> {
    hmac::verify(mac, &[&sequence.to_be_bytes()[..], packet].concat(), tag).map_err(|_| Unfit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(cipher: usize, mac: usize) -> Keys {
        let (_, form, size) = CIPHERS[cipher % CIPHERS.len()];
        let (_, algorithm, mac_size, apart) = MACS[mac % MACS.len()];
        Keys { cipher: (form, (0..64).take(size).collect()), start: vec![9; 16], mac: Some((algorithm, vec![5; mac_size], apart)) }
    }

    proptest! {
        #[test]
        fn what_is_sealed_is_opened(cipher in 0..10usize, mac in 0..6usize, strict: bool, payloads in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..90), 1..5)) {
            let (mut out, mut back) = (Direction::clear(), Direction::clear());
            let mut waiting = out.seal(&[21]).unwrap();
            prop_assert_eq!(back.open(&mut waiting).unwrap(), Some(vec![21]));
            out.arm(&keys(cipher, mac), true, strict).unwrap();
            back.arm(&keys(cipher, mac), false, strict).unwrap();
            let sealed: Vec<u8> = payloads.iter().flat_map(|payload| out.seal(payload).unwrap()).collect();
            let mut opened = Vec::new();
            for byte in sealed {
                waiting.push(byte);
                opened.extend(back.open(&mut waiting).unwrap());
            }
            prop_assert_eq!(opened, payloads);
        }

        #[test]
        fn no_bytes_make_it_panic(cipher in 0..10usize, mac in 0..6usize, armed: bool, mut raw in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut back = Direction::clear();
            if armed {
                back.arm(&keys(cipher, mac), false, true).unwrap();
            }
            while let Ok(Some(_)) = back.open(&mut raw) {}
        }
    }

    #[test]
    fn lengths_are_bounded() {
        assert_eq!(Direction::clear().open(&mut vec![0xff; 8]), Err(Unfit));
        assert_eq!(Direction::clear().open(&mut vec![0, 0, 0, 2, 9, 0]), Err(Unfit));
        assert_eq!(Direction::clear().open(&mut vec![0, 0, 0]), Ok(None));
    }
}
