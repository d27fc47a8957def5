//! Bytes of any kind in the place of seals, journals and keys: a flaw, never a panic.

use std::fs;

use assay_seal::{PrivateKey, PublicKey};
use proptest::prelude::*;

use crate::lab::{flaw, sealed};

#[test]
fn seals_that_are_cut_off_or_without_end() {
    let (folder, _) = sealed();
    let path = folder.path().join("seal.json");
    let sound = fs::read(&path).expect("a seal");
    for length in (0..sound.len()).step_by(97) {
        fs::write(&path, &sound[..length]).expect("a seal");
        assert!(flaw(folder.path()).starts_with("seal.json: "));
    }
    fs::write(&path, [b"[".repeat(100_000), sound].concat()).expect("a seal");
    assert!(flaw(folder.path()).starts_with("seal.json: is no signed envelope"));
    fs::File::create(&path).and_then(|file| file.set_len(1 << 40)).expect("a seal as large as a disk");
    assert!(flaw(folder.path()).contains("is longer than"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_as_a_file_of_a_bundle(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        name in prop_oneof![Just("seal.json"), Just("journal.jsonl"), Just("run.json")],
    ) {
        let (folder, _) = sealed();
        fs::write(folder.path().join(name), bytes).expect("a file");
        prop_assert!(flaw(folder.path()).starts_with(name));
    }

    #[test]
    fn any_text_as_a_key(text in "\\PC{0,200}", label in prop_oneof![Just("PUBLIC KEY"), Just("PRIVATE KEY")], body in "[A-Za-z0-9+/=\n]{0,200}") {
        for text in [text.clone(), format!("{text}\n-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")] {
            prop_assert!(PublicKey::read(&text).is_err());
            prop_assert!(PrivateKey::read(&text).is_err());
        }
    }
}
