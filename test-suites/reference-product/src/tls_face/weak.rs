//! Certificates that no library would issue, from the product's own authority.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{KeyPair, PKCS_RSA_SHA256, PublicKeyData, SignatureAlgorithm};

use super::flight::{Shown, Signer, ecdsa};
use crate::{Fault, reader::Reader, state::Identity};

// Made with the commands in fixtures/README.md
const RSA_2048: &str = include_str!("../../fixtures/rsa-2048.pem");
const RSA_1024: &str = include_str!("../../fixtures/rsa-1024.pub.pem");
const RSA_CLOSE_PRIMES: &str = include_str!("../../fixtures/rsa-close-primes.pub.pem");
const RSA_ROCA: &str = include_str!("../../fixtures/rsa-roca.pub.pem");
const RSA_KNOWN: &str = include_str!("../../fixtures/rsa-known.pub.pem");
/// Bytes of a 1024-bit RSA `SubjectPublicKeyInfo` before the key itself.
const RSA_1024_HEADER: usize = 22;
/// The object identifiers ecdsa-with-SHA256 and ecdsa-with-SHA1, as DER `AlgorithmIdentifier`s.
const WITH_SHA256: &[u8] = &[0x30, 0x0a, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const WITH_SHA1: &[u8] = &[0x30, 9, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1];

struct Rsa(Vec<u8>);

impl PublicKeyData for Rsa {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

/// The product's chain as it is.
pub(crate) fn good(identity: &Identity) -> Shown {
    with(identity, identity.chain.first().map(|leaf| leaf.to_vec()).unwrap_or_default(), own_key(identity))
}

/// A leaf over a 2048-bit RSA key.
///
/// # Errors
/// When the leaf cannot be signed.
pub(crate) fn rsa_2048(identity: &Identity) -> Result<Shown> {
    let key = KeyPair::from_pem(RSA_2048)?;
    let leaf = identity.params.signed_by(&key, identity.authority.as_ref())?;
    Ok(with(identity, leaf.der().to_vec(), Signer::Rsa(key.serialize_der())))
}

/// A leaf over a 1024-bit RSA key.
///
/// # Errors
/// When the leaf cannot be signed.
pub(crate) fn rsa_1024(identity: &Identity) -> Result<Shown> {
    let key = decoded(RSA_1024)?.get(RSA_1024_HEADER..).context("the 1024-bit key is cut off")?.to_vec();
    over(identity, key, 128)
}

/// A leaf over the flawed 2048-bit RSA key that a fault asks for.
///
/// # Errors
/// When the leaf cannot be signed.
pub(crate) fn rsa_flawed(identity: &Identity, faults: &BTreeSet<Fault>) -> Result<Shown> {
    let flawed = [(Fault::CertificateClosePrimes, RSA_CLOSE_PRIMES), (Fault::CertificateRoca, RSA_ROCA)];
    let key = flawed.into_iter().find(|(fault, _)| faults.contains(fault)).map_or(RSA_KNOWN, |(_, key)| key);
    over(identity, decoded(key)?, 256)
}

/// A leaf over a public RSA key; its signatures are zeros, of so many bytes.
fn over(identity: &Identity, key: Vec<u8>, signature: usize) -> Result<Shown> {
    let leaf = identity.params.signed_by(&Rsa(key), identity.authority.as_ref())?;
    Ok(with(identity, leaf.der().to_vec(), Signer::Blank(signature)))
}

fn decoded(pem: &str) -> Result<Vec<u8>> {
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    Ok(STANDARD.decode(body)?)
}

/// The same leaf, signed with ECDSA over SHA-1.
///
/// # Errors
/// When the leaf cannot be read or signed.
pub(crate) fn sha1(identity: &Identity) -> Result<Shown> {
    let leaf = identity.chain.first().context("the chain is empty")?;
    let leaf = sign_with_sha1(leaf, &identity.authority.key().serialize_der())?;
    Ok(with(identity, leaf, own_key(identity)))
}

fn own_key(identity: &Identity) -> Signer {
    Signer::Ecdsa(identity.key.secret_der().to_vec())
}

fn with(identity: &Identity, leaf: Vec<u8>, signer: Signer) -> Shown {
    let rest = identity.chain.iter().skip(1).map(|certificate| certificate.to_vec());
    Shown { chain: std::iter::once(leaf).chain(rest).collect(), signer }
}

/// Signs a certificate again, with ECDSA over SHA-1.
fn sign_with_sha1(certificate: &[u8], key: &[u8]) -> Result<Vec<u8>> {
    let mut outer = Reader::new(certificate);
    let mut body = Reader::new(element(&mut outer).context("the certificate is cut off")?);
    let to_sign = element(&mut body).context("the certificate is empty")?;
    let at = to_sign
        .windows(WITH_SHA256.len())
        .position(|window| window == WITH_SHA256)
        .context("the certificate is not signed with SHA-256")?;
    let (before, after) = to_sign.split_at(at);
    let to_sign = der(0x30, &[before, WITH_SHA1, &after[WITH_SHA256.len()..]].concat())?;
    let signature = ecdsa(key, &to_sign, false)?;
    der(0x30, &[&to_sign, WITH_SHA1, &der(3, &[&[0], signature.as_slice()].concat())?].concat())
}

fn element<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    reader.u8()?;
    let length = match reader.u8()? {
        short @ ..=0x7f => short.into(),
        0x81 => reader.u8()?.into(),
        0x82 => reader.u16()?.into(),
        _ => return None,
    };
    reader.take(length)
}

fn der(tag: u8, content: &[u8]) -> Result<Vec<u8>> {
    let length = u16::try_from(content.len())?.to_be_bytes();
    let head: Vec<u8> = match length {
        [0, short @ ..=0x7f] => vec![tag, short],
        [0, long] => vec![tag, 0x81, long],
        [high, low] => vec![tag, 0x82, high, low],
    };
    Ok([&head, content].concat())
}
