//! Can settings be changed by a role that may not?

use std::collections::BTreeSet;

use assay_engine::{Applies, Bench, Outcome, Stop, Subject, Test};
use assay_model::profile::{Account, Operation};
use assay_model::safety::{Method, Safety};

use crate::setting::{Setting, judge, settings_of};
use crate::support::{accounts, sign_in};

pub(super) const TEST: Test = Test {
    id: "configuration/change-by-role",
    title: "Can settings be changed by a role that may not?",
    shows: &["DC(PRV)"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 CM-5, AC-6"],
    limits: "roles without an account in the profile, and settings that the profile does not declare",
};

fn applies(subject: &Subject<'_>) -> Applies {
    let Some((component, interface)) = subject.interface() else { return Applies::Elsewhere };
    let roles: BTreeSet<_> = subject.profile().accounts_on(&component.id, &interface.id).map(|account| &account.role).collect();
    (interface.speaks.is_http() && !settings_of(interface).is_empty() && roles.len() > 1).into()
}

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let accounts = accounts(&bench, &component.id, &interface);
    let (mut refused, mut left, mut all_took) = (Vec::new(), Vec::new(), true);
    let mut seen = bench.record("the accounts to try", &accounts.iter().map(|each| each.id.clone()).collect::<Vec<_>>())?;
    for operation in settings_of(&interface) {
        let mut setting = Setting::open(&bench, &component, &interface, &operation).await?;
        for account in one_of_each_role(&accounts, &operation) {
            let (mut client, session) = sign_in(&bench, &component.id, &interface, account).await?;
            let attempt = setting.try_as(&format!("role {}", account.role), &mut client, Some(&session)).await?;
            seen = seen.and(bench.record("a change by a role that may not", &attempt)?);
            if attempt.took_effect() {
                left.extend(setting.restore().await);
                return judge(&[attempt], seen, None, left);
            }
            refused.push(attempt);
        }
        let right = setting.change_rightly().await?;
        left.extend(setting.restore().await);
        seen = seen.and(bench.record("the same change by an account that may", &right)?);
        all_took &= right.took_effect();
    }
    if refused.is_empty() {
        return Err(Stop::missing("every role in the profile may change every setting: add an account of a role that may not"));
    }
    let control = all_took.then(|| seen.control("the same changes by an account that may took effect and were read back"));
    judge(&refused, seen, control, left)
}

/// For each role that may not call the operation, its first account.
pub(super) fn one_of_each_role<'a>(accounts: &'a [Account], operation: &'a Operation) -> impl Iterator<Item = &'a Account> + 'a {
    let mut roles = BTreeSet::new();
    accounts.iter().filter(move |account| !operation.permits(account) && roles.insert(account.role.clone()))
}
