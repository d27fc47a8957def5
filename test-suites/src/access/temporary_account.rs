//! Does a temporary account, one with privileges too, end by itself?

use std::time::Duration;

use assay_engine::{Applies, Bench, Finding, Outcome, Stop, Subject, Test};
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};

use crate::registrar::{Made, Registrar, making, offers};
use crate::support::{is_alive, login_of};

pub(super) const TEST: Test = Test {
    id: "access/temporary-account",
    title: "Does a temporary account, one with privileges too, end by itself?",
    shows: &["LA(ACF).1.d.ii", "LA(ROL).6.a"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-2(2)"],
    limits: "accounts that are to live for days, and how their end survives a restart",
};

/// Lives that are tried, in seconds: the first that the product takes.
const LIVES: [u64; 3] = [2, 60, 600];

fn applies(subject: &Subject<'_>) -> Applies {
    let takes = subject.interface().is_some_and(|(_, interface)| making(interface, &["role", "seconds"]).is_some());
    if takes { offers(subject, &[Purpose::RemoveAccount]) } else { Applies::Elsewhere }
}

async fn run(bench: Bench) -> Outcome {
    let mut registrar = Registrar::open(&bench).await?;
    let outcome = look(&bench, &mut registrar).await;
    registrar.close(outcome).await
}

async fn look(bench: &Bench, registrar: &mut Registrar) -> Outcome {
    let threshold = bench.policy().access.revoked_seconds.clone();
    let grace = login_of(&registrar.interface)?.revoked_seconds.unwrap_or(threshold.value);
    let (made, life) = make(registrar).await?;
    let (mut client, session) = registrar.entered(&made).await?;
    let before = is_alive(&mut client, &registrar.interface, &session).await?;
    bench.wait(Duration::from_secs(life)).await;
    let (mut after, mut waited) = (true, 0);
    while after && waited <= grace {
        bench.wait(Duration::from_millis(if waited == 0 { 300 } else { 1000 })).await;
        after = is_alive(&mut client, &registrar.interface, &session).await?;
        waited += 1;
    }
    let let_in = registrar.lets_in(&made.user, &made.password).await?;
    let listed = registrar.is_listed(&made.user).await?;
    let others = registrar.is_well().await?;
    let seen = bench.record("a temporary account before and after its end", &(life, before, after, let_in, listed, others))?;
    let finding = |reason: &str| Finding {
        reason: reason.to_owned(),
        expected: format!("session and log-in refused once {life} s are over"),
        observed: format!("session before {before}, after {after}; let in {let_in}; still listed {listed:?}"),
        ..Finding::default()
    };
    if !before || !others {
        return seen.inconclusive(finding("the account was not served at first, or nobody is served any more"));
    }
    if after || let_in {
        return seen.fail(finding("a temporary account goes on after its end: end it and its sessions then"));
    }
    if listed == Some(true) {
        return seen.fail(finding("a temporary account is refused after its end, but not removed"));
    }
    let control = seen.control("the same account was served before its end, and another one still is");
    seen.pass(control, finding("the account ended by itself"))
}

/// Makes a temporary account of the greatest role, with the shortest life that is taken.
async fn make(registrar: &mut Registrar) -> Result<(Made, u64), Stop> {
    let operation = making(&registrar.interface, &["role", "seconds"]).cloned();
    let operation = operation.ok_or_else(|| Stop::missing("no operation makes an account with `{role}` and `{seconds}`"))?;
    let (_, most) = registrar.roles()?;
    for life in LIVES {
        let made = registrar.somebody()?;
        if registrar.make(&operation, &made, &[("role", &most), ("seconds", &life.to_string())]).await?.is_granted() {
            return Ok((made, life));
        }
    }
    Err(Stop::missing(format!("no temporary account could be made for {LIVES:?} s by `{}`", operation.id)))
}
