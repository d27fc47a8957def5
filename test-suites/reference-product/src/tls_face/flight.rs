//! Writes a server's first flight of TLS 1.0, 1.1 or 1.2.

use anyhow::{Context, Result, bail};
use aws_lc_rs::agreement::{ECDH_P256, EphemeralPrivateKey, X25519};
use aws_lc_rs::digest::{Digest, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use aws_lc_rs::rand::{SystemRandom, fill};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};

use super::hello::Hello;

/// TLS 1.2's version field.
pub(crate) const TLS_1_2: u16 = 0x0303;
const SECP256R1: u16 = 23;
const X25519_GROUP: u16 = 29;
const EC_POINT_FORMATS: u16 = 11;
const EXTENDED_MASTER_SECRET: u16 = 23;
const RENEGOTIATION_INFO: u16 = 0xff01;
const RENEGOTIATION_SCSV: u16 = 0x00ff;
const ECDSA_SECP256R1_SHA256: u16 = 0x0403;
const RSA_PKCS1_SHA256_SCHEME: u16 = 0x0401;
/// The 1024-bit prime of RFC 2409, section 6.2.
const GROUP_2: [&str; 4] = [
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74",
    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437",
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED",
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
];

/// Who signs the key exchange.
pub(crate) enum Signer {
    /// A P-256 key, PKCS #8.
    Ecdsa(Vec<u8>),
    /// An RSA key, PKCS #8.
    Rsa(Vec<u8>),
    /// Nobody: bytes of this length stand where an RSA signature would.
    Blank(usize),
}

/// A chain that the face shows, and the key of its leaf.
pub(crate) struct Shown {
    /// DER certificates, leaf first.
    pub(crate) chain: Vec<Vec<u8>>,
    /// Signs as the leaf.
    pub(crate) signer: Signer,
}

/// How keys are exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exchange {
    /// The client encrypts to the certificate's key.
    Rsa,
    /// Finite-field Diffie-Hellman with 1024 bits.
    Dhe,
    /// Elliptic-curve Diffie-Hellman.
    Ecdhe,
}

/// What the face answers.
pub(crate) struct Answer<'a> {
    /// The version chosen.
    pub(crate) version: u16,
    /// The suite chosen.
    pub(crate) suite: u16,
    /// The suite's key exchange.
    pub(crate) exchange: Exchange,
    /// Whose certificate is shown.
    pub(crate) shown: &'a Shown,
    /// Whether extended master secret and renegotiation indication are confirmed when offered.
    pub(crate) bindings: bool,
}

impl Answer<'_> {
    /// The whole flight, in records.
    ///
    /// # Errors
    /// When a key cannot be used.
    pub(crate) fn flight(&self, hello: &Hello) -> Result<Vec<u8>> {
        let mut random = [0; 32];
        fill(&mut random)?;
        let mark: &[u8; 8] = if self.version == TLS_1_2 { b"DOWNGRD\x01" } else { b"DOWNGRD\x00" };
        random[24..].copy_from_slice(mark);
        let mut messages = message(2, &self.server_hello(hello, random)?)?;
        messages.extend(message(11, &self.certificate()?)?);
        if let Some(parameters) = self.parameters(hello)? {
            let signature = self.signature(&[&hello.random, &random, parameters.as_slice()].concat())?;
            messages.extend(message(12, &[parameters, signature].concat())?);
        }
        messages.extend(message(14, &[])?);
        records(22, self.version, &messages)
    }

    fn server_hello(&self, hello: &Hello, random: [u8; 32]) -> Result<Vec<u8>> {
        let mut body = self.version.to_be_bytes().to_vec();
        body.extend(random);
        body.push(0);
        body.extend(self.suite.to_be_bytes());
        body.push(0);
        let mut extensions = Vec::new();
        if self.bindings && (hello.has(RENEGOTIATION_INFO) || hello.suites.contains(&RENEGOTIATION_SCSV)) {
            extensions.extend(extension(RENEGOTIATION_INFO, &[0]));
        }
        if self.bindings && hello.has(EXTENDED_MASTER_SECRET) {
            extensions.extend(extension(EXTENDED_MASTER_SECRET, &[]));
        }
        if self.exchange == Exchange::Ecdhe && hello.has(EC_POINT_FORMATS) {
            extensions.extend(extension(EC_POINT_FORMATS, &[1, 0]));
        }
        if !extensions.is_empty() {
            body.extend(vector16(&extensions)?);
        }
        Ok(body)
    }

    fn certificate(&self) -> Result<Vec<u8>> {
        let mut list = Vec::new();
        for certificate in &self.shown.chain {
            list.extend(vector24(certificate)?);
        }
        vector24(&list)
    }

    fn parameters(&self, hello: &Hello) -> Result<Option<Vec<u8>>> {
        Ok(match self.exchange {
            Exchange::Rsa => None,
            Exchange::Dhe => Some(dh_parameters()?),
            Exchange::Ecdhe => Some(ec_parameters(hello)?),
        })
    }

    fn signature(&self, content: &[u8]) -> Result<Vec<u8>> {
        let (scheme, signature) = match &self.shown.signer {
            Signer::Ecdsa(key) => (ECDSA_SECP256R1_SHA256, ecdsa(key, content, self.version == TLS_1_2)?),
            Signer::Rsa(key) => (RSA_PKCS1_SHA256_SCHEME, rsa(key, content)?),
            Signer::Blank(length) => (RSA_PKCS1_SHA256_SCHEME, blank(*length)?),
        };
        let mut field = if self.version == TLS_1_2 { scheme.to_be_bytes().to_vec() } else { Vec::new() };
        field.extend(vector16(&signature)?);
        Ok(field)
    }
}

