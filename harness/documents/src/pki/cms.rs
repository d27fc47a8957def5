//! CMS signatures (RFC 5652), detached or with their content.

use aws_lc_rs::digest::{self, Context};
use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::ObjectIdentifier;
use der::{Decode, Encode};
use serde::{Deserialize, Serialize};
use x509_parser::certificate::X509Certificate;
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer;

use super::Trust;
use super::chain::{issued_with, leads_to};
use super::key::{Key, PublicKey};
use super::scheme::{hash_of, verify};
use crate::Unreadable;
use crate::text::clean;

/// The largest signature that is read, in bytes, and the most signers and certificates in it.
const LARGEST: usize = 1024 * 1024;
const MOST_SIGNERS: usize = 16;
const MOST_CERTIFICATES: usize = 64;
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");

/// What stands in a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cms {
    /// Whether the content is not in it.
    pub detached: bool,
    /// The subjects of the certificates in it.
    pub certificates: Vec<String>,
    /// One for each signer.
    pub signers: Vec<Signer>,
}

/// One signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    /// The subject of the signer's certificate, when it is in the signature.
    pub subject: Option<String>,
    /// The algorithm, with the hash: `ECDSA-SHA256`.
    pub algorithm: String,
    /// The signer's key, when the certificate is there.
    pub key: Option<Key>,
    /// Whether the hash in the signature is that of the content; none when no content was given, or no hash is in it.
    pub digest_matches: Option<bool>,
}

/// A content in pieces, and its digests.
pub(crate) struct Digests<'a>(Vec<(&'static str, Vec<u8>)>, &'a [&'a [u8]]);

impl<'a> Digests<'a> {
    /// Of a content in pieces.
    pub(crate) fn of(pieces: &'a [&'a [u8]]) -> Self {
        let algorithms = [
            ("sha1", &digest::SHA1_FOR_LEGACY_USE_ONLY),
            ("sha256", &digest::SHA256),
            ("sha384", &digest::SHA384),
            ("sha512", &digest::SHA512),
        ];
        let of = |algorithm| {
            let mut context = Context::new(algorithm);
            for piece in pieces {
                context.update(piece);
            }
            context.finish().as_ref().to_vec()
        };
        Self(algorithms.into_iter().map(|(name, algorithm)| (name, of(algorithm))).collect(), pieces)
    }

    fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(each, _)| *each == name).map(|(_, digest)| digest.as_slice())
    }
}

/// Reads a signature in DER or PEM. `content` is what it should be over, for one that does not hold it.
///
/// # Errors
/// [`Unreadable`] when it is no CMS of signed data in DER.
pub fn read_cms(file: &[u8], content: Option<&[u8]>) -> Result<Cms, Unreadable> {
    let data = decode(file)?;
    let inner = inner(&data);
    let pieces = inner.as_deref().or(content).map(|content| [content]);
    let digests = pieces.as_ref().map(|pieces| Digests::of(pieces));
    Ok(facts(&data, digests.as_ref()))
}

/// The content in a signature that holds it.
pub(crate) fn content_of(file: &[u8]) -> Option<Vec<u8>> {
    inner(&decode(file).ok()?)
}

/// Whether some signer is trusted and signed the content; the name of the algorithm, or why not.
///
/// # Errors
/// `Ok(Err(..))` when the signature is not right or its signer not trusted; `Err` when that cannot be told here.
pub(crate) fn verify_cms(file: &[u8], digests: &Digests<'_>, trust: Trust<'_>) -> Result<Result<String, String>, String> {
    let data = decode(file).map_err(|why| why.0)?;
    let mut outcome = Ok(Err("it has no signer".to_owned()));
    for signer in data.signer_infos.0.iter().take(MOST_SIGNERS) {
        match one(&data, signer, digests, trust) {
            Ok(Ok(name)) => return Ok(Ok(name)),
            // one that cannot be told leaves the whole open
            Ok(Err(why)) if outcome.is_ok() => outcome = Ok(Err(why)),
            Ok(Err(_)) => {}
            Err(why) => outcome = Err(why),
        }
    }
    outcome
}

fn decode(file: &[u8]) -> Result<SignedData, Unreadable> {
    if file.len() > LARGEST {
        return Err(Unreadable::because(format!("the signature is larger than {LARGEST} bytes")));
    }
    let block = file.starts_with(b"-----").then(|| Pem::iter_from_buffer(file).next().and_then(Result::ok)).flatten();
    let der = block.as_ref().map_or(file, |block| &block.contents);
    let odd = |why: der::Error| Unreadable::because(format!("not CMS in DER: {why}"));
    let info = ContentInfo::from_der(der).map_err(odd)?;
    info.content.decode_as::<SignedData>().map_err(odd)
}

fn inner(data: &SignedData) -> Option<Vec<u8>> {
    data.encap_content_info.econtent.as_ref().map(|content| content.value().to_vec())
}

fn carried(data: &SignedData) -> Vec<Vec<u8>> {
    let choices = data.certificates.iter().flat_map(|set| set.0.iter()).take(MOST_CERTIFICATES);
    choices
        .filter_map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => certificate.to_der().ok(),
            CertificateChoices::Other(_) => None,
        })
        .collect()
}

