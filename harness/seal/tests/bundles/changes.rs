//! Every change after sealing is found, and what was changed is named.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use assay_model::evidence::EvidenceId;

use crate::lab::{SEEN, flaw, sealed, verify};

fn files() -> Vec<String> {
    let evidence = format!("evidence/{}", EvidenceId::of(SEEN).hex());
    ["journal.jsonl", "plan.json", "report.html", "run.json", "seal.json", &evidence].map(str::to_owned).to_vec()
}

#[test]
fn one_flipped_bit_is_found_and_named_wherever_it_is() {
    let (folder, _) = sealed();
    verify(folder.path(), &[]).expect("a sound bundle");
    for name in files() {
        let path = folder.path().join(&name);
        let sound = fs::read(&path).expect("a file");
        for at in (0..sound.len()).step_by(sound.len() / 1_000 + 1) {
            let mut changed = sound.clone();
            changed[at] ^= 1 << (at % 8);
            fs::write(&path, &changed).expect("a changed file");
            let line = sound[..at].split(|byte| *byte == b'\n').count();
            let named = if name == "journal.jsonl" { format!("{name}, line {line}: ") } else { format!("{name}: ") };
            let flaw = flaw(folder.path());
            assert!(flaw.starts_with(&named), "byte {at} of {name}, line {line}: {flaw}");
        }
        fs::write(&path, sound).expect("a file");
    }
    verify(folder.path(), &[]).expect("the sound bundle again");
}

#[test]
fn a_journal_is_what_was_written_line_by_line() {
    let (folder, _) = sealed();
    let path = folder.path().join("journal.jsonl");
    let sound = fs::read_to_string(&path).expect("a journal");
    let lines: Vec<&str> = sound.split_inclusive('\n').collect();
    let after = |order: &[usize]| {
        fs::write(&path, order.iter().map(|at| lines[*at]).collect::<String>()).expect("a journal");
        flaw(folder.path())
    };
    for (order, line, words) in [
        (&[0, 1, 3, 4][..], 2, "not there any more"),
        (&[1, 2, 3, 4], 1, "before it"),
        (&[0, 1, 2, 3], 4, "not there any more"),
        (&[0, 2, 1, 3, 4], 2, "moved"),
        (&[0, 1, 2, 3, 3, 4], 4, "was not there"),
        (&[0, 1, 2, 3, 4, 4], 5, "was not there"),
    ] {
        let flaw = after(order);
        assert!(flaw.starts_with(&format!("journal.jsonl, line {line}: ")) && flaw.contains(words), "{order:?}: {flaw}");
    }
    fs::write(&path, "").expect("an empty journal");
    assert!(flaw(folder.path()).contains("line 1"));
    fs::write(&path, &sound[..sound.len() - 5]).expect("a journal that is cut off");
    assert!(flaw(folder.path()).contains("line 5: is damaged: cut off"));
}

#[test]
fn a_file_more_or_less_is_found() {
    let (folder, _) = sealed();
    let at = |name: &str| folder.path().join(name);
    for added in ["a.txt", "evidence/more", "zz/deep.txt"] {
        fs::create_dir_all(at(added).parent().expect("a folder")).expect("a folder");
        fs::write(at(added), "x").expect("a file");
        assert_eq!(flaw(folder.path()), format!("{added}: is not among what was sealed: it was added or renamed"));
        fs::remove_file(at(added)).expect("a file");
    }
    for name in files() {
        let sound = fs::read(at(&name)).expect("a file");
        fs::remove_file(at(&name)).expect("a file");
        let flaw = flaw(folder.path());
        assert!(flaw.starts_with(&format!("{name}: is ")) && flaw.contains("not there"), "{flaw}");
        fs::write(at(&name), sound).expect("a file");
    }
    verify(folder.path(), &[]).expect("the sound bundle again");
}

#[test]
fn links_odd_names_and_depths_are_refused() {
    let odd = |make: &dyn Fn(&Path)| {
        let (folder, _) = sealed();
        make(folder.path());
        flaw(folder.path())
    };
    let link = odd(&|folder| symlink("/etc/passwd", folder.join("link")).expect("a link"));
    assert!(link.starts_with("link: is a link"), "{link}");
    let replaced = odd(&|folder| {
        fs::rename(folder.join("run.json"), folder.join("evidence/run")).expect("a file");
        symlink("evidence/run", folder.join("run.json")).expect("a link");
    });
    assert!(replaced.starts_with("run.json: is a link"), "{replaced}");
    let seal = odd(&|folder| {
        fs::rename(folder.join("seal.json"), folder.join("other")).expect("a file");
        symlink("other", folder.join("seal.json")).expect("a link");
    });
    assert!(seal.starts_with("seal.json: is no plain file"), "{seal}");
    for name in [".hidden", "-f", "a b", "a\u{202e}b", "line\nfeed", "\u{e9}"] {
        let flaw = odd(&|folder| fs::write(folder.join(name), "x").expect("a file"));
        assert!(flaw.contains("has a name that is not sealed") && !flaw.contains(['\n', '\u{202e}']), "{flaw}");
    }
    let deep = odd(&|folder| fs::create_dir_all(folder.join("d/".repeat(20))).expect("folders"));
    assert!(deep.contains("8 folders within each other"), "{deep}");
}
