//! Does the lock-out begin and end as it is set to?

use std::time::Duration;

use assay_engine::{Applies, Bench, Finding, Outcome, Ruling, Seen, Stop, Subject, Test};
use assay_model::profile::{Operation, Purpose};
use assay_model::safety::{Method, Safety};
use assay_wire::Stopwatch;
use serde::Serialize;

use crate::registrar::{Made, Registrar, doing, letters, offers};
use crate::setting::Setting;

pub(super) const TEST: Test = Test {
    id: "access/lockout-setting",
    title: "Does the lock-out begin and end as it is set to?",
    shows: &["LA(ACF).1", "LA(ACF).1.a"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-7"],
    limits: "limits other than the smallest that the profile lists, and lock-outs at other doors",
};

/// The most tries and seconds that are waited for.
const MOST_TRIES: u32 = 10;
const MOST_SECONDS: u32 = 600;

fn applies(subject: &Subject<'_>) -> Applies {
    offers(subject, &[Purpose::SetLockoutTries, Purpose::SetLockoutSeconds, Purpose::CreateAccount, Purpose::RemoveAccount])
}

/// What came of wrong and right passwords.
#[derive(Debug, Serialize)]
struct Facts {
    tries: u32,
    seconds: u32,
    /// Accepted after one try fewer than is set.
    one_fewer: bool,
    /// Accepted right after as many as are set.
    at_once: bool,
    /// From before the last wrong password until that, in milliseconds.
    at_once_ms: u64,
    /// Another account could log in meanwhile.
    another: bool,
    /// After how many seconds the right password was accepted again; none when it was not.
    again: Option<u64>,
}

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let (tries_by, seconds_by) = (doing(&interface, Purpose::SetLockoutTries)?, doing(&interface, Purpose::SetLockoutSeconds)?);
    let (tries, seconds) = (least(tries_by, MOST_TRIES)?, least(seconds_by, MOST_SECONDS)?);
    let mut settings = Vec::new();
    for operation in [tries_by, seconds_by] {
        let mut setting = Setting::open(&bench, &component, &interface, operation).await?;
        setting.rest();
        settings.push(setting);
    }
    let mut registrar = Registrar::open(&bench).await?;
    let outcome = look(&bench, &mut registrar, &mut settings, (tries, seconds)).await;
    let mut left = Vec::new();
    for setting in &mut settings {
        left.extend(setting.restore().await);
        setting.rest();
    }
    let outcome = outcome.map(|ruling| left.into_iter().fold(ruling, Ruling::note));
    registrar.close(outcome).await
}

fn least(operation: &Operation, most: u32) -> Result<u32, Stop> {
    let least = operation.values.iter().filter_map(|value| value.parse().ok()).min().filter(|least| (1..=most).contains(least));
    least.ok_or_else(|| Stop::missing(format!("`{}` lists no number up to {most}", operation.id)))
}

async fn look(bench: &Bench, registrar: &mut Registrar, settings: &mut [Setting], (tries, seconds): (u32, u32)) -> Outcome {
    for (setting, value) in settings.iter_mut().zip([tries, seconds]) {
        let change = setting.set(&value.to_string()).await?;
        setting.rest();
        let _seen = bench.record("a limit that was set", &change)?;
        if change.after != value.to_string() {
            return Err(Stop::missing(format!("`{}` could not be set to {value}: mend its values", change.operation)));
        }
    }
    let slack = bench.policy().access.lockout_slack_seconds.clone();
    let (role, _) = registrar.roles()?;
    let (made, other) = (registrar.make_with_role(&role).await?, registrar.make_with_role(&role).await?);
    let (one_fewer, _) = fails_then_right(registrar, &made, tries.saturating_sub(1)).await?;
    let (at_once, at_once_ms) = fails_then_right(registrar, &made, tries).await?;
    let another = right(registrar, &other).await?;
    let mut again = None;
    bench.wait(Duration::from_secs(u64::from(seconds)) + Duration::from_millis(200)).await;
    for waited in 0..=slack.value {
        if right(registrar, &made).await? {
            again = Some(u64::from(seconds) + waited);
            break;
        }
        bench.wait(Duration::from_secs(1)).await;
    }
    let facts = Facts { tries, seconds, one_fewer, at_once, at_once_ms, another, again };
    let seen = bench.record("wrong and right passwords under the limits", &facts)?;
    judge(&facts, &slack.source, seen)
}

/// Tries wrong passwords, so many, and tells whether the right one is accepted then, and how many milliseconds after the last
/// wrong one had set out.
async fn fails_then_right(registrar: &Registrar, made: &Made, times: u32) -> Result<(bool, u64), Stop> {
    let mut since = Stopwatch::start();
    for _ in 0..times {
        since = Stopwatch::start();
        let _refused = registrar.enter(&made.user, &letters(20)?).await?;
    }
    let accepted = right(registrar, made).await?;
    Ok((accepted, u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)))
}

async fn right(registrar: &Registrar, made: &Made) -> Result<bool, Stop> {
    Ok(registrar.enter(&made.user, &made.password).await?.1.accepted.is_accepted())
}

fn judge(facts: &Facts, source: &str, seen: Seen) -> Outcome {
    let (tries, seconds) = (facts.tries, facts.seconds);
    let finding = |reason: String| Finding {
        reason,
        expected: format!("locked after {tries} wrong passwords and not before, for {seconds} s, and nobody else"),
        observed: format!("{facts:?}"),
        source: source.to_owned(),
    };
    if facts.at_once && facts.at_once_ms >= u64::from(seconds) * 1000 {
        let what = format!(
            "the right password came {} ms after the last wrong one, when the lock may have ended: list longer ones",
            facts.at_once_ms
        );
        return seen.inconclusive(finding(what));
    }
    if facts.at_once {
        return seen.fail(finding(format!("an account is not locked after {tries} wrong passwords, as was set")));
    }
    if !facts.another {
        return seen.fail(finding("the lock-out of one account shuts others out too: lock the account or its source alone".to_owned()));
    }
    if facts.again.is_none() {
        return seen.fail(finding(format!("an account stays locked for longer than the {seconds} s that were set")));
    }
    if !facts.one_fewer {
        return seen.fail(finding(format!("an account is locked before {tries} wrong passwords, as was set")));
    }
    let control = seen.control("the same password was accepted before the lock-out, and again after it");
    seen.pass(control, finding("the lock-out began and ended as it was set to".to_owned()))
}
