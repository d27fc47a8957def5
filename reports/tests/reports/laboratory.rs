//! The test report of a laboratory: issued whole, or refused with everything that is open.

use assay_model::run::Run;
use assay_model::verdict::Basis;
use assay_reports::laboratory::{Laboratory, read};
use assay_reports::{Format, Options, ReportError, render};

use crate::pages::{HOSTILE, assert_sound, tag_count};
use crate::sample;

/// A laboratory's file in which every part is there; each `TEXT` is whatever the laboratory wrote.
const FILLED: &str = r#"
schema = "assay.laboratory/1"
report = { number = "TR 2026/0118", issued = "2026-11-27" }
amendment = { of = "TR 2026/0117", reason = "TEXT", changes = ["TEXT"] }
laboratory = { name = "TEXT", address = "TEXT", place = "TEXT", accreditation = "TEXT" }
client = { name = "TEXT", contact = "TEXT" }
item = { identification = "TEXT", received = "2026-11-20", condition = "TEXT" }
sampling = { plan = "TEXT", date = "2026-11-19" }
work = { environment = "TEXT", deviations = ["TEXT"], uncertainty = "TEXT" }
clock = { offset = "TEXT", reference = "TEXT", compared = "2026-11-21" }
equipment = [{ name = "TEXT", identification = "TEXT", calibration = "TEXT" }]
external = { statement = "TEXT", provider = [{ name = "TEXT", tests = ["access/lockout"] }] }
opinion = [{ text = "TEXT", basis = "TEXT", by = { name = "TEXT", function = "TEXT" } }]
authorised = [{ name = "TEXT", function = "TEXT" }]
"#;

fn filled(text: &str) -> Laboratory {
    let quoted = toml::Value::String(text.to_owned()).to_string();
    read("filled", &FILLED.replace("\"TEXT\"", &quoted)).expect("a laboratory's file")
}

fn issued(run: &Run, laboratory: Laboratory, whole: bool) -> Result<String, Vec<String>> {
    match render(Format::TestReport, run, &Options { laboratory, whole, ..Options::default() }) {
        Ok(files) => Ok(files[0].contents.clone()),
        Err(ReportError::NotIssued(refusal)) => Err(refusal.open),
        Err(other) => panic!("{other}"),
    }
}

fn refused(change: impl FnOnce(&mut Laboratory)) -> Vec<String> {
    let mut laboratory = filled("supplied");
    change(&mut laboratory);
    issued(&sample::mixed(), laboratory, true).expect_err("a refusal")
}

#[test]
fn everything_that_was_supplied_stands_in_the_report() {
    let pieces: Vec<_> = FILLED.split("TEXT").collect();
    let told: Vec<_> = pieces.iter().enumerate().map(|(at, piece)| format!("{piece}told-{at}-")).collect();
    let laboratory = read("told", told.concat().trim_end_matches(&format!("told-{}-", pieces.len() - 1))).expect("a laboratory's file");
    let page = issued(&sample::mixed(), laboratory, true).expect("a report");
    assert_sound(&page);
    for at in 0..pieces.len() - 1 {
        assert!(page.contains(&format!("told-{at}-")), "what stands before `{}` is missing", pieces[at + 1]);
    }
    for words in [
        "Test report TR 2026&#x2f;0118</p>",
        "content: \"Test report TR 2026/0118\"",
        "This report replaces report TR 2026&#x2f;0117",
        "Result of an external provider:</strong> told-",
        "End of test report TR 2026&#x2f;0118",
        "reproduced in full only",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("to be filled in"), "nothing is blank");
}

#[test]
fn what_may_be_left_out_is_said_in_words() {
    let mut laboratory = filled("none");
    (laboratory.amendment, laboratory.sampling) = (None, None);
    (laboratory.external.providers, laboratory.opinions) = (vec![], vec![]);
    laboratory.work.uncertainty.clear();
    let page = issued(&sample::conforming(), laboratory, true).expect("a report");
    assert_sound(&page);
    for words in ["The results apply to them as received", "None are given", "not measured values"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("Amendment") && !page.contains("external provider:"));
}

