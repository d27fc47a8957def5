//! Does an account have the rights of the role that it is given, and few without one?

use assay_engine::{Bench, Finding, Outcome, Seen, Stop, Test};
use assay_model::profile::{Operation, Purpose};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access};
use serde::Serialize;

use crate::registrar::{Made, Registrar, doing, making, offers};

pub(super) const TEST: Test = Test {
    id: "access/account-roles",
    title: "Does an account have the rights of the role that it is given, and few without one?",
    shows: &["LA(ROL).2", "LA(ROL).4.a", "LA(ROL).4.b"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| offers(subject, &[Purpose::CreateAccount, Purpose::RemoveAccount, Purpose::SetAccountRole]),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-2, AC-6"],
    limits: "roles between the least and the greatest, and operations other than the one that tells the two apart",
};

/// What one operation of the greater role answered, one time after the other.
#[derive(Debug, Serialize)]
struct Answers {
    operation: String,
    as_least: Access,
    raised: Access,
    lowered: Access,
    without_role: Option<Access>,
}

async fn run(bench: Bench) -> Outcome {
    let mut registrar = Registrar::open(&bench).await?;
    let outcome = look(&bench, &mut registrar).await;
    registrar.close(outcome).await
}

async fn look(bench: &Bench, registrar: &mut Registrar) -> Outcome {
    let (least, most) = registrar.roles()?;
    let telling = |operation: &&Operation| {
        operation.method == "GET" && operation.allows(&most) && !operation.allows(&least) && operation.tenant.is_none()
    };
    let operation = registrar.interface.operations.iter().find(telling).cloned();
    let operation = operation.ok_or_else(|| Stop::missing("no GET operation is for one role and not for another: declare one"))?;
    let set = doing(&registrar.interface, Purpose::SetAccountRole)?.clone();
    let made = registrar.make_with_role(&least).await?;
    let as_least = asked(registrar, &made, &operation).await?;
    let mut changed = Vec::new();
    changed.push(Access::of(&registrar.act(&set, &[("user", &made.user), ("role", &most)]).await?));
    let raised = asked(registrar, &made, &operation).await?;
    changed.push(Access::of(&registrar.act(&set, &[("user", &made.user), ("role", &least)]).await?));
    let lowered = asked(registrar, &made, &operation).await?;
    let without_role = without_role(registrar, &operation).await?;
    let answers = Answers { operation: operation.id.clone(), as_least, raised, lowered, without_role };
    let seen = bench.record("what one operation answered an account with one role and another", &(&changed, &answers))?;
    judge(&answers, changed.iter().all(Access::is_granted), seen)
}

/// What the operation answers the account in a new session.
async fn asked(registrar: &Registrar, made: &Made, operation: &Operation) -> Result<Access, Stop> {
    let (mut client, session) = registrar.entered(made).await?;
    let answer = http::call(&mut client, operation, Some(&session), None).await?;
    Ok(Access::of(&answer))
}

/// What it answers an account that was made without a role, where that is possible.
async fn without_role(registrar: &mut Registrar, operation: &Operation) -> Result<Option<Access>, Stop> {
    let Some(plain) = making(&registrar.interface, &[]).cloned() else { return Ok(None) };
    let made = registrar.somebody()?;
    if !registrar.make(&plain, &made, &[]).await?.is_granted() {
        return Ok(None);
    }
    asked(registrar, &made, operation).await.map(Some)
}

fn judge(answers: &Answers, changed: bool, seen: Seen) -> Outcome {
    let finding = |reason: &str| Finding {
        reason: reason.to_owned(),
        expected: "refused to the least role and without a role, granted to the greatest".to_owned(),
        observed: format!("{answers:?}"),
        ..Finding::default()
    };
    if answers.as_least.is_granted() && answers.lowered.is_granted() {
        return seen.inconclusive(finding(
            "the operation is granted to the least role too, so that it tells no rights apart: see access/role-matrix",
        ));
    }
    if answers.without_role.as_ref().is_some_and(Access::is_granted) {
        return seen.fail(finding("an account that was made without a role has the rights of the greatest: give it the least"));
    }
    if answers.as_least.is_granted() {
        return seen.fail(finding("a new account of the least role has the rights of the greatest"));
    }
    if !changed {
        return seen.inconclusive(finding("the role could not be changed: mend the operation in the profile"));
    }
    if answers.raised.is_withheld() {
        return seen.fail(finding("another role was taken for the account and gave it no other rights: look at the role at each request"));
    }
    if answers.lowered.is_granted() {
        return seen.fail(finding("the account keeps the rights of a role that was taken from it"));
    }
    let withheld = answers.as_least.is_withheld() && answers.lowered.is_withheld();
    if !withheld || !answers.raised.is_granted() {
        return seen.inconclusive(finding("the operation did not answer clearly"));
    }
    let control = seen.control("the same operation was granted to the same account while it had the greater role");
    seen.pass(control, finding("the rights of the account followed its role"))
}
