//! Killed within the trial of updates, which changes the product for good: what follows may be open, and is never wrong.

use std::thread::sleep;
use std::time::Duration;

use crate::lab::{Lab, json, kill, said, told};

const CHOSEN: [&str; 2] = ["--test", "update/*"];
/// Milliseconds after the beginning of the trial at which it is killed.
const MOMENTS: [u64; 4] = [300, 1_500, 3_000, 4_500];

/// What a run says after a kill at that moment, test by test.
fn killed_after(faults: &[&str], moment: u64) -> Vec<(String, String, String)> {
    let lab = Lab::start(faults);
    let child = lab.run_until(&CHOSEN, |journal| {
        journal.lines().any(|line| line.contains("\"event\":\"began\"") && line.contains("update/unauthorised-update"))
    });
    sleep(Duration::from_millis(moment));
    kill(child);
    let (_, out, err) = told(&lab.run(&CHOSEN).arg("--resume").output().expect("the program starts"));
    let path = lab.only_run().join("run.json");
    assert!(path.is_file(), "{out}{err}");
    said(&json(&path)).into_iter().map(|(place, (verdict, reason))| (place, verdict, reason)).collect()
}

/// Holds every moment against what must come of an uninterrupted trial.
fn never_wrong(fault: Option<&str>, fails: &[&str]) {
    let faults: Vec<&str> = fault.into_iter().collect();
    std::thread::scope(|scope| {
        let all = MOMENTS.map(|moment| {
            (
                moment,
                scope.spawn({
                    let faults = &faults;
                    move || killed_after(faults, moment)
                }),
            )
        });
        for (moment, run) in all {
            for (place, verdict, reason) in run.join().expect("a run") {
                let right = if fails.iter().any(|test| place.starts_with(test)) { "fail" } else { "pass" };
                let open = verdict == "inconclusive" && (reason.contains("broken off") || right == "pass" && !fails.is_empty());
                assert!(verdict == right || open, "{fault:?}, killed after {moment} ms: {place} says {verdict}: {reason}");
            }
        }
    });
}

#[test]
fn of_a_good_product() {
    never_wrong(None, &[]);
}

#[test]
fn of_a_product_that_takes_older_software() {
    never_wrong(Some("update-rollback"), &["update/rollback"]);
}

#[test]
fn of_a_product_that_takes_anything() {
    never_wrong(Some("update-any-model"), &["update/altered-package"]);
}

#[test]
fn of_a_product_that_asks_nobody() {
    never_wrong(Some("update-without-login"), &["update/unauthorised-update"]);
}

#[test]
fn a_lock_that_a_broken_off_step_left_is_waited_for() {
    let lab = Lab::start(&[]);
    let chosen = ["--test", "access/guess-throttling", "--component", "hub"];
    let child = lab.run_until(&chosen, |journal| journal.contains("\"event\":\"began\""));
    sleep(Duration::from_millis(1_200));
    kill(child);
    let (code, out, err) = told(&lab.run(&chosen).arg("--resume").output().expect("the program starts"));
    assert!(err.contains("of rest"), "{err}");
    let said = said(&json(&lab.only_run().join("run.json")));
    assert!(code == 3 && said.values().all(|(verdict, _)| verdict == "pass"), "{said:?}\n{out}");
}
