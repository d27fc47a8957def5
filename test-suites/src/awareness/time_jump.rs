//! Does the product keep its time when its time server jumps?

use assay_engine::{Bench, Finding, Outcome, Seen, Stop, Test};
use assay_model::profile::{Purpose, Speaks};
use assay_model::safety::{Method, Safety};
use serde::Serialize;
use time::Duration;

use super::stamp;
use crate::peers::{Stand, stood_in};
use crate::support::Reader;

/// By how many days the server's clock is wrong: a day, five years back, ten years on.
const JUMPS: [(i64, &str); 3] = [(1, "a day ahead"), (-5 * 365, "five years behind"), (10 * 365, "ten years ahead")];

pub(super) const TEST: Test = Test {
    id: "awareness/time-jump",
    title: "Does the product keep its time when its time server jumps?",
    shows: &["DS(OPS).1"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies: |subject| {
        let fits = |component: &assay_model::profile::Component| component.clock.is_some() && stood_in(component, is_ntp).next().is_some();
        subject.component().is_some_and(fits).into()
    },
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 SC-45", "RFC 8633 3, 5"],
    limits: "how well the clock keeps time without a server, jumps of less than a day, and whether a jump is logged",
};

fn is_ntp(speaks: Speaks) -> bool {
    speaks == Speaks::Ntp
}

/// What the clock showed after the server told a time.
#[derive(Debug, Clone, Serialize)]
struct Told {
    server: String,
    requests: usize,
    read: String,
    /// How far the product's clock is ahead of the laboratory's, in milliseconds.
    offset_ms: Option<i64>,
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let outbound = stood_in(&component, is_ntp).next().ok_or_else(|| Stop::missing("no outbound over ntp has a `lab`"))?;
    let mut stand = Stand::open(&bench, &component, outbound, Purpose::Connect).await?;
    let accessor = component.clock.clone().ok_or_else(|| Stop::missing("the component declares no clock"))?;
    let mut reader = Reader::open(&bench, &component, &accessor).await?;
    let mut all = vec![tell(&bench, &mut stand, &mut reader, 0, "right").await?];
    if all[0].requests > 0 {
        for (days, words) in JUMPS {
            all.push(tell(&bench, &mut stand, &mut reader, days, words).await?);
        }
        all.push(tell(&bench, &mut stand, &mut reader, 0, "right again").await?);
    }
    let seen = bench.record("the product's clock after its time server told these times", &all)?;
    judge(&bench, &all, &stand.absent(), seen)
}

fn judge(bench: &Bench, all: &[Told], absent: &str, seen: Seen) -> Outcome {
    let limit = bench.policy().awareness.clock_max_offset_ms.clone();
    let observed = all.iter().map(|told| format!("{}: {} requests, `{}`", told.server, told.requests, told.read)).collect::<Vec<_>>();
    let finding = |reason: String| Finding {
        reason,
        expected: format!("a clock that stays within {} ms of the right time", limit.value),
        observed: observed.join("; "),
        source: limit.source.clone(),
    };
    let most = i64::try_from(limit.value).unwrap_or(i64::MAX);
    let off = |told: &&Told| told.offset_ms.is_none_or(|offset| offset.abs() > most);
    let (first, rest) = all.split_first().ok_or_else(|| Stop::Error("nothing was told".to_owned()))?;
    let (Some(last), false) = (rest.last(), off(&first)) else {
        let what = if rest.is_empty() {
            absent.to_owned()
        } else {
            "the clock was not right to begin with: see awareness/clock-offset".to_owned()
        };
        return seen.inconclusive(finding(what));
    };
    if let Some(bad) = rest.iter().filter(|told| told.requests > 0).find(off) {
        let what = format!("the clock followed a time server that is {}: refuse steps that no clock drifts by", bad.server);
        return seen.fail(finding(what));
    }
    if let Some(missed) = rest.iter().find(|told| told.requests == 0) {
        let what = format!("the product did not ask the server while it was {}: {}", missed.server, absent);
        return seen.inconclusive(finding(what));
    }
    let what = format!(
        "the product asked the laboratory's server each time ({} times in the end), and its clock was read right after",
        last.requests
    );
    let control = seen.control(what);
    seen.pass(control, finding("the clock did not follow any jump".to_owned()))
}

/// Tells the product a time that is so many days off, and reads its clock.
async fn tell(bench: &Bench, stand: &mut Stand, reader: &mut Reader, days: i64, server: &str) -> Result<Told, Stop> {
    let requests = stand.tell_time(Duration::days(days)).await?;
    let milliseconds = || i64::try_from(bench.now().unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    let before = milliseconds();
    let read = reader.read().await?;
    let after = milliseconds();
    // the time was taken at some moment between the two
    let offset_ms = stamp::read(&read).and_then(|stamp| stamp.unix_ms).map(|time| time - time.clamp(before, after));
    Ok(Told { server: server.to_owned(), requests, read, offset_ms })
}