#[test]
fn hostile_text_stays_text() {
    let page = |text: &str| issued(&sample::mixed(), filled(text), true).expect("a report");
    for text in HOSTILE {
        assert_sound(&page(text));
        assert_eq!(tag_count(&page(text)), tag_count(&page("calm")), "{text:?} changed the page");
    }
    assert!(refused(|laboratory| laboratory.report.number = "1\"; } body { display: none".to_owned())[0].contains("at most 80"));
}

#[test]
fn the_form_is_refused_as_it_stands_with_all_that_is_missing() {
    let form = read("form", include_str!("../../laboratory.template.toml")).expect("the form can be read");
    let open = issued(&sample::mixed(), form, true).expect_err("a refusal");
    let fields: Vec<_> = open.iter().filter_map(|line| line.split(':').next()).collect();
    let wanted = [
        "report.number",
        "laboratory.name",
        "laboratory.address",
        "laboratory.place",
        "client.name",
        "client.contact",
        "item.identification",
        "item.condition",
        "work.environment",
        "clock.offset",
        "clock.reference",
        "external.statement",
        "work.deviations",
        "equipment",
        "authorised",
        "item.received",
        "clock.compared",
        "report.issued",
    ];
    assert_eq!(fields, wanted);
}

#[test]
fn the_parts_of_the_form_that_are_commented_out_can_be_read_too() {
    let form = include_str!("../../laboratory.template.toml");
    let all: Vec<_> = form.lines().map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line)).collect();
    let form = read("form", &all.join("\n")).expect("the form can be read");
    assert!(form.amendment.is_some() && form.sampling.is_some() && form.opinions.len() == 1 && form.external.providers.len() == 1);
}

#[test]
fn what_contradicts_is_refused() {
    let text = str::to_owned;
    let cases: [(&str, Vec<String>); 9] = [
        (
            "item.received: the items came after their test began (2026-11-22 and 2026-11-21): correct the day of receipt",
            refused(|laboratory| laboratory.item.received = text("2026-11-22")),
        ),
        (
            "report.issued: the report is issued before the work ended (2026-11-21 and 2026-11-20): correct the day of issue",
            refused(|laboratory| {
                laboratory.report.issued = text("2026-11-20");
                laboratory.clock.compared = text("2026-11-20");
            }),
        ),
        ("report.issued: give the day as 2026-01-31", refused(|laboratory| laboratory.report.issued = text("27 November"))),
        (
            "external.statement: it says `none`, and providers are listed: keep one of the two",
            refused(|laboratory| laboratory.external.statement = text("None")),
        ),
        (
            "external.provider 1: tests: the run has no test `access/lock-out`: `run.json` lists them",
            refused(|laboratory| laboratory.external.providers[0].tests = vec![text("access/lock-out")]),
        ),
        (
            "work.deviations: it says `none` beside others: keep one of the two",
            refused(|laboratory| laboratory.work.deviations.push(text("none"))),
        ),
        (
            "report.number: an amendment has a number of its own: it cannot be that of the report it amends",
            refused(|laboratory| laboratory.report.number = text("TR 2026/0117")),
        ),
        (
            "opinion 1: by: function: state the function of the person in the laboratory",
            refused(|laboratory| laboratory.opinions[0].by.function.clear()),
        ),
        ("schema: write `assay.laboratory/1`, the format that this version reads", refused(|laboratory| laboratory.schema.clear())),
    ];
    for (line, open) in cases {
        assert_eq!(open, [line]);
    }
}

#[test]
fn a_run_that_is_not_whole_or_rests_on_others_unnamed_is_refused() {
    let open = issued(&sample::mixed(), filled("supplied"), false).expect_err("a refusal");
    assert_eq!(open, ["the run: is not finished: go on with `assay run PROFILE --resume`, or run again"]);
    let mut run = sample::mixed();
    run.results[0].basis = Basis::Imported;
    run.started.clear();
    let open = issued(&run, filled("supplied"), true).expect_err("a refusal");
    let wanted = [
        "the run: does not say when it began: run again",
        "external.provider: the result of `identification/logical-identifier` is taken over from others: say from whom",
    ];
    assert_eq!(open, wanted);
}
