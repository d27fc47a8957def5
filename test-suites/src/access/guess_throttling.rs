//! Guessing: do wrong passwords in a row bring a lock or a pause, and does the right one work again afterwards?

use assay_engine::{Applies, Bench, Finding, Outcome, Seen, Subject, Test};
use assay_model::profile::LoginKind;
use assay_model::safety::{Method, Safety};

use super::door;
use super::guessing::{End, Trial};

pub(super) const TEST: Test = Test {
    id: "access/guess-throttling",
    title: "Guessing passwords is throttled",
    shows: &["LA(ACF).1.b"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-63B-4 3.2.2", "SP 800-53 AC-7", "EN 303 645 5.1-5"],
    limits: "guesses spread over many accounts, many addresses or a long time, and log-ins on other interfaces that share the account",
};

fn applies(subject: &Subject<'_>) -> Applies {
    let Some((_, interface)) = subject.interface() else { return Applies::Elsewhere };
    let community = interface.login.as_ref().is_some_and(|login| login.kind == LoginKind::Community);
    (door::service(interface).is_some() && !community).into()
}

async fn run(bench: Bench) -> Outcome {
    let mut trial = Trial::new(&bench)?;
    let end = trial.go().await;
    let seen = bench.record("wrong passwords in a row", &trial.facts)?;
    judge(&bench, &trial, &end?, seen)
}

fn judge(bench: &Bench, trial: &Trial, end: &End, seen: Seen) -> Outcome {
    let (limit, wrong) = (trial.limit, trial.facts.examined());
    let finding = |reason: String, observed: String| Finding {
        reason,
        expected: format!("a lock or a pause after at most {limit} wrong passwords in a row"),
        observed,
        source: bench.policy().access.max_failed_logins.source.clone(),
    };
    let looked_at = format!("{wrong} wrong passwords in a row were looked at");
    if let Some(why) = doubt(trial, end) {
        return seen.inconclusive(finding(why, looked_at));
    }
    match end {
        End::Released { told } if !*told || wrong <= limit => {
            let how = if *told { "said that it throttles" } else { "refused the right password too" };
            let control =
                seen.control("the right password was accepted by the same log-in before the wrong ones, and again after the pause");
            let reason = format!("after {wrong} wrong passwords in a row the product paused, and let the account in again afterwards");
            seen.pass(control, finding(reason, format!("after {wrong} wrong passwords the product {how}")))
        }
        End::Released { .. } => {
            let why =
                format!("throttles only after {wrong} wrong passwords in a row, more than the {limit} that are declared or permitted");
            seen.fail(finding(why, looked_at))
        }
        End::AnyPassword => {
            let why = "a password that nobody set is accepted: check the password at each log-in".to_owned();
            seen.fail(finding(why, "a wrong password let in".to_owned()))
        }
        End::Open | End::Hollow | End::Broken(_) => {
            let why = format!("wrong passwords are neither throttled nor counted: lock or slow down after at most {limit} in a row");
            seen.fail(finding(why, format!("{looked_at}, and the right one still works at once")))
        }
    }
}

/// Why the trial says neither yes nor no, if so.
fn doubt(trial: &Trial, end: &End) -> Option<String> {
    let (limit, wrong) = (trial.limit, trial.facts.examined());
    match end {
        End::Broken(why) => Some(why.clone()),
        End::Hollow => {
            Some("the product says that it throttles, and takes the right password at once: try by hand what a guesser gains".to_owned())
        }
        End::Open if trial.facts.stopped.is_some() => Some(format!(
            "stopped after {wrong} wrong passwords: {}; whether answers that slow down keep guesses below the limit needs a longer trial",
            trial.facts.stopped.as_deref().unwrap_or_default()
        )),
        End::Open if wrong < limit => Some(format!(
            "{wrong} wrong passwords did not bring a lock, and {limit} must be tried: raise budget.failed_logins in the profile"
        )),
        End::Open if trial.facts.slowed_down() => {
            Some("answers slow down, and nothing locks: whether that keeps guesses below the limit needs a longer trial".to_owned())
        }
        End::Open | End::Released { .. } | End::AnyPassword => None,
    }
}
