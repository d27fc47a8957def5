//! A product whose words are made to break what they are written into: every report stays what it is, and the terminal too.

use std::collections::BTreeSet;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;
use reference_product::{Mood, SCRIBBLE, Turn};

use crate::lab::{Lab, files, json, outcome, told};

const CHOSEN: [&str; 6] = [
    "--test=identification/*",
    "--test=awareness/*",
    "--test=access/*notice*",
    "--test=update/version-readback",
    "--test=documentation/bill-of-materials",
    "--test=security/*",
];
/// What a run and its reports are, beside the evidence.
const FILES: [&str; 9] = [
    "plan.json",
    "journal.jsonl",
    "run.json",
    "report.html",
    "junit.xml",
    "oscal-assessment-results.json",
    "oscal-poam.json",
    "oscal-component-definition.json",
    "sdoc.html",
];

/// Names of all that is in a folder and below, within it.
pub(crate) fn names(folder: &Path) -> BTreeSet<String> {
    files(folder).iter().map(|path| path.strip_prefix(folder).expect("a path within").display().to_string()).collect()
}

#[test]
fn what_a_product_says_breaks_out_of_nothing() {
    let lab = Lab::start_turning(&[], Some(Turn { into: Mood::Scribbling, after: 0 }));
    let bill = lab.folder.path().join("state/documents/sbom.cdx.json");
    let mut parts = json(&bill);
    for part in parts["components"].as_array_mut().expect("parts") {
        part["name"] = format!("{}{SCRIBBLE}", part["name"].as_str().expect("a name")).into();
        part["purl"] = SCRIBBLE.into();
    }
    std::fs::write(&bill, parts.to_string()).expect("a bill of materials");
    let before = names(lab.folder.path());

    let (code, out, err) = told(&lab.run(&CHOSEN).output().expect("the program starts"));
    assert!(matches!(code, 1 | 3), "{code}: {out}{err}");
    let run = lab.only_run();
    let (_, more, problems) = outcome(&["report", &run.display().to_string(), "--format", "junit,html,oscal,sdoc"]);
    let (_, gaps, _) = outcome(&["gaps", &run.display().to_string()]);
    for text in [out, err, more, problems, gaps] {
        is_plain(&text);
    }

    let document = json(&run.join("run.json"));
    let results = document["results"].as_array().expect("results");
    let reached = results.iter().filter(|result| result.to_string().contains("forged"));
    assert!(reached.count() > 4, "the words of the product did not reach the results");
    let logged = files(&run.join("evidence")).iter().any(|path| {
        let text = String::from_utf8_lossy(&std::fs::read(path).expect("evidence")).into_owned();
        text.contains("dishwasher - ") && text.contains("forged")
    });
    assert!(logged, "the words of the product did not reach the collector");
    stays_what_it_is(&run, results.len());
    only_own_files(lab.folder.path(), &before, &run);
}

/// Only the reports of this run and its evidence were written, under names of our own.
pub(crate) fn only_own_files(folder: &Path, before: &BTreeSet<String>, run: &Path) {
    let inside = format!("runs/{}/", run.file_name().expect("a name").display());
    for name in names(folder).difference(before) {
        let name = name.strip_prefix(&inside).unwrap_or_else(|| panic!("{name} stands outside of the run"));
        let hash = name.strip_prefix("evidence/").unwrap_or_default();
        let is_evidence = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(is_evidence || FILES.contains(&name), "{name} is no file of a run");
    }
}

/// Every file of a run is well formed, and holds nothing that was not put there.
pub(crate) fn stays_what_it_is(run: &Path, results: usize) {
    only_own_cases(&run.join("junit.xml"), results);
    let page = std::fs::read_to_string(run.join("report.html")).expect("a report");
    assert!(page.contains("forged()") && !page.contains("<script>forged"), "the page runs what the product said");
    is_plain(&page);
    for path in files(run).iter().filter(|path| path.extension().is_some_and(|end| end == "json")) {
        json(path);
    }
    for line in std::fs::read_to_string(run.join("journal.jsonl")).expect("a journal").lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("a line of the journal");
    }
}

/// No character that moves the cursor, turns the direction, or cannot be seen.
pub(crate) fn is_plain(text: &str) {
    let hidden =
        |c: &char| c.is_control() && *c != '\n' || matches!(u32::from(*c), 0x200b..=0x200f | 0x202a..=0x202e | 0x2066..=0x2069 | 0xfffe);
    if let Some(at) = text.chars().position(|c| hidden(&c)) {
        let around: String = text.chars().skip(at.saturating_sub(80)).take(100).collect();
        panic!("hidden characters: {}", around.escape_debug());
    }
}

/// The file is well formed, and its cases are those of the run.
fn only_own_cases(path: &Path, results: usize) {
    let text = std::fs::read_to_string(path).expect("JUnit");
    let (mut reader, mut cases) = (Reader::from_str(&text), 0);
    loop {
        match reader.read_event().expect("XML that is well formed") {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) if element.name().as_ref() == b"testcase" => {
                let name = element.try_get_attribute("name").expect("attributes").expect("a name");
                assert_ne!(&*name.value, b"forged");
                cases += 1;
            }
            _ => {}
        }
    }
    assert!(cases >= results, "{cases} cases of {results} results");
}
