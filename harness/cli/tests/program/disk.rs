//! A disk that is full or cannot be written: it is said, and nothing finished is lost.

use std::path::Path;
use std::process::Command;

use crate::apart::apart;
use crate::lab::{Lab, ended, json, said, told};

const QUICK: [&str; 6] = ["--test", "protection/tls-*", "--test", "identification/logical-identifier", "--consent", "read-only"];

#[test]
fn a_full_disk_is_said_and_the_run_goes_on_when_there_is_room() {
    if apart("-m", "disk::a_full_disk_is_said_and_the_run_goes_on_when_there_is_room", &[], &[]) {
        inside();
    }
}

fn mount(options: &str, at: &Path) {
    let status = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).status().expect("mount starts");
    assert!(status.success(), "{options}");
}

fn inside() {
    let (whole, small) = (Lab::start(&["tls-1-0"]), Lab::start(&["tls-1-0"]));
    let (code, out, err) = told(&whole.run(&QUICK).output().expect("the program starts"));
    assert_eq!(code, 1, "{out}{err}");

    std::fs::create_dir(small.out()).expect("a folder");
    mount("size=160k", &small.out());
    let (code, _, err) = told(&small.run(&QUICK).output().expect("the program starts"));
    assert_eq!(code, 4, "{err}");
    assert!(err.contains("No space left") && err.contains(&small.out().display().to_string()), "{err}");
    let run = small.only_run();
    let finished = ended(&std::fs::read_to_string(run.join("journal.jsonl")).expect("a journal"));
    assert!(finished > 0 && !run.join("run.json").exists(), "{finished} steps were finished");

    mount_again(&small.out(), "remount,size=100m");
    let (code, out, err) = told(&small.run(&QUICK).arg("--resume").output().expect("the program starts"));
    assert_eq!(code, 1, "{out}{err}");
    assert!(err.contains("steps were finished before"), "{err}");
    assert_eq!(said(&json(&run.join("run.json"))), said(&json(&whole.only_run().join("run.json"))));

    mount_again(&small.out(), "remount,ro");
    let (code, _, err) = told(&small.run(&QUICK).output().expect("the program starts"));
    assert!(matches!(code, 2 | 4) && err.contains("Read-only file system"), "{code}: {err}");
}

fn mount_again(at: &Path, options: &str) {
    let status = Command::new("mount").args(["-o", options]).arg(at).status().expect("mount starts");
    assert!(status.success(), "{options}");
}
