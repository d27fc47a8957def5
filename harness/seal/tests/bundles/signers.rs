//! Who signed: everybody who is named and nobody else, each with the key that the reader knows.

use std::fs;

use assay_seal::{DECLARATION, Flaw, Kind, Person, PrivateKey, PublicKey, bundle, run};
use serde_json::{Value, json};

use crate::lab::{finished, flaw, person, refusal, sealed, signer, verify};

#[test]
fn the_keys_that_are_trusted_must_have_signed() {
    let (folder, [ada, rob]) = sealed();
    assert_eq!(verify(folder.path(), &[]).expect("a sound bundle").trusted, Vec::<String>::new());
    let bundle = verify(folder.path(), &[&rob, &ada]).expect("both signed");
    assert_eq!(bundle.trusted, [rob.public().id(), ada.public().id()]);
    assert_eq!(bundle.signers.iter().map(|signer| signer.name.as_str()).collect::<Vec<_>>(), ["Ada Tester", "Rob Reviewer"]);

    let mallory = person("Ada Tester", Kind::Ed25519);
    assert_eq!(verify(folder.path(), &[&mallory]), Err(Flaw::Stranger("Ada Tester".to_owned())));
    let file = format!("Name: Eve\nFunction: auditor\n{}", ada.public().pem());
    let renamed = bundle::open(folder.path(), &[PublicKey::read(&file).expect("a key")]).expect_err("another name");
    assert!(renamed.to_string().contains("names Ada Tester for a key that belongs to Eve"), "{renamed}");
    let bare = PublicKey::read(&ada.public().pem()).expect("a key without a name");
    assert!(bundle::open(folder.path(), &[bare]).is_ok());
}

#[test]
fn whoever_is_named_has_to_sign_once() {
    let (folder, ada, rob) = (finished(), person("Ada", Kind::P256), person("Rob", Kind::Ed25519));
    let both = [signer(&ada), signer(&rob)];
    let stranger = person("Eve", Kind::Ed25519);
    assert!(refusal(run::seal(folder.path(), &both, &stranger)).contains("belongs to none"));
    assert!(refusal(run::seal(folder.path(), &[signer(&ada), signer(&ada)], &ada)).contains("twice"));
    assert!(!folder.path().join("seal.json").exists());

    // who signs first does not matter
    run::seal(folder.path(), &both, &rob).expect("a seal");
    assert_eq!(verify(folder.path(), &[&rob]), Err(Flaw::Unsigned("Ada".to_owned())));
    assert!(refusal(run::seal(folder.path(), &both, &ada)).contains("sealed already"));
    assert!(refusal(bundle::countersign(folder.path(), &stranger)).contains("belongs to none"));
    assert!(refusal(bundle::countersign(folder.path(), &rob)).contains("Rob has signed already"));
    let report = folder.path().join("report.html");
    let sound = fs::read(&report).expect("a report");
    fs::write(&report, "<p>other</p>").expect("a report");
    assert!(refusal(bundle::countersign(folder.path(), &ada)).starts_with("report.html: was changed"));
    fs::write(&report, sound).expect("a report");
    bundle::countersign(folder.path(), &ada).expect("the second signature");
    verify(folder.path(), &[&ada, &rob]).expect("a sound bundle");
}

/// The seal with its signatures changed, written as the program writes it.
fn resigned(text: &str, change: impl Fn(&mut Vec<Value>)) -> String {
    let mut envelope: Value = serde_json::from_str(text).expect("JSON");
    change(envelope["signatures"].as_array_mut().expect("signatures"));
    serde_json::to_string_pretty(&envelope).expect("JSON") + "\n"
}

#[test]
fn signatures_cannot_be_moved_added_or_taken_away() {
    let (folder, _) = sealed();
    let (other, _) = sealed();
    let path = folder.path().join("seal.json");
    let [sound, foreign] = [&folder, &other].map(|folder| fs::read_to_string(folder.path().join("seal.json")).expect("a seal"));
    let foreign: Value = serde_json::from_str(&foreign).expect("JSON");
    let after = |change: &dyn Fn(&mut Vec<Value>)| {
        fs::write(&path, resigned(&sound, change)).expect("a seal");
        flaw(folder.path())
    };
    assert_eq!(resigned(&sound, |_| ()), sound);
    let missing = after(&|signatures| drop(signatures.remove(1)));
    assert!(missing.contains("signature of Rob Reviewer is missing"), "{missing}");
    for change in [
        &(|signatures: &mut Vec<Value>| signatures.swap(0, 1)) as &dyn Fn(&mut Vec<Value>),
        &|signatures| signatures.push(signatures[0].clone()),
        &|signatures| signatures.push(foreign["signatures"][0].clone()),
        &|signatures| signatures[0]["keyid"] = foreign["signatures"][0]["keyid"].clone(),
    ] {
        let flaw = after(change);
        assert!(flaw.contains("a key that it does not name, or in another order"), "{flaw}");
    }
    let wrong = after(&|signatures| signatures[0]["sig"] = foreign["signatures"][0]["sig"].clone());
    assert!(wrong.contains("the signature of Ada Tester is not one of this statement"), "{wrong}");
}

#[test]
fn any_folder_can_be_sealed_with_what_it_declares() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("declaration.html"), "<p>conforms</p>").expect("a declaration");
    let key = PrivateKey::generate(Kind::P256, Person::new("Iva Issuer", "head of quality").expect("a person")).expect("a key");
    let seal = |predicate| bundle::seal(folder.path(), DECLARATION, predicate, &[signer(&key)], &key);
    assert!(refusal(seal(json!("words"))).contains("no room"));
    assert!(refusal(seal(json!({"signers": []}))).contains("no room"));
    seal(json!({"number": "D-1", "b": {"z": 0.1, "a": 1}})).expect("a seal");
    let bundle = bundle::open(folder.path(), &[key.public().clone()]).expect("a sound bundle");
    assert_eq!(bundle.statement.predicate["number"], "D-1");
    assert_eq!(bundle.signers, [signer(&key)]);
    assert!(run::verify(folder.path(), &bundle).is_err(), "a declaration is no run");
}
