//! Public keys: what they are, and their bytes.

use serde::{Deserialize, Serialize};
use x509_parser::asn1_rs::Tag;
use x509_parser::certificate::X509Certificate;
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey as Parsed;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::Unreadable;

/// The largest file with a key or with certificates that is read, in bytes, and the most blocks of one.
const LARGEST: usize = 1024 * 1024;
const MOST_BLOCKS: usize = 64;

/// What a public key is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// `RSA`, `EC`, `Ed25519`, `DSA`, or an object identifier.
    pub algorithm: String,
    /// Its size in bits; 0 when unknown.
    pub bits: u32,
    /// The curve, for `EC`.
    pub curve: Option<String>,
}

/// A public key that can verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// What it is.
    pub facts: Key,
    /// Its bytes, as verification takes them.
    bytes: Vec<u8>,
    /// The whole `SubjectPublicKeyInfo` in DER.
    info: Vec<u8>,
}

impl PublicKey {
    /// Reads one from PEM (a key or a certificate) or DER (`SubjectPublicKeyInfo` or a certificate).
    ///
    /// # Errors
    /// [`Unreadable`] when it is none of these.
    pub fn read(file: &[u8]) -> Result<Self, Unreadable> {
        if file.len() > LARGEST {
            return Err(Unreadable::because(format!("the key is larger than {LARGEST} bytes")));
        }
        let block = Pem::iter_from_buffer(file).take(MOST_BLOCKS).filter_map(Result::ok).find(|block| is_public(&block.label));
        let der = block.as_ref().map_or(file, |block| &block.contents);
        if let Ok((_, certificate)) = X509Certificate::from_der(der) {
            return Ok(Self::of(certificate.public_key()));
        }
        let (_, info) = SubjectPublicKeyInfo::from_der(der).map_err(|why| Unreadable::because(format!("not a public key: {why}")))?;
        Ok(Self::of(&info))
    }

    pub(super) fn of(info: &SubjectPublicKeyInfo<'_>) -> Self {
        Self { facts: key_of(info), bytes: info.subject_public_key.data.to_vec(), info: info.raw.to_vec() }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The forms of the key that containers put a hash of: `SubjectPublicKeyInfo`, and the bare key in it.
    pub fn forms(&self) -> [&[u8]; 2] {
        [&self.info, &self.bytes]
    }
}

fn is_public(label: &str) -> bool {
    label.ends_with("PUBLIC KEY") || label.ends_with("CERTIFICATE")
}

/// The certificates in a file, in DER: all blocks of a PEM text, or the file itself.
pub fn certificates(file: &[u8]) -> Vec<Vec<u8>> {
    if file.len() > LARGEST {
        return Vec::new();
    }
    let blocks = Pem::iter_from_buffer(file).take(MOST_BLOCKS).filter_map(Result::ok);
    let found: Vec<_> = blocks.filter(|block| block.label.ends_with("CERTIFICATE")).map(|block| block.contents).collect();
    if found.is_empty() && X509Certificate::from_der(file).is_ok() { vec![file.to_vec()] } else { found }
}

/// The algorithm and size of a public key.
fn key_of(info: &SubjectPublicKeyInfo<'_>) -> Key {
    let oid = info.algorithm.algorithm.to_id_string();
    let plain = |algorithm: &str, bits| Key { algorithm: algorithm.to_owned(), bits, curve: None };
    match oid.as_str() {
        "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" => match info.parsed() {
            Ok(Parsed::RSA(key)) => plain("RSA", bits(key.modulus)),
            _ => plain("RSA", 0),
        },
        "1.2.840.10045.2.1" => {
            let parameters = info.algorithm.parameters.as_ref().filter(|any| any.tag() == Tag::Oid);
            let curve = parameters.and_then(|any| any.as_oid().ok()).map_or("explicit".to_owned(), |oid| oid.to_id_string());
            let (curve, bits) = curve_of(&curve);
            Key { algorithm: "EC".to_owned(), bits, curve: Some(curve.to_owned()) }
        }
        "1.3.101.112" => plain("Ed25519", 256),
        "1.3.101.113" => plain("Ed448", 448),
        "1.2.840.10040.4.1" => plain("DSA", dsa_bits(info)),
        other => plain(other, 0),
    }
}

/// The size of the prime of a DSA key, which stands first in the parameters.
fn dsa_bits(info: &SubjectPublicKeyInfo<'_>) -> u32 {
    let parameters = info.algorithm.parameters.as_ref().map(|any| any.data).unwrap_or_default();
    let prime = x509_parser::der_parser::der::parse_der_integer(parameters).ok();
    prime.and_then(|(_, prime)| prime.as_slice().ok().map(bits)).unwrap_or_default()
}

/// The bits of an unsigned number, leading zeros left out.
fn bits(number: &[u8]) -> u32 {
    let digits = number.get(number.iter().position(|byte| *byte != 0).unwrap_or(number.len())..).unwrap_or_default();
    let whole = u32::try_from(digits.len() * 8).unwrap_or(u32::MAX);
    whole.saturating_sub(digits.first().map_or(0, |first| first.leading_zeros()))
}

fn curve_of(oid: &str) -> (&str, u32) {
    match oid {
        "1.2.840.10045.3.1.1" => ("P-192", 192),
        "1.3.132.0.33" => ("P-224", 224),
        "1.2.840.10045.3.1.7" => ("P-256", 256),
        "1.3.132.0.34" => ("P-384", 384),
        "1.3.132.0.35" => ("P-521", 521),
        "1.3.132.0.10" => ("secp256k1", 256),
        other => (other, 0),
    }
}
