//! Tests of reading and validating, against certificates made here and one of the bad old kind.

use proptest::prelude::*;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyPair, KeyUsagePurpose,
    NameConstraints, date_time_ymd,
};

use super::*;

/// RSA with 1024 bits, SHA-1, self-signed, for `old.example` and 127.0.0.1, from 2026 to 2126.
const OLD: &str = "-----BEGIN CERTIFICATE-----
MIICKDCCAZGgAwIBAgIUYvRxYEspT6rcVe8uIgox6WXmMKwwDQYJKoZIhvcNAQEF
BQAwFjEUMBIGA1UEAwwLb2xkLmV4YW1wbGUwIBcNMjYxMTIxMTAxMzU5WhgPMjEy
NjEwMjgxMDEzNTlaMBYxFDASBgNVBAMMC29sZC5leGFtcGxlMIGfMA0GCSqGSIb3
DQEBAQUAA4GNADCBiQKBgQC0+M3qYjJdhqnNrq2/jFDhgkVNAfc7Z7MBA9WnBwOd
KKSpsRBW6AdS1BoSK8Vav6GBnI5g/JDdKkcIiBe2CXqshMqeVpjFxVWO+4g/Tt3+
OgqZrh65OUHsDG/F9iUQPLnxCy35tyw4ijcQ5dowpBtxYa1AEsT9pLj0U8sx5miP
lQIDAQABo3EwbzAdBgNVHQ4EFgQUO34AwQB3v6lFHN68vKei3xA5ac0wHwYDVR0j
BBgwFoAUO34AwQB3v6lFHN68vKei3xA5ac0wDwYDVR0TAQH/BAUwAwEB/zAcBgNV
HREEFTATggtvbGQuZXhhbXBsZYcEfwAAATANBgkqhkiG9w0BAQUFAAOBgQCniVwd
e01GF3whxgYz4qhbdvcNzRp/iQiYOqOyehFh9a7Himyk6jVxFW8Je5/dJ7lcip4z
8QnOOTD/kSB/NTnQ+CNDfrFsskQgtwxQpblM/+moKaYlFbhpWYZJXvp+KPCvcm1V
k7ac7piv2sSs1Jx7+y/XbGAN7zsnPVZ/S5juYg==
-----END CERTIFICATE-----
";

/// 2030-01-01.
const THEN: i64 = 1_893_456_000;

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str, by: Option<&Issuer>, tune: impl FnOnce(&mut CertificateParams)) -> Issuer {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    tune(&mut params);
    let key = KeyPair::generate().unwrap();
    match by {
        None => CertifiedIssuer::self_signed(params, key).unwrap(),
        Some(by) => CertifiedIssuer::signed_by(params, key, by).unwrap(),
    }
}

fn leaf(by: &Issuer, tune: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    let mut params = CertificateParams::new(vec!["device.example".to_owned(), "*.lab.example".to_owned(), "10.0.0.7".to_owned()]).unwrap();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.not_after = date_time_ymd(2040, 1, 1);
    tune(&mut params);
    params.signed_by(&KeyPair::generate().unwrap(), by).unwrap().der().to_vec()
}

fn der(issuer: &Issuer) -> Vec<u8> {
    issuer.der().to_vec()
}

#[test]
fn an_old_certificate_is_read_and_its_signature_verified() {
    let der = pem_to_der(OLD.as_bytes()).unwrap();
    let facts = parse(&der[0]).unwrap();
    assert_eq!((facts.key.algorithm.as_str(), facts.key.bits), ("RSA", 1024));
    assert_eq!((facts.signature_algorithm.as_str(), facts.signature_hash.as_str()), ("sha1WithRSAEncryption", "sha1"));
    assert_eq!(facts.subject, "CN=old.example");
    let (modulus, exponent) = rsa_numbers(&der[0]).unwrap().unwrap();
    assert_eq!((modulus.len(), exponent.as_str()), (258, "010001"));
    assert!(modulus.starts_with("00b4f8cdea62325d86a9cdae") && modulus.ends_with("cb31e6688f95"));
    assert_eq!(facts.serial, "62f471604b294faadc55ef2e220a31e965e630ac");
    assert_eq!((facts.not_before, facts.not_after), (1_795_256_039, 4_948_856_039));
    assert!(facts.self_signed && facts.self_issued && facts.is_ca);
    assert!(name_matches(&facts, "127.0.0.1") && name_matches(&facts, "OLD.example.") && !name_matches(&facts, "127.0.0.2"));
    let pinned = validate(&der, &der, "old.example", THEN);
    assert_eq!(pinned.chain_to_anchor, Ok(()));
    assert!(pinned.in_time && pinned.leaf_is_ca && pinned.server_auth && pinned.order_ok);
}

