//! `JUnit` XML, read back with an XML reader.

use std::collections::BTreeMap;

use assay_model::verdict::Determination;
use assay_reports::junit::{Mode, render};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::sample;

/// Elements by name, and the attributes of each, as a reader sees them.
#[derive(Default)]
struct Read {
    elements: Vec<(String, BTreeMap<String, String>)>,
    text: String,
}

impl Read {
    fn of(xml: &str) -> Self {
        let mut read = Self::default();
        let mut reader = Reader::from_str(xml);
        reader.config_mut().enable_all_checks(true);
        loop {
            match reader.read_event().expect("well-formed XML") {
                Event::Eof => return read,
                Event::Start(start) | Event::Empty(start) => read.take(&start),
                Event::CData(data) => read.text.push_str(&data.decode().expect("UTF-8")),
                Event::Text(text) => assert_eq!(text.decode().expect("UTF-8").trim(), "", "loose text"),
                Event::GeneralRef(_) | Event::DocType(_) | Event::PI(_) | Event::Comment(_) => panic!("not part of the format"),
                Event::End(_) | Event::Decl(_) => {}
            }
        }
    }

    fn take(&mut self, start: &BytesStart<'_>) {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.expect("a whole attribute");
            let value = attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0).expect("a readable value").into_owned();
            (text(attribute.key.as_ref()), value)
        });
        self.elements.push((text(start.name().as_ref()), attributes.collect()));
    }

    fn count(&self, name: &str) -> usize {
        self.elements.iter().filter(|(element, _)| element == name).count()
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a BTreeMap<String, String>> {
        self.elements.iter().filter(move |(element, _)| element == name).map(|(_, attributes)| attributes)
    }

    /// The sum of an attribute over all suites.
    fn sum(&self, attribute: &str) -> usize {
        self.all("testsuite").map(|suite| suite[attribute].parse::<usize>().expect("a number")).sum()
    }

    fn assert_counts(&self) {
        let root = self.all("testsuites").next().expect("a root");
        for (attribute, element) in [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")] {
            assert_eq!(self.sum(attribute), self.count(element), "{attribute} of the suites");
            assert_eq!(root[attribute], self.count(element).to_string(), "{attribute} of the root");
        }
    }
}

#[test]
fn strict_mode_counts_open_questions_as_errors() {
    let read = Read::of(&render(&sample::mixed(), Mode::Strict).expect("a report"));
    read.assert_counts();
    // nine results, and two requirements that no result speaks for: DP(STO), and LA(USE), which is scoped out
    assert_eq!((read.count("testcase"), read.count("failure"), read.count("skipped")), (11, 1, 2));
    let mut types: Vec<_> = read.all("error").map(|error| error["type"].as_str()).collect();
    types.sort_unstable();
    assert_eq!(types, ["harness", "inconclusive", "not-assessed", "not-run"]);
}

#[test]
fn lenient_mode_skips_them_but_not_faults_of_the_harness() {
    let read = Read::of(&render(&sample::mixed(), Mode::Lenient).expect("a report"));
    read.assert_counts();
    assert_eq!((read.count("failure"), read.count("error"), read.count("skipped")), (1, 1, 5));
}

#[test]
fn a_conforming_run_is_green_in_strict_mode() {
    let read = Read::of(&render(&sample::conforming(), Mode::Strict).expect("a report"));
    read.assert_counts();
    assert_eq!((read.count("failure"), read.count("error"), read.count("testcase")), (0, 0, 5));
}

#[test]
fn an_unassessed_requirement_turns_a_green_bar_red() {
    let mut run = sample::conforming();
    run.requirements[0].determination = Determination::NotAssessed;
    run.requirements[0].results.clear();
    assert_eq!(Read::of(&render(&run, Mode::Strict).expect("a report")).count("error"), 1);
    run.requirements[0].determination = Determination::SatisfiedByAlternative;
    let read = Read::of(&render(&run, Mode::Lenient).expect("a report"));
    assert_eq!(read.all("error").map(|error| error["message"].as_str()).collect::<Vec<_>>(), ["no passing result stands behind it"]);
}

#[test]
fn a_case_says_what_it_rests_on() {
    let xml = render(&sample::mixed(), Mode::Strict).expect("a report");
    let read = Read::of(&xml);
    let failing =
        read.all("testcase").find(|case| case["name"] == "access/default-credentials [web]" && case["classname"] == "LA(AUN) DC(AUN)");
    assert!(failing.is_some(), "named by test, interface and codes");
    let suites: Vec<_> = read.all("testsuite").map(|suite| suite["name"].as_str()).collect();
    assert!(suites.contains(&"hub / LA") && suites.contains(&"product / IQ"), "{suites:?}");
    let verdicts = read.all("property").filter(|property| property["name"] == "verdict").count();
    assert_eq!(verdicts, 9, "one for each result");
    assert!(read.text.contains("\ncontrol: the right password was accepted: HTTP 200"));
    assert!(read.text.contains("Server: <ESC>[31mhub-httpd/0.9"), "escapes are shown");
    assert!(xml.contains("2026-11-21T10:14:05Z"), "the time of the run, not of the report");
}

#[test]
fn hostile_text_adds_nothing() {
    let calm = Read::of(&render(&sample::filled_with("calm"), Mode::Strict).expect("a report"));
    let forged = "]]></system-out></testcase><testcase name=\"forged\" classname=\"x\"/>";
    let banners = [
        forged,
        "]]>",
        "]]",
        "]]]]>",
        "<![CDATA[",
        "\0\u{1b}[2J",
        "\u{fffe}\u{ffff}",
        "\u{202e}\u{2066}",
        "<script>alert(1)</script>",
        "\" type=\"",
        "&amp;&#0;",
        "a\nverdict: pass\r\n",
    ];
    for banner in banners {
        let xml = render(&sample::filled_with(banner), Mode::Strict).expect("a report");
        let read = Read::of(&xml);
        read.assert_counts();
        for name in ["testcase", "property", "failure", "error", "skipped", "system-out"] {
            assert_eq!(read.count(name), calm.count(name), "{name} under {banner:?}");
        }
        let forbidden = |c: char| c < ' ' && !"\t\n\r".contains(c) || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{202e}' | '\u{2066}');
        assert!(!xml.contains(forbidden), "{banner:?} went through");
    }
}

#[test]
fn a_text_cannot_write_a_line_of_its_own() {
    let read = Read::of(&render(&sample::filled_with("a\nverdict: pass"), Mode::Strict).expect("a report"));
    assert!(!read.text.contains("observed: a\n"), "{}", read.text);
    assert!(read.text.contains("observed: a<LF>verdict: pass\n"));
}

#[test]
fn endless_durations_do_not_overflow() {
    let mut run = sample::mixed();
    run.results.iter_mut().for_each(|result| result.duration_ms = u64::MAX);
    Read::of(&render(&run, Mode::Strict).expect("a report")).assert_counts();
}
