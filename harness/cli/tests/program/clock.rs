//! A clock that is set in the middle of a run: what was seen meanwhile counts for nothing, and a run goes on afterwards.

use std::path::Path;
use std::process::Command;

use crate::lab::{Lab, ended, json, kill, said, told};

/// Tests that take some seconds.
const CHOSEN: [&str; 3] = ["--test=identification/logical-identifier", "--test=access/guess-throttling", "--component=device"];

/// The command with a wall clock that is as far off as the file says. Its own time goes on as it does.
fn off_by(mut command: Command, file: &Path) -> Command {
    let library = Path::new("/usr/lib").join(format!("{}-linux-gnu/faketime/libfaketime.so.1", std::env::consts::ARCH));
    command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", file);
    command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
    command
}

/// Whether the library is there. Where real software is demanded, it must be.
fn can_be_off() -> bool {
    let there = Command::new("faketime").arg("--version").output().is_ok();
    assert!(there || std::env::var_os("ASSAY_DEMAND_REAL").is_none(), "install faketime");
    there
}

#[test]
fn a_clock_that_is_set_spoils_no_verdict() {
    if !can_be_off() {
        return;
    }
    let lab = Lab::start(&[]);
    let offset = lab.folder.path().join("offset");
    let set = |by: &str| std::fs::write(&offset, format!("{by}\n")).expect("a file");
    set("+0");
    let is_under_way = |line: &str| line.contains("\"event\":\"began\"") && line.contains("guess-throttling");
    let mut child = lab.until(off_by(lab.run(&CHOSEN), &offset), |journal| journal.lines().next_back().is_some_and(is_under_way));
    // well within the test, which takes seconds
    std::thread::sleep(std::time::Duration::from_secs(1));
    set("-86400");
    assert_eq!(child.wait().expect("the program ends").code(), Some(3));
    let of_run = said(&json(&lab.only_run().join("run.json")));
    let spoiled: Vec<_> = of_run.values().filter(|(verdict, _)| verdict == "error").collect();
    assert_eq!(spoiled.len(), 1, "{of_run:?}");
    assert!(spoiled[0].1.contains("the clock of this machine was set by"), "{spoiled:?}");
}

#[test]
fn a_run_goes_on_whatever_the_clock_says_meanwhile() {
    for by in ["-86400", "+31536000"].into_iter().filter(|_| can_be_off()) {
        let lab = Lab::start(&[]);
        kill(lab.run_until(&CHOSEN, |journal| ended(journal) >= 1));
        let offset = lab.folder.path().join("offset");
        std::fs::write(&offset, by).expect("a file");
        let (code, out, err) = told(&off_by(lab.run(&CHOSEN), &offset).arg("--resume").output().expect("the program starts"));
        let said = said(&json(&lab.only_run().join("run.json")));
        assert!(said.len() == 3 && said.values().all(|(verdict, _)| verdict == "pass"), "{by}: {code}{out}{err}");
        assert!(err.contains("steps were finished before"), "{err}");
    }
}
