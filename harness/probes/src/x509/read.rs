//! Reading one certificate.

use std::net::IpAddr;

use assay_model::evidence::hex;
use aws_lc_rs::digest;
use x509_parser::asn1_rs::Tag;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{ExtendedKeyUsage, GeneralName, KeyUsage, ParsedExtension};
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer;
use x509_parser::public_key::RSAPublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::signature::{algorithm_of, verify};
use super::{Certificate, Key};

/// The longest certificate that is read, in bytes.
const LONGEST: usize = 128 * 1024;
/// The most names kept of one certificate.
const MOST_NAMES: usize = 1024;

/// Reads one certificate from DER.
///
/// # Errors
/// What is odd about the bytes.
pub fn parse(der: &[u8]) -> Result<Certificate, String> {
    let certificate = decode(der)?;
    let (dns_names, ip_addresses) = names(&certificate);
    let algorithm = algorithm_of(&certificate.signature_algorithm);
    let constraints = certificate.basic_constraints().ok().flatten().map(|found| found.value.clone());
    Ok(Certificate {
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        serial: hex(certificate.raw_serial()),
        not_before: certificate.validity().not_before.timestamp(),
        not_after: certificate.validity().not_after.timestamp(),
        key: key_of(certificate.public_key()),
        spki_sha256: hex(digest::digest(&digest::SHA256, certificate.public_key().raw).as_ref()),
        signature_algorithm: algorithm.name,
        signature_hash: algorithm.hash.to_owned(),
        dns_names,
        ip_addresses,
        is_ca: constraints.as_ref().is_some_and(|found| found.ca),
        path_len: constraints.and_then(|found| found.path_len_constraint),
        extended_key_usage: certificate.extended_key_usage().ok().flatten().map(|found| purposes(found.value)).unwrap_or_default(),
        key_usage: certificate.key_usage().ok().flatten().map(|found| usages(*found.value)).unwrap_or_default(),
        self_issued: certificate.subject().as_raw() == certificate.issuer().as_raw(),
        self_signed: verify(&certificate, certificate.public_key()).is_ok(),
    })
}

/// Takes the certificates out of a PEM text, in order.
///
/// # Errors
/// When a block cannot be decoded, or there is no certificate at all.
pub fn pem_to_der(pem: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let mut all = Vec::new();
    for block in Pem::iter_from_buffer(pem) {
        let block = block.map_err(|error| format!("a PEM block cannot be decoded: {error}"))?;
        if matches!(block.label.as_str(), "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE") {
            all.push(block.contents);
        }
    }
    if all.is_empty() { Err("the PEM text holds no certificate".to_owned()) } else { Ok(all) }
}

/// Reads a public key from PEM (a key or a certificate) or DER (`SubjectPublicKeyInfo`): what it is, and its bytes as
/// signature verification takes them.
///
/// # Errors
/// What is odd about the bytes.
pub fn public_key(file: &[u8]) -> Result<(Key, Vec<u8>), String> {
    let block = Pem::iter_from_buffer(file).next().and_then(Result::ok);
    let der = block.as_ref().map_or(file, |block| &block.contents);
    if block.as_ref().is_some_and(|block| block.label.ends_with("CERTIFICATE")) {
        let certificate = decode(der)?;
        return Ok((key_of(certificate.public_key()), certificate.public_key().subject_public_key.data.to_vec()));
    }
    let (_, info) = SubjectPublicKeyInfo::from_der(der).map_err(|error| format!("not a public key: {error}"))?;
    Ok((key_of(&info), info.subject_public_key.data.to_vec()))
}

/// The modulus and the exponent of the RSA key in a certificate, in lower-case hexadecimal. None for other keys.
///
/// # Errors
/// What is odd about the bytes.
pub fn rsa_numbers(der: &[u8]) -> Result<Option<(String, String)>, String> {
    let certificate = decode(der)?;
    Ok(rsa_of(certificate.public_key()).map(|key| (hex(key.modulus), hex(key.exponent))))
}

/// The RSA key, whether it may serve for anything or for RSASSA-PSS alone (RFC 4055 section 1.2).
fn rsa_of<'a>(info: &'a SubjectPublicKeyInfo<'_>) -> Option<RSAPublicKey<'a>> {
    let is_rsa = ["1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10"].contains(&info.algorithm.algorithm.to_id_string().as_str());
    is_rsa.then(|| RSAPublicKey::from_der(&info.subject_public_key.data).ok().map(|(_, key)| key))?
}

/// Decodes a certificate and refuses bytes that follow it.
pub(super) fn decode(der: &[u8]) -> Result<X509Certificate<'_>, String> {
    if der.len() > LONGEST {
        return Err(format!("the certificate is longer than {LONGEST} bytes"));
    }
    let (rest, certificate) = X509Certificate::from_der(der).map_err(|error| format!("not a certificate: {error}"))?;
    if rest.is_empty() { Ok(certificate) } else { Err(format!("{} bytes follow the certificate", rest.len())) }
}

