//! Certificates that no library would issue, from the product's own authority.

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, Issuer, KeyPair, PKCS_RSA_SHA256, PublicKeyData, SignatureAlgorithm};

use super::flight::{Identity, Signer, ecdsa};
use crate::reader::Reader;

// Made with the commands in fixtures/README.md
const RSA_2048: &str = include_str!("../../fixtures/rsa-2048.pem");
const RSA_1024: &str = include_str!("../../fixtures/rsa-1024.pub.pem");
/// Bytes of a 1024-bit RSA `SubjectPublicKeyInfo` before the key itself.
const RSA_1024_HEADER: usize = 22;
/// The object identifiers ecdsa-with-SHA256 and ecdsa-with-SHA1, as DER `AlgorithmIdentifier`s.
const WITH_SHA256: &[u8] = &[0x30, 0x0a, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const WITH_SHA1: &[u8] = &[0x30, 9, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1];

/// A good P-256 chain with what it takes to issue a worse leaf.
pub(crate) struct Good<'a> {
    /// The leaf, DER.
    pub(crate) leaf: Vec<u8>,
    /// The leaf's key, PKCS #8.
    pub(crate) key: Vec<u8>,
    /// The certificates sent after the leaf, DER.
    pub(crate) rest: Vec<Vec<u8>>,
    /// The authority, with its P-256 key.
    pub(crate) issuer: &'a Issuer<'a, KeyPair>,
    /// What the leaf certifies, for further leaves with the same names.
    pub(crate) params: CertificateParams,
}

struct Rsa1024(Vec<u8>);

impl PublicKeyData for Rsa1024 {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

impl Good<'_> {
    /// The chain as it is.
    pub(crate) fn identity(&self) -> Identity {
        self.with(self.leaf.clone(), Signer::Ecdsa(self.key.clone()))
    }

    /// A leaf over a 2048-bit RSA key.
    ///
    /// # Errors
    /// When the leaf cannot be signed.
    pub(crate) fn rsa_2048(&self) -> Result<Identity> {
        let key = KeyPair::from_pem(RSA_2048)?;
        let leaf = self.params.signed_by(&key, self.issuer)?;
        Ok(self.with(leaf.der().to_vec(), Signer::Rsa(key.serialize_der())))
    }

    /// A leaf over a 1024-bit RSA key.
    ///
    /// # Errors
    /// When the leaf cannot be signed.
    pub(crate) fn rsa_1024(&self) -> Result<Identity> {
        let body: String = RSA_1024.lines().filter(|line| !line.starts_with('-')).collect();
        let info = STANDARD.decode(body)?;
        let key = info.get(RSA_1024_HEADER..).context("the 1024-bit key is cut off")?.to_vec();
        let leaf = self.params.signed_by(&Rsa1024(key), self.issuer)?;
        Ok(self.with(leaf.der().to_vec(), Signer::Blank(128)))
    }

    /// The same leaf, signed with ECDSA over SHA-1.
    ///
    /// # Errors
    /// When the leaf cannot be read or signed.
    pub(crate) fn sha1(&self) -> Result<Identity> {
        let leaf = sign_with_sha1(&self.leaf, &self.issuer.key().serialize_der())?;
        Ok(self.with(leaf, Signer::Ecdsa(self.key.clone())))
    }

    fn with(&self, leaf: Vec<u8>, signer: Signer) -> Identity {
        Identity { chain: [vec![leaf], self.rest.clone()].concat(), signer }
    }
}

/// Signs a certificate again, with ECDSA over SHA-1.
fn sign_with_sha1(certificate: &[u8], key: &[u8]) -> Result<Vec<u8>> {
    let mut outer = Reader::new(certificate);
    let mut body = Reader::new(element(&mut outer).context("the certificate is cut off")?);
    let to_sign = element(&mut body).context("the certificate is empty")?;
    let at = to_sign.windows(WITH_SHA256.len()).position(|window| window == WITH_SHA256).context("the certificate is not signed with SHA-256")?;
    let (before, after) = to_sign.split_at(at);
    let to_sign = der(0x30, &[before, WITH_SHA1, &after[WITH_SHA256.len()..]].concat())?;
    let signature = ecdsa(key, &to_sign, false)?;
    der(0x30, &[&to_sign, WITH_SHA1, &der(3, &[&[0], signature.as_slice()].concat())?].concat())
}

fn element<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    reader.u8()?;
    let length = match reader.u8()? {
        short @ ..0x80 => short.into(),
        0x81 => reader.u8()?.into(),
        0x82 => reader.u16()?.into(),
        _ => return None,
    };
    reader.take(length)
}

fn der(tag: u8, content: &[u8]) -> Result<Vec<u8>> {
    let length = u16::try_from(content.len())?.to_be_bytes();
    let head: Vec<u8> = match length {
        [0, short @ ..0x80] => vec![tag, short],
        [0, long] => vec![tag, 0x81, long],
        [high, low] => vec![tag, 0x82, high, low],
    };
    Ok([&head, content].concat())
}
