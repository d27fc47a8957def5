//! Can the state of the component's security be read, by those who may and by no other?

use std::collections::BTreeMap;

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::{Component, Interface, Operation, Purpose};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Client};
use serde::Serialize;

use crate::readout::{Readout, declared, offers, place};
use crate::support::{accounts, is_alive, sign_in};

pub(super) const TEST: Test = Test {
    id: "awareness/state-access",
    title: "Can the state of the component's security be read, by those who may and by no other?",
    shows: &["CS(AEI).1"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| offers(subject, Purpose::ReadState).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 SI-4, AU-6"],
    limits: "whether what the state tells is right",
};

/// Somebody for whom the read-out is not declared, and what came of asking.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Outsider {
    pub(super) who: String,
    pub(super) access: Access,
    /// Whether a session that was refused still counted.
    pub(super) alive: bool,
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let wanted = bench.policy().awareness.state_parts.clone();
    let mut readout = Readout::open(&bench, &component, Purpose::ReadState).await?;
    let names: Vec<&str> = wanted.value.iter().map(String::as_str).collect();
    declared(&readout.operation, &names)?;
    let state = readout.document().await?;
    let parts: BTreeMap<&str, Option<String>> = names.iter().map(|name| (*name, readout.part(&state, name))).collect();
    let seen = bench.record("the state, as an account that may reads it", &parts)?;
    let (interface, operation) = place(&component, Purpose::ReadState)?;
    let outsiders = ask_as_outsiders(&bench, &component, interface, operation).await?;
    let seen = seen.and(bench.record("the same asked by others", &outsiders)?);
    let told: Vec<_> = outsiders.iter().map(|each| format!("{}: {:?}", each.who, each.access)).collect();
    let finding = |reason: String| Finding {
        reason,
        expected: format!("{} for those who may, a refusal for all others", names.join(", ")),
        observed: format!("{parts:?}; {}", told.join("; ")),
        source: wanted.source.clone(),
    };
    if let Some((name, _)) = parts.iter().find(|(_, value)| value.is_none()) {
        return seen.fail(finding(format!("the state does not tell its {name}: add it to what `{}` answers", operation.id)));
    }
    if let Some(open) = outsiders.iter().find(|each| each.access.is_granted()) {
        return seen.fail(finding(format!("the state is shown to {}: check rights on the server", open.who)));
    }
    match outsiders.iter().find(|each| !each.access.is_withheld() || !each.alive) {
        Some(odd) => seen.inconclusive(finding(format!("{} got no clear answer: {:?}", odd.who, odd.access))),
        None if outsiders.is_empty() => {
            seen.inconclusive(finding("the read-out is declared for everybody, so that nobody can be refused".to_owned()))
        }
        None => {
            let control = seen.control("the same request was answered to an account that may, and refused to the others");
            seen.pass(control, finding("the state tells what it should, to those who may".to_owned()))
        }
    }
}

/// Calls a reading operation without a log-in, and in a session of each role that may not call it.
pub(super) async fn ask_as_outsiders(
    bench: &Bench,
    component: &Component,
    interface: &Interface,
    operation: &Operation,
) -> Result<Vec<Outsider>, Stop> {
    let mut outsiders = Vec::new();
    if !operation.is_public() {
        let mut client = Client::new(bench.permit_for(&component.id, interface)?);
        let access = Access::of(&http::call(&mut client, operation, None, None).await?);
        outsiders.push(Outsider { who: "somebody without a log-in".to_owned(), access, alive: true });
    }
    let mut roles = Vec::new();
    for account in accounts(bench, &component.id, interface).into_iter().filter(|account| !operation.allows(&account.role)) {
        if roles.contains(&account.role) {
            continue;
        }
        let (mut client, session) = sign_in(bench, &component.id, interface, &account).await?;
        let access = Access::of(&http::call(&mut client, operation, Some(&session), None).await?);
        let alive = access.is_granted() || is_alive(&mut client, interface, &session).await?;
        outsiders.push(Outsider { who: format!("role {}", account.role), access, alive });
        roles.push(account.role);
    }
    Ok(outsiders)
}
