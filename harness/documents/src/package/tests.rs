//! Packages that are right, altered, and odd.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use proptest::prelude::*;

use super::*;
use crate::pki::PublicKey;
use crate::pki::testing::public_key;
use crate::text::hex;

fn pair() -> (Ed25519KeyPair, PublicKey) {
    let pair = Ed25519KeyPair::generate().unwrap();
    let key = public_key("Ed25519", pair.public_key().as_ref());
    (pair, key)
}

fn mcuboot(pair: Option<&Ed25519KeyPair>) -> Vec<u8> {
    let mut file = vec![0x3d, 0xb8, 0xf3, 0x96, 0, 0, 0, 0, 32, 0, 0, 0, 8, 0, 0, 0];
    file.resize(40, 7);
    let hash = digest(&SHA256, &file);
    let signature = pair.map(|pair| pair.sign(hash.as_ref()).as_ref().to_vec());
    let mut entries = [&[0x10, 0, 32, 0][..], hash.as_ref()].concat();
    if let Some(signature) = signature {
        entries.extend([&[0x24, 0, 64, 0][..], &signature].concat());
    }
    let length = u16::try_from(entries.len() + 4).unwrap().to_le_bytes();
    [file, vec![0x07, 0x69], length.to_vec(), entries].concat()
}

fn outcome(package: &Package, file: &[u8], key: &PublicKey) -> (Option<bool>, Option<bool>) {
    let found = package.verify(file, "", Trust::Key(key)).unwrap_or_default();
    (found.verifies, found.verifies_altered)
}

#[test]
fn mcuboot_images() {
    let (pair, key) = pair();
    let mut file = mcuboot(Some(&pair));
    let package = read(&file).unwrap();
    assert_eq!((package.kind, package.signed, package.algorithm.as_deref()), (Kind::McuBoot, true, Some("Ed25519")));
    assert_eq!((package.hash.clone(), outcome(&package, &file, &key)), (Some(("sha256".to_owned(), true)), (Some(true), Some(false))));
    file[39] ^= 1;
    let altered = read(&file).unwrap();
    assert_eq!((altered.hash.clone(), outcome(&altered, &file, &key)), (Some(("sha256".to_owned(), false)), (Some(false), None)));
    assert!(!read(&mcuboot(None)).unwrap().signed && !read(&file[..40]).unwrap().problems.is_empty());
}

fn cpio(name: &str, content: &[u8]) -> Vec<u8> {
    let mut entry = format!("070702{:048}{:08x}{:032}{:08x}{:08}", 0, content.len(), 0, name.len() + 1, 0).into_bytes();
    entry.extend(name.bytes().chain([0]));
    entry.resize(entry.len().next_multiple_of(4), 0);
    entry.extend(content);
    entry.resize(entry.len().next_multiple_of(4), 0);
    entry
}

#[test]
fn swupdate_images() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let key = public_key("EC", pair.public_key().as_ref());
    let hash = hex(digest(&SHA256, b"root").as_ref());
    let text = format!("software = {{ images: ( {{ filename = \"root.img\"; sha256 = \"{hash}\"; }} ); }}");
    let signature = pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
    let frame = [cpio("sw-description", text.as_bytes()), cpio("sw-description.sig", signature.as_ref())].concat();
    let image = |content: &[u8], more: &[u8]| [&frame, &cpio("root.img", content), more, &cpio("TRAILER!!!", b"")].concat();
    let file = image(b"root", b"");
    let package = read(&file).unwrap();
    assert_eq!((package.kind, package.signed, package.problems.len()), (Kind::SwUpdate, true, 0));
    assert_eq!(outcome(&package, &file, &key), (Some(true), Some(false)));
    assert!(package.mismatched().is_empty() && package.uncovered().is_empty());
    let other = read(&image(b"boot", &cpio("extra", b"x"))).unwrap();
    assert_eq!((other.mismatched(), other.uncovered()), (vec!["root.img"], vec!["extra"]));
    assert!(!read(&cpio("sw-description", b"software = {")).unwrap().signed);
}

fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    let mut entry = vec![0; 512];
    entry[..name.len()].copy_from_slice(name.as_bytes());
    entry[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    entry[257..262].copy_from_slice(b"ustar");
    entry.extend(content);
    entry.resize(entry.len().next_multiple_of(512), 0);
    entry
}

#[test]
fn mender_artifacts() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let key = public_key("EC", pair.public_key().as_ref());
    let line = |name: &str, content: &[u8]| format!("{}  {name}\n", hex(digest(&SHA256, content).as_ref()));
    let manifest = line("version", b"v") + &line("data/0000/root", b"root");
    let signature = base64::engine::general_purpose::STANDARD.encode(pair.sign(&SystemRandom::new(), manifest.as_bytes()).unwrap());
    let frame = [tar("version", b"v"), tar("manifest", manifest.as_bytes()), tar("manifest.sig", signature.as_bytes())].concat();
    let file = [frame.clone(), tar("data/0000.tar", &tar("root", b"root"))].concat();
    let package = read(&file).unwrap();
    assert_eq!((package.kind, package.signed, package.problems.as_slice()), (Kind::Mender, true, &[][..]));
    assert_eq!((outcome(&package, &file, &key), package.uncovered().len()), ((Some(true), Some(false)), 0));
    let other = read(&[frame, tar("data/0000.tar", &tar("root", b"boot"))].concat()).unwrap();
    assert_eq!(other.mismatched(), ["data/0000/root"]);
}

#[test]
fn suit_envelopes() {
    let (pair, key) = pair();
    let text = |bytes: &[u8]| cbor::as_byte_string(bytes);
    let payload_hash = digest(&SHA256, b"payload");
    let manifest = [&[0xa1, 0x01][..], &text(payload_hash.as_ref())].concat();
    let claimed = [&[0x82, 0x2f][..], &text(digest(&SHA256, &text(&manifest)).as_ref())].concat();
    let protected = [0xa1, 0x01, 0x27];
    let message = [&b"\x84\x6aSignature1"[..], &text(&protected), &[0x40], &text(&claimed)].concat();
    let cose = [&[0xd2, 0x84][..], &text(&protected), &[0xa0, 0xf6], &text(pair.sign(&message).as_ref())].concat();
    let wrapper = [&[0x82][..], &text(&claimed), &text(&cose)].concat();
    let file = [&[0xd8, 0x6b, 0xa3, 0x02][..], &text(&wrapper), &[0x03], &text(&manifest), &[0x62, b'#', b'p'], &text(b"payload")].concat();
    let package = read(&file).unwrap();
    assert_eq!((package.kind, package.algorithm.as_deref(), package.problems.as_slice()), (Kind::Suit, Some("Ed25519"), &[][..]));
    assert_eq!((package.hash.clone(), outcome(&package, &file, &key)), (Some(("sha256".to_owned(), true)), (Some(true), Some(false))));
    assert_eq!(package.files[0].hash_matches, Some(true));
    let unsigned = read(&[0xd8, 0x6b, 0xa1, 0x02, 0x43, 0x81, 0x41, 0x00]).unwrap();
    assert!(!unsigned.signed && !unsigned.problems.is_empty());
}

