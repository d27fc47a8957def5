//! Secrets stand nowhere: not in what a run leaves behind, not on the terminal, not where other programs look.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::lab::{Lab, assay, files, outcome, told};

/// Every form in which the secrets of a laboratory might be written down, with the file of the secret.
fn forms(lab: &Lab) -> Vec<(String, String)> {
    let all = files(&lab.folder.path().join("state/secrets"));
    assert!(all.len() > 7, "{} secrets", all.len());
    let forms = all.iter().flat_map(|path| {
        let secret = std::fs::read_to_string(path).expect("a secret");
        let users = ["admin", "viewer"].map(|user| STANDARD.encode(format!("{user}:{secret}")));
        let forms = [assay_model::evidence::hex(secret.as_bytes()), STANDARD.encode(&secret), secret];
        forms.into_iter().chain(users).map(|form| (path.display().to_string(), form))
    });
    forms.collect()
}

fn none_stands_in(forms: &[(String, String)], bytes: &[u8], place: &str) {
    let text = String::from_utf8_lossy(bytes);
    for (secret, form) in forms {
        assert!(!text.contains(form), "{secret} stands in {place}");
    }
}

/// No secret of the laboratory stands in a file of this folder.
pub(crate) fn no_secret_stands_in(lab: &Lab, folder: &Path) {
    let forms = forms(lab);
    for file in files(folder) {
        none_stands_in(&forms, &std::fs::read(&file).expect("a file"), &file.display().to_string());
    }
}

/// No secret of the laboratory stands in what the program told.
pub(crate) fn no_secret_is_told(lab: &Lab, told: &str) {
    none_stands_in(&forms(lab), told.as_bytes(), "what the terminal shows");
}

/// What the system tells others of a process: its command line, and its environment to whoever may read that.
fn visible(process: u32) -> Vec<u8> {
    ["cmdline", "environ"].map(|name| std::fs::read(format!("/proc/{process}/{name}")).unwrap_or_default()).concat()
}

/// The processes that a process started and that are still there.
fn children(process: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let told = threads.map(|thread| std::fs::read_to_string(thread.path().join("children")).unwrap_or_default());
    told.collect::<String>().split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn nobody_sees_a_secret_while_a_run_goes_on_or_after_it() {
    let lab = Lab::start(&["default-web", "log-plain"]);
    let (forms, temporary) = (forms(&lab), tempfile::tempdir().expect("a folder"));
    let chosen = ["--test=access/default-credentials", "--test=identification/*", "--test=awareness/events"];
    let mut child = lab.run(&chosen).env("TMPDIR", temporary.path()).spawn().expect("the program starts");
    let mut looks = 0;
    while child.try_wait().expect("a child").is_none() {
        let others = children(child.id());
        let seen: Vec<u8> = [child.id()].into_iter().chain(others).flat_map(visible).collect();
        looks += usize::from(String::from_utf8_lossy(&seen).contains("access/default-credentials"));
        none_stands_in(&forms, &seen, "the list of processes");
        sleep(Duration::from_millis(20));
    }
    assert!(looks > 10, "the process was seen {looks} times");
    let (code, out, err) = told(&child.wait_with_output().expect("a child"));
    assert_eq!(code, 1, "{out}{err}");
    none_stands_in(&forms, format!("{out}{err}").as_bytes(), "what the terminal shows");
    assert!(files(temporary.path()).is_empty(), "{:?} is left behind", files(temporary.path()));

    let (run, kept) = (lab.only_run().display().to_string(), lab.folder.path().join("kept"));
    std::fs::create_dir(&kept).expect("a folder");
    let at = |name: &str| kept.join(name).display().to_string();
    for arguments in [
        &["questions", &lab.profile(), "--out", &at("answers.toml")][..],
        &["gaps", &run, "--out", &at("gaps.toml")],
        &["report", &run, "--format", "junit,html,oscal", "--out", &at("reports")],
        &["diff", &run, &run, "--format", "json"],
    ] {
        let (code, out, err) = outcome(arguments);
        assert_eq!(code, 0, "{out}{err}");
        none_stands_in(&forms, format!("{out}{err}").as_bytes(), "what the terminal shows");
    }
    assert!(files(&kept).len() > 4, "{:?}", files(&kept));
    no_secret_stands_in(&lab, &kept);
    no_secret_stands_in(&lab, &lab.out());
}

/// Breaks a program off as a fault in it would, where the shell permits core dumps: whether one was made.
fn dumps(mut command: Command, folder: &Path) -> bool {
    let mut child =
        command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    sleep(Duration::from_secs(1));
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-ABRT", &id]).status().expect("kill").success());
    let status = child.wait().expect("it ends");
    assert_eq!(status.signal(), Some(6), "{status}");
    status.core_dumped()
}

#[test]
#[cfg(target_os = "linux")]
fn a_program_that_breaks_off_writes_no_memory_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let permitted = |program: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -c unlimited; exec \"$@\"", "sh", program]);
        shell
    };
    if !dumps(permitted("cat"), folder.path()) {
        eprintln!("skipped: this system makes no core dumps");
        return;
    }
    let lab = Lab::start(&[]);
    let program = assay(&[]).get_program().to_string_lossy().into_owned();
    let mut run = permitted(&program);
    run.args(["run", &lab.profile(), "--out"]).arg(lab.out());
    assert!(!dumps(run, folder.path()), "a core dump was made");
}
