//! Can only the roles that may read, clear and set the log?

use std::collections::BTreeSet;

use assay_engine::{Applies, Bench, Finding, Outcome, Seen, Stop, Subject, Test};
use assay_model::profile::{Component, Interface, Operation, Purpose};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Client, Session};
use serde::Serialize;

use crate::awareness::raw_records;
use crate::support::{account_for, accounts, is_alive, sign_in};

pub(super) const TEST: Test = Test {
    id: "access/audit-data",
    title: "Can only the roles that may read, clear and set the log?",
    shows: &["LA(ROL).6.c.i", "LA(ROL).6.c.ii"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AU-9"],
    limits: "copies of the log elsewhere; that a role that may clear the log can do it, which would lose its records",
};

fn applies(subject: &Subject<'_>) -> Applies {
    let Some(component) = subject.component() else { return Applies::Elsewhere };
    let Some((interface, _)) = reading(component) else { return Applies::Elsewhere };
    (interface.speaks.is_http() && !controls(interface).is_empty()).into()
}

/// Where the log is read.
fn reading(component: &Component) -> Option<(&Interface, &Operation)> {
    let interface = component.interface(&component.log.as_ref()?.interface)?;
    Some((interface, interface.operation(&component.log.as_ref()?.operation)?))
}

/// The operations that clear or set the log.
fn controls(interface: &Interface) -> Vec<&Operation> {
    let of_log = |operation: &&Operation| matches!(operation.does, Some(Purpose::ClearLog | Purpose::SetLog));
    interface.operations.iter().filter(of_log).filter(|operation| !operation.is_public()).collect()
}

/// What somebody who may not was answered.
#[derive(Debug, Serialize)]
struct Call {
    by: String,
    operation: String,
    access: Access,
    alive: bool,
}

/// How many records of the first reading the second one still had.
#[derive(Debug, Clone, Copy)]
struct Kept {
    kept: usize,
    of: usize,
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let (interface, read) = reading(&component).ok_or_else(|| Stop::missing("the profile does not say where the log is read"))?;
    let reader = account_for(&bench, &component.id, interface, read)?;
    let (mut client, session) = sign_in(&bench, &component.id, interface, &reader).await?;
    let before = http::call(&mut client, read, Some(&session), None).await?;
    client.close();
    let mut calls = Vec::new();
    for operation in controls(interface).into_iter().chain([read]) {
        calls.extend(call_all(&bench, &component, interface, operation).await?);
    }
    let after = http::call(&mut client, read, Some(&session), None).await?;
    let channel = component.log.as_ref().ok_or_else(|| Stop::missing("declare the component's log"))?;
    let (old, new) = (raw_records(&before.text(), channel), raw_records(&after.text(), channel));
    let kept = old.iter().filter(|record| new.contains(record)).count();
    let granted = Access::of(&before).is_granted() && Access::of(&after).is_granted() && !old.is_empty();
    let seen =
        bench.record("what those who may not were answered, and how many records the log kept", &(&calls, granted, kept, old.len()))?;
    judge(&calls, granted, Kept { kept, of: old.len() }, seen)
}

/// Has everybody who may not call an operation of the log: each role that may not, and nobody in particular.
async fn call_all(bench: &Bench, component: &Component, interface: &Interface, operation: &Operation) -> Result<Vec<Call>, Stop> {
    let value = operation.values.first().map(String::as_str);
    let mut calls = Vec::new();
    let mut client = Client::new(bench.permit_for(&component.id, interface)?);
    let access = Access::of(&http::call(&mut client, operation, None, value).await?);
    client.close();
    calls.push(Call { by: "anybody".to_owned(), operation: operation.id.clone(), access, alive: true });
    let mut roles = BTreeSet::new();
    let others = accounts(bench, &component.id, interface);
    for account in others.into_iter().filter(|account| !operation.permits(account) && roles.insert(account.role.clone())) {
        let (mut client, session): (Client, Session) = sign_in(bench, &component.id, interface, &account).await?;
        let access = Access::of(&http::call(&mut client, operation, Some(&session), value).await?);
        let alive = is_alive(&mut client, interface, &session).await?;
        calls.push(Call { by: format!("role {}", account.role), operation: operation.id.clone(), access, alive });
    }
    Ok(calls)
}

fn judge(calls: &[Call], granted: bool, records: Kept, seen: Seen) -> Outcome {
    let finding = |reason: String| Finding {
        reason,
        expected: "refused to everybody but the declared roles; the records stay".to_owned(),
        observed: calls.iter().map(|call| format!("{} by {}: {}", call.operation, call.by, call.access)).collect::<Vec<_>>().join("; "),
        ..Finding::default()
    };
    if let Some(bad) = calls.iter().find(|call| call.access.is_granted()) {
        return seen.fail(finding(format!("`{}` was carried out for {}: check the role before the log is touched", bad.operation, bad.by)));
    }
    if granted && records.kept == 0 {
        return seen.fail(finding("the log lost its records while those who may not tried to clear it".to_owned()));
    }
    // a log that is full gives up its oldest records by itself
    if granted && records.kept * 2 < records.of {
        return seen.inconclusive(finding(format!(
            "only {} of {} records were still there afterwards: repeat with a quieter log",
            records.kept, records.of
        )));
    }
    if !granted || calls.iter().any(|call| !call.access.is_withheld() || !call.alive) {
        return seen.inconclusive(finding("the log could not be read by those who may, or a refusal was not clear".to_owned()));
    }
    if !calls.iter().any(|call| call.by != "anybody") {
        return seen.inconclusive(finding("every role in the profile may do all this: add an account of a role that may not".to_owned()));
    }
    let control = seen.control("the log was read by a role that may, before and after, with the same records in it");
    seen.pass(control, finding("only the roles that may have access to the log".to_owned()))
}
