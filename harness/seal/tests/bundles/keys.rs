//! Keys and their files.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use assay_seal::{Error, Kind, Person, PrivateKey, PublicKey, Signer};

use crate::lab::person;

#[test]
fn a_key_comes_back_from_its_files() {
    for kind in Kind::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let (private, public) = (folder.path().join("ada.key"), folder.path().join("ada.pub"));
        let key = person("Ada Tester", kind);
        key.save(&private).expect("a private key");
        key.public().save(&public).expect("a public key");
        assert_eq!(fs::metadata(&private).expect("a file").permissions().mode() & 0o777, 0o600);
        let again = PrivateKey::open(&private).expect("the private key");
        assert_eq!(again.public(), key.public());
        assert_eq!(PublicKey::open(&public).expect("the public key"), *key.public());
        assert_eq!(key.public().person().expect("a person").to_string(), "Ada Tester, test engineer");
        assert!(matches!(key.save(&private), Err(Error::File { .. })), "a key is never written over");
        let text = fs::read_to_string(&private).expect("text");
        assert!(text.starts_with("Name: Ada Tester\nFunction: test engineer\n-----BEGIN PRIVATE KEY-----\n"), "{text}");
        assert!(!format!("{key:?}").contains(text.lines().nth(3).expect("a line")), "a private key is not shown");
    }
}

#[test]
fn what_is_no_key_is_refused_with_a_reason() {
    let key = person("Ada", Kind::P256);
    let pem = key.public().pem();
    for (text, words) in [
        (String::new(), "holds no key"),
        ("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n".to_owned(), "holds a private key"),
        ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n".to_owned(), "something else"),
        (pem.replace("-----END PUBLIC KEY-----\n", ""), "cut off"),
        (pem.clone() + &pem, "one key"),
        (pem.replace("MFk", "MF!"), "damaged"),
        (pem.replace("MFk", "MGk"), "neither Ed25519 nor"),
        (format!("Name: \nFunction: x\n{pem}"), "the name of who signs"),
        (format!("Name: a\u{7}\nFunction: x\n{pem}"), "the name of who signs"),
    ] {
        let why = PublicKey::read(&text).expect_err("no key");
        assert!(why.contains(words), "{text}: {why}");
    }
    assert!(PrivateKey::read(&pem).expect_err("a public key").contains("holds a public key"));
    assert!(Person::new("a", &"x".repeat(121)).is_err());
    let nameless = PublicKey::read(&pem).expect("a key");
    assert!(Signer::of(&nameless).expect_err("nobody").to_string().contains("Name: and Function:"));
    // a point that is not on the curve
    let mut bytes: Vec<char> = pem.chars().collect();
    let at = pem.find("-----END").expect("an end") - 6;
    bytes[at] = if bytes[at] == 'A' { 'B' } else { 'A' };
    assert!(PublicKey::read(&bytes.into_iter().collect::<String>()).is_err());
}

#[test]
fn a_file_without_end_is_not_read_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("big.key");
    fs::write(&path, vec![b'x'; 20_000]).expect("a file");
    assert!(PrivateKey::open(&path).expect_err("too long").to_string().contains("at most 16384 bytes"));
}
