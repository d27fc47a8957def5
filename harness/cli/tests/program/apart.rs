//! Tests that need a network or mounts of their own: run again, alone, in new namespaces.
#![expect(clippy::print_stderr, reason = "it is said what is skipped, and what was found inside")]

use std::process::Command;

use crate::lab::told;

const MARK: &str = "ASSAY_TEST_INSIDE";

/// Runs a test again in new namespaces (`unshare` with this option) and this environment, and says whether this is that run.
/// It is skipped where the right to make them, or one of the programs that the test calls, is missing.
pub(crate) fn apart(option: &str, test: &str, programs: &[&str], environment: &[(&str, &str)]) -> bool {
    if std::env::var_os(MARK).is_some() {
        return true;
    }
    let can = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let missing: Vec<&str> = programs.iter().copied().filter(|program| !can(Command::new("which").arg(program))).collect();
    if !missing.is_empty() || !can(Command::new("unshare").args([option, "true"])) {
        assert!(std::env::var_os("ASSAY_DEMAND_REAL").is_none(), "wanted: the right to `unshare {option}`, and {missing:?}");
        eprintln!("skipped: no namespace can be made here, or {missing:?} are missing");
        return false;
    }
    let mut command = Command::new("unshare");
    command.arg(option).arg(std::env::current_exe().expect("this program")).args(["--exact", test, "--nocapture"]);
    command.env(MARK, "1").envs(environment.iter().copied());
    let (code, out, err) = told(&command.output().expect("unshare starts"));
    assert_eq!(code, 0, "{out}{err}");
    eprint!("{err}");
    false
}

/// Runs a line of shell.
pub(crate) fn shell(line: &str) {
    let status = Command::new("sh").args(["-c", line]).status().expect("a shell");
    assert!(status.success(), "{line}");
}
