//! Do the records carry a time that can be turned into UTC, in steps that are fine enough?

use assay_engine::{Bench, Finding, Outcome, Test};
use assay_model::safety::{Method, Safety};

use super::stamp::{self, Stamp};
use super::watch::watch;

pub(super) const TEST: Test = Test {
    id: "awareness/time-stamps",
    title: "Do the records carry a time that can be turned into UTC, in steps that are fine enough?",
    shows: &["CS(SRT).1", "CS(SRT).3"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| component.log.is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AU-8", "RFC 3339", "RFC 5424 6.2.3"],
    limits: "whether the clock is right (awareness/clock-offset), and the stamps of other records",
};

async fn run(bench: Bench) -> Outcome {
    let (watched, seen) = watch(&bench).await?;
    let step = bench.policy().awareness.time_step_max_ms.clone();
    let times: Vec<_> = watched.found().filter_map(|(event, record)| Some((event, record.part("time")?))).collect();
    let finding = |reason: String| Finding {
        reason,
        expected: format!("date, time and offset from UTC (RFC 3339), in steps of at most {} ms", step.value),
        observed: times.iter().map(|(_, time)| format!("`{time}`")).collect::<Vec<_>>().join(", "),
        source: step.source.clone(),
    };
    let (Some((first, first_time)), Some((last, last_time))) = (times.first(), times.last()) else {
        return seen.inconclusive(finding("no record of an event with a time was found: set log.fields.time in the profile".to_owned()));
    };
    let mut stamps = Vec::new();
    for (_, time) in &times {
        match stamp::read(time) {
            Some(stamp) => stamps.push(stamp),
            None => return seen.inconclusive(finding(format!("the form of the time `{time}` is not known"))),
        }
        if let Some(fault) = stamps.last().and_then(|stamp| fault_of(time, stamp, step.value)) {
            return seen.fail(finding(fault));
        }
    }
    let apart = u64::try_from(last.at_ms.saturating_sub(first.at_ms)).unwrap_or_default();
    if apart <= step.value {
        let what = format!("the events with a record lie {apart} ms apart only, which does not show the step");
        return seen.inconclusive(finding(what));
    }
    if stamps.first() == stamps.last() {
        let what = format!("records of events {apart} ms apart carry the same time `{first_time}`: write it in finer steps");
        return seen.fail(finding(what));
    }
    let control = seen.control(format!("records of events {apart} ms apart carry different times, `{first_time}` and `{last_time}`"));
    seen.pass(control, finding("the times can be turned into UTC and are fine enough".to_owned()))
}

fn fault_of(time: &str, stamp: &Stamp, step: u64) -> Option<String> {
    if !stamp.year {
        return Some(format!("the time `{time}` has neither year nor offset from UTC: write it as RFC 3339 has it"));
    }
    if stamp.unix_ms.is_none() {
        return Some(format!("the time `{time}` has no offset from UTC: write it as RFC 3339 has it"));
    }
    (u64::from(stamp.step_ms) > step)
        .then(|| format!("the time `{time}` is too coarse, its step is {} ms: write seconds at least", stamp.step_ms))
}
