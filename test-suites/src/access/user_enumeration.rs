//! Does a refused log-in say whether there is such a user?

use assay_engine::{Applies, Bench, Finding, Outcome, Seen, Stop, Subject, Test};
use assay_model::profile::{Account, LoginKind, Operation};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Attempt, Client};
use serde::Serialize;

use crate::registrar::letters;
use crate::support::{accounts, check_of, log_ins, login_of};

pub(super) const TEST: Test = Test {
    id: "access/user-enumeration",
    title: "Does a refused log-in say whether there is such a user?",
    shows: &["LA(AUN).2"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["OWASP Web Security Testing Guide 4.3.4", "SP 800-53 IA-6"],
    limits: "other ways to ask for users, such as a lost password; differences in time are noted, not judged",
};

/// Wrong passwords that are tried with a user that is there, and with as many that are not.
const PAIRS: usize = 16;
/// A difference in time that may be chance is not noted: this is 2.58 standard deviations, one in a hundred.
const STRIKING: f64 = 2.58;

fn applies(subject: &Subject<'_>) -> Applies {
    let Some((component, interface)) = subject.interface() else { return Applies::Elsewhere };
    let posted = interface.login.as_ref().is_some_and(|login| matches!(login.kind, LoginKind::Form | LoginKind::Json));
    (interface.speaks.is_http() && posted && subject.profile().accounts_on(&component.id, &interface.id).next().is_some()).into()
}

/// One refused log-in.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Refusal {
    known: bool,
    status: u16,
    body_bytes: usize,
    location: Option<String>,
    milliseconds: f64,
}

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let check = check_of(&interface)?;
    let account = accounts(&bench, &component.id, &interface).pop();
    let account = account.ok_or_else(|| Stop::missing("no account of this interface is in the profile: add one"))?;
    let before = login_of(&interface)?.lockout.map_or(4, |lockout| lockout.tries.saturating_sub(1)).max(1);
    let _turn = bench.hold(&log_ins(&component.id)).await;
    let mut client = Client::new(bench.permit()?);
    let mut all = Vec::new();
    for pair in 0..PAIRS {
        // a right password in between, so that the account is not locked
        if pair % usize::try_from(before).unwrap_or(1) == 0 {
            let right = http::log_in(&mut client, login_of(&interface)?, check, &account.user, &bench.secret(&account)?).await?;
            if !right.accepted.is_accepted() {
                return Err(Stop::missing(format!("the secret of account `{}` was not accepted: mend it in the profile", account.id)));
            }
        }
        all.push(refused(&bench, &mut client, check, Some(&account)).await?);
        all.push(refused(&bench, &mut client, check, None).await?);
    }
    let _right = http::log_in(&mut client, login_of(&interface)?, check, &account.user, &bench.secret(&account)?).await?;
    let seen = bench.record("refused log-ins with a user that is there and with users that are not", &all)?;
    judge(&all, seen)
}

/// A log-in with a wrong password, as a user that is there or as one that is not, with a name as long.
async fn refused(bench: &Bench, client: &mut Client, check: &Operation, account: Option<&Account>) -> Result<Refusal, Stop> {
    let interface = bench.interface()?;
    let user = account.map_or_else(|| letters(10), |account| Ok(account.user.clone()))?;
    let (password, began) = (letters(20)?, bench.now());
    let attempt = http::log_in(client, login_of(&interface)?, check, &user, &password).await?;
    let milliseconds = (bench.now() - began).as_seconds_f64() * 1000.0;
    if attempt.accepted.is_accepted() || attempt.throttled {
        return Err(Stop::missing("a made-up password was accepted, or log-ins are slowed down: nothing can be compared"));
    }
    let Attempt { status, body_bytes, location, .. } = attempt;
    Ok(Refusal { known: account.is_some(), status, body_bytes, location, milliseconds })
}

fn judge(all: &[Refusal], seen: Seen) -> Outcome {
    let (known, unknown): (Vec<&Refusal>, Vec<&Refusal>) = all.iter().partition(|refusal| refusal.known);
    let kinds = |list: &[&Refusal]| {
        list.iter().map(|each| (each.status, each.body_bytes, each.location.clone())).collect::<std::collections::BTreeSet<_>>()
    };
    let (of_known, of_unknown) = (kinds(&known), kinds(&unknown));
    let deviation = deviation(&times(&known), &times(&unknown));
    let finding = |reason: &str| Finding {
        reason: reason.to_owned(),
        expected: "the same status, size and target whether or not there is such a user".to_owned(),
        observed: format!("there is: {of_known:?}; there is not: {of_unknown:?}; times differ by {deviation:.1} standard deviations"),
        ..Finding::default()
    };
    if of_known.is_disjoint(&of_unknown) {
        return seen.fail(finding("a refused log-in says whether there is such a user: answer the same in both cases"));
    }
    if of_known != of_unknown {
        return seen.inconclusive(finding("the answers vary from try to try: compare them by hand"));
    }
    let control = seen.control("the right password was accepted for the same user in between, so that the refusals were about passwords");
    let ruling = seen.pass(control, finding("a refused log-in looks the same whether or not there is such a user"))?;
    let note = format!(
        "the time of the answer tells users that are there from others (Mann-Whitney: {deviation:.1} standard deviations): hash a password in both cases"
    );
    Ok(if deviation.abs() > STRIKING { ruling.note(note) } else { ruling })
}

fn times(list: &[&Refusal]) -> Vec<f64> {
    list.iter().map(|each| each.milliseconds).collect()
}

/// By how many standard deviations the rank sum of `one` (Mann-Whitney U) is from what chance would have it.
fn deviation(one: &[f64], other: &[f64]) -> f64 {
    let count = |list: &[f64]| list.iter().fold(0.0_f64, |sum, _| sum + 1.0);
    let (m, n) = (count(one), count(other));
    let wins = |a: &f64| {
        other
            .iter()
            .map(|b| {
                if a > b {
                    1.0
                } else if a < b {
                    0.0
                } else {
                    0.5
                }
            })
            .sum::<f64>()
    };
    let u: f64 = one.iter().map(wins).sum();
    let spread = (m * n * (m + n + 1.0) / 12.0).sqrt();
    if spread > 0.0 { (u - m * n / 2.0) / spread } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::deviation;

    #[test]
    fn ranks_tell_two_samples_apart() {
        let low: Vec<f64> = (0..16).map(f64::from).collect();
        let high: Vec<f64> = (100..116).map(f64::from).collect();
        assert!(deviation(&high, &low) > 4.0 && deviation(&low, &high) < -4.0);
        assert!(deviation(&low, &low).abs() < 0.001);
    }
}
