//! Files of answers: what is read, and every mistake at its line.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use assay_model::answers::{Answer, Answered, Known, date, read};
use assay_model::form::Problems;
use assay_model::plan::Place;
use assay_model::profile::Product;
use assay_model::question::{Asked, Question, Visit, Wanted};

const HEAD: &str = "schema = \"assay.answers/1\"\n[product]\nmanufacturer = \"Maker\"\nmodel = \"M-1\"\nversion = \"1.0\"\n\
    [answered]\nby = \"A. Tester\"\nof = \"Laboratory\"\non = \"2026-01-31\"\nuntil = \"2027-01-31\"\n";

fn read_after_head(rest: &str) -> Result<Vec<Answer>, Problems> {
    let product = Product {
        manufacturer: "Maker".to_owned(),
        name: "Thing".to_owned(),
        model: "M-1".to_owned(),
        version: "1.0".to_owned(),
        identification: None,
    };
    let place =
        |component: Option<&str>| Place { test: "family/test".to_owned(), component: component.map(str::to_owned), interface: None };
    let asked = |question, component| Asked { place: place(component), question };
    let questions = [
        asked(Question::finding("legible", Visit::Bench, "Is it legible?"), Some("device")),
        asked(Question::asking("length", Visit::Bench, "How long is it?", Wanted::Number("metres")), None),
    ];
    let text = if rest.starts_with("schema") { rest.to_owned() } else { format!("{HEAD}{rest}") };
    read("answers.toml", &text, &Known { product: &product, questions: &questions, documents: &["guide"] })
}

fn messages(rest: &str) -> Vec<(usize, String)> {
    let problems = read_after_head(rest).expect_err("mistakes");
    problems.lines().into_iter().map(|(line, _, message)| (line, message.to_owned())).collect()
}

#[test]
fn an_answer_says_who_gave_it() {
    let answers = read_after_head(
        "[[answer]]\nquestion = \"family/test/legible\"\ncomponent = \"device\"\nvalue = \"yes\"\n\
         reference = { document = \"guide\", place = \"page 2\" }\n[[answer]]\nquestion = \"family/test/length\"\nvalue = \"\"\n",
    )
    .expect("a good file");
    let [answer] = &answers[..] else { panic!("the empty answer stays open: {answers:?}") };
    assert_eq!(answer.answered.as_ref().unwrap().told(), "A. Tester (Laboratory) on 2026-01-31, valid until 2027-01-31");
}

#[test]
fn every_mistake_is_told_at_its_line() {
    let found = messages(
        "[[answer]]\nquestion = \"family/test/legibel\"\nvalue = \"yes\"\n\
         [[answer]]\nquestion = \"family/test/legible\"\nvalue = \"yes\"\n\
         [[answer]]\nquestion = \"family/test/legible\"\ncomponent = \"device\"\nvalue = \"maybe\"\nreference = { document = \"gide\", place = \"1\" }\n\
         [[answer]]\nquestion = \"family/test/length\"\nvalue = \"long\"\n[[answer]]\nquestion = \"family/test/length\"\nvalue = \"1.5\"\n",
    );
    let wanted = [
        (12, "is no question"),
        (15, "about another subject"),
        (20, "`maybe` is no answer"),
        (21, "no document `gide`"),
        (24, "`long` is no number"),
        (26, "answered twice"),
    ];
    assert_eq!(found.len(), wanted.len(), "{found:?}");
    for ((line, message), (at, part)) in found.iter().zip(wanted) {
        assert!(*line == at && message.contains(part), "{line}: {message}, not {at}: {part}");
    }
}

#[test]
fn answers_about_another_product_or_by_nobody_are_refused() {
    let other = HEAD.replace("M-1", "M-2").replace("A. Tester", " ").replace("2027-01-31", "2025-01-31");
    let found = messages(&other);
    let parts = ["its model is another", "`by` is empty", "end before the day"];
    assert_eq!(found.len(), parts.len(), "{found:?}");
    assert!(parts.iter().all(|part| found.iter().any(|(_, message)| message.contains(part))), "{found:?}");
}

#[test]
fn an_attestation_ends_on_its_last_day() {
    let answered = Answered { by: "A".into(), of: "B".into(), on: "2026-01-31".into(), until: "2026-02-28".into() };
    let day = |text| date(text).expect("a day");
    assert!(answered.holds_on(day("2026-02-28")) && !answered.holds_on(day("2026-03-01")));
    assert!(answered.is_past(day("2026-01-31")) && !answered.is_past(day("2026-01-30")));
}
