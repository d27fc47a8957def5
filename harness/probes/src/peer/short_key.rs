//! An RSA key of 1024 bits, which no good product takes and no good library signs with. It protects nothing.

use aws_lc_rs::digest;
use num_bigint::BigUint;

const MODULUS: &str = "\
b0efc41988371e395e2b6e463d74c554257465605ebbf4d9e91bc8fe317869201b6d60ad4e11b69fb3d6803075be28afaf2a25f94556cb12d55e53f21b81fad4\
48b14409cab8429056b2d5fa877522913634a7a37ff63de07a0d7226eb1109ddb8082396464e22bcf9af3c7c31c1c2dc9c18b93f1346f6c13753a4467cca68af";
const PRIVATE_EXPONENT: &str = "\
5b9b57b14c68151ae8999dd779fc1a2a6dd5eca2cf898ac4c3bf21fa118ce108c18a88b251a834204d50f23fa4c6567457418035a5e3c0f2384c4534256fcf77\
fadd5331264232cc3295f15ed4b3da97f82c3142187d6a9a9650ac0542b5769b9d277de65fb9401781d48c3eb46c6fffd20f66284fd9837ed49bbed701f67539";
/// The length of the modulus in bytes.
const LENGTH: usize = 128;
/// A `DigestInfo` of SHA-256 up to the hash (RFC 8017 section 9.2, note 1).
const SHA256: [u8; 19] = [0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];

fn number(digits: &str) -> BigUint {
    BigUint::parse_bytes(digits.as_bytes(), 16).unwrap_or_default()
}

/// The public key, as a DER `RSAPublicKey`.
pub fn short_key() -> Vec<u8> {
    let modulus = number(MODULUS).to_bytes_be();
    [&[0x30, 0x81, 0x89, 2, 0x81, 0x81, 0][..], &modulus, &[2, 3, 1, 0, 1]].concat()
}

/// A signature with it: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2.1).
pub fn short_key_signs(message: &[u8]) -> Vec<u8> {
    let hash = digest::digest(&digest::SHA256, message);
    let filling = LENGTH - 3 - SHA256.len() - hash.as_ref().len();
    let encoded = [&[0, 1][..], &vec![0xff; filling], &[0], &SHA256, hash.as_ref()].concat();
    let signed = BigUint::from_bytes_be(&encoded).modpow(&number(PRIVATE_EXPONENT), &number(MODULUS)).to_bytes_be();
    [vec![0; LENGTH - signed.len()], signed].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};

    #[test]
    fn signatures_verify() {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, short_key());
        key.verify(b"a message", &short_key_signs(b"a message")).unwrap();
        assert!(key.verify(b"another", &short_key_signs(b"a message")).is_err());
    }
}
