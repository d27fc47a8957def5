//! Is what belongs to one tenant kept from the accounts of others?

use assay_engine::{Applies, Bench, Finding, Outcome, Stop, Subject, Test};
use assay_model::profile::{Account, Operation};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access};
use serde::Serialize;

use crate::setting::Setting;
use crate::support::{accounts, is_alive, sign_in};

pub(super) const TEST: Test = Test {
    id: "access/tenants",
    title: "Is what belongs to one tenant kept from the accounts of others?",
    shows: &["LA(AUZ).2"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-3", "OWASP API Security Top 10 2023, API1"],
    limits: "objects that the profile does not name, and lists that show what is another's",
};

fn applies(subject: &Subject<'_>) -> Applies {
    let Some((component, interface)) = subject.interface() else { return Applies::Elsewhere };
    let owned = |operation: &Operation| operation.tenant.is_some();
    let several = subject
        .profile()
        .accounts_on(&component.id, &interface.id)
        .any(|account| account.tenant.is_some() && interface.operations.iter().any(|each| owned(each) && each.tenant != account.tenant));
    (interface.speaks.is_http() && interface.login.is_some() && several).into()
}

/// What came of one operation, called by its owner or by somebody else.
#[derive(Debug, Serialize)]
struct Call {
    operation: String,
    account: String,
    own: bool,
    /// Whether it was carried out.
    done: bool,
    /// Whether it was refused in so many words, in a session that still counted.
    refused: bool,
    access: Access,
}

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let accounts = accounts(&bench, &component.id, &interface);
    let owned = || interface.operations.iter().filter(|operation| operation.tenant.is_some());
    let mut calls = Vec::new();
    let mut left = Vec::new();
    for operation in owned().filter(|operation| operation.method == "GET") {
        for account in accounts.iter().filter(|account| account.tenant.is_some()) {
            let own = operation.permits(account);
            // another role of the same tenant is no matter of tenants
            if own || account.tenant != operation.tenant {
                calls.push(read(&bench, operation, account, own).await?);
            }
        }
    }
    for operation in owned().filter(|operation| operation.is_setting()) {
        let mut setting = Setting::open(&bench, &component, &interface, operation).await?;
        for account in accounts.iter().filter(|account| account.tenant.is_some() && account.tenant != operation.tenant) {
            let (mut client, session) = sign_in(&bench, &component.id, &interface, account).await?;
            let tried = setting.try_as(&account.id, &mut client, Some(&session)).await?;
            let (done, refused) = (tried.took_effect(), tried.was_refused());
            calls.push(Call {
                operation: operation.id.clone(),
                account: account.id.clone(),
                own: false,
                done,
                refused,
                access: tried.access,
            });
        }
        left.extend(setting.restore().await);
    }
    let ruling = judge(&bench, &calls)?;
    Ok(left.into_iter().fold(ruling, assay_engine::Ruling::note))
}

async fn read(bench: &Bench, operation: &Operation, account: &Account, own: bool) -> Result<Call, Stop> {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let (mut client, session) = sign_in(bench, &component.id, &interface, account).await?;
    let access = Access::of(&http::call(&mut client, operation, Some(&session), None).await?);
    let refused = access.is_withheld() && is_alive(&mut client, &interface, &session).await?;
    Ok(Call { operation: operation.id.clone(), account: account.id.clone(), own, done: access.is_granted(), refused, access })
}

fn judge(bench: &Bench, calls: &[Call]) -> Outcome {
    let seen = bench.record("operations of each tenant, called by accounts of each", &calls)?;
    let finding = |reason: String| Finding {
        reason,
        expected: "granted to the tenant, refused (401, 403, 404) to accounts of others".to_owned(),
        observed: calls
            .iter()
            .map(|call| format!("{} by {}: {}", call.operation, call.account, call.access))
            .collect::<Vec<_>>()
            .join("; "),
        ..Finding::default()
    };
    if let Some(bad) = calls.iter().find(|call| !call.own && call.done) {
        let what = "look whose object it is before it is given or changed";
        return seen.fail(finding(format!("`{}` of another tenant was carried out for {}: {what}", bad.operation, bad.account)));
    }
    if let Some(odd) = calls.iter().find(|call| !call.own && !call.refused) {
        return seen.inconclusive(finding(format!("`{}` by {} was neither carried out nor refused clearly", odd.operation, odd.account)));
    }
    let shown = |call: &Call| calls.iter().any(|other| other.own && other.done && other.operation == call.operation);
    if !calls.iter().any(|call| !call.own && shown(call)) {
        return seen
            .inconclusive(finding("no operation was granted to its own tenant and refused to another: mend the profile".to_owned()));
    }
    let control = seen.control("the same operations were granted to accounts of their own tenant");
    seen.pass(control, finding("what belongs to a tenant was refused to accounts of others".to_owned()))
}
