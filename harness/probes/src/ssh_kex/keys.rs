//! Reading host keys and their certificates (RFC 4253 section 6.6, and the certificates of OpenSSH).

use assay_model::evidence::hex;
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::facts::{HostCertificate, HostKey, RsaNumbers};
use crate::handshake::{Cursor, counted};
use crate::text::escaped;

/// How certificates are told from keys.
const CERTIFICATE: &str = "-cert-v01@openssh.com";
/// Characters kept of a name.
const NAME: usize = 128;
/// The most host names kept of a certificate.
const MOST_PRINCIPALS: usize = 64;

/// Reads the host key of a reply: its blob, and the signature that came with it.
pub(super) fn host_key(blob: &[u8], signature: &[u8]) -> Option<HostKey> {
    let mut cursor = Cursor::new(blob);
    let algorithm = escaped(cursor.counted(4)?, NAME);
    let signature = Cursor::new(signature).counted(4).map(|name| escaped(name, NAME)).unwrap_or_default();
    let Some(plain) = algorithm.strip_suffix(CERTIFICATE) else {
        let (bits, rsa) = (bits(&algorithm, cursor).unwrap_or_default(), numbers(&algorithm, cursor));
        return Some(HostKey { bits, sha256: fingerprint(blob), rsa, algorithm, signature, certificate: None });
    };
    cursor.counted(4)?;
    let key = cursor;
    let fields = fields(plain);
    for _ in 0..fields {
        cursor.counted(4)?;
    }
    let length = key.rest().len().checked_sub(cursor.rest().len())?;
    let alone = [counted(4, plain.as_bytes()), key.rest().get(..length)?.to_vec()].concat();
    let (bits, rsa) = (bits(plain, key).unwrap_or_default(), numbers(plain, key));
    Some(HostKey { bits, sha256: fingerprint(&alone), rsa, certificate: Some(certificate(cursor)?), algorithm, signature })
}

/// What follows the key in a certificate.
fn certificate(mut cursor: Cursor<'_>) -> Option<HostCertificate> {
    let serial = wide(&mut cursor)?;
    cursor.number(4)?;
    let key_id = escaped(cursor.counted(4)?, NAME);
    let mut names = Cursor::new(cursor.counted(4)?);
    let mut principals = Vec::new();
    while let (true, Some(name)) = (principals.len() < MOST_PRINCIPALS, names.counted(4)) {
        principals.push(escaped(name, NAME));
    }
    let (valid_after, valid_before) = (wide(&mut cursor)?, wide(&mut cursor)?);
    for _ in 0..3 {
        cursor.counted(4)?;
    }
    let signer = cursor.counted(4)?;
    let mut key = Cursor::new(signer);
    let authority = escaped(key.counted(4)?, NAME);
    let authority_bits = bits(&authority, key).unwrap_or_default();
    let authority_sha256 = fingerprint(signer);
    Some(HostCertificate { serial, key_id, principals, valid_after, valid_before, authority, authority_bits, authority_sha256 })
}

fn wide(cursor: &mut Cursor<'_>) -> Option<u64> {
    Some(u64::from_be_bytes(cursor.take(8)?.try_into().ok()?))
}

/// How many fields the public key of this kind has.
fn fields(algorithm: &str) -> usize {
    match algorithm {
        "ssh-rsa" | "rsa-sha2-256" | "rsa-sha2-512" => 2,
        "ssh-dss" => 4,
        _ if algorithm.starts_with("ecdsa-sha2-") => 2,
        _ => 1,
    }
}

/// The size of the modulus or field; `key` stands after the name.
fn bits(algorithm: &str, mut key: Cursor<'_>) -> Option<u32> {
    match algorithm {
        _ if algorithm.starts_with("ssh-rsa") || algorithm.starts_with("rsa-sha2-") => {
            key.counted(4)?;
            size(key.counted(4)?)
        }
        _ if algorithm.starts_with("ssh-dss") => size(key.counted(4)?),
        _ if algorithm.contains("ed25519") => Some(256),
        _ if algorithm.starts_with("ssh-ed448") => Some(448),
        _ => [256, 384, 521].into_iter().find(|bits| algorithm.contains(&format!("nistp{bits}"))),
    }
}

/// The numbers of an RSA key; `key` stands after the name.
fn numbers(algorithm: &str, mut key: Cursor<'_>) -> Option<RsaNumbers> {
    let is_rsa = algorithm.starts_with("ssh-rsa") || algorithm.starts_with("rsa-sha2-");
    let (exponent, modulus) = (is_rsa.then(|| key.counted(4))??, key.counted(4)?);
    Some(RsaNumbers { modulus: hex(modulus), exponent: hex(exponent) })
}

/// The size of a number in bits.
pub(super) fn size(number: &[u8]) -> Option<u32> {
    let start = number.iter().position(|byte| *byte != 0)?;
    let whole = u32::try_from((number.len() - start) * 8).ok()?;
    Some(whole - number.get(start)?.leading_zeros())
}

fn fingerprint(blob: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(digest::digest(&digest::SHA256, blob).as_ref()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_certificate_is_read() {
        let plain = [counted(4, b"ssh-ed25519"), counted(4, &[7; 32])].concat();
        let start = [counted(4, b"ssh-ed25519-cert-v01@openssh.com"), counted(4, b"nonce"), counted(4, &[7; 32])].concat();
        let names = [counted(4, b"a.example"), counted(4, b"b.example")].concat();
        let times = [&1u64.to_be_bytes()[..], &2u64.to_be_bytes()].concat();
        let authority = [counted(4, b"ssh-rsa"), counted(4, &[3]), counted(4, &[0x80; 256])].concat();
        let rest = [counted(4, b""), counted(4, b""), counted(4, b""), counted(4, &authority), counted(4, b"sig")].concat();
        let blob = [start, 9u64.to_be_bytes().to_vec(), vec![0, 0, 0, 2], counted(4, b"id"), counted(4, &names), times, rest].concat();
        let key = host_key(&blob, &counted(4, b"ssh-ed25519")).unwrap();
        assert_eq!((key.bits, key.signature.as_str(), &key.sha256), (256, "ssh-ed25519", &host_key(&plain, b"").unwrap().sha256));
        let certificate = key.certificate.unwrap();
        assert_eq!(
            (certificate.serial, certificate.principals.as_slice()),
            (9, ["a.example".to_owned(), "b.example".to_owned()].as_slice())
        );
        assert_eq!((certificate.authority.as_str(), certificate.authority_bits, certificate.valid_before), ("ssh-rsa", 2048, 2));
    }

    #[test]
    fn the_numbers_of_an_rsa_key_are_read() {
        let key = host_key(&[counted(4, b"ssh-rsa"), counted(4, &[1, 0, 1]), counted(4, &[0, 0xab])].concat(), b"").unwrap();
        assert_eq!(key.rsa, Some(RsaNumbers { modulus: "00ab".to_owned(), exponent: "010001".to_owned() }));
        assert_eq!(host_key(&[counted(4, b"ssh-ed25519"), counted(4, &[7; 32])].concat(), b"").unwrap().rsa, None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(raw in proptest::collection::vec(any::<u8>(), 0..300), kind in 0..6usize) {
            let kind = ["ssh-rsa", "ssh-dss", "ssh-ed25519-cert-v01@openssh.com", "ssh-rsa-cert-v01@openssh.com", "ecdsa-sha2-nistp521", "x"][kind];
            let _ = host_key(&[counted(4, kind.as_bytes()), raw.clone()].concat(), &raw);
            let _ = host_key(&raw, &raw);
        }
    }
}
