//! Is every account one of its own: two differ, and no name is given twice?

use assay_engine::{Bench, Finding, Outcome, Seen, Stop, Test};
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};
use assay_probes::http::Access;
use serde::Serialize;

use crate::registrar::{Made, Registrar, making, offers};

pub(super) const TEST: Test = Test {
    id: "access/account-identity",
    title: "Is every account one of its own: two differ, and no name is given twice?",
    shows: &["LA(ROL).1", "LA(ROL).3"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| offers(subject, &[Purpose::CreateAccount, Purpose::RemoveAccount, Purpose::ListAccounts]),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-2, IA-4"],
    limits: "names that differ in case or in look-alike letters, and names that are given again after a removal",
};

/// What came of two accounts and of a third one with the name of the first.
#[derive(Debug, Serialize)]
struct Facts {
    both_log_in: bool,
    both_listed: Option<bool>,
    second_of_the_name: Access,
    first_still_logs_in: bool,
    second_logs_in: bool,
}

async fn run(bench: Bench) -> Outcome {
    let mut registrar = Registrar::open(&bench).await?;
    let outcome = look(&bench, &mut registrar).await;
    registrar.close(outcome).await
}

async fn look(bench: &Bench, registrar: &mut Registrar) -> Outcome {
    let (least, _) = registrar.roles()?;
    let one = registrar.make_with_role(&least).await?;
    let two = registrar.make_with_role(&least).await?;
    let both_log_in = logs_in(registrar, &one).await? && logs_in(registrar, &two).await?;
    let listed = (registrar.is_listed(&one.user).await?, registrar.is_listed(&two.user).await?);
    let operation = making(&registrar.interface, &["role"]).cloned();
    let operation = operation.ok_or_else(|| Stop::missing("no operation makes an account with a `{role}`: declare one"))?;
    let again = Made { user: one.user.clone(), ..registrar.somebody()? };
    let second_of_the_name = registrar.make(&operation, &again, &[("role", &least)]).await?;
    let facts = Facts {
        both_log_in,
        both_listed: listed.0.zip(listed.1).map(|(one, two)| one && two),
        second_of_the_name,
        first_still_logs_in: logs_in(registrar, &one).await?,
        second_logs_in: logs_in(registrar, &again).await?,
    };
    let seen = bench.record("two accounts, and another one with the name of the first", &facts)?;
    judge(&facts, seen)
}

async fn logs_in(registrar: &Registrar, made: &Made) -> Result<bool, Stop> {
    registrar.lets_in(&made.user, &made.password).await
}

fn judge(facts: &Facts, seen: Seen) -> Outcome {
    let finding = |reason: &str| Finding {
        reason: reason.to_owned(),
        expected: "two accounts, both listed; a second one of the same name refused, the first as it was".to_owned(),
        observed: format!("{facts:?}"),
        ..Finding::default()
    };
    if !facts.both_log_in || facts.both_listed.is_none() {
        return seen.inconclusive(finding("the two accounts could not both log in, or the list of accounts could not be read"));
    }
    if facts.both_listed == Some(false) {
        return seen.fail(finding("the list of accounts does not name each account"));
    }
    if facts.second_logs_in || !facts.first_still_logs_in {
        return seen.fail(finding("a second account of the same name was made, or took the place of the first: refuse it"));
    }
    if facts.second_of_the_name.is_granted() {
        return seen.inconclusive(finding("a second account of the same name was taken, but has no effect: refuse it in so many words"));
    }
    let control = seen.control("by the same request an account of another name was made, logged in and was listed");
    seen.pass(control, finding("each account has a name of its own"))
}
