//! `capture`: what passes between the product and this machine becomes evidence of a run.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use crate::lab::{Lab, assay, json, outcome, told};

#[test]
fn what_is_captured_is_evidence_for_the_next_run() {
    let lab = Lab::start(&[]);
    let kept = lab.folder.path().join("state/kept.pcap").display().to_string();
    let arguments = ["capture", &lab.profile(), "--out", &kept, "--covers", "use"];
    let mut child = assay(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut errors = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    errors.read_line(&mut line).expect("a line");
    if line.contains("CAP_NET_RAW") {
        assert_eq!(child.wait().expect("the program ends").code(), Some(4));
        return;
    }
    assert!(line.contains("Ctrl-C"), "{line}");
    lab.run(&["--test", "identification/logical-identifier"]).output().expect("the program starts");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill").success());
    let (mut entry, mut rest) = (String::new(), String::new());
    child.stdout.take().expect("a pipe").read_to_string(&mut entry).expect("text");
    errors.read_to_string(&mut rest).expect("text");
    assert_eq!(child.wait().expect("the program ends").code(), Some(0), "{rest}");
    assert!(entry.contains("[[capture]]") && entry.contains("covers = [\"use\"]"), "{entry}");

    // this capture in place of those that the product comes with
    let text = std::fs::read_to_string(lab.profile()).expect("a profile");
    let own = text.split("\n[[capture]]").next().expect("a beginning");
    std::fs::write(lab.profile(), format!("{own}\n{entry}")).expect("a profile");
    let (code, out, err) = outcome(&["check", &lab.profile()]);
    assert_eq!(code, 0, "{out}{err}");
    std::fs::remove_dir_all(lab.out()).expect("the first run");
    told(&lab.run(&["--test", "protection/clear-traffic"]).output().expect("the program starts"));
    let run = json(&lab.only_run().join("run.json"));
    let results = run["results"].as_array().expect("results");
    let device = results.iter().find(|result| result["component"] == "device").expect("the device");
    let (observed, reason) = (device["observed"].as_str().expect("text"), device["reason"].as_str().expect("text"));
    assert!(observed.contains(" protected flows") && !observed.starts_with("0 "), "{observed}");
    assert!(reason.contains("no capture covers boot, set-up"), "{reason}");
    assert_eq!(device["verdict"], "inconclusive");

    let (code, _, err) = outcome(&arguments);
    assert!(code == 2 && err.contains("kept.pcap"), "{err}");
}