/// An ECDSA signature by a P-256 key over the SHA-256, or else the SHA-1, of the content.
///
/// # Errors
/// When the key is not a P-256 key.
pub(crate) fn ecdsa(key: &[u8], content: &[u8], sha256: bool) -> Result<Vec<u8>> {
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key).ok().context("the key is not a P-256 key")?;
    if sha256 {
        return Ok(key.sign(&SystemRandom::new(), content)?.as_ref().to_vec());
    }
    // ECDSA signs a number: a SHA-1 hash with zeros before it is the same number in 32 bytes
    let mut number = [0; 32];
    number[12..].copy_from_slice(digest(&SHA1_FOR_LEGACY_USE_ONLY, content).as_ref());
    Ok(key.sign_digest(&Digest::import_less_safe(&number, &SHA256)?)?.as_ref().to_vec())
}

fn rsa(key: &[u8], content: &[u8]) -> Result<Vec<u8>> {
    let key = RsaKeyPair::from_pkcs8(key).ok().context("the key is not an RSA key")?;
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), content, &mut signature)?;
    Ok(signature)
}

fn blank(length: usize) -> Result<Vec<u8>> {
    let mut number = vec![0; length];
    fill(&mut number)?;
    if let Some(first) = number.first_mut() {
        *first &= 0x7f;
    }
    Ok(number)
}

fn dh_parameters() -> Result<Vec<u8>> {
    let digits = GROUP_2.concat();
    let prime = (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16)).collect::<Result<Vec<_>, _>>()?;
    // a face never finishes the exchange, so any number below the prime serves as its public value
    Ok([vector16(&prime)?, vector16(&[2])?, vector16(&blank(prime.len())?)?].concat())
}

fn ec_parameters(hello: &Hello) -> Result<Vec<u8>> {
    let (group, curve) = if hello.groups.contains(&X25519_GROUP) { (X25519_GROUP, &X25519) } else { (SECP256R1, &ECDH_P256) };
    let key = EphemeralPrivateKey::generate(curve, &SystemRandom::new())?;
    let point = key.compute_public_key()?;
    let mut parameters = vec![3];
    parameters.extend(group.to_be_bytes());
    parameters.push(u8::try_from(point.as_ref().len())?);
    parameters.extend(point.as_ref());
    Ok(parameters)
}

/// Cuts content into records of at most 16 KiB.
///
/// # Errors
/// Never for content that fits memory.
pub(crate) fn records(kind: u8, version: u16, content: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    for fragment in content.chunks(16 * 1024) {
        out.push(kind);
        out.extend(version.to_be_bytes());
        out.extend(vector16(fragment)?);
    }
    Ok(out)
}

fn message(kind: u8, body: &[u8]) -> Result<Vec<u8>> {
    Ok([vec![kind], vector24(body)?].concat())
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
    [&kind.to_be_bytes()[..], &[0, length], content].concat()
}

fn vector16(content: &[u8]) -> Result<Vec<u8>> {
    Ok([&u16::try_from(content.len())?.to_be_bytes()[..], content].concat())
}

fn vector24(content: &[u8]) -> Result<Vec<u8>> {
    let [0, length @ ..] = u32::try_from(content.len())?.to_be_bytes() else { bail!("the content is too long") };
    Ok([&length[..], content].concat())
}
