//! A run under seal: made, signed by two, verified without a network, and refused when a byte of it changed.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::lab::{Lab, json, outcome, told};

/// A finished run of a few tests.
fn finished(lab: &Lab) -> PathBuf {
    let (code, out, err) = told(&lab.run(&["--test", "protection/tls-*"]).output().expect("the program starts"));
    assert_eq!(code, 3, "{out}{err}");
    lab.only_run()
}

/// A key for somebody, by the path of its files without their ends.
fn key(folder: &Path, name: &str, kind: &str) -> String {
    let out = folder.join(name).display().to_string();
    let arguments = ["keygen", "--name", name, "--function", "test engineer", "--kind", kind, "--out", &out];
    let (code, _, err) = outcome(&arguments);
    assert!(code == 0 && err.contains("give away the .pub only"), "{err}");
    let (code, _, err) = outcome(&arguments);
    assert!(code == 2 && err.contains("never written over"), "{err}");
    out
}

#[test]
fn a_sealed_run_verifies_until_something_changes() {
    let lab = Lab::start(&[]);
    let (run, folder) = (finished(&lab), lab.folder.path());
    let path = run.display().to_string();
    let [ada, rob] = [key(folder, "Ada", "ed25519"), key(folder, "Rob", "p256")];
    let [ada_key, ada_pub, rob_key, rob_pub] =
        [(&ada, "key"), (&ada, "pub"), (&rob, "key"), (&rob, "pub")].map(|(out, end)| format!("{out}.{end}"));

    let (code, _, err) = outcome(&["verify", &path]);
    assert!(code == 5 && err.contains("seal.json: is not there"), "{err}");
    let (code, _, err) = outcome(&["seal", &path, "--key", &ada_key, "--also", &rob_pub]);
    assert!(code == 0 && err.contains("Rob has to sign too"), "{err}");
    let (code, _, err) = outcome(&["verify", &path]);
    assert!(code == 5 && err.contains("signature of Rob is missing"), "{err}");
    let (code, _, err) = outcome(&["seal", &path, "--key", &rob_key]);
    assert_eq!((code, err.as_str()), (0, ""));

    let (code, out, err) = outcome(&["verify", &path]);
    assert!(code == 0 && out.contains("concludes `not-determined`") && err.contains("was not checked"), "{out}{err}");
    let (code, out, err) = outcome(&["verify", &path, "--key", &ada_pub, "--key", &rob_pub]);
    assert!(code == 0 && err.is_empty() && out.contains("signed by Rob, test engineer (with the key that you gave"), "{out}{err}");
    peer_agrees(&run.join("seal.json"), [&ada_pub, &rob_pub]);

    for within in [path.clone(), format!("{path}/evidence")] {
        let (code, _, err) = outcome(&["report", &path, "--out", &within]);
        assert!(code == 2 && err.contains("is sealed") && err.contains("--out DIR"), "{err}");
    }
    assert_eq!(outcome(&["report", &path]).0, 2);
    let elsewhere = folder.join("reports").display().to_string();
    let (code, out, err) = outcome(&["report", &path, "--out", &elsewhere, "--format", "html"]);
    assert!(code == 0 && out.starts_with(&elsewhere), "{out}{err}");
    let (code, _, err) = told(&lab.run(&["--test", "protection/tls-*", "--resume"]).output().expect("the program starts"));
    assert!(code == 2 && err.contains("no unfinished run"), "{err}");
    assert_eq!(outcome(&["verify", &path]).0, 0, "nothing of this touched the run");
    changes_are_named(&run);
}

fn changes_are_named(run: &Path) {
    let evidence = std::fs::read_dir(run.join("evidence")).expect("evidence").flatten().next().expect("a file").path();
    let evidence = evidence.strip_prefix(run).expect("a path below").display().to_string();
    for name in ["run.json", "journal.jsonl", "report.html", "plan.json", "junit.xml", "seal.json", &evidence] {
        let path = run.join(name);
        let sound = std::fs::read(&path).expect("a file");
        let mut changed = sound.clone();
        changed[sound.len() / 2] ^= 1;
        std::fs::write(&path, changed).expect("a file");
        let (code, out, err) = outcome(&["verify", &run.display().to_string()]);
        assert!(code == 5 && out.is_empty() && err.contains(&format!("does not verify: {name}")), "{name}: {out}{err}");
        std::fs::write(&path, sound).expect("a file");
    }
    assert_eq!(outcome(&["verify", &run.display().to_string()]).0, 0);
}

#[test]
fn what_is_not_finished_is_not_sealed() {
    let lab = Lab::start(&[]);
    let run = finished(&lab);
    let journal = std::fs::read_to_string(run.join("journal.jsonl")).expect("a journal");
    let cut = journal.trim_end().rfind('\n').expect("lines") + 1;
    std::fs::write(run.join("journal.jsonl"), &journal[..cut]).expect("a journal");
    let ada = key(lab.folder.path(), "Ada", "p256");
    let (code, _, err) = outcome(&["seal", &run.display().to_string(), "--key", &format!("{ada}.key")]);
    assert!(code == 2 && err.contains("does not end the run") && err.contains("--resume"), "{err}");
    let (code, _, err) = outcome(&["seal", &run.display().to_string(), "--key", &format!("{ada}.pub")]);
    assert!(code == 2 && err.contains("holds a public key"), "{err}");
    assert!(!run.join("seal.json").exists());
}

/// Another implementation of the envelope accepts the seal, and refuses it with a byte of the payload changed.
fn peer_agrees(seal: &Path, keys: [&str; 2]) {
    let reads = |python: &&str| {
        Command::new(python).args(["-c", "import securesystemslib, cryptography"]).output().is_ok_and(|output| output.status.success())
    };
    let Some(python) = ["python3", "/usr/bin/python3"].into_iter().find(reads) else {
        assert!(std::env::var("ASSAY_DEMAND_REAL").is_err(), "securesystemslib is not installed");
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/dsse.py");
    let accepts = |seal: &Path| Command::new(python).arg(&script).arg(seal).args(keys).output().expect("python starts");
    let output = accepts(seal);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "2 signatures hold\n", "{output:?}");
    let mut changed = json(seal);
    let payload = changed["payload"].as_str().expect("a payload").replacen('J', "K", 1);
    changed["payload"] = Value::String(payload);
    let other = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(other.path(), changed.to_string()).expect("a seal");
    let output = accepts(other.path());
    assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
}
