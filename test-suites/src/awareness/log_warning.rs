//! Is an alert raised before the log overwrites what it holds?

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};
use serde_json::Value;

use super::filling::fill;
use crate::readout::offers;

/// Words by which an alert is about the size of a log.
const LOG_WORDS: &[&str] = &["log", "audit", "journal", "record"];
const SIZE_WORDS: &[&str] = &["full", "capacity", "overwrit", "storage", "space", "limit", "too big", "too large", "%"];

pub(super) const TEST: Test = Test {
    id: "awareness/log-warning",
    title: "Is an alert raised before the log overwrites what it holds?",
    shows: &["CS(LSR).4"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies: |subject| {
        let has_log = subject.component().is_some_and(|component| component.log.is_some());
        (has_log && offers(subject, Purpose::ReadAlerts)).into()
    },
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AU-5(1)"],
    limits: "how long before, and whether the alert reaches anybody",
};

async fn run(bench: Bench) -> Outcome {
    let (filled, seen) = fill(&bench).await?;
    if filled.made < filled.capacity || filled.of_changes == 0 {
        return Err(Stop::missing("changes were not granted or left no record, so that the log was not filled"));
    }
    let of_size: Vec<&Value> = filled.alerts.iter().filter(|alert| is_of_size(alert)).collect();
    let finding = |reason: &str| Finding {
        reason: reason.to_owned(),
        expected: format!("an alert while {} records are written into a log that holds {}", filled.made, filled.capacity),
        observed: format!("{} alerts, of the size of the log: {of_size:?}", filled.alerts.len()),
        ..Finding::default()
    };
    if of_size.is_empty() {
        return seen.fail(finding("no alert was raised while the log was filled: raise one before records are overwritten"));
    }
    let control = seen.control("the alert was not among those that stood before the log was filled");
    seen.pass(control, finding("filling the log raised an alert"))
}

fn is_of_size(alert: &Value) -> bool {
    let text = alert.to_string().to_lowercase();
    let holds = |words: &[&str]| words.iter().any(|word| text.contains(word));
    holds(LOG_WORDS) && holds(SIZE_WORDS)
}
