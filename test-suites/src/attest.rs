//! Reviews by people: points that must all hold, each with the observation that shows it.

use assay_engine::{Bench, Finding, Outcome, Seen, Stop, Subject, Test, Told};
use assay_model::question::{Question, Visit, Wanted};
use assay_model::run::Point;
use assay_model::safety::{Method, Safety};
use assay_model::verdict::Verdict;

/// Points from which on one observation for all of them is taken for a form that was filled in without looking.
const MANY: usize = 3;

/// A review of the product as a whole. A test is this with an id, a title, questions and sources of its own.
pub(crate) const REVIEW: Test = Test {
    id: "",
    title: "",
    shows: &[],
    method: Method::Person,
    safety: Safety::Passive,
    reads: &[],
    asks: &[],
    applies: |subject| matches!(subject, Subject::Product(_)).into(),
    run: |bench| Box::pin(async move { review(&bench, bench.questions()).await }),
    sources: &[],
    limits: "whether what the documents say is right",
};

/// A point that is looked up in the documents.
pub(crate) const fn desk(key: &'static str, about: &'static str, text: &'static str) -> Question {
    Question::point(key, about, Visit::Desk, text)
}

/// A point that is looked at with the sample in hand.
pub(crate) const fn bench(key: &'static str, about: &'static str, text: &'static str) -> Question {
    Question::point(key, about, Visit::Bench, text)
}

/// A point that is looked at where power and network can be taken away.
pub(crate) const fn plug(key: &'static str, about: &'static str, text: &'static str) -> Question {
    Question::point(key, about, Visit::Plug, text)
}

/// A point that is looked at in the app or at the screen.
pub(crate) const fn app(key: &'static str, about: &'static str, text: &'static str) -> Question {
    Question::point(key, about, Visit::App, text)
}

/// Asks every point, each a question whether something is so, and rules on them. One no fails, all yes pass, each with its
/// observation; what does not apply is passed over. Points that name a requirement are ruled on apart.
pub(crate) async fn review(bench: &Bench, points: &[Question]) -> Outcome {
    let mut asked = Vec::new();
    for point in points.iter().filter(|point| point.wanted == Wanted::Finding) {
        asked.push((point, bench.ask(point).await));
    }
    judge(&asked)
}

/// A point and what came of asking it.
type Asked<'q> = (&'q Question, Result<Told, Stop>);

/// What is said of one point, and why.
struct Said {
    verdict: Verdict,
    reason: String,
}

fn judge(asked: &[Asked<'_>]) -> Outcome {
    let told: Vec<(&Question, &Told)> = asked.iter().filter_map(|(point, told)| told.as_ref().ok().map(|told| (*point, told))).collect();
    let copied = copied(&told);
    let said: Vec<Said> = asked.iter().map(|(point, told)| say(point, told, copied)).collect();
    let Some(seen) = told.iter().map(|(_, told)| told.seen.clone()).reduce(Seen::and) else {
        let stop = asked.iter().find_map(|(_, told)| told.as_ref().err().cloned());
        return Err(stop.unwrap_or_else(|| Stop::Error("there are no points to ask".to_owned())));
    };
    let observed: Vec<_> = told.iter().map(|(point, told)| format!("{}: {}, {}", point.key, told.value, ground(told))).collect();
    let finding = |reason: &str| Finding {
        reason: reason.to_owned(),
        expected: "yes to every point, each with what was observed".to_owned(),
        observed: observed.join("; "),
        ..Finding::default()
    };
    let first = |wanted: fn(Verdict) -> bool| said.iter().find(|said| wanted(said.verdict)).map(|said| said.reason.as_str());
    let ruling = if let Some(reason) = first(|verdict| verdict == Verdict::Fail) {
        seen.fail(finding(reason))
    } else if let Some(reason) = first(Verdict::is_open) {
        seen.inconclusive(finding(reason))
    } else if first(|verdict| verdict == Verdict::Pass).is_some() {
        let control = Told::control(told.iter().map(|(_, told)| *told));
        seen.pass(control, finding("every point that applies was found to hold"))
    } else {
        seen.not_applicable(finding("none of the points applies to the product"))
    };
    Ok(ruling?.of_points(by_requirement(asked, said)))
}

fn say(point: &Question, told: &Result<Told, Stop>, copied: bool) -> Said {
    let told = match told {
        Ok(told) => told,
        Err(Stop::NotRun(why)) => return Said { verdict: Verdict::NotRun, reason: why.clone() },
        Err(Stop::Inconclusive(why)) => return Said { verdict: Verdict::Inconclusive, reason: why.clone() },
        Err(Stop::Error(why)) => return Said { verdict: Verdict::Error, reason: why.clone() },
    };
    let open = |reason: String| Said { verdict: Verdict::Inconclusive, reason };
    match told.value.as_str() {
        "no" => Said { verdict: Verdict::Fail, reason: format!("no is the answer to \"{}\": {}", point.text, ground(told)) },
        "cannot-tell" => open(format!("it could not be told: {}", point.text)),
        _ if !has_ground(told) => open(format!("no observation stands behind the answer to \"{}\"", point.text)),
        _ if copied => open("every point has the same observation: say of each what was seen".to_owned()),
        "yes" => Said { verdict: Verdict::Pass, reason: ground(told) },
        _ => Said { verdict: Verdict::NotApplicable, reason: ground(told) },
    }
}

/// Whether many points have one observation between them.
fn copied(told: &[(&Question, &Told)]) -> bool {
    let holding: Vec<_> = told.iter().filter(|(_, told)| told.value == "yes").map(|(_, told)| ground(told)).collect();
    holding.len() >= MANY && holding.windows(2).all(|pair| pair[0] == pair[1])
}

fn by_requirement(asked: &[Asked<'_>], said: Vec<Said>) -> Vec<Point> {
    let about = asked.iter().zip(said).filter_map(|((point, _), said)| Some((point.about.parse().ok()?, said)));
    about.map(|(requirement, said)| Point { requirement, verdict: said.verdict, reason: said.reason }).collect()
}

/// What was observed, and where it stands.
fn ground(told: &Told) -> String {
    let observation = told.answer.observation.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let reference = told.answer.reference.as_ref().map(|reference| format!("{}, {}", reference.document, reference.place));
    let parts: Vec<_> = observation.map(str::to_owned).into_iter().chain(reference).collect();
    if parts.is_empty() { "without an observation".to_owned() } else { parts.join("; ") }
}

fn has_ground(told: &Told) -> bool {
    told.answer.observation.as_deref().is_some_and(|text| !text.trim().is_empty())
}