fn facts(data: &SignedData, digests: Option<&Digests<'_>>) -> Cms {
    let carried = carried(data);
    let subject = |der: &Vec<u8>| X509Certificate::from_der(der).ok().map(|(_, found)| clean(&found.subject().to_string()));
    let signers = data.signer_infos.0.iter().take(MOST_SIGNERS);
    let of = |signer: &SignerInfo| {
        let certificate = certificate_of(signer, &carried);
        Signer {
            subject: certificate.and_then(subject),
            algorithm: algorithm_of(signer),
            key: certificate.and_then(|der| PublicKey::read(der).ok()).map(|key| key.facts),
            digest_matches: digests.and_then(|digests| digest_matches(signer, digests)),
        }
    };
    Cms {
        detached: data.encap_content_info.econtent.is_none(),
        signers: signers.map(of).collect(),
        certificates: carried.iter().filter_map(subject).collect(),
    }
}

/// The certificate that the signer names, among these.
fn certificate_of<'a>(signer: &SignerInfo, certificates: &'a [Vec<u8>]) -> Option<&'a Vec<u8>> {
    certificates.iter().find(|der| {
        let Ok(found) = x509_cert::Certificate::from_der(der) else { return false };
        let own = || X509Certificate::from_der(der).ok().and_then(|(_, found)| key_identifier(&found));
        match &signer.sid {
            SignerIdentifier::IssuerAndSerialNumber(name) => {
                let body = found.tbs_certificate();
                body.issuer() == &name.issuer && body.serial_number() == &name.serial_number
            }
            SignerIdentifier::SubjectKeyIdentifier(identifier) => own().is_some_and(|own| own == identifier.0.as_bytes()),
        }
    })
}

fn key_identifier(certificate: &X509Certificate<'_>) -> Option<Vec<u8>> {
    certificate.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        x509_parser::extensions::ParsedExtension::SubjectKeyIdentifier(found) => Some(found.0.to_vec()),
        _ => None,
    })
}

/// The hash in the signed attributes; none without attributes.
fn message_digest(signer: &SignerInfo) -> Option<Vec<u8>> {
    let attribute = signer.signed_attrs.as_ref()?.iter().find(|attribute| attribute.oid == MESSAGE_DIGEST)?;
    attribute.values.iter().next().map(|value| value.value().to_vec())
}

fn digest_matches(signer: &SignerInfo, digests: &Digests<'_>) -> Option<bool> {
    let found = message_digest(signer)?;
    digests.get(hash_of(hash_name(&signer.digest_alg.oid.to_string()))?).map(|digest| digest == found)
}

fn one(data: &SignedData, signer: &SignerInfo, digests: &Digests<'_>, trust: Trust<'_>) -> Result<Result<String, String>, String> {
    let carried = carried(data);
    let (key, path) = match trust {
        Trust::Key(key) => (key.clone(), Ok(())),
        Trust::Anchors(anchors, now) => {
            let Some(leaf) = certificate_of(signer, &carried).or_else(|| certificate_of(signer, anchors)) else {
                return Ok(Err("the certificate of the signer is not there".to_owned()));
            };
            let key = PublicKey::read(leaf).map_err(|why| why.0)?;
            (key, leads_to(leaf, &carried, anchors, now))
        }
    };
    let name = algorithm_of(signer);
    let message = match &signer.signed_attrs {
        None => digests.1.concat(),
        Some(attributes) => {
            match digest_matches(signer, digests) {
                Some(true) => {}
                Some(false) => return Ok(Err("the content is another than the one that was signed".to_owned())),
                None => return Err(format!("the hash of the content, in `{name}`")),
            }
            attributes.to_der().map_err(|why| why.to_string())?
        }
    };
    let scheme = verify(&name, &key, &message, signer.signature.as_bytes())?;
    if scheme.is_none() && matches!(trust, Trust::Key(_)) && issued_with(&key, &carried) {
        return Err("a certificate in it was issued with the given key: give the key of the signer itself".to_owned());
    }
    Ok(match scheme {
        None => Err("the signature is wrong, or another key made it".to_owned()),
        Some(scheme) => path.map(|()| scheme.name.to_owned()),
    })
}

/// The name of the signer's algorithm, with its hash. Where it names none, that of the digest is taken.
fn algorithm_of(signer: &SignerInfo) -> String {
    let name = algorithm_name(&signer.signature_algorithm.oid.to_string()).to_owned();
    let digest = hash_name(&signer.digest_alg.oid.to_string()).to_owned();
    match name.as_str() {
        "RSA" | "RSA-PSS" | "ECDSA" => format!("{name}-{digest}"),
        _ => name,
    }
}

fn hash_name(oid: &str) -> &str {
    match oid {
        "1.2.840.113549.2.5" => "MD5",
        "1.3.14.3.2.26" => "SHA1",
        "2.16.840.1.101.3.4.2.1" => "SHA256",
        "2.16.840.1.101.3.4.2.2" => "SHA384",
        "2.16.840.1.101.3.4.2.3" => "SHA512",
        other => other,
    }
}

/// The name of a signature algorithm by its object identifier.
pub(super) fn algorithm_name(oid: &str) -> &str {
    match oid {
        "1.2.840.113549.1.1.1" => "RSA",
        "1.2.840.113549.1.1.4" => "RSA-MD5",
        "1.2.840.113549.1.1.5" => "RSA-SHA1",
        "1.2.840.113549.1.1.11" => "RSA-SHA256",
        "1.2.840.113549.1.1.12" => "RSA-SHA384",
        "1.2.840.113549.1.1.13" => "RSA-SHA512",
        "1.2.840.113549.1.1.10" => "RSA-PSS",
        "1.2.840.10045.2.1" => "ECDSA",
        "1.2.840.10045.4.1" => "ECDSA-SHA1",
        "1.2.840.10045.4.3.2" => "ECDSA-SHA256",
        "1.2.840.10045.4.3.3" => "ECDSA-SHA384",
        "1.2.840.10045.4.3.4" => "ECDSA-SHA512",
        "1.3.101.112" => "Ed25519",
        other => other,
    }
}
