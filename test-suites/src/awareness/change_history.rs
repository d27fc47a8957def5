//! Does the history of the configuration say what was changed, when, and through which account?

use assay_engine::{Bench, Finding, Outcome, Ruling, Stop, Test};
use assay_model::profile::Purpose;
use assay_model::run::Point;
use assay_model::safety::{Method, Safety};
use assay_model::verdict::Verdict;
use serde_json::Value;

use super::stimuli::first_setting;
use crate::readout::{Readout, declared, news, offers};
use crate::setting::{Attempt, Setting};

/// The parts of an entry, and the requirements that they show.
const PARTS: [(&str, &str); 3] = [("new", "CS(RDL).3.b"), ("time", "CS(RDL).3.c"), ("account", "CS(RDL).3.d")];

pub(super) const TEST: Test = Test {
    id: "awareness/change-history",
    title: "Does the history of the configuration say what was changed, when, and through which account?",
    shows: &["CS(RDL).3.b", "CS(RDL).3.c", "CS(RDL).3.d"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| offers(subject, Purpose::ReadHistory).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 CM-3, AU-3"],
    limits: "other settings than the first that the profile declares with two values",
};

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let (interface, operation) = first_setting(&component).ok_or_else(|| {
        Stop::missing("no setting can be changed and read back: declare one with two values and a read_back in the profile")
    })?;
    let mut history = Readout::open(&bench, &component, Purpose::ReadHistory).await?;
    declared(&history.operation, &PARTS.map(|(name, _)| name))?;
    let mut setting = Setting::open(&bench, &component, interface, operation).await?;
    setting.rest();
    let before = history.list().await?;
    let attempt = setting.change_rightly().await;
    setting.rest();
    let after = history.list().await;
    let left = setting.restore().await;
    setting.rest();
    let (attempt, new) = (attempt?, news(&before, &after?));
    let seen = bench.record("a change, and what the history has gained", &(&attempt, &new))?;
    let entry = new.iter().find(|entry| is_of(&history, entry, &attempt));
    let lacking = lacking(&history, entry, setting.user());
    let finding = |reason: String| Finding {
        reason,
        expected: format!("an entry with the new value `{}`, the time, and account `{}`", attempt.tried, setting.user()),
        observed: if new.is_empty() { "no new entry".to_owned() } else { Value::Array(new.clone()).to_string() },
        ..Finding::default()
    };
    let ruling = if !attempt.took_effect() {
        seen.inconclusive(finding(format!("`{}` did not take effect, so that there is nothing to write down", attempt.operation)))
    } else if entry.is_none() {
        seen.fail(finding("the history has no entry of the change: write one at each change".to_owned()))
    } else if let Some(name) = lacking.first() {
        seen.fail(finding(format!("the entry of the change does not say the right {name}: add it")))
    } else {
        let control = seen.control("the history had no such entry just before the change");
        seen.pass(control, finding("the change stands in the history".to_owned()))
    };
    let ruling = left.into_iter().fold(ruling?, Ruling::note);
    let points = if attempt.took_effect() { points(&lacking) } else { Vec::new() };
    Ok(ruling.of_points(points))
}

/// The parts that the entry of a change by this user lacks, or has wrong.
fn lacking(history: &Readout, entry: Option<&Value>, user: &str) -> Vec<&'static str> {
    let part = |name: &str| entry.and_then(|entry| history.part(entry, name));
    let lacks = |name: &&str| part(name).is_none_or(|value| *name == "account" && value != user);
    PARTS.iter().map(|(name, _)| *name).filter(lacks).collect()
}

/// Whether an entry is about this change: the new value stands in it.
fn is_of(history: &Readout, entry: &Value, attempt: &Attempt) -> bool {
    history.part(entry, "new").is_some_and(|new| new.contains(&attempt.tried))
}

fn points(lacking: &[&str]) -> Vec<Point> {
    let point = |(name, requirement): (&str, &str)| {
        let (verdict, reason) = if lacking.contains(&name) {
            (Verdict::Fail, format!("the history lacks the right {name} of the change"))
        } else {
            (Verdict::Pass, format!("the history has the {name} of the change"))
        };
        Some(Point { requirement: requirement.parse().ok()?, verdict, reason })
    };
    PARTS.into_iter().filter_map(point).collect()
}
