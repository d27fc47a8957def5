//! X.509 certificates: what stands in one, and what a chain of them proves.

mod read;
mod signature;
mod validate;

pub use read::{parse, pem_to_der, public_key, rsa_numbers};
pub use signature::signed_by;
pub use validate::{name_matches, validate};

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// What stands in a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The distinguished name of the subject, as text.
    pub subject: String,
    /// The distinguished name of the issuer, as text.
    pub issuer: String,
    /// The serial number, in lower-case hexadecimal.
    pub serial: String,
    /// The first moment of validity, in seconds since 1970.
    pub not_before: i64,
    /// The last moment of validity, in seconds since 1970.
    pub not_after: i64,
    /// The public key.
    pub key: Key,
    /// SHA-256 of the subject public key info, in lower-case hexadecimal.
    pub spki_sha256: String,
    /// The name of the signature algorithm, or its object identifier when it has none here.
    pub signature_algorithm: String,
    /// The hash of the signature: `md5`, `sha1`, `sha256`, ...; `none` for `EdDSA`; `unknown`.
    pub signature_hash: String,
    /// The DNS names of the subject alternative name.
    pub dns_names: Vec<String>,
    /// The IP addresses of the subject alternative name.
    pub ip_addresses: Vec<IpAddr>,
    /// Whether the basic constraints make it a certification authority.
    pub is_ca: bool,
    /// How many authorities may follow below it.
    pub path_len: Option<u32>,
    /// The extended key usages: `serverAuth`, `clientAuth`, ..., or object identifiers. Empty when not limited.
    pub extended_key_usage: Vec<String>,
    /// The key usages: `digitalSignature`, `keyCertSign`, ... Empty when not limited.
    pub key_usage: Vec<String>,
    /// Whether subject and issuer are the same.
    pub self_issued: bool,
    /// Whether its own key verifies its signature; no also where this program lacks the algorithm.
    pub self_signed: bool,
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// `RSA`, `EC`, `Ed25519`, `Ed448`, `DSA`, or an object identifier.
    pub algorithm: String,
    /// The size in bits: of the modulus (RSA, DSA) or of the field (EC, `EdDSA`). 0 when unknown.
    pub bits: u32,
    /// The curve of an EC key: `P-256`, ..., an object identifier, or `explicit` when its parameters are written out.
    pub curve: Option<String>,
}

/// What a chain proves for a name at a time.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and they combine freely")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validation {
    /// Whether signatures lead from the leaf to one of the anchors (RFC 5280 section 6, without policies and
    /// revocation), or why not. A leaf that is an anchor itself is pinned, and fine.
    pub chain_to_anchor: Result<(), String>,
    /// Whether the leaf's subject alternative name carries the name (RFC 9525; the common name is ignored).
    pub name_matches: bool,
    /// Whether every certificate of the path, the anchor left out, is valid at the time. Without a path: the leaf.
    pub in_time: bool,
    /// Whether the leaf may stand for a TLS server: no extended key usage, or one with `serverAuth`.
    pub server_auth: bool,
    /// Whether the leaf is marked as a certification authority.
    pub leaf_is_ca: bool,
    /// Whether each certificate is signed by the next one, as TLS 1.2 asks (RFC 5246 section 7.4.2).
    pub order_ok: bool,
}

/// How a reason ends that speaks of this program's limits, not of the chain.
const UNVERIFIABLE: &str = "cannot be verified here";

impl Validation {
    /// Whether no path was found only because a signature was met that this program lacks the algorithm for: then
    /// the missing path says nothing about the chain.
    pub fn is_unverifiable(&self) -> bool {
        self.chain_to_anchor.as_ref().is_err_and(|why| why.ends_with(UNVERIFIABLE))
    }
}

#[cfg(test)]
mod tests;
