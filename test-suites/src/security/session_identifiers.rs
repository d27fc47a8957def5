//! Is each session known by an identifier of its own that cannot be told from others?

use std::collections::BTreeSet;

use assay_engine::{Applies, Bench, Finding, Outcome, Seen, Stop, Subject, Test};
use assay_model::policy::Threshold;
use assay_model::profile::{Login, LoginKind};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Client, Session};
use serde::Serialize;

use crate::support::{accounts, check_of, log_ins, login_of};

/// Log-ins that are made.
const SAMPLES: usize = 24;

pub(super) const TEST: Test = Test {
    id: "security/session-identifiers",
    title: "Is each session known by an identifier of its own that cannot be told from others?",
    shows: &["DS(COM).10"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 SC-23", "SP 800-63B-4 5.1"],
    limits: "identifiers that look random and are not; initial sequence numbers of TCP",
};

fn applies(subject: &Subject<'_>) -> Applies {
    let Some((_, interface)) = subject.interface() else { return Applies::Elsewhere };
    let kept = interface.login.as_ref().is_some_and(|login| matches!(login.kind, LoginKind::Form | LoginKind::Json));
    (interface.speaks.is_http() && kept).into()
}

/// What the identifiers have in common. They themselves are secrets, and are not kept.
#[derive(Debug, Serialize)]
struct Gathered {
    samples: usize,
    distinct: usize,
    /// Characters of the shortest.
    length: usize,
    /// Places at which not all have the same character.
    varying: usize,
    /// Different characters in all of them.
    signs: usize,
    /// The most bits by which two of them can differ.
    bits: u32,
    /// Whether the operation that needs a log-in was refused without one.
    needed: bool,
}

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let (login, check) = (login_of(&interface)?.clone(), check_of(&interface)?.clone());
    let account = accounts(&bench, &component.id, &interface).into_iter().next();
    let account = account.ok_or_else(|| Stop::missing("no account of this interface is in the profile: add one"))?;
    let secret = bench.secret(&account)?;
    let _turn = bench.hold(&log_ins(&component.id)).await;
    let mut client = Client::new(bench.permit()?);
    let (mut ids, mut needed) = (Vec::new(), true);
    for _ in 0..SAMPLES {
        let attempt = http::log_in(&mut client, &login, &check, &account.user, &secret).await?;
        needed &= attempt.without.is_withheld();
        let Some(session) = attempt.session else { break };
        ids.extend(identifier(&login, &session));
        if login.logout.is_some() {
            http::log_out(&mut client, &login, &session).await?;
        }
    }
    let gathered = gather(&ids, needed);
    let seen = bench.record("what the identifiers of several sessions have in common", &gathered)?;
    judge(seen, &gathered, &bench.policy().access.session_min_bits)
}

fn judge(seen: Seen, gathered: &Gathered, least: &Threshold<u32>) -> Outcome {
    let finding = |reason: String| Finding {
        reason,
        expected: format!("a new identifier at each log-in, differing by {} bits or more", least.value),
        observed: format!(
            "{} log-ins, {} different identifiers of {} characters, {} of which vary",
            gathered.samples, gathered.distinct, gathered.length, gathered.varying
        ),
        source: least.source.clone(),
    };
    if gathered.samples < SAMPLES {
        let what = format!("only {} of {SAMPLES} log-ins gave an identifier: name it in login of the profile", gathered.samples);
        return seen.inconclusive(finding(what));
    }
    if gathered.distinct < gathered.samples {
        return seen.fail(finding("two sessions have the same identifier: make a new one at each log-in".to_owned()));
    }
    if gathered.bits < least.value {
        return seen.fail(finding(format!("the identifiers differ by {} bits at most: draw them at random", gathered.bits)));
    }
    if !gathered.needed {
        return seen.inconclusive(finding("the operation that needs a log-in answers without an identifier too".to_owned()));
    }
    let control = seen.control("without an identifier the same operation was refused, with each of them it was granted");
    seen.pass(control, finding("every session has an identifier of its own, and they have little in common".to_owned()))
}

/// The secret by which a session is known: its token, else the declared cookie.
fn identifier(login: &Login, session: &Session) -> Option<String> {
    let token = session.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization")).map(|(_, value)| value.clone());
    token.or_else(|| session.cookies.iter().find(|cookie| Some(&cookie.name) == login.cookie.as_ref()).map(|cookie| cookie.value.clone()))
}

fn gather(ids: &[String], needed: bool) -> Gathered {
    let length = ids.iter().map(String::len).min().unwrap_or_default();
    let varies = |at: &usize| ids.windows(2).any(|pair| pair[0].as_bytes().get(*at) != pair[1].as_bytes().get(*at));
    let places: Vec<usize> = (0..length).filter(varies).collect();
    let signs: BTreeSet<u8> = places.iter().flat_map(|at| ids.iter().filter_map(|id| id.as_bytes().get(*at).copied())).collect();
    // rounded up: a bound must not come out too small
    let per_place = if signs.len() < 2 { 0 } else { (signs.len() - 1).ilog2() + 1 };
    let distinct: BTreeSet<&String> = ids.iter().collect();
    let bits = u32::try_from(places.len()).unwrap_or(u32::MAX).saturating_mul(per_place);
    Gathered { samples: ids.len(), distinct: distinct.len(), length, varying: places.len(), signs: signs.len(), bits, needed }
}

#[cfg(test)]
mod tests {
    use super::gather;

    #[test]
    fn what_only_counts_up_has_few_bits() {
        let counted: Vec<String> = (0..24).map(|n| format!("{n:032x}")).collect();
        assert_eq!((gather(&counted, true).varying, gather(&counted, true).bits), (2, 8));
        assert_eq!(gather(&["a".to_owned(), "a".to_owned()], true).distinct, 1);
        assert_eq!(gather(&[], true).bits, 0);
    }
}
