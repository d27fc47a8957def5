//! `kill -9` at several moments, and a journal that was changed: what is finished is kept, and nothing is trusted blindly.

use std::path::Path;

use crate::lab::{Lab, determined, ended, json, kill, said, told};

/// Finished steps after which the run is killed, one after the other.
const MOMENTS: [usize; 5] = [1, 9, 22, 30, 36];
/// Tests of every class, some of which share facts.
const CHOSEN: [&str; 9] = [
    "--test=identification/*",
    "--test=protection/tls-*",
    "--test=configuration/*",
    "--test=access/role-matrix",
    "--test=access/unauthenticated-resources",
    "--test=access/default-credentials",
    "--test=awareness/events",
    "--test=awareness/time-stamps",
    "--test=update/*",
];

#[test]
fn a_run_that_was_killed_again_and_again_says_the_same() {
    let faults = ["default-web", "anonymous-setting", "update-rollback", "tls-1-0"];
    let (whole, broken) = (Lab::start(&faults), Lab::start(&faults));
    std::thread::scope(|scope| {
        let uninterrupted = scope.spawn(|| told(&whole.run(&CHOSEN).output().expect("the program starts")));
        for moment in MOMENTS {
            let resume: &[&str] = if moment == MOMENTS[0] { &[] } else { &["--resume"] };
            kill(broken.run_until(&[&CHOSEN, resume].concat(), |journal| ended(journal) >= moment));
        }
        let (code, out, err) = told(&broken.run(&CHOSEN).arg("--resume").output().expect("the program starts"));
        assert_eq!(code, 1, "{out}{err}");
        assert!(err.contains("steps were finished before"), "{err}");
        let (code, out, err) = uninterrupted.join().expect("a run");
        assert_eq!(code, 1, "{out}{err}");
    });
    let (whole, broken) = (json(&whole.only_run().join("run.json")), json(&broken.only_run().join("run.json")));
    assert_eq!(said(&whole), said(&broken));
    assert_eq!(determined(&whole), determined(&broken));
    let remarks = broken["remarks"].as_array().expect("remarks");
    assert_eq!(remarks.iter().filter(|remark| remark.to_string().contains("interrupted")).count(), MOMENTS.len(), "{remarks:?}");
    // what was sent before the last kill counts too
    let sent = |run: &serde_json::Value| run["components"][0]["connections"].as_u64().expect("a count");
    assert!(sent(&broken) * 10 >= sent(&whole) * 8, "{} and {}", sent(&broken), sent(&whole));
}

#[test]
fn a_changed_journal_is_refused_at_its_line() {
    let lab = Lab::start(&[]);
    let quick = ["--test", "protection/tls-*", "--consent", "read-only"];
    kill(lab.run_until(&quick, |journal| ended(journal) >= 6));
    let path = lab.only_run().join("journal.jsonl");
    let sound = std::fs::read_to_string(&path).expect("a journal");
    let resume = || {
        let (code, out, err) = told(&lab.run(&quick).arg("--resume").output().expect("the program starts"));
        (code, format!("{out}{err}"))
    };
    let line = sound.lines().position(|line| line.contains("\"event\":\"ended\"")).expect("a result") + 1;
    for (from, to, number) in
        [("\"verdict\":\"pass\"", "\"verdict\":\"fail\"", line + 1), ("\"verdict\":\"pass\"", "\"verdict\":\"pa\u{7}s\"", line)]
    {
        std::fs::write(&path, sound.replacen(from, to, 1)).expect("a journal");
        let (code, said) = resume();
        assert_eq!(code, 4, "{said}");
        assert!(said.contains(&format!("line {number} ")) && said.contains("journal.jsonl"), "{said}");
    }
    std::fs::write(&path, sound.replacen("\"profile\":\"", "\"profile\":\"_", 1)).expect("a journal");
    assert_ne!(resume().0, 0, "a changed first line");
    std::fs::write(&path, &sound).expect("a journal");
    let (code, said) = resume();
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("not determined"), "{said}");
}

#[test]
fn evidence_that_was_changed_is_not_taken_back() {
    let lab = Lab::start(&[]);
    let quick = ["--test", "protection/tls-*", "--consent", "read-only"];
    kill(lab.run_until(&quick, |journal| journal.contains("\"event\":\"fact\"") && ended(journal) >= 1));
    let run = lab.only_run();
    let journal = std::fs::read_to_string(run.join("journal.jsonl")).expect("a journal");
    let fact = journal.lines().find(|line| line.contains("\"event\":\"fact\"")).expect("a fact");
    let name = fact.split("sha256:").nth(1).and_then(|rest| rest.get(..64)).expect("a hash");
    change_a_byte(&run.join("evidence").join(name));
    let (code, _, err) = told(&lab.run(&quick).arg("--resume").output().expect("the program starts"));
    assert_eq!(code, 4, "{err}");
    assert!(err.contains(name), "{err}");
}

fn change_a_byte(path: &Path) {
    let mut bytes = std::fs::read(path).expect("evidence");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).expect("evidence");
}

#[test]
fn only_the_same_run_goes_on() {
    let lab = Lab::start(&[]);
    let quick = ["--test", "protection/tls-*", "--consent", "read-only"];
    let (code, _, err) = told(&lab.run(&quick).arg("--resume").output().expect("the program starts"));
    assert_eq!(code, 2);
    assert!(err.contains("no unfinished run") && err.contains("without --resume"), "{err}");

    kill(lab.run_until(&quick, |journal| ended(journal) >= 1));
    for other in [["--policy", "federal"], ["--baseline", "core"], ["--test", "access/*"], ["--consent", "passive"]] {
        let mut command = lab.run(&["--resume"]);
        command.args(if other[0] == "--consent" { &quick[..2] } else { &quick[..] }).args(other);
        let (code, _, err) = told(&command.output().expect("the program starts"));
        assert_eq!(code, 2, "{other:?}: {err}");
        assert!(err.contains("changed since this run began"), "{other:?}: {err}");
    }

    let path = lab.only_run().display().to_string();
    let (code, _, err) = crate::lab::outcome(&["report", &path]);
    assert_eq!(code, 2);
    assert!(err.contains("--resume"), "{err}");
    let (code, out, err) = told(&lab.run(&quick).arg("--resume").output().expect("the program starts"));
    assert_eq!(code, 3, "{out}{err}");
    assert!(err.contains(&format!("going on with {path}")), "{err}");
    let (code, _, err) = told(&lab.run(&quick).arg("--resume").output().expect("the program starts"));
    assert_eq!(code, 2, "a finished run does not go on: {err}");
}
