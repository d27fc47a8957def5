//! Is somebody whose account is removed shut out, with the open session too?

use std::time::Duration;

use assay_engine::{Bench, Finding, Outcome, Test};
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};

use crate::registrar::{Registrar, offers};
use crate::support::{is_alive, login_of};

pub(super) const TEST: Test = Test {
    id: "access/revoked-account",
    title: "Is somebody whose account is removed shut out, with the open session too?",
    shows: &["LA(ACF).3"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| offers(subject, &[Purpose::CreateAccount, Purpose::RemoveAccount]),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-2, AC-3(8), AC-12"],
    limits: "connections of other protocols that the account had open, and copies that work without the product",
};

async fn run(bench: Bench) -> Outcome {
    let mut registrar = Registrar::open(&bench).await?;
    let outcome = look(&bench, &mut registrar).await;
    registrar.close(outcome).await
}

async fn look(bench: &Bench, registrar: &mut Registrar) -> Outcome {
    let threshold = bench.policy().access.revoked_seconds.clone();
    let seconds = login_of(&registrar.interface)?.revoked_seconds.unwrap_or(threshold.value);
    let (least, _) = registrar.roles()?;
    let made = registrar.make_with_role(&least).await?;
    let (mut client, session) = registrar.entered(&made).await?;
    let before = is_alive(&mut client, &registrar.interface, &session).await?;
    let removed = registrar.remove(&made.user).await?;
    let (mut after, mut waited) = (is_alive(&mut client, &registrar.interface, &session).await?, 0);
    while after && waited < seconds {
        bench.wait(Duration::from_secs(1)).await;
        waited += 1;
        after = is_alive(&mut client, &registrar.interface, &session).await?;
    }
    let seen = bench.record("the session before and after the account was removed", &(before, &removed, after, waited))?;
    let let_in = registrar.lets_in(&made.user, &made.password).await?;
    let others = registrar.is_well().await?;
    let seen = seen.and(bench.record("a log-in with the removed account, and whether others are still served", &(let_in, others))?);
    let observed = format!("removal {removed}; session before {before}, {waited} s after it {after}; then a log-in was let in: {let_in}");
    let expected = format!("session and log-in refused within {seconds} s");
    let finding = |reason: &str| Finding { reason: reason.to_owned(), expected, observed, source: threshold.source };
    if !before || !removed.is_granted() || !others {
        return seen.inconclusive(finding("no session stood before, the account was not removed, or nobody is served any more"));
    }
    if after {
        return seen.fail(finding("the session of a removed account goes on: end the sessions of an account with it"));
    }
    if let_in {
        return seen.fail(finding("a removed account can log in: remove it everywhere"));
    }
    let control = seen.control("the same session was served just before, and another account's still is");
    seen.pass(control, finding("session and account ended together"))
}