#[test]
fn a_chain_through_an_intermediate_holds() {
    let root = authority("root", None, |_| {});
    let middle = authority("middle", Some(&root), |_| {});
    let leaf = leaf(&middle, |_| {});
    let good = validate(&[leaf.clone(), der(&middle)], &[der(&root)], "device.example", THEN);
    let all =
        Validation { chain_to_anchor: Ok(()), name_matches: true, in_time: true, server_auth: true, leaf_is_ca: false, order_ok: true };
    assert_eq!(good, all);
    let facts = parse(&leaf).unwrap();
    assert_eq!((facts.key.curve.as_deref(), facts.key.bits, facts.signature_hash.as_str()), (Some("P-256"), 256, "sha256"));
    assert_eq!(facts.extended_key_usage, ["serverAuth"]);
    let late = validate(&[leaf.clone(), der(&middle)], &[der(&root)], "device.example", THEN + 20 * 365 * 86_400);
    assert!(!late.in_time && late.chain_to_anchor.is_ok());
    let mixed = validate(&[leaf.clone(), der(&root), der(&middle)], &[der(&root)], "device.example", THEN);
    assert!(!mixed.order_ok && mixed.chain_to_anchor.is_ok());
    let gap = validate(&[leaf], &[der(&root)], "device.example", THEN);
    assert!(gap.chain_to_anchor.unwrap_err().contains("CN=middle"));
}

#[test]
fn impostors_are_told_apart() {
    let root = authority("root", None, |_| {});
    let twin = authority("root", None, |_| {});
    let shown = leaf(&twin, |_| {});
    let forged = validate(&[shown], &[der(&root)], "device.example", THEN);
    assert!(forged.chain_to_anchor.unwrap_err().contains("signature is wrong"));
    let no_ca = authority("plain", Some(&root), |params| params.is_ca = IsCa::ExplicitNoCa);
    let shown = leaf(&no_ca, |_| {});
    let abused = validate(&[shown, der(&no_ca)], &[der(&root)], "device.example", THEN);
    assert!(abused.chain_to_anchor.unwrap_err().contains("not a certification authority"));
    let short = authority("short", None, |params| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)));
    let middle = authority("middle", Some(&short), |_| {});
    let shown = leaf(&middle, |_| {});
    assert!(validate(&[shown, der(&middle)], &[der(&short)], "x", THEN).chain_to_anchor.unwrap_err().contains("this length"));
    let client = leaf(&root, |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]);
    assert!(!validate(&[client], &[der(&root)], "device.example", THEN).server_auth);
}

#[test]
fn what_cannot_be_verified_here_is_said_so() {
    let root = authority("root", None, |_| {});
    let mut unknown = leaf(&root, |_| {});
    let ecdsa_with_sha256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
    for at in 0..unknown.len() - 8 {
        if unknown[at..at + 8] == ecdsa_with_sha256 {
            unknown[at + 7] = 1;
        }
    }
    let found = validate(&[unknown], &[der(&root)], "device.example", THEN);
    assert!(found.is_unverifiable(), "{found:?}");
    assert!(!validate(&[leaf(&root, |_| {})], &[der(&root)], "device.example", THEN).is_unverifiable());
}

#[test]
fn name_constraints_bind() {
    let bound = |permitted: &str| {
        let tree = vec![GeneralSubtree::DnsName(permitted.to_owned())];
        authority("bound", None, |params| {
            params.name_constraints = Some(NameConstraints { permitted_subtrees: tree, excluded_subtrees: Vec::new() });
        })
    };
    for (permitted, holds) in [("example", true), ("other.example", false)] {
        let root = bound(permitted);
        let shown = leaf(&root, |_| {});
        assert_eq!(validate(&[shown], &[der(&root)], "device.example", THEN).chain_to_anchor.is_ok(), holds, "{permitted}");
    }
}

#[test]
fn names_match_label_by_label() {
    let root = authority("root", None, |_| {});
    let facts = parse(&leaf(&root, |_| {})).unwrap();
    for (name, matches) in [
        ("device.example", true),
        ("DEVICE.example", true),
        ("a.lab.example", true),
        ("a.b.lab.example", false),
        ("lab.example", false),
        ("*.lab.example", false),
        ("10.0.0.7", true),
        ("10.0.0.8", false),
        ("", false),
    ] {
        assert_eq!(name_matches(&facts, name), matches, "{name}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = parse(&bytes);
        let _ = pem_to_der(&bytes);
        let _ = validate(std::slice::from_ref(&bytes), std::slice::from_ref(&bytes), "a.example", 0);
    }

    #[test]
    fn no_damaged_certificate_makes_it_panic(at in 0usize..556, with in any::<u8>(), cut in 0usize..556) {
        let mut der = pem_to_der(OLD.as_bytes()).unwrap().remove(0);
        if let Some(byte) = der.get_mut(at) { *byte = with; }
        let good = der.clone();
        let _ = validate(&[good.clone(), good.clone()], std::slice::from_ref(&good), "old.example", 0);
        der.truncate(cut);
        let _ = parse(&der);
    }
}
