//! Keys for tests.

use super::PublicKey;

/// A public key in DER: the head of its kind, then its bytes.
pub(crate) fn public_key(algorithm: &str, bytes: &[u8]) -> PublicKey {
    let head: &[u8] = match algorithm {
        "Ed25519" => &[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0],
        _ => &[0x30, 0x59, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 3, 0x42, 0],
    };
    PublicKey::read(&[head, bytes].concat()).unwrap()
}
