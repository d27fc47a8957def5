//! `JUnit` XML, read by a program of others: its numbers are those of the run.
//!
//! It needs python3 with junitparser; without them it is skipped, unless `ASSAY_DEMAND_REAL=1`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use assay_model::run::Run;
use assay_model::verdict::Verdict;
use assay_reports::junit::{Mode, render};
use serde_json::Value;

use crate::sample;

/// The interpreter that junitparser is installed for: the first on the path, or that of Debian.
fn python() -> Option<&'static str> {
    let has = |python: &&str| Command::new(python).args(["-c", "import junitparser"]).output().is_ok_and(|out| out.status.success());
    let found = ["python3", "/usr/bin/python3"].into_iter().find(has);
    let demanded = std::env::var("ASSAY_DEMAND_REAL").is_ok_and(|value| value == "1");
    assert!(found.is_some() || !demanded, "install python3 and junitparser (Debian: python3-junitparser)");
    found
}

/// What junitparser finds in the report of this run; nothing where it is not installed.
fn found(run: &Run, mode: Mode) -> Option<Value> {
    let python = python()?;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("junit.xml");
    std::fs::write(&file, render(run, mode).expect("a report")).expect("a file");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/junit.py");
    let out = Command::new(python).arg(script).arg(&file).output().expect("python3");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    Some(serde_json::from_slice(&out.stdout).expect("JSON"))
}

/// How many results have each verdict.
fn verdicts(run: &Run) -> BTreeMap<String, usize> {
    let count = |verdict: Verdict| run.results.iter().filter(|result| result.verdict == verdict).count();
    Verdict::ALL.into_iter().map(|verdict| (verdict.word().to_owned(), count(verdict))).filter(|(_, count)| *count > 0).collect()
}

#[test]
fn junitparser_counts_what_the_run_counts() {
    for run in [sample::mixed(), sample::conforming(), sample::filled_with("]]></testcase>\u{1b}")] {
        for mode in [Mode::Strict, Mode::Lenient] {
            let Some(found) = found(&run, mode) else { return };
            assert_eq!(found["said"], found["counted"], "{mode:?}");
            assert_eq!(found["verdicts"], serde_json::to_value(verdicts(&run)).expect("JSON"));
            let failed = run.results.iter().filter(|result| result.verdict == Verdict::Fail).count();
            assert_eq!(found["counted"]["failures"], failed);
        }
    }
}

#[test]
fn junitparser_sees_what_no_result_speaks_for() {
    let Some(found) = found(&sample::mixed(), Mode::Strict) else { return };
    assert_eq!(found["determinations"], serde_json::json!({ "not-assessed": 1, "not-applicable": 1 }));
    assert_eq!(found["counted"], serde_json::json!({ "tests": 11, "failures": 1, "errors": 4, "skipped": 2 }));
}
