//! Ways to sign, and whether a signature is right in one of them. Old ways are known too: whether they are good enough
//! is not decided here.

use aws_lc_rs::digest::{self, digest};
use aws_lc_rs::signature as aws;
use aws_lc_rs::signature::{UnparsedPublicKey, VerificationAlgorithm};

use super::key::{Key, PublicKey};

/// Hash functions by the names that declarations use.
const HASHES: [&str; 6] = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"];

/// The hash that an algorithm's name contains, in lower case: `sha256` for `ECDSA-SHA256`.
pub fn hash_of(name: &str) -> Option<&'static str> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    HASHES.into_iter().find(|hash| plain.contains(hash))
}

/// One way to sign.
#[derive(Clone, Copy)]
pub struct Scheme {
    /// Its name, with the hash in it: `RSA-PSS-SHA256`.
    pub name: &'static str,
    /// What is hashed before the scheme itself begins, for Ed25519 over a hash.
    first: Option<&'static digest::Algorithm>,
    by: &'static dyn VerificationAlgorithm,
}

impl std::fmt::Debug for Scheme {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name)
    }
}

impl Scheme {
    const fn new(name: &'static str, by: &'static dyn VerificationAlgorithm) -> Self {
        Self { name, first: None, by }
    }

    /// Whether the signature is right.
    pub fn holds(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
        let hashed = self.first.map(|first| digest(first, message));
        let message = hashed.as_ref().map_or(message, AsRef::as_ref);
        UnparsedPublicKey::new(self.by, key.bytes()).verify(message, signature).is_ok()
    }
}

/// The scheme in which the signature is right, out of those that fit the key and the name; `Ok(None)` when it is right
/// in none.
///
/// # Errors
/// What cannot be verified here, in words: for such keys nothing is known of the signature.
pub fn verify(name: &str, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<Option<Scheme>, String> {
    let schemes = schemes_for(name, &key.facts);
    let found = schemes.iter().find(|scheme| scheme.holds(key, message, signature)).copied();
    match found {
        None if schemes.is_empty() => Err(format!("`{name}` with a key of {} {} bits", key.facts.algorithm, key.facts.bits)),
        // a salt of another length than the hash is not known here, so nothing is learnt from a refusal
        None if key.facts.algorithm == "RSA" && schemes.iter().any(|scheme| scheme.name.contains("PSS")) => {
            Err(format!("`{name}`: it is not right with a salt as long as the hash, and other salts cannot be verified"))
        }
        found => Ok(found),
    }
}

/// The schemes that fit a key and the name of an algorithm, or what it leaves open: `RSA` stands for all of RSA.
pub fn schemes_for(name: &str, key: &Key) -> Vec<Scheme> {
    let (hash, lower) = (hash_of(name), name.to_ascii_lowercase());
    // a name that says nothing of RSA leaves open which padding it has
    let pss = |scheme: &Scheme| !lower.contains("rsa") || lower.contains("pss") == scheme.name.contains("PSS");
    // Ed25519 has a hash of its own; what it may sign is the hash of the image
    let fits = |scheme: &Scheme| {
        scheme.name == "Ed25519" || hash.is_none_or(|hash| hash_of(scheme.name) == Some(hash)) && (key.algorithm != "RSA" || pss(scheme))
    };
    all(key).into_iter().filter(fits).collect()
}

fn all(key: &Key) -> Vec<Scheme> {
    match key.algorithm.as_str() {
        "Ed25519" => vec![
            Scheme::new("Ed25519", &aws::ED25519),
            Scheme { first: Some(&digest::SHA256), ..Scheme::new("Ed25519-SHA256", &aws::ED25519) },
            Scheme { first: Some(&digest::SHA512), ..Scheme::new("Ed25519-SHA512", &aws::ED25519) },
        ],
        "EC" => elliptic(key.curve.as_deref().unwrap_or_default()),
        "RSA" => rsa(key.bits),
        _ => Vec::new(),
    }
}

/// Signatures of ECDSA, in DER and as two numbers one after the other.
fn elliptic(curve: &str) -> Vec<Scheme> {
    let scheme = Scheme::new;
    match curve {
        "P-256" => vec![
            scheme("ECDSA-SHA256", &aws::ECDSA_P256_SHA256_ASN1),
            scheme("ECDSA-SHA256", &aws::ECDSA_P256_SHA256_FIXED),
            scheme("ECDSA-SHA384", &aws::ECDSA_P256_SHA384_ASN1),
            scheme("ECDSA-SHA512", &aws::ECDSA_P256_SHA512_ASN1),
            scheme("ECDSA-SHA1", &aws::ECDSA_P256_SHA1_ASN1),
        ],
        "P-384" => vec![
            scheme("ECDSA-SHA256", &aws::ECDSA_P384_SHA256_ASN1),
            scheme("ECDSA-SHA384", &aws::ECDSA_P384_SHA384_ASN1),
            scheme("ECDSA-SHA384", &aws::ECDSA_P384_SHA384_FIXED),
            scheme("ECDSA-SHA512", &aws::ECDSA_P384_SHA512_ASN1),
        ],
        "P-521" => vec![
            scheme("ECDSA-SHA256", &aws::ECDSA_P521_SHA256_ASN1),
            scheme("ECDSA-SHA384", &aws::ECDSA_P521_SHA384_ASN1),
            scheme("ECDSA-SHA512", &aws::ECDSA_P521_SHA512_ASN1),
            scheme("ECDSA-SHA512", &aws::ECDSA_P521_SHA512_FIXED),
        ],
        _ => Vec::new(),
    }
}

fn rsa(bits: u32) -> Vec<Scheme> {
    let scheme = Scheme::new;
    match bits {
        1024..2048 => vec![
            scheme("RSA-SHA256", &aws::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
            scheme("RSA-SHA512", &aws::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
            scheme("RSA-SHA1", &aws::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
        ],
        2048..=8192 => vec![
            scheme("RSA-SHA256", &aws::RSA_PKCS1_2048_8192_SHA256),
            scheme("RSA-SHA384", &aws::RSA_PKCS1_2048_8192_SHA384),
            scheme("RSA-SHA512", &aws::RSA_PKCS1_2048_8192_SHA512),
            scheme("RSA-SHA1", &aws::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
            scheme("RSA-PSS-SHA256", &aws::RSA_PSS_2048_8192_SHA256),
            scheme("RSA-PSS-SHA384", &aws::RSA_PSS_2048_8192_SHA384),
            scheme("RSA-PSS-SHA512", &aws::RSA_PSS_2048_8192_SHA512),
        ],
        _ => Vec::new(),
    }
}
