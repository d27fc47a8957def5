//! May each role do what is declared for it, and nothing else?

use std::collections::BTreeSet;

use assay_engine::{Applies, Bench, Finding, Outcome, Seen, Stop, Subject, Test};
use assay_model::profile::{Account, Component, Interface, Operation};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Client, Session};
use serde::Serialize;

use crate::setting::Setting;
use crate::support::{accounts, is_alive, sign_in};

pub(super) const TEST: Test = Test {
    id: "access/role-matrix",
    title: "May each role do what is declared for it, and nothing else?",
    shows: &["LA(AUZ).1", "LA(AUZ).2", "DS(EXE).2"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-3, AC-6"],
    limits: "operations that the profile does not declare, and writing operations without two values to write",
};

fn applies(subject: &Subject<'_>) -> Applies {
    let Some((component, interface)) = subject.interface() else { return Applies::Elsewhere };
    let has_account = subject.profile().accounts_on(&component.id, &interface.id).next().is_some();
    let restricted = interface.operations.iter().any(|operation| !operation.is_public());
    (interface.speaks.is_http() && interface.login.is_some() && has_account && restricted).into()
}

/// One cell of the matrix.
#[derive(Debug, Clone, Serialize)]
struct Cell {
    role: String,
    operation: String,
    declared: bool,
    /// What the product answered; none when the cell was left out.
    access: Option<Access>,
    /// Whether the operation was carried out.
    done: bool,
    /// Whether it was refused in so many words, without effect and in a session that still counted.
    refused: bool,
}

impl Cell {
    fn told(&self) -> String {
        let answer = self.access.as_ref().map_or_else(|| "left out".to_owned(), |access| format!("{access:?}"));
        format!("{} {}: {answer}", self.role, self.operation)
    }
}

async fn run(bench: Bench) -> Outcome {
    let (cells, left, seen) = fill_all(&bench).await?;
    let expected = "every operation answers exactly the roles that the profile declares for it".to_owned();
    let observed = cells.iter().map(Cell::told).collect::<Vec<_>>().join("; ");
    let finding = |reason: String| Finding { reason, expected, observed, ..Finding::default() };
    let ruling = if let Some(bad) = cells.iter().find(|cell| !cell.declared && cell.done) {
        seen.fail(finding(format!(
            "role {} may call `{}`, which is not declared for it: check rights on the server",
            bad.role, bad.operation
        )))
    } else if let Some(odd) = cells.iter().find(|cell| is_odd(cell)) {
        let what = "the profile and the product do not agree, or the answer is not clear: mend one of them";
        seen.inconclusive(finding(format!("{} ({}): {what}", odd.told(), if odd.declared { "declared" } else { "not declared" })))
    } else if let Some(hidden) = cells.iter().find(|cell| may_not_exist(cell, &cells)) {
        let what = "and no other role was granted it: add an account that may, so that a wrong path is told from a refusal";
        seen.inconclusive(finding(format!("{}, {what}", hidden.told())))
    } else if !cells.iter().any(|cell| refused_and_granted_elsewhere(cell, &cells)) {
        seen.inconclusive(finding(
            "no operation was granted to one role and refused to another: add an account of a lesser role".to_owned(),
        ))
    } else {
        let control = seen.control("operations refused to one role were granted to another by the same probe");
        seen.pass(control, finding("every cell that was tried is as declared".to_owned()))
    };
    let skipped = cells.iter().filter(|cell| cell.access.is_none()).map(|cell| format!("{} {}", cell.role, cell.operation));
    let skipped = skipped.collect::<Vec<_>>().join(", ");
    let mut ruling = left.into_iter().fold(ruling?, assay_engine::Ruling::note);
    if !skipped.is_empty() {
        ruling = ruling.note(format!("left out, because they write and no two values are declared: {skipped}"));
    }
    Ok(ruling)
}

/// Fills the matrix cell by cell; up to the first that offends, for what follows could not take it back.
async fn fill_all(bench: &Bench) -> Result<(Vec<Cell>, Vec<String>, Seen), Stop> {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let (mut cells, mut left) = (Vec::new(), Vec::new());
    let mut seen = bench.record("the declared matrix", &interface.operations)?;
    for account in one_of_each_role(accounts(bench, &component.id, &interface)) {
        let (mut client, session) = sign_in(bench, &component.id, &interface, &account).await?;
        for operation in interface.operations.iter().filter(|operation| !operation.is_public()) {
            let (cell, remains) = fill(bench, &component, &interface, operation, &account, (&mut client, &session)).await?;
            left.extend(remains);
            seen = seen.and(bench.record("one cell", &cell)?);
            let offends = !cell.declared && cell.done;
            cells.push(cell);
            if offends {
                return Ok((cells, left, seen));
            }
        }
    }
    Ok((cells, left, seen))
}

fn is_odd(cell: &Cell) -> bool {
    cell.access.as_ref().is_some_and(|access| if cell.declared { !cell.done } else { !(cell.refused && access.is_withheld()) })
}

/// Refused as a path that does not exist would be, and granted to nobody.
fn may_not_exist(cell: &Cell, all: &[Cell]) -> bool {
    let told = cell.access.as_ref().is_some_and(|access| *access == Access::Denied);
    !cell.declared && cell.refused && !told && !refused_and_granted_elsewhere(cell, all)
}

fn refused_and_granted_elsewhere(cell: &Cell, all: &[Cell]) -> bool {
    !cell.declared && cell.access.is_some() && all.iter().any(|other| other.operation == cell.operation && other.done)
}

async fn fill(
    bench: &Bench,
    component: &Component,
    interface: &Interface,
    operation: &Operation,
    account: &Account,
    (client, session): (&mut Client, &Session),
) -> Result<(Cell, Option<String>), Stop> {
    let (role, id) = (account.role.clone(), operation.id.clone());
    let declared = operation.permits(account);
    let cell = |access, done, refused| Cell { role, operation: id, declared, access, done, refused };
    if operation.is_setting() && operation.read_back.is_some() {
        let mut setting = Setting::open(bench, component, interface, operation).await?;
        let attempt = setting.try_as(&format!("role {}", account.role), client, Some(session)).await?;
        let remains = setting.restore().await;
        return Ok((cell(Some(attempt.access.clone()), attempt.took_effect(), attempt.was_refused()), remains));
    }
    if operation.method != "GET" {
        return Ok((cell(None, false, false), None));
    }
    let access = Access::of(&http::call(client, operation, Some(session), None).await?);
    let done = access.is_granted();
    let refused = access.is_withheld() && is_alive(client, interface, session).await?;
    Ok((cell(Some(access), done, refused), None))
}

fn one_of_each_role(accounts: Vec<Account>) -> Vec<Account> {
    let mut roles = BTreeSet::new();
    accounts.into_iter().filter(|account| roles.insert(account.role.clone())).collect()
}
