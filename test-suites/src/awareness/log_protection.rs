//! Can only those read the log, and write into it, who may?

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::{Accessor, Component, Interface, Operation};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Client, Session};
use serde::Serialize;

use super::state_access::ask_as_outsiders;
use super::watch::Log;
use crate::support::{accounts, place_of, sign_in};

/// Methods by which somebody might write into a log where it is read.
const METHODS: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];

pub(super) const TEST: Test = Test {
    id: "awareness/log-protection",
    title: "Can only those read the log, and write into it, who may?",
    shows: &["LA(ROL).6.c.ii", "LA(ROL).6.c.iii"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| component.log.is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AU-9"],
    limits: "other ways to the log than the operation by which it is read",
};

/// An attempt to write into the log.
#[derive(Debug, Serialize)]
struct Attempt {
    who: String,
    method: &'static str,
    access: Access,
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let channel = component.log.clone().ok_or_else(|| Stop::missing("add `log` to the component in the profile"))?;
    let accessor = Accessor { interface: channel.interface, operation: channel.operation, pointer: None };
    let (interface, operation) = place_of(&component, &accessor)?;
    let mut log = Log::open_of(&bench, &component).await?;
    let readers = ask_as_outsiders(&bench, &component, interface, operation).await?;
    let seen = bench.record("the log asked for by those who may not read it", &readers)?;
    let before = log.all().await?;
    let forged = format!("{{\"event\":\"assay-forged-{}\"}}", bench.now().unix_timestamp());
    let attempts = write_as_others(&bench, &component, (interface, operation), &forged).await?;
    let after = log.all().await?;
    let lost = before.iter().take(1).find(|record| !after.contains(record));
    let planted = after.iter().find(|record| record.raw.contains(&forged));
    let seen = seen.and(bench.record("attempts to write into the log, and what became of it", &(&attempts, lost, planted))?);
    let finding = |reason: String| Finding {
        reason,
        expected: "the log refused to those who may not read it, and neither written nor cut by them".to_owned(),
        observed: format!("{readers:?}; {attempts:?}").chars().take(1_000).collect(),
        ..Finding::default()
    };
    if let Some(open) = readers.iter().find(|each| each.access.is_granted()) {
        return seen.fail(finding(format!("the log is shown to {}: check rights on the server", open.who)));
    }
    if planted.is_some() {
        return seen.fail(finding("the log took a record from somebody who may not even read it: refuse that".to_owned()));
    }
    if lost.is_some() {
        return seen.fail(finding("a record is gone after attempts of those who may not even read the log: refuse them".to_owned()));
    }
    if before.is_empty() || readers.is_empty() || readers.iter().any(|each| !each.access.is_withheld() || !each.alive) {
        return seen.inconclusive(finding("the log was empty, or nobody was refused in so many words".to_owned()));
    }
    let control = seen.control("the same log was read by an account that may, before and after");
    seen.pass(control, finding("the log was kept from those who may not read it, and stayed as it was".to_owned()))
}

/// Tries to write into the log without a log-in, and as each account that may not read it.
async fn write_as_others(
    bench: &Bench,
    component: &Component,
    (interface, operation): (&Interface, &Operation),
    forged: &str,
) -> Result<Vec<Attempt>, Stop> {
    let mut attempts = Vec::new();
    let mut client = Client::new(bench.permit_for(&component.id, interface)?);
    write(&mut attempts, "somebody without a log-in", &mut client, operation, None, forged).await?;
    for account in accounts(bench, &component.id, interface).iter().filter(|account| !operation.allows(&account.role)) {
        let (mut client, session) = sign_in(bench, &component.id, interface, account).await?;
        write(&mut attempts, &format!("role {}", account.role), &mut client, operation, Some(&session), forged).await?;
    }
    Ok(attempts)
}

async fn write(
    attempts: &mut Vec<Attempt>,
    who: &str,
    client: &mut Client,
    operation: &Operation,
    session: Option<&Session>,
    forged: &str,
) -> Result<(), Stop> {
    for method in METHODS {
        let writing = Operation { method: method.to_owned(), body: Some(forged.to_owned()), ..operation.clone() };
        let access = Access::of(&http::call(client, &writing, session, None).await?);
        attempts.push(Attempt { who: who.to_owned(), method, access });
    }
    Ok(())
}
