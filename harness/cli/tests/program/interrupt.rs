//! Ctrl-C: the running step ends, the rest is not run, and the run can go on.

use std::process::Command;

use crate::lab::{Lab, ended, json, said, told};

/// Tests that take some seconds, one after the other.
const CHOSEN: [&str; 4] = ["--test", "configuration/change-*", "--test", "access/role-matrix"];

#[test]
fn ctrl_c_keeps_what_is_finished_and_the_rest_can_follow() {
    let lab = Lab::start(&[]);
    let child = lab.run_until(&CHOSEN, |journal| ended(journal) >= 1);
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
    let status = { child }.wait().expect("the program ends");
    assert_eq!(status.code(), Some(3));

    let run = lab.only_run();
    let journal = std::fs::read_to_string(run.join("journal.jsonl")).expect("a journal");
    assert_eq!(journal.matches("\"event\":\"began\"").count(), ended(&journal), "a step was cut off");
    let stopped = json(&run.join("run.json"));
    let of_stopped = said(&stopped);
    let (done, open): (Vec<_>, Vec<_>) = of_stopped.values().partition(|(verdict, _)| verdict != "not-run");
    assert!(!done.is_empty() && !open.is_empty(), "{of_stopped:?}");
    assert!(open.iter().all(|(_, reason)| reason.contains("stopped")), "{open:?}");
    assert!(stopped["remarks"].to_string().contains("stopped"), "{}", stopped["remarks"]);
    assert!(run.join("junit.xml").is_file() && run.join("report.html").is_file());

    let (_, out, err) = told(&lab.run(&CHOSEN).arg("--resume").output().expect("the program starts"));
    let whole = said(&json(&run.join("run.json")));
    assert_eq!(whole.len(), of_stopped.len(), "{out}{err}");
    assert!(whole.values().all(|(verdict, _)| verdict == "pass"), "{whole:?}");
}
