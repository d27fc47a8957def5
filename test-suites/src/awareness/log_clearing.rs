//! Can only those clear the log who may, and does the log say that it was cleared?

use std::time::Duration;

use assay_engine::{Bench, Finding, Outcome, Stop, Subject, Test};
use assay_model::profile::{Account, Component, Interface, Operation, Purpose};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Client};

use super::log::Record;
use super::state_access::Outsider;
use super::watch::Log;
use crate::readout::{offers, place};
use crate::support::{account_for, accounts, is_alive, sign_in};

/// Looks into the log while the record may still come.
const LOOKS: u32 = 10;
const CLEAR_WORDS: &[&str] = &["clear", "delet", "eras", "purg", "wipe", "reset", "truncat", "remov"];

pub(super) const TEST: Test = Test {
    id: "awareness/log-clearing",
    title: "Can only those clear the log who may, and does the log say that it was cleared?",
    shows: &["CS(LSR).3", "LA(ROL).6.c.i"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies: |subject: &Subject<'_>| {
        let has_log = subject.component().is_some_and(|component| component.log.is_some());
        (has_log && offers(subject, Purpose::ClearLog)).into()
    },
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AU-9, AU-11"],
    limits: "whether records can be deleted one by one, and what is kept elsewhere",
};

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let (interface, operation) = place(&component, Purpose::ClearLog)?;
    let mut log = Log::open_of(&bench, &component).await?;
    let others = try_as_others(&bench, &component, interface, operation).await?;
    let before = log.all().await?;
    let seen = bench.record("attempts to clear the log by those who may not", &(&others, before.len()))?;
    let told: Vec<_> = others.iter().map(|each| format!("{}: {:?}", each.who, each.access)).collect();
    let finding = |reason: String, observed: String| Finding {
        reason,
        expected: "refused to those who may not; by those who may, old records gone and the clearing in the log".to_owned(),
        observed: format!("{}; {observed}", told.join("; ")),
        ..Finding::default()
    };
    if let Some(open) = others.iter().find(|each| each.access.is_granted()) {
        return seen.fail(finding(format!("{} may clear the log: check rights on the server", open.who), String::new()));
    }
    let account = account_for(&bench, &component.id, interface, operation)?;
    let cleared = clear(&bench, &component, (interface, operation), &account).await?;
    let record = find_record(&bench, &component, &mut log, &before).await?;
    let after = log.all().await?;
    let kept = before.iter().filter(|record| after.contains(record)).count();
    let seen = seen.and(bench.record("the log after it was cleared by an account that may", &(&cleared, kept, &record))?);
    let observed = format!("cleared as {}: {cleared:?}, {kept} of {} old records left", account.user, before.len());
    if !cleared.is_granted() || before.is_empty() {
        return seen.inconclusive(finding("the log was empty, or clearing it was not granted to an account that may".to_owned(), observed));
    }
    if kept > 0 {
        return seen.fail(finding("clearing the log leaves old records in it".to_owned(), observed));
    }
    if record.is_none() {
        return seen.fail(finding("the log does not say that it was cleared: write who cleared it, and when".to_owned(), observed));
    }
    if others.is_empty() || others.iter().any(|each| !each.access.is_withheld() || !each.alive) {
        return seen.inconclusive(finding("nobody was refused in so many words: add an account of a lesser role".to_owned(), observed));
    }
    let control = seen.control("the log was whole after the others had tried, and empty of old records after an account that may");
    seen.pass(control, finding("only those who may clear the log, and the log says so".to_owned(), observed))
}

async fn try_as_others(bench: &Bench, component: &Component, interface: &Interface, operation: &Operation) -> Result<Vec<Outsider>, Stop> {
    let mut client = Client::new(bench.permit_for(&component.id, interface)?);
    let access = Access::of(&http::call(&mut client, operation, None, None).await?);
    let mut others = vec![Outsider { who: "somebody without a log-in".to_owned(), access, alive: true }];
    for account in accounts(bench, &component.id, interface).iter().filter(|account| !operation.allows(&account.role)) {
        let (mut client, session) = sign_in(bench, &component.id, interface, account).await?;
        let access = Access::of(&http::call(&mut client, operation, Some(&session), None).await?);
        let alive = access.is_granted() || is_alive(&mut client, interface, &session).await?;
        others.push(Outsider { who: format!("role {}", account.role), access, alive });
    }
    Ok(others)
}

async fn clear(
    bench: &Bench,
    component: &Component,
    (interface, operation): (&Interface, &Operation),
    account: &Account,
) -> Result<Access, Stop> {
    let (mut client, session) = sign_in(bench, &component.id, interface, account).await?;
    Ok(Access::of(&http::call(&mut client, operation, Some(&session), None).await?))
}

async fn find_record(bench: &Bench, component: &Component, log: &mut Log, before: &[Record]) -> Result<Option<Record>, Stop> {
    let seconds = component.log.as_ref().and_then(|log| log.delay_seconds).unwrap_or(bench.policy().awareness.log_delay_seconds.value);
    let tells = |record: &Record| {
        let text = record.raw.to_lowercase();
        CLEAR_WORDS.iter().any(|word| text.contains(word))
    };
    for _ in 0..LOOKS {
        if let Some(record) = log.all().await?.into_iter().find(|record| tells(record) && !before.contains(record)) {
            return Ok(Some(record));
        }
        bench.wait(Duration::from_secs(seconds) / LOOKS).await;
    }
    Ok(None)
}
