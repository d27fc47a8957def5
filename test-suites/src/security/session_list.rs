//! Does the component tell which sessions are open, from a log-in to its log-out?

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::{Account, Component, Interface, Purpose};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access};

use crate::readout::{Readout, declared, offers, place};
use crate::support::{accounts, login_of, sign_in};

pub(super) const TEST: Test = Test {
    id: "security/session-list",
    title: "Does the component tell which sessions are open, from a log-in to its log-out?",
    shows: &["DS(COM).10"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| offers(subject, Purpose::ListSessions).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 SC-23"],
    limits: "sessions at other interfaces, and sessions that end by themselves",
};

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let (interface, operation) = place(&component, Purpose::ListSessions)?;
    declared(operation, &["user"])?;
    let login = login_of(interface)?.clone();
    if login.logout.is_none() {
        return Err(Stop::missing(format!("no log-out path is declared: set login.logout of `{}` in the profile", interface.id)));
    }
    let mut list = Readout::open(&bench, &component, Purpose::ListSessions).await?;
    let other = other_account(&bench, &component, interface)?;
    let before = count(&mut list, &other.user).await?;
    let (mut client, session) = sign_in(&bench, &component.id, interface, &other).await?;
    let during = count(&mut list, &other.user).await?;
    let ended = Access::of(&http::log_out(&mut client, &login, &session).await?);
    let after = count(&mut list, &other.user).await?;
    let counts = [before, during, after];
    let seen = bench.record("sessions of another user before, during and after a log-in", &(&counts, &ended))?;
    let finding = |reason: String| Finding {
        reason,
        expected: "one session more while the user is logged in, and as many as before afterwards".to_owned(),
        observed: format!("sessions of `{}`: {before}, then {during}, then {after}", other.user),
        ..Finding::default()
    };
    if during <= before {
        return seen.fail(finding(format!("a log-in of `{}` does not show in the list of sessions: list every session", other.user)));
    }
    if after >= during && matches!(ended, Access::Other(_) | Access::NotFound) {
        return seen.inconclusive(finding("the log-out was not taken, so that the session may still be open".to_owned()));
    }
    if after >= during {
        return seen.fail(finding("the session is still listed after its log-out: take it off the list".to_owned()));
    }
    let control = seen.control("the same list had one session fewer before the log-in");
    seen.pass(control, finding("the list follows log-in and log-out".to_owned()))
}

/// An account of another user than the one who reads the list.
fn other_account(bench: &Bench, component: &Component, interface: &Interface) -> Result<Account, Stop> {
    let operation = place(component, Purpose::ListSessions)?.1;
    let other = accounts(bench, &component.id, interface).into_iter().rev().find(|account| !operation.allows(&account.role));
    other
        .or_else(|| accounts(bench, &component.id, interface).pop())
        .ok_or_else(|| Stop::missing("add an account of another user to the profile"))
}

async fn count(list: &mut Readout, user: &str) -> Result<usize, Stop> {
    let all = list.list().await?;
    Ok(all.iter().filter(|session| list.part(session, "user").as_deref() == Some(user)).count())
}
