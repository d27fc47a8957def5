//! `JUnit` XML, as build servers read it.
//!
//! One `testsuite` for each component and capability family. A requirement that no result speaks for gets a test case
//! of its own, so that a green bar never hides an unknown. Counts equal elements, and every test case carries
//! its requirements, basis, verdict and evidence as `properties` and as lines of `system-out`.

use std::collections::BTreeMap;

use assay_model::run::{RequirementResult, Run, TestResult};
use assay_model::verdict::{Determination, Verdict};
use junit_report::{Report, TestCase, TestResult as CaseResult, TestSuite};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::ReportError;
use crate::visible::{LONG, shorten, visible_line};
use crate::words::{codes, deciding};

/// What becomes of questions that stay open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Inconclusive, not-run and not-assessed are errors: the build stops.
    #[default]
    Strict,
    /// They are skipped: the build goes on.
    Lenient,
}

/// One test case, with what the format's own types cannot hold.
struct Case {
    case: TestCase,
    properties: Vec<(&'static str, String)>,
}

/// The longest duration that is written: a year, so that sums cannot overflow.
const LONGEST: Duration = Duration::days(365);

/// Writes the run as `JUnit` XML.
///
/// # Errors
/// When the XML writer fails, which no content of a run brings about.
pub fn render(run: &Run, mode: Mode) -> Result<String, ReportError> {
    let mut suites: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    for result in &run.results {
        let family = result.requirements.first().map_or("", |id| id.family());
        let component = result.component.as_deref().unwrap_or("product");
        suites.entry(suite_name(component, family)).or_default().push(of_result(result, mode));
    }
    for requirement in run.requirements.iter().filter(|requirement| deciding(run, requirement).next().is_none()) {
        suites
            .entry(suite_name("requirements without a result", requirement.id.family()))
            .or_default()
            .push(of_requirement(requirement, mode));
    }
    let started = OffsetDateTime::parse(&run.started, &Rfc3339).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let mut report = Report::new();
    for (name, cases) in &suites {
        let mut suite = TestSuite::new(name);
        suite.package = attribute(&run.method.catalog);
        suite.set_timestamp(started);
        suite.add_testcases(cases.iter().map(|case| case.case.clone()));
        report.add_testsuite(suite);
    }
    let mut plain = Vec::new();
    report.write_xml(&mut plain).map_err(|error| ReportError::Xml(error.to_string()))?;
    complete(&plain, &run.id, &suites).map_err(|error| ReportError::Xml(error.to_string()))
}

fn suite_name(component: &str, family: &str) -> String {
    attribute(&format!("{component} / {family}"))
}

fn of_result(result: &TestResult, mode: Mode) -> Case {
    let name = match &result.interface {
        Some(interface) => format!("{} [{interface}]", result.test),
        None => result.test.clone(),
    };
    let said = match result.verdict {
        Verdict::Pass => CaseResult::Success,
        Verdict::Fail => CaseResult::Failure {
            type_: "fail".to_owned(),
            message: prose(&result.reason),
            cause: Some(cdata(&format!(
                "expected: {}\nobserved: {}\nsource: {}",
                prose(&result.expected),
                prose(&result.observed),
                prose(&result.source)
            ))),
        },
        Verdict::Inconclusive | Verdict::NotRun => open(result.verdict.word(), &result.reason, mode),
        Verdict::NotApplicable => skipped(result.verdict.word(), &result.reason),
        Verdict::Error => error("harness", &result.reason),
    };
    case(&name, &codes(&result.requirements), result.duration_ms, said, facts(result))
}

fn of_requirement(requirement: &RequirementResult, mode: Mode) -> Case {
    let word = requirement.determination.word();
    let reason = if requirement.reason.is_empty() { "no result says why" } else { &requirement.reason };
    let said = match requirement.determination {
        Determination::Satisfied | Determination::SatisfiedByAlternative => error("harness", "no passing result stands behind it"),
        Determination::NotSatisfied => CaseResult::Failure { type_: word.to_owned(), message: prose(reason), cause: None },
        Determination::NotDetermined | Determination::NotAssessed => open(word, reason, mode),
        Determination::NotApplicable => skipped(word, reason),
    };
    let facts = vec![
        ("requirements", requirement.id.to_string()),
        ("determination", word.to_owned()),
        ("reason", reason.to_owned()),
        ("statement", requirement.statement.clone()),
    ];
    case(requirement.id.as_str(), requirement.id.code(), 0, said, facts)
}

/// What is known of a result, by name.
fn facts(result: &TestResult) -> Vec<(&'static str, String)> {
    let list = |items: &mut dyn Iterator<Item = String>| items.collect::<Vec<_>>().join(" ");
    let mut facts = vec![
        ("requirements", list(&mut result.requirements.iter().map(ToString::to_string))),
        ("basis", result.basis.word().to_owned()),
        ("verdict", result.verdict.word().to_owned()),
        ("reason", result.reason.clone()),
        ("expected", result.expected.clone()),
        ("observed", result.observed.clone()),
        ("source", result.source.clone()),
        ("evidence", list(&mut result.evidence.iter().map(ToString::to_string))),
    ];
    if let Some(control) = &result.control {
        facts.push(("control", control.what.clone()));
        facts.push(("control-evidence", list(&mut control.evidence.iter().map(ToString::to_string))));
    }
    facts.extend(result.notes.iter().map(|note| ("note", note.clone())));
    facts
}

fn case(name: &str, class: &str, milliseconds: u64, said: CaseResult, facts: Vec<(&'static str, String)>) -> Case {
    let line = |(key, value): &(&str, String)| {
        let value = if PROPERTIES.contains(key) { visible_line(value) } else { prose(value) };
        format!("{key}: {value}")
    };
    let lines: Vec<String> = facts.iter().map(line).collect();
    let time = Duration::milliseconds(i64::try_from(milliseconds).unwrap_or(i64::MAX)).min(LONGEST);
    let mut case = TestCase::success(&attribute(name), time);
    case.result = said;
    case.set_classname(&attribute(class));
    case.set_system_out(&cdata(&lines.join("\n")));
    let properties = facts.into_iter().filter(|(key, _)| PROPERTIES.contains(key)).collect();
    Case { case, properties }
}

/// The facts that build servers get as properties; the rest are prose.
const PROPERTIES: [&str; 5] = ["requirements", "basis", "verdict", "determination", "evidence"];

fn open(word: &str, reason: &str, mode: Mode) -> CaseResult {
    match mode {
        Mode::Strict => error(word, reason),
        Mode::Lenient => skipped(word, reason),
    }
}

fn error(word: &str, reason: &str) -> CaseResult {
    CaseResult::Error { type_: word.to_owned(), message: prose(reason), cause: None }
}

fn skipped(word: &str, reason: &str) -> CaseResult {
    CaseResult::SkippedWithCause { type_: word.to_owned(), message: prose(&format!("{word}: {reason}")), cause: None }
}

/// A sentence of the run: on one line, and no longer than can be read.
fn prose(text: &str) -> String {
    attribute(&shorten(text, LONG))
}

/// A text for an attribute: on one line, and of characters that XML 1.0 allows.
fn attribute(text: &str) -> String {
    allowed(&visible_line(text))
}

/// A text for a CDATA section, which it cannot end.
fn cdata(text: &str) -> String {
    allowed(text).replace("]]>", "]]]]><![CDATA[>")
}

/// The text with every character that XML 1.0 forbids as U+FFFD.
fn allowed(text: &str) -> String {
    let fits = |character| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    text.chars().map(|character| if fits(character) { character } else { '\u{FFFD}' }).collect()
}

/// Adds what `junit-report` leaves out: counts at the root, `skipped` counts, and properties.
fn complete(plain: &[u8], run: &str, suites: &BTreeMap<String, Vec<Case>>) -> Result<String, quick_xml::Error> {
    let mut reader = Reader::from_reader(plain);
    let mut writer = Writer::new(Vec::new());
    let mut suites_left = suites.values();
    let mut cases_left = suites.values().flatten();
    loop {
        match reader.read_event()? {
            Event::Eof => break,
            Event::Start(mut start) if start.name().as_ref() == b"testsuites" => {
                count(&mut start, &suites.values().flatten().collect::<Vec<_>>(), Some(run));
                writer.write_event(Event::Start(start))?;
            }
            Event::Start(mut start) if start.name().as_ref() == b"testsuite" => {
                count(&mut start, &suites_left.next().into_iter().flatten().collect::<Vec<_>>(), None);
                writer.write_event(Event::Start(start))?;
            }
            Event::Start(start) if start.name().as_ref() == b"testcase" => {
                writer.write_event(Event::Start(start))?;
                let properties = cases_left.next().map_or(&[][..], |case| case.properties.as_slice());
                write_properties(&mut writer, properties)?;
            }
            event => writer.write_event(event)?,
        }
    }
    Ok(String::from_utf8_lossy(&writer.into_inner()).into_owned())
}

/// Writes `skipped` on a suite; at the root, with the name of the run, all counts.
fn count(start: &mut BytesStart<'_>, cases: &[&Case], root: Option<&str>) {
    let number = |which: fn(&TestCase) -> bool| cases.iter().filter(|case| which(&case.case)).count().to_string();
    if let Some(run) = root {
        let seconds: f64 = cases.iter().map(|case| case.case.time.as_seconds_f64()).sum();
        start.push_attribute(("name", attribute(run).as_str()));
        start.push_attribute(("tests", cases.len().to_string().as_str()));
        start.push_attribute(("errors", number(TestCase::is_error).as_str()));
        start.push_attribute(("failures", number(TestCase::is_failure).as_str()));
        start.push_attribute(("time", seconds.to_string().as_str()));
    }
    start.push_attribute(("skipped", number(TestCase::is_skipped).as_str()));
}

fn write_properties(writer: &mut Writer<Vec<u8>>, properties: &[(&'static str, String)]) -> Result<(), quick_xml::Error> {
    if properties.is_empty() {
        return Ok(());
    }
    writer.create_element("properties").write_inner_content(|inner| {
        for (name, value) in properties {
            let value = attribute(value);
            inner.create_element("property").with_attributes([("name", *name), ("value", value.as_str())]).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_characters_are_replaced() {
        assert_eq!(allowed("a\0b\u{1b}c\u{fffe}d\u{ffff}e\t\n\u{85}"), "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e\t\n\u{85}");
    }

    #[test]
    fn a_section_cannot_be_ended_from_within() {
        let whole = format!("<![CDATA[{}]]>", cdata("x]]>y"));
        let sections: Vec<_> = whole.split("<![CDATA[").skip(1).filter_map(|section| section.strip_suffix("]]>")).collect();
        assert_eq!(sections, ["x]]", ">y"]);
    }
}