fn names(certificate: &X509Certificate<'_>) -> (Vec<String>, Vec<IpAddr>) {
    let mut dns = Vec::new();
    let mut addresses = Vec::new();
    for extension in certificate.extensions() {
        let ParsedExtension::SubjectAlternativeName(found) = extension.parsed_extension() else { continue };
        for name in found.general_names.iter().take(MOST_NAMES) {
            match name {
                GeneralName::DNSName(name) => dns.push((*name).to_owned()),
                GeneralName::IPAddress(bytes) => addresses.extend(address(bytes)),
                _ => {}
            }
        }
    }
    (dns, addresses)
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(bytes).map(IpAddr::from).or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// The algorithm and size of a public key.
pub(super) fn key_of(info: &SubjectPublicKeyInfo<'_>) -> Key {
    let oid = info.algorithm.algorithm.to_id_string();
    let plain = |algorithm: &str, bits| Key { algorithm: algorithm.to_owned(), bits, curve: None };
    match oid.as_str() {
        "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" => plain("RSA", rsa_of(info).map_or(0, |key| bits(key.modulus))),
        "1.2.840.10045.2.1" => {
            let parameters = info.algorithm.parameters.as_ref().filter(|any| any.tag() == Tag::Oid);
            let curve = parameters.and_then(|any| any.as_oid().ok()).map_or("explicit".to_owned(), |oid| oid.to_id_string());
            let (curve, known) = curve_of(&curve);
            let bits = if known == 0 { point_bits(info) } else { known };
            Key { algorithm: "EC".to_owned(), bits, curve: Some(curve) }
        }
        "1.3.101.112" => plain("Ed25519", 256),
        "1.3.101.113" => plain("Ed448", 448),
        "1.2.840.10040.4.1" => plain("DSA", dsa_bits(info)),
        other => plain(other, 0),
    }
}

/// The size of the field of a point on an unknown curve, to the byte.
fn point_bits(info: &SubjectPublicKeyInfo<'_>) -> u32 {
    match info.subject_public_key.data.split_first() {
        Some((4, point)) => u32::try_from(point.len() * 4).unwrap_or_default(),
        Some((2 | 3, point)) => u32::try_from(point.len() * 8).unwrap_or_default(),
        _ => 0,
    }
}

/// The size of the prime of a DSA key, which stands first in the parameters.
fn dsa_bits(info: &SubjectPublicKeyInfo<'_>) -> u32 {
    let parameters = info.algorithm.parameters.as_ref().map(|any| any.data).unwrap_or_default();
    x509_parser::der_parser::der::parse_der_integer(parameters)
        .ok()
        .and_then(|(_, prime)| prime.as_slice().ok().map(bits))
        .unwrap_or_default()
}

/// The bits of an unsigned number, leading zeros left out.
fn bits(number: &[u8]) -> u32 {
    let Some(first) = number.iter().position(|byte| *byte != 0) else { return 0 };
    let whole = u32::try_from((number.len() - first) * 8).unwrap_or(u32::MAX);
    whole.saturating_sub(number[first].leading_zeros())
}

fn curve_of(oid: &str) -> (String, u32) {
    let (name, bits) = match oid {
        "1.2.840.10045.3.1.1" => ("P-192", 192),
        "1.3.132.0.33" => ("P-224", 224),
        "1.2.840.10045.3.1.7" => ("P-256", 256),
        "1.3.132.0.34" => ("P-384", 384),
        "1.3.132.0.35" => ("P-521", 521),
        "1.3.132.0.10" => ("secp256k1", 256),
        "1.3.36.3.3.2.8.1.1.7" => ("brainpoolP256r1", 256),
        "1.3.36.3.3.2.8.1.1.11" => ("brainpoolP384r1", 384),
        "1.3.36.3.3.2.8.1.1.13" => ("brainpoolP512r1", 512),
        "1.3.132.0.8" => ("secp160r1", 160),
        other => (other, 0),
    };
    (name.to_owned(), bits)
}

fn purposes(usage: &ExtendedKeyUsage<'_>) -> Vec<String> {
    let known = [
        (usage.any, "any"),
        (usage.server_auth, "serverAuth"),
        (usage.client_auth, "clientAuth"),
        (usage.code_signing, "codeSigning"),
        (usage.email_protection, "emailProtection"),
        (usage.time_stamping, "timeStamping"),
        (usage.ocsp_signing, "OCSPSigning"),
    ];
    let named = known.iter().filter(|(set, _)| *set).map(|(_, name)| (*name).to_owned());
    named.chain(usage.other.iter().map(x509_parser::der_parser::Oid::to_id_string)).collect()
}

fn usages(usage: KeyUsage) -> Vec<String> {
    let known = [
        (usage.digital_signature(), "digitalSignature"),
        (usage.non_repudiation(), "nonRepudiation"),
        (usage.key_encipherment(), "keyEncipherment"),
        (usage.data_encipherment(), "dataEncipherment"),
        (usage.key_agreement(), "keyAgreement"),
        (usage.key_cert_sign(), "keyCertSign"),
        (usage.crl_sign(), "cRLSign"),
        (usage.encipher_only(), "encipherOnly"),
        (usage.decipher_only(), "decipherOnly"),
    ];
    known.iter().filter(|(set, _)| *set).map(|(_, name)| (*name).to_owned()).collect()
}
