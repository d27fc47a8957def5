//! Verifying the signature of one certificate with the key of another, old algorithms included: whether they are
//! good enough is not decided here.

use aws_lc_rs::signature as aws;
use aws_lc_rs::signature::{EcdsaVerificationAlgorithm, RsaParameters, UnparsedPublicKey, VerificationAlgorithm};
use x509_parser::certificate::X509Certificate;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::UNVERIFIABLE;
use super::read::{decode, key_of};

/// A signature algorithm, taken apart.
pub(super) struct Algorithm {
    pub(super) name: String,
    pub(super) family: Family,
    pub(super) hash: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Rsa,
    RsaPss,
    Ecdsa,
    Ed25519,
    Other,
}

/// Why a signature did not verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is wrong, or the certificate is odd.
    Wrong(String),
    /// This program cannot tell: it lacks the algorithm.
    Unknown(String),
}

impl Fault {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Wrong(why) | Self::Unknown(why) => why,
        }
    }
}

/// Whether the key of `issuer` verifies the signature of `certificate`, both in DER.
///
/// # Errors
/// Why not: an odd certificate, a wrong signature, or an algorithm that cannot be verified here.
pub fn signed_by(certificate: &[u8], issuer: &[u8]) -> Result<(), String> {
    verify(&decode(certificate)?, decode(issuer)?.public_key()).map_err(|fault| fault.text().to_owned())
}

pub(super) fn verify(certificate: &X509Certificate<'_>, key: &SubjectPublicKeyInfo<'_>) -> Result<(), Fault> {
    let algorithm = algorithm_of(&certificate.signature_algorithm);
    if certificate.signature_algorithm != certificate.tbs_certificate.signature {
        return Err(Fault::Wrong("the two signature algorithms in the certificate differ".to_owned()));
    }
    let facts = key_of(key);
    let by: Option<&dyn VerificationAlgorithm> = match algorithm.family {
        Family::Rsa if (1024..=8192).contains(&facts.bits) => dynamic(rsa(algorithm.hash, facts.bits < 2048)),
        Family::RsaPss if (2048..=8192).contains(&facts.bits) => dynamic(rsa_pss(&certificate.signature_algorithm, algorithm.hash)),
        Family::Ecdsa => dynamic(ecdsa(facts.curve.as_deref().unwrap_or_default(), algorithm.hash)),
        Family::Ed25519 => Some(&aws::ED25519),
        _ => None,
    };
    let described = || match &facts.curve {
        Some(curve) => format!("{} {curve}", facts.algorithm),
        None => format!("{} {}", facts.algorithm, facts.bits),
    };
    let unknown = || Fault::Unknown(format!("signatures by {} with {} keys {UNVERIFIABLE}", algorithm.name, described()));
    UnparsedPublicKey::new(by.ok_or_else(unknown)?, &key.subject_public_key.data)
        .verify(certificate.tbs_certificate.as_ref(), &certificate.signature_value.data)
        .map_err(|_| Fault::Wrong("the signature is wrong".to_owned()))
}

fn dynamic<A: VerificationAlgorithm>(algorithm: Option<&'static A>) -> Option<&'static dyn VerificationAlgorithm> {
    algorithm.map(|found| found as &dyn VerificationAlgorithm)
}

fn rsa(hash: &str, small: bool) -> Option<&'static RsaParameters> {
    Some(match (hash, small) {
        ("sha1", _) => &aws::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        ("sha256", true) => &aws::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        ("sha512", true) => &aws::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        ("sha256", false) => &aws::RSA_PKCS1_2048_8192_SHA256,
        ("sha384", false) => &aws::RSA_PKCS1_2048_8192_SHA384,
        ("sha512", false) => &aws::RSA_PKCS1_2048_8192_SHA512,
        _ => return None,
    })
}

