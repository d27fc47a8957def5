//! Is a user told when the account was used before?

use std::time::Duration;

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};
use assay_probes::http;
use serde::Serialize;

use crate::awareness::stamp::{self, Stamp};
use crate::registrar::{doing, offers};
use crate::support::{accounts, sign_in};

pub(super) const TEST: Test = Test {
    id: "access/last-login",
    title: "Is a user told when the account was used before?",
    shows: &["LA(ACF).1.c"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| offers(subject, &[Purpose::ReadLastLogin]),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-9"],
    limits: "log-ins on other interfaces, and whether the clock of the product is right",
};

/// Between the first and the second log-in, and between the second and the third: different, to be told apart.
const FIRST_GAP: u64 = 2;
const SECOND_GAP: u64 = 5;
/// How far the told gap may be from the true one, and the coarsest step of the told times, in milliseconds.
const SLACK_MS: i64 = 1_000;

/// What was told at a log-in, and when it was made by the clock of the laboratory: not before, not after.
#[derive(Debug, Serialize)]
struct Told {
    text: String,
    stamp: Option<Stamp>,
    from_ms: i64,
    until_ms: i64,
}

impl Told {
    /// Whether this much lies between this log-in and the next one, as far as the clock of the laboratory can tell.
    fn is_before(&self, next: &Self, gap_ms: i64) -> bool {
        (next.from_ms - self.until_ms - SLACK_MS..=next.until_ms - self.from_ms + SLACK_MS).contains(&gap_ms)
    }
}

async fn run(bench: Bench) -> Outcome {
    let zeroth = told_at_log_in(&bench).await?;
    bench.wait(Duration::from_secs(FIRST_GAP)).await;
    let first = told_at_log_in(&bench).await?;
    bench.wait(Duration::from_secs(SECOND_GAP)).await;
    let second = told_at_log_in(&bench).await?;
    let seen = bench.record("three log-ins, and what was told as the last one at each", &(&zeroth, &first, &second))?;
    let finding = |reason: &str| Finding {
        reason: reason.to_owned(),
        expected: format!("the time of the log-in before: {FIRST_GAP} s apart, and as long as the log-ins took"),
        observed: format!("told at the second log-in `{}`, at the third `{}`", first.text, second.text),
        ..Finding::default()
    };
    let (Some(one), Some(two)) = (readable(first.stamp), readable(second.stamp)) else {
        return seen
            .inconclusive(finding("no full time with seconds and zone is told: tell it in RFC 3339, or name the operation that does"));
    };
    let gap = two - one;
    if gap == 0 {
        return seen.fail(finding("the told time stays the same from log-in to log-in: keep it at each"));
    }
    match (zeroth.is_before(&first, gap), first.is_before(&second, gap)) {
        (true, true) => seen.inconclusive(finding("log-ins take so long that the told times may be those of either: run it again")),
        (false, true) => {
            seen.inconclusive(finding("the log-in that is just going on is told: tell the one before, or name the operation that does"))
        }
        (false, false) => seen.fail(finding("what is told is not when the account was used before")),
        (true, false) => {
            let control = seen.control("the told time was another after another log-in, by as much as lay between the log-ins before");
            seen.pass(control, finding("the time of the log-in before was told"))
        }
    }
}

/// Logs in, and reads what is told as the last log-in.
async fn told_at_log_in(bench: &Bench) -> Result<Told, Stop> {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let operation = doing(&interface, Purpose::ReadLastLogin)?;
    let account = accounts(bench, &component.id, &interface).into_iter().rev().find(|account| operation.permits(account));
    let account = account.ok_or_else(|| Stop::missing(format!("no account may call `{}`: add one", operation.id)))?;
    let now_ms = || i64::try_from(bench.now().unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    let from_ms = now_ms();
    let (mut client, session) = sign_in(bench, &component.id, &interface, &account).await?;
    let until_ms = now_ms();
    let answer = http::call(&mut client, operation, Some(&session), None).await?;
    let text: String = answer.text().chars().take(1000).collect();
    let found = stamp::find(&text).map(str::to_owned).unwrap_or_default();
    let stamp = stamp::read(&found);
    Ok(Told { text: found, stamp, from_ms, until_ms })
}

fn readable(stamp: Option<Stamp>) -> Option<i64> {
    stamp.filter(|stamp| i64::from(stamp.step_ms) <= SLACK_MS)?.unix_ms
}
