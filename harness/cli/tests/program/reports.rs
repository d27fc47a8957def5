//! What a run leaves behind: a valid `run.json`, JUnit that counts right, no secrets, and reports that come out the same again.

use std::collections::BTreeMap;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::lab::{Lab, files, json, outcome, told};
use crate::secrets::no_secret_stands_in;

const REPORTS: [&str; 3] = ["run.json", "junit.xml", "report.html"];

/// What a laboratory supplies, where the work is never over before its issue.
const LABORATORY: &str = r#"
schema = "assay.laboratory/1"
report = { number = "TR-1", issued = "9999-01-01" }
laboratory = { name = "Example Laboratory", address = "1 Example Road", place = "there" }
client = { name = "Example Appliances", contact = "2 Example Road" }
item = { identification = "serial number 1", received = "2026-01-01", condition = "whole" }
work = { environment = "loopback", deviations = ["none"] }
clock = { offset = "+1 ms", reference = "itself", compared = "2026-01-01" }
equipment = [{ name = "this machine", identification = "1" }]
external = { statement = "none" }
authorised = [{ name = "Ada Tester", function = "head" }]
"#;

#[test]
fn a_run_leaves_reports_that_hold() {
    let lab = Lab::start(&["default-web", "default-mqtt", "tls-1-0", "log-plain"]);
    let (code, out, err) = told(&lab.run(&[]).output().expect("the program starts"));
    assert_eq!(code, 1, "{out}{err}");
    let run = lab.only_run();

    let schema = json(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reports/run.schema.json"));
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let document = json(&run.join("run.json"));
    let mistakes: Vec<_> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(mistakes.is_empty(), "{mistakes:?}");
    assert_eq!(document["id"].as_str(), run.file_name().and_then(|name| name.to_str()));

    junit_counts_its_elements(&run.join("junit.xml"), document["results"].as_array().map_or(0, Vec::len));
    assert!(files(&run).len() > 100, "{} files", files(&run).len());
    no_secret_stands_in(&lab, &run);
    comes_out_the_same_again(&run);
    a_laboratory_issues_what_is_whole(&run);
}

fn junit_counts_its_elements(path: &Path, results: usize) {
    let text = std::fs::read_to_string(path).expect("JUnit");
    let (mut reader, mut seen, mut counted) = (Reader::from_str(&text), BTreeMap::<String, usize>::new(), BTreeMap::<String, usize>::new());
    loop {
        match reader.read_event().expect("XML that is well formed") {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) => {
                let name = String::from_utf8_lossy(element.name().as_ref()).into_owned();
                for attribute in element.attributes().flatten().filter(|_| name == "testsuite") {
                    let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
                    if let Ok(count) = String::from_utf8_lossy(&attribute.value).parse::<usize>() {
                        *counted.entry(key).or_default() += count;
                    }
                }
                *seen.entry(name).or_default() += 1;
            }
            _ => {}
        }
    }
    for (attribute, element) in [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")] {
        let (said, there) = (counted.get(attribute).copied().unwrap_or(0), seen.get(element).copied().unwrap_or(0));
        assert_eq!(said, there, "{attribute}: {counted:?} {seen:?}");
    }
    assert!(seen["testcase"] >= results, "{seen:?} for {results} results");
    assert!(seen["failure"] >= 3, "{seen:?}");
}

fn comes_out_the_same_again(run: &Path) {
    let read = || REPORTS.map(|name| std::fs::read(run.join(name)).expect("a report"));
    let before = read();
    for name in &REPORTS[1..] {
        std::fs::remove_file(run.join(name)).expect("a report can be removed");
    }
    let path = run.display().to_string();
    let (code, out, err) = outcome(&["report", &path]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("junit.xml") && out.contains("report.html") && err.contains("--format sdoc"), "{out}{err}");
    for (name, (before, after)) in REPORTS.iter().zip(before.iter().zip(read())) {
        assert!(*before == after, "{name} came out different");
    }
    let (code, out, err) = outcome(&["report", &path, "--format", "junit", "--junit-mode", "lenient"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out.lines().count(), 1, "{out}");
    let (code, _, err) = outcome(&["report", &path, "--format", "pdf"]);
    assert_eq!(code, 2);
    assert!(err.contains("junit, html, sdoc, oscal"), "{err}");
}

fn a_laboratory_issues_what_is_whole(run: &Path) {
    let (path, report) = (run.display().to_string(), run.join("test-report.html"));
    let (code, _, err) = outcome(&["report", &path, "--format", "test-report"]);
    assert_eq!(code, 2);
    assert!(err.contains("report.number: give the report a number") && !report.exists(), "{err}");
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), LABORATORY).expect("a file");
    let (code, out, err) = outcome(&["report", &path, "--format", "test-report", "--laboratory", &file.path().display().to_string()]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(std::fs::read_to_string(report).expect("a report").contains("End of test report TR-1"));
}

#[test]
fn a_folder_without_a_run_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, _, err) = outcome(&["report", &folder.path().display().to_string()]);
    assert_eq!(code, 2);
    assert!(err.contains("not the folder of a run"), "{err}");
}
