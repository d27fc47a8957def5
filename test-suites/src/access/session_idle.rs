//! Does a session end when it is idle for as long as was set?

use std::time::Duration;

use assay_engine::{Bench, Finding, Outcome, Ruling, Seen, Stop, Test};
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};

use crate::registrar::{doing, offers};
use crate::setting::Setting;
use crate::support::{accounts, is_alive, sign_in};

pub(super) const TEST: Test = Test {
    id: "access/session-idle",
    title: "Does a session end when it is idle for as long as was set?",
    shows: &["LA(ACF).1.d.i"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| offers(subject, &[Purpose::SetIdleSeconds]),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-63B-4 5.2", "SP 800-53 AC-11, AC-12"],
    limits: "sessions that are in use for very long, and limits other than the shortest that the profile lists",
};

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let operation = doing(&interface, Purpose::SetIdleSeconds)?;
    let shortest = operation.values.iter().filter_map(|value| value.parse::<u64>().ok()).min();
    let shortest = shortest.ok_or_else(|| Stop::missing(format!("`{}` lists no number of seconds", operation.id)))?;
    let mut setting = Setting::open(&bench, &component, &interface, operation).await?;
    let outcome = look(&bench, &mut setting, shortest).await;
    let left = setting.restore().await;
    outcome.map(|ruling| left.into_iter().fold(ruling, Ruling::note))
}

async fn look(bench: &Bench, setting: &mut Setting, shortest: u64) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let change = setting.set(&shortest.to_string()).await?;
    let seen = bench.record("the shortest limit was set", &change)?;
    if change.after != shortest.to_string() {
        return Err(Stop::missing(format!("`{}` could not be set to {shortest}: mend its values", change.operation)));
    }
    setting.rest();
    let account = accounts(bench, &component.id, &interface).pop();
    let account = account.ok_or_else(|| Stop::missing("no account of this interface is in the profile: add one"))?;
    let (mut client, session) = sign_in(bench, &component.id, &interface, &account).await?;
    let before = is_alive(&mut client, &interface, &session).await?;
    client.close();
    bench.wait(Duration::from_secs(shortest) + Duration::from_millis(shortest * 100 + 500)).await;
    let after = is_alive(&mut client, &interface, &session).await?;
    let seen = seen.and(bench.record("the session before and after it was idle", &(before, shortest, after))?);
    judge(bench, seen, setting.original(), (shortest, before, after))
}

fn judge(bench: &Bench, seen: Seen, first: &str, (shortest, before, after): (u64, bool, bool)) -> Outcome {
    let threshold = bench.policy().access.idle_max_seconds.clone();
    let finding = |reason: String| Finding {
        reason,
        expected: format!("a session that was idle for {shortest} s is refused; as delivered, {} s at most", threshold.value),
        observed: format!("session before {before}, after {after}; the limit was {first} before the test"),
        source: threshold.source.clone(),
    };
    if !before {
        return seen.inconclusive(finding("the session was not served at first: nothing is shown".to_owned()));
    }
    if after {
        return seen.fail(finding(format!("a session goes on after {shortest} idle seconds, as was set: end it then")));
    }
    if first.parse::<u64>().is_ok_and(|first| first > threshold.value || first == 0) {
        return seen
            .fail(finding(format!("the limit was {first} s, which is too long: deliver the product with {} s or less", threshold.value)));
    }
    let control = seen.control("the same session was served before it was idle");
    seen.pass(control, finding("the session ended while it was idle".to_owned()))
}
