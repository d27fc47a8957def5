//! Verifying the signature of a package with the declared key, and finding private keys in it.

use assay_probes::x509::Key;
use aws_lc_rs::digest::{SHA256, SHA512, digest};
use aws_lc_rs::signature as aws;
use aws_lc_rs::signature::{UnparsedPublicKey, VerificationAlgorithm};

/// Hash functions by the names that declarations use.
const HASHES: [&str; 6] = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"];

/// The hash that a declared algorithm names, in lower case: `ECDSA-SHA256`.
pub(super) fn hash_of(name: &str) -> Option<&'static str> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    HASHES.into_iter().find(|hash| plain.contains(hash))
}

/// Whether the signature is right; none when this program cannot tell for such a key.
pub(super) fn verifies(name: &str, key: &Key, bytes: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
    let schemes = schemes(name, key);
    let tries = |message: &[u8]| schemes.iter().any(|scheme| UnparsedPublicKey::new(*scheme, bytes).verify(message, signature).is_ok());
    // some containers have Ed25519 sign the hash of the image
    let hashed = || key.algorithm == "Ed25519" && (tries(digest(&SHA256, message).as_ref()) || tries(digest(&SHA512, message).as_ref()));
    (!schemes.is_empty()).then(|| tries(message) || hashed())
}

fn schemes(name: &str, key: &Key) -> Vec<&'static dyn VerificationAlgorithm> {
    let hash = hash_of(name);
    let wanted = |each: &str| hash.is_none_or(|hash| hash == each);
    let pss = name.to_ascii_lowercase().contains("pss");
    let all: Vec<(&str, &'static dyn VerificationAlgorithm)> = match (key.algorithm.as_str(), key.curve.as_deref()) {
        ("Ed25519", _) => return vec![&aws::ED25519],
        ("EC", Some("P-256")) => vec![
            ("sha256", &aws::ECDSA_P256_SHA256_ASN1),
            ("sha256", &aws::ECDSA_P256_SHA256_FIXED),
            ("sha384", &aws::ECDSA_P256_SHA384_ASN1),
            ("sha512", &aws::ECDSA_P256_SHA512_ASN1),
        ],
        ("EC", Some("P-384")) => vec![
            ("sha256", &aws::ECDSA_P384_SHA256_ASN1),
            ("sha384", &aws::ECDSA_P384_SHA384_ASN1),
            ("sha384", &aws::ECDSA_P384_SHA384_FIXED),
            ("sha512", &aws::ECDSA_P384_SHA512_ASN1),
        ],
        ("EC", Some("P-521")) => vec![("sha512", &aws::ECDSA_P521_SHA512_ASN1), ("sha512", &aws::ECDSA_P521_SHA512_FIXED)],
        ("RSA", _) if pss => vec![
            ("sha256", &aws::RSA_PSS_2048_8192_SHA256),
            ("sha384", &aws::RSA_PSS_2048_8192_SHA384),
            ("sha512", &aws::RSA_PSS_2048_8192_SHA512),
        ],
        ("RSA", _) => vec![
            ("sha256", &aws::RSA_PKCS1_2048_8192_SHA256),
            ("sha384", &aws::RSA_PKCS1_2048_8192_SHA384),
            ("sha512", &aws::RSA_PKCS1_2048_8192_SHA512),
        ],
        _ => Vec::new(),
    };
    all.into_iter().filter(|(each, _)| wanted(each)).map(|(_, scheme)| scheme).collect()
}

/// The beginnings of private keys in DER (PKCS #8, SEC 1), up to the secret itself.
const SECRETS: [(&str, &[u8]); 3] = [
    ("an Ed25519 private key", &[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]),
    ("an RSA private key", &[2, 1, 0, 0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0, 4, 0x82]),
    ("a P-256 private key", &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 4, 0x6d, 0x30, 0x6b, 2, 1, 1, 4, 0x20]),
];

/// A private key in the file, in words. The bare words of a library that reads such keys are no key: what follows
/// them must look like one.
pub(super) fn private_key(file: &[u8]) -> Option<String> {
    let random = |rest: &[u8]| rest.iter().take(32).collect::<std::collections::BTreeSet<_>>().len() > 15;
    let der = SECRETS.into_iter().find(|(_, start)| places(file, start).any(|at| random(file.get(at..).unwrap_or_default())));
    let base64 = |rest: &[u8]| rest.iter().take(64).filter(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte)).count() > 40;
    let pem = || {
        places(file, b"PRIVATE KEY-----\n")
            .chain(places(file, b"PRIVATE KEY-----\r\n"))
            .find(|at| base64(file.get(*at..).unwrap_or_default()))
    };
    der.map(|(name, _)| format!("{name} in DER")).or_else(|| pem().map(|at| format!("a private key in PEM at byte {at}")))
}

/// Where the bytes behind each occurrence begin.
fn places<'f>(file: &'f [u8], start: &'f [u8]) -> impl Iterator<Item = usize> + 'f {
    file.windows(start.len()).enumerate().filter(move |(_, window)| *window == start).map(move |(at, _)| at + start.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};

    fn key(algorithm: &str, curve: Option<&str>) -> Key {
        Key { algorithm: algorithm.to_owned(), bits: 256, curve: curve.map(str::to_owned) }
    }

    #[test]
    fn right_and_wrong_signatures() {
        let pair = Ed25519KeyPair::generate().unwrap();
        let (public, facts) = (pair.public_key().as_ref().to_vec(), key("Ed25519", None));
        for message in [b"image".to_vec(), digest(&SHA256, b"image").as_ref().to_vec()] {
            let signature = pair.sign(&message);
            assert_eq!(verifies("Ed25519", &facts, &public, b"image", signature.as_ref()), Some(true));
            assert_eq!(verifies("Ed25519", &facts, &public, b"imagf", signature.as_ref()), Some(false));
        }
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let (public, facts) = (pair.public_key().as_ref().to_vec(), key("EC", Some("P-256")));
        let signature = pair.sign(&SystemRandom::new(), b"image").unwrap();
        assert_eq!(verifies("ECDSA-SHA256", &facts, &public, b"image", signature.as_ref()), Some(true));
        assert_eq!(verifies("ECDSA", &facts, &public, b"image", signature.as_ref()), Some(true));
        assert_eq!(verifies("ECDSA-SHA384", &facts, &public, b"image", signature.as_ref()), Some(false));
        assert_eq!(verifies("ECDSA", &key("EC", Some("P-192")), &public, b"image", signature.as_ref()), None);
    }

    #[test]
    fn private_keys_but_not_words_about_them() {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let der = pair.to_pkcs8v1().unwrap();
        assert!(private_key(&[b"padding", der.as_ref()].concat()).is_some());
        let pem = format!("x-----BEGIN PRIVATE KEY-----\n{}\n", "MIGHAgEAMBMGByqGSM49".repeat(4));
        assert!(private_key(pem.as_bytes()).is_some());
        assert_eq!(private_key(b"-----BEGIN PRIVATE KEY-----\n\0-----END PRIVATE KEY-----\n\0 and so on"), None);
        let template: Vec<u8> = SECRETS.iter().flat_map(|(_, start)| start.iter().copied().chain([0; 32])).collect();
        assert_eq!(private_key(&template), None);
    }
}
