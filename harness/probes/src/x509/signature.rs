//! Verifying the signature of one certificate with the key of another, old algorithms included: whether they are
//! good enough is not decided here.

use aws_lc_rs::signature as aws;
use aws_lc_rs::signature::{EcdsaVerificationAlgorithm, RsaParameters, UnparsedPublicKey, VerificationAlgorithm};
use x509_parser::certificate::X509Certificate;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::read::decode;

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

/// Whether the key of `issuer` verifies the signature of `certificate`, both in DER.
///
/// # Errors
/// Why not: an odd certificate, a wrong signature, or an algorithm that cannot be verified here.
pub fn signed_by(certificate: &[u8], issuer: &[u8]) -> Result<(), String> {
    verify(&decode(certificate)?, decode(issuer)?.public_key())
}

pub(super) fn verify(certificate: &X509Certificate<'_>, key: &SubjectPublicKeyInfo<'_>) -> Result<(), String> {
    let algorithm = algorithm_of(&certificate.signature_algorithm);
    if certificate.signature_algorithm != certificate.tbs_certificate.signature {
        return Err("the two signature algorithms in the certificate differ".to_owned());
    }
    let curve = key.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok()).map(|oid| oid.to_id_string()).unwrap_or_default();
    let unknown = || format!("signatures by {} cannot be verified here", algorithm.name);
    let by: &dyn VerificationAlgorithm = match algorithm.family {
        Family::Rsa => rsa(algorithm.hash, small(key)).ok_or_else(unknown)?,
        Family::RsaPss => rsa_pss(algorithm.hash).ok_or_else(unknown)?,
        Family::Ecdsa => ecdsa(&curve, algorithm.hash).ok_or_else(unknown)?,
        Family::Ed25519 => &aws::ED25519,
        Family::Other => return Err(unknown()),
    };
    UnparsedPublicKey::new(by, &key.subject_public_key.data)
        .verify(certificate.tbs_certificate.as_ref(), &certificate.signature_value.data)
        .map_err(|_| "the signature is wrong".to_owned())
}

/// Whether an RSA key has fewer than 2048 bits.
fn small(key: &SubjectPublicKeyInfo<'_>) -> bool {
    match key.parsed() {
        Ok(x509_parser::public_key::PublicKey::RSA(key)) => super::read::bits(key.modulus) < 2048,
        _ => false,
    }
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

fn rsa_pss(hash: &str) -> Option<&'static RsaParameters> {
    Some(match hash {
        "sha256" => &aws::RSA_PSS_2048_8192_SHA256,
        "sha384" => &aws::RSA_PSS_2048_8192_SHA384,
        "sha512" => &aws::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

fn ecdsa(curve: &str, hash: &str) -> Option<&'static EcdsaVerificationAlgorithm> {
    Some(match (curve, hash) {
        ("1.2.840.10045.3.1.7", "sha1") => &aws::ECDSA_P256_SHA1_ASN1,
        ("1.2.840.10045.3.1.7", "sha256") => &aws::ECDSA_P256_SHA256_ASN1,
        ("1.2.840.10045.3.1.7", "sha384") => &aws::ECDSA_P256_SHA384_ASN1,
        ("1.2.840.10045.3.1.7", "sha512") => &aws::ECDSA_P256_SHA512_ASN1,
        ("1.3.132.0.34", "sha256") => &aws::ECDSA_P384_SHA256_ASN1,
        ("1.3.132.0.34", "sha384") => &aws::ECDSA_P384_SHA384_ASN1,
        ("1.3.132.0.34", "sha512") => &aws::ECDSA_P384_SHA512_ASN1,
        ("1.3.132.0.35", "sha1") => &aws::ECDSA_P521_SHA1_ASN1,
        ("1.3.132.0.35", "sha224") => &aws::ECDSA_P521_SHA224_ASN1,
        ("1.3.132.0.35", "sha256") => &aws::ECDSA_P521_SHA256_ASN1,
        ("1.3.132.0.35", "sha384") => &aws::ECDSA_P521_SHA384_ASN1,
        ("1.3.132.0.35", "sha512") => &aws::ECDSA_P521_SHA512_ASN1,
        ("1.3.132.0.10", "sha256") => &aws::ECDSA_P256K1_SHA256_ASN1,
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
