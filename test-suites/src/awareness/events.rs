//! Does the component write log-ins, changed settings and offered updates into its log?

use assay_engine::{Bench, Finding, Outcome, Ruling, Test};
use assay_model::safety::{Method, Safety};

use super::watch::watch;

pub(super) const TEST: Test = Test {
    id: "awareness/events",
    title: "Does the component write log-ins, changed settings and offered updates into its log?",
    shows: &["CS(EIM).1", "CS(EIM).3", "CS(EIM).7", "CS(LCT).1.c"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| component.log.is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AU-2, AU-12, SI-4"],
    limits: "other events than these four, and events at other interfaces than the one that was used",
};

async fn run(bench: Bench) -> Outcome {
    let (watched, seen) = watch(&bench).await?;
    let policy = bench.policy();
    let names = |names: Vec<&'static str>| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    let found = names(watched.found().map(|(event, _)| event.act.words()).collect());
    let lost = names(watched.unrecorded().map(|event| event.act.words()).collect());
    let finding = |reason: String| Finding {
        reason,
        expected: format!("a record of each event within {} s", watched.delay_seconds),
        observed: format!("records of: {found}; no record of: {lost}"),
        source: policy.awareness.log_delay_seconds.source.clone(),
    };
    let ruling = if watched.found().next().is_none() {
        seen.inconclusive(finding("no record of any event came: check in the profile that this is the log, and its format".to_owned()))
    } else if watched.unrecorded().next().is_some() {
        seen.fail(finding(format!("the log has no record of {lost}: write one at each such event")))
    } else if let Some(event) = watched.events.iter().find(|event| event.trouble.is_some()) {
        let why = event.trouble.as_deref().unwrap_or_default();
        seen.inconclusive(finding(format!("{} could not be brought about: {why}", event.act.words())))
    } else if !watched.blank.is_empty() {
        seen.inconclusive(finding(
            "the log gains such records without any event too: use the product for nothing else during the run".to_owned(),
        ))
    } else {
        let control = seen.control("the same log gained no such record while nothing was done");
        seen.pass(control, finding("each event left a record".to_owned()))
    };
    Ok(watched.missing.iter().fold(ruling?, Ruling::note))
}