#[test]
fn private_keys_but_not_words_about_them() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let der = pair.to_pkcs8v1().unwrap();
    assert_eq!(secrets(&[b"padding", der.as_ref()].concat()).len(), 1);
    let pem = format!("x-----BEGIN PRIVATE KEY-----\n{}\n", "MIGHAgEAMBMGByqGSM49".repeat(4));
    assert_eq!(secrets(pem.as_bytes()).len(), 1);
    assert_eq!(secrets(pem.replace("BEGIN PRI", "BEGIN ENCRYPTED PRI").as_bytes()), []);
    assert_eq!(secrets(b"-----BEGIN PRIVATE KEY-----\n\0-----END PRIVATE KEY-----\n\0 and so on"), []);
    let jwk = br#"{"keys":[{"kty":"EC","crv":"P-256","x":"a","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}]}"#;
    assert_eq!(secrets(jwk)[0].what, "a private key as JWK");
    assert_eq!(secrets(br#"{"kty":"EC","x":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}"#), []);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &tar("etc/key.pem", pem.as_bytes())).unwrap();
    let archive = cpio("root.tar.gz", &packed.finish().unwrap());
    assert_eq!(secrets(&archive)[0].within, "root.tar.gz");
}

proptest! {
    #[test]
    fn any_bytes_do_not_panic(kind in 0..7_usize, bytes in proptest::collection::vec(any::<u8>(), 0..700), at in 0..100_usize, byte: u8) {
        let start: &[u8] = [&[0x3d, 0xb8, 0xf3, 0x96][..], &[0xd8, 0x6b, 0xa1], b"070701", b"hsqs", b"\xed\xd5\xcb\x6d\x2d\xe8\x44\x4c\xbd\xa1\x71\x94\x19\x9a\xd9\x2a", &[0x1f, 0x8b, 8], b""][kind];
        let file = [start, &bytes].concat();
        let mut image = mcuboot(None);
        image[at % 80] = byte;
        for file in [file, image] {
            let _ = secrets(&file);
            if let Ok(package) = read(&file) {
                let _ = package.verify(&file, "", Trust::Key(&public_key("Ed25519", &[7; 32])));
            }
        }
    }
}

/// Packages signed with CMS, made with the `openssl` command line; see fuzz/seeds.
#[test]
fn packages_signed_with_cms() {
    let key = PublicKey::read(include_bytes!("../../../../fuzz/seeds/document_cms/key.pem")).unwrap();
    let rauc = &include_bytes!("../../../../fuzz/seeds/document_package/rauc")[..];
    let verity = &include_bytes!("../../../../fuzz/seeds/document_package/rauc-verity")[..];
    let capsule = &include_bytes!("../../../../fuzz/seeds/document_package/capsule")[..];
    for (file, kind) in [(rauc, Kind::Rauc), (verity, Kind::Rauc), (capsule, Kind::Capsule)] {
        let package = read(file).unwrap();
        assert_eq!((package.kind, package.signed, package.algorithm.as_deref()), (kind, true, Some("ECDSA-SHA256")));
        assert_eq!((outcome(&package, file, &key), package.problems.as_slice()), ((Some(true), Some(false)), &[][..]));
        let (_, other) = pair();
        assert_eq!(outcome(&package, file, &other), (Some(false), None));
    }
    let mut altered = verity.to_vec();
    altered[5_000] ^= 1;
    assert_eq!((read(verity).unwrap().mismatched(), read(&altered).unwrap().mismatched()), (vec![], vec!["the image"]));
    let mut altered = rauc.to_vec();
    altered[60] ^= 1;
    assert_eq!(outcome(&read(&altered).unwrap(), &altered, &key), (Some(false), None));
}

#[test]
fn bombs_depths_and_numbers_have_an_end() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut packer, &vec![0; 1 << 20]).unwrap();
    let bomb = packer.finish().unwrap();
    assert!(bomb.len() < 2_000, "{} bytes stand for a mebibyte", bomb.len());
    assert_eq!(archive::gunzip(&bomb, 1 << 20).map(|whole| whole.len()), Some(1 << 20));
    assert_eq!(archive::gunzip(&bomb, (1 << 20) - 1), None);

    let member = [&b"070701"[..], &b"00000000".repeat(11), b"00000002", b"00000000", b"a\0"].concat();
    let cpio = |count: usize| archive::cpio(&member.repeat(count)).0.len();
    assert_eq!((cpio(4_096), cpio(4_097)), (4_096, 4_096));

    let arrays = |depth: usize| cbor::after(&[&vec![0x81; depth][..], &[0]].concat(), 0, 0);
    assert_eq!((arrays(16), arrays(17)), (Some(17), None));
    assert_eq!(cbor::after(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0], 0, 0), None, "a list that says it is endless");

    let groups = |depth: usize| listing::files(&format!("{}{}", "{".repeat(depth), "}".repeat(depth))).1;
    assert_eq!((groups(63), groups(64)), (true, false));
}
