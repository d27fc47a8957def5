//! Is a user told when the account was used before?

use std::time::Duration;

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};
use assay_probes::http;

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
const FIRST_GAP: i64 = 2;
const SECOND_GAP: i64 = 4;
/// How far the told gap may be from the true one, and the coarsest step of the told times, in milliseconds.
const SLACK_MS: i64 = 1_000;

async fn run(bench: Bench) -> Outcome {
    let _nothing = told_at_log_in(&bench).await?;
    bench.wait(Duration::from_secs(FIRST_GAP.unsigned_abs())).await;
    let first = told_at_log_in(&bench).await?;
    bench.wait(Duration::from_secs(SECOND_GAP.unsigned_abs())).await;
    let second = told_at_log_in(&bench).await?;
    let seen = bench.record("what was told as the last log-in at the second and the third of three", &(&first, &second))?;
    let finding = |reason: &str| Finding {
        reason: reason.to_owned(),
        expected: format!("the time of the log-in before: {FIRST_GAP} s apart"),
        observed: format!("told at the second log-in `{}`, at the third `{}`", first.0, second.0),
        ..Finding::default()
    };
    let (Some(one), Some(two)) = (readable(first.1), readable(second.1)) else {
        return seen
            .inconclusive(finding("no full time with seconds and zone is told: tell it in RFC 3339, or name the operation that does"));
    };
    let gap = two - one;
    let about = |seconds: i64| (gap - seconds * 1000).abs() <= SLACK_MS;
    if gap == 0 {
        return seen.fail(finding("the told time stays the same from log-in to log-in: keep it at each"));
    }
    if about(SECOND_GAP) {
        return seen
            .inconclusive(finding("the log-in that is just going on is told: tell the one before, or name the operation that does"));
    }
    if !about(FIRST_GAP) {
        return seen.fail(finding("what is told is not when the account was used before"));
    }
    let control = seen.control("the told time was another after another log-in, by as much as lay between the log-ins before");
    seen.pass(control, finding("the time of the log-in before was told"))
}

/// Logs in, and reads what is told as the last log-in.
async fn told_at_log_in(bench: &Bench) -> Result<(String, Option<Stamp>), Stop> {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let operation = doing(&interface, Purpose::ReadLastLogin)?;
    let account = accounts(bench, &component.id, &interface).into_iter().rev().find(|account| operation.permits(account));
    let account = account.ok_or_else(|| Stop::missing(format!("no account may call `{}`: add one", operation.id)))?;
    let (mut client, session) = sign_in(bench, &component.id, &interface, &account).await?;
    let answer = http::call(&mut client, operation, Some(&session), None).await?;
    let text: String = answer.text().chars().take(1000).collect();
    let found = stamp::find(&text).map(str::to_owned).unwrap_or_default();
    let read = stamp::read(&found);
    Ok((found, read))
}

fn readable(stamp: Option<Stamp>) -> Option<i64> {
    stamp.filter(|stamp| i64::from(stamp.step_ms) <= SLACK_MS)?.unix_ms
}
