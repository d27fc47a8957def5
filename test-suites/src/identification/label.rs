//! Does the device carry its identifier where authorized people can reach it?

use assay_engine::{Applies, Bench, Finding, Outcome, Seen, Stop, Subject, Test, Told};
use assay_model::profile::ComponentRole;
use assay_model::question::{Question, Visit, Wanted};
use assay_model::safety::{Method, Safety};

const LEGIBLE: Question = Question::finding(
    "legible",
    Visit::Bench,
    "Does the device carry a label or engraving with its identifier, legible, where authorized people can reach it?",
);
const PRINTED: Question = Question::asking("printed", Visit::Bench, "Which identifier is printed there, sign by sign?", Wanted::Text);
const CODE: Question = Question::asking(
    "code",
    Visit::Bench,
    "What does a reader read from the code or tag beside it (QR, DataMatrix, NFC)? Answer none where there is none.",
    Wanted::Text,
);
const PHOTO: Question = Question::asking("photo", Visit::Bench, "Take a picture of it.", Wanted::Photo);

pub(super) const TEST: Test = Test {
    id: "identification/label",
    title: "Does the device carry its identifier where authorized people can reach it?",
    shows: &["DI(PID)"],
    method: Method::Person,
    safety: Safety::Passive,
    reads: &[],
    asks: &[LEGIBLE, PRINTED, CODE, PHOTO],
    applies,
    run: |bench| Box::pin(async move { run(&bench).await }),
    sources: &["SP 800-213A DI(PID)", "SP 800-53 Rev. 5 IA-3"],
    limits: "how long the label lasts, and whether the numbers of other samples differ",
};

fn applies(subject: &Subject<'_>) -> Applies {
    subject.component().is_some_and(|component| component.role == ComponentRole::Device).into()
}

async fn run(bench: &Bench) -> Outcome {
    let legible = bench.ask(&LEGIBLE).await?;
    let rest = [bench.ask(&PRINTED).await, bench.ask(&CODE).await, bench.ask(&PHOTO).await];
    let observed = |said: &[&Told]| said.iter().map(|told| told.value.as_str()).collect::<Vec<_>>().join("; ");
    let finding = |reason: String, observed: String| Finding {
        reason,
        expected: "a legible label within reach, with the identifier that the device tells".to_owned(),
        observed,
        ..Finding::default()
    };
    let observation = legible.answer.observation.clone().unwrap_or_default();
    if legible.value == "no" {
        return legible.seen.fail(finding(format!("the label is missing or cannot be read: {observation}"), observation.clone()));
    }
    let [printed, code, photo] = rest;
    let (printed, code, photo) = (printed?, code?, photo?);
    let all = [&legible, &printed, &code, &photo];
    let seen = all.iter().map(|told| told.seen.clone()).reduce(Seen::and).ok_or_else(|| Stop::Error("nothing was asked".to_owned()))?;
    let observed = observed(&[&printed, &code]);
    if legible.value != "yes" || observation.trim().is_empty() {
        return seen.inconclusive(finding("nobody says what the label looks like: answer again, with an observation".to_owned(), observed));
    }
    let Some(identifier) = bench.component()?.identifier.map(|identifier| identifier.expect) else {
        let what = "nothing to compare it with: state the identifier of this sample in the profile (identifier.expect)";
        return seen.inconclusive(finding(what.to_owned(), observed));
    };
    if let Some(what) = mismatch(&printed.value, &code.value, &identifier) {
        return seen.fail(finding(what, observed));
    }
    seen.pass(Told::control(all), finding("the label carries the identifier of the device".to_owned(), observed))
}

/// In which way the label does not carry the identifier.
fn mismatch(printed: &str, code: &str, identifier: &str) -> Option<String> {
    if !printed.contains(identifier) {
        return Some(format!("`{printed}` is printed on it, but the device is `{identifier}`: print the identifier that it tells"));
    }
    let other = !code.eq_ignore_ascii_case("none") && !code.contains(identifier);
    other.then(|| format!("the code beside it says `{code}`, but the device is `{identifier}`: let both say the same"))
}
