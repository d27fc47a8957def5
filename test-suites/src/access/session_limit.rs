//! Can the number of sessions that an account has at a time be limited?

use assay_engine::{Bench, Finding, Outcome, Ruling, Seen, Stop, Test};
use assay_model::profile::{Account, Purpose};
use assay_model::safety::{Method, Safety};

use crate::registrar::{doing, offers};
use crate::setting::Setting;
use crate::support::{accounts, check_of, is_alive, log_ins, login_of};
use assay_probes::http::{self, Client, Session};

pub(super) const TEST: Test = Test {
    id: "access/session-limit",
    title: "Can the number of sessions that an account has at a time be limited?",
    shows: &["LA(LDU).2", "LA(LDU).2.a"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| offers(subject, &[Purpose::SetSessionLimit]),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-10"],
    limits: "limits other than the smallest that the profile lists, and sessions on other interfaces",
};

/// The most sessions that are opened to exceed a limit.
const MOST: usize = 6;

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let operation = doing(&interface, Purpose::SetSessionLimit)?;
    let smallest = operation.values.iter().filter_map(|value| value.parse::<usize>().ok()).filter(|limit| *limit > 0).min();
    let smallest = smallest.filter(|limit| *limit < MOST);
    let smallest = smallest.ok_or_else(|| Stop::missing(format!("`{}` lists no limit below {MOST}", operation.id)))?;
    let account = accounts(&bench, &component.id, &interface).pop();
    let account = account.ok_or_else(|| Stop::missing("no account of this interface is in the profile: add one"))?;
    let before = open_several(&bench, &account, smallest + 1).await?;
    let seen = bench.record("sessions that stood together before the limit was set", &before)?;
    let mut setting = Setting::open(&bench, &component, &interface, operation).await?;
    let outcome = look(&bench, &mut setting, &account, (smallest, before), seen).await;
    let left = setting.restore().await;
    outcome.map(|ruling| left.into_iter().fold(ruling, Ruling::note))
}

async fn look(bench: &Bench, setting: &mut Setting, account: &Account, (limit, before): (usize, usize), seen: Seen) -> Outcome {
    let change = setting.set(&limit.to_string()).await?;
    setting.rest();
    let seen = seen.and(bench.record("the smallest limit was set", &change)?);
    if change.after != limit.to_string() {
        return Err(Stop::missing(format!("`{}` could not be set to {limit}: mend its values", change.operation)));
    }
    let after = open_several(bench, account, limit + 1).await?;
    let seen = seen.and(bench.record("sessions that stood together under the limit", &after)?);
    let finding = |reason: String| Finding {
        reason,
        expected: format!("{limit} of {} sessions of one account stand, the others are refused or ended", limit + 1),
        observed: format!("{before} stood before the limit was set, {after} under it"),
        ..Finding::default()
    };
    if after > limit {
        return seen.fail(finding(format!("an account had {after} sessions where {limit} were set: refuse a new one, or end an old one")));
    }
    if after == 0 || before <= limit {
        return seen.inconclusive(finding("no session stood, or no more than that before: nothing is shown".to_owned()));
    }
    let control = seen.control("the same sessions all stood before the limit was set");
    seen.pass(control, finding("no more sessions stood than were set".to_owned()))
}

/// Logs in so many times as one account, and counts the sessions that stand in the end.
async fn open_several(bench: &Bench, account: &Account, number: usize) -> Result<usize, Stop> {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let (login, check, secret) = (login_of(&interface)?, check_of(&interface)?, bench.secret(account)?);
    let _turn = bench.hold(&log_ins(&component.id)).await;
    let mut client = Client::new(bench.permit()?);
    let mut sessions: Vec<Session> = Vec::new();
    for _ in 0..number {
        // without the cookies of the session before: another browser
        let attempt = http::log_in(&mut client, login, check, &account.user, &secret).await?;
        sessions.extend(attempt.session);
    }
    let mut standing = 0;
    for session in &sessions {
        standing += usize::from(is_alive(&mut client, &interface, session).await?);
    }
    Ok(standing)
}