/// Only salts as long as the hash are known here.
fn rsa_pss(identifier: &AlgorithmIdentifier<'_>, hash: &str) -> Option<&'static RsaParameters> {
    let salt = RsaSsaPssParams::try_from(identifier.parameters.as_ref()?).ok()?.salt_length();
    Some(match (hash, salt) {
        ("sha256", 32) => &aws::RSA_PSS_2048_8192_SHA256,
        ("sha384", 48) => &aws::RSA_PSS_2048_8192_SHA384,
        ("sha512", 64) => &aws::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

fn ecdsa(curve: &str, hash: &str) -> Option<&'static EcdsaVerificationAlgorithm> {
    Some(match (curve, hash) {
        ("P-256", "sha1") => &aws::ECDSA_P256_SHA1_ASN1,
        ("P-256", "sha256") => &aws::ECDSA_P256_SHA256_ASN1,
        ("P-256", "sha384") => &aws::ECDSA_P256_SHA384_ASN1,
        ("P-256", "sha512") => &aws::ECDSA_P256_SHA512_ASN1,
        ("P-384", "sha256") => &aws::ECDSA_P384_SHA256_ASN1,
        ("P-384", "sha384") => &aws::ECDSA_P384_SHA384_ASN1,
        ("P-384", "sha512") => &aws::ECDSA_P384_SHA512_ASN1,
        ("P-521", "sha1") => &aws::ECDSA_P521_SHA1_ASN1,
        ("P-521", "sha224") => &aws::ECDSA_P521_SHA224_ASN1,
        ("P-521", "sha256") => &aws::ECDSA_P521_SHA256_ASN1,
        ("P-521", "sha384") => &aws::ECDSA_P521_SHA384_ASN1,
        ("P-521", "sha512") => &aws::ECDSA_P521_SHA512_ASN1,
        ("secp256k1", "sha256") => &aws::ECDSA_P256K1_SHA256_ASN1,
        _ => return None,
    })
}

/// Name, family and hash of a signature algorithm.
pub(super) fn algorithm_of(identifier: &AlgorithmIdentifier<'_>) -> Algorithm {
    use Family::{Ecdsa, Ed25519, Other, Rsa, RsaPss};
    let oid = identifier.algorithm.to_id_string();
    let (name, family, hash) = match oid.as_str() {
        "1.2.840.113549.1.1.2" => ("md2WithRSAEncryption", Other, "md2"),
        "1.2.840.113549.1.1.4" => ("md5WithRSAEncryption", Other, "md5"),
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => ("sha1WithRSAEncryption", Rsa, "sha1"),
        "1.2.840.113549.1.1.14" => ("sha224WithRSAEncryption", Rsa, "sha224"),
        "1.2.840.113549.1.1.11" => ("sha256WithRSAEncryption", Rsa, "sha256"),
        "1.2.840.113549.1.1.12" => ("sha384WithRSAEncryption", Rsa, "sha384"),
        "1.2.840.113549.1.1.13" => ("sha512WithRSAEncryption", Rsa, "sha512"),
        "1.2.840.113549.1.1.10" => ("rsassaPss", RsaPss, pss_hash(identifier)),
        "1.2.840.10045.4.1" => ("ecdsa-with-SHA1", Ecdsa, "sha1"),
        "1.2.840.10045.4.3.1" => ("ecdsa-with-SHA224", Ecdsa, "sha224"),
        "1.2.840.10045.4.3.2" => ("ecdsa-with-SHA256", Ecdsa, "sha256"),
        "1.2.840.10045.4.3.3" => ("ecdsa-with-SHA384", Ecdsa, "sha384"),
        "1.2.840.10045.4.3.4" => ("ecdsa-with-SHA512", Ecdsa, "sha512"),
        "1.3.101.112" => ("Ed25519", Ed25519, "none"),
        "1.3.101.113" => ("Ed448", Other, "none"),
        "1.2.840.10040.4.3" => ("dsa-with-SHA1", Other, "sha1"),
        "2.16.840.1.101.3.4.3.2" => ("dsa-with-SHA256", Other, "sha256"),
        other => (other, Other, "unknown"),
    };
    Algorithm { name: name.to_owned(), family, hash }
}

fn pss_hash(identifier: &AlgorithmIdentifier<'_>) -> &'static str {
    let parameters = identifier.parameters.as_ref().and_then(|any| RsaSsaPssParams::try_from(any).ok());
    match parameters.map(|found| found.hash_algorithm_oid().to_id_string()).as_deref() {
        Some("1.3.14.3.2.26") => "sha1",
        Some("2.16.840.1.101.3.4.2.1") => "sha256",
        Some("2.16.840.1.101.3.4.2.2") => "sha384",
        Some("2.16.840.1.101.3.4.2.3") => "sha512",
        _ => "unknown",
    }
}
