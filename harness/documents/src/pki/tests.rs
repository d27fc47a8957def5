//! Right and wrong signatures.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use proptest::prelude::*;

use super::testing::public_key;
use super::*;

fn name(outcome: Result<Option<Scheme>, String>) -> Option<&'static str> {
    outcome.unwrap().map(|scheme| scheme.name)
}

#[test]
fn right_and_wrong_signatures() {
    let pair = Ed25519KeyPair::generate().unwrap();
    let key = public_key("Ed25519", pair.public_key().as_ref());
    for (message, as_told) in [(b"image".to_vec(), "Ed25519"), (digest(&SHA256, b"image").as_ref().to_vec(), "Ed25519-SHA256")] {
        let signature = pair.sign(&message);
        assert_eq!(name(verify("Ed25519", &key, b"image", signature.as_ref())), Some(as_told));
        assert_eq!(name(verify("Ed25519", &key, b"imagf", signature.as_ref())), None);
    }
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let key = public_key("EC", pair.public_key().as_ref());
    assert_eq!(key.facts, Key { algorithm: "EC".to_owned(), bits: 256, curve: Some("P-256".to_owned()) });
    let signature = pair.sign(&SystemRandom::new(), b"image").unwrap();
    assert_eq!(name(verify("ECDSA", &key, b"image", signature.as_ref())), Some("ECDSA-SHA256"));
    assert_eq!(name(verify("ECDSA-SHA384", &key, b"image", signature.as_ref())), None);
    let odd = Key { curve: Some("P-192".to_owned()), ..key.facts.clone() };
    assert!(schemes_for("ECDSA", &odd).is_empty());
}

#[test]
fn names_of_hashes() {
    assert_eq!((hash_of("ECDSA-SHA256"), hash_of("rsa with sha-1"), hash_of("Ed25519")), (Some("sha256"), Some("sha1"), None));
    let key = |bits| Key { algorithm: "RSA".to_owned(), bits, curve: None };
    assert_eq!(schemes_for("RSA-PSS", &key(2048)).len(), 3);
    assert_eq!((schemes_for("RSA", &key(2048)).len(), schemes_for("", &key(2048)).len()), (4, 7));
    assert!(schemes_for("RSA-MD5", &key(2048)).is_empty() && schemes_for("RSA", &key(512)).is_empty());
}

proptest! {
    #[test]
    fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let signed = [&[0x30, 0x80, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2][..], &bytes].concat();
        let _ = (PublicKey::read(&bytes).is_ok(), read_cms(&bytes, None).is_ok(), read_cms(&signed, Some(&bytes)).is_ok(), certificates(&bytes));
    }
}

/// A signature made with the `openssl` command line; see fuzz/seeds.
#[test]
fn cms_up_to_an_anchor() {
    let detached = include_bytes!("../../../../fuzz/seeds/document_cms/detached.p7s");
    let attached = include_bytes!("../../../../fuzz/seeds/document_cms/attached.p7s");
    let anchors = certificates(include_bytes!("../../../../fuzz/seeds/document_cms/anchor.pem"));
    let at = |year: i64| OffsetDateTime::from_unix_timestamp((year - 1970) * 31_556_952).unwrap();
    let holds = |content: &[u8], anchors: &[Vec<u8>], year| {
        let pieces = [content];
        verify_cms(detached, &Digests::of(&pieces), Trust::Anchors(anchors, at(year))).unwrap()
    };
    assert_eq!(holds(b"{\"a\":1}\n", &anchors, 2028), Ok("ECDSA-SHA256".to_owned()));
    for (outcome, why) in [
        (holds(b"{\"a\":2}\n", &anchors, 2028), "another than"),
        (holds(b"{\"a\":1}\n", &anchors, 2020), "out of its time"),
        (holds(b"{\"a\":1}\n", &[], 2028), "no anchor"),
    ] {
        assert!(outcome.clone().is_err_and(|found| found.contains(why)), "{outcome:?}");
    }
    // the key of an authority above the signer says nothing of the signature, another key that it is wrong
    let pieces = [&b"{\"a\":1}\n"[..]];
    let by = |key: PublicKey| verify_cms(detached, &Digests::of(&pieces), Trust::Key(&key));
    assert!(by(PublicKey::read(&anchors[0]).unwrap()).is_err_and(|why| why.contains("give the key of the signer")));
    assert!(by(public_key("Ed25519", &[7; 32])).is_ok_and(|outcome| outcome.is_err()));
    let facts = read_cms(detached, Some(b"{\"a\":1}\n")).unwrap();
    assert_eq!(
        (facts.detached, facts.signers[0].digest_matches, facts.signers[0].subject.as_deref()),
        (true, Some(true), Some("CN=signer"))
    );
    assert_eq!(content_of(attached).as_deref(), Some(&b"{\"a\":1}\n"[..]));
}
