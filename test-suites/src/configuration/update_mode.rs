//! Does the product look for updates by itself only where that is switched on?

use std::collections::BTreeSet;
use std::time::Duration;

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::{Accessor, Component, Interface, Operation, Purpose};
use assay_model::safety::{Method, Safety};
use serde_json::json;

use crate::awareness::update_records;
use crate::setting::{Setting, restoring};
use crate::support::Reader;

/// Parts of the window after each of which the log is read, where something is waited for.
const PARTS: u32 = 10;

pub(super) const TEST: Test = Test {
    id: "configuration/update-mode",
    title: "Does the product look for updates by itself only where that is switched on?",
    shows: &["DC(CTL).4.a", "SU(APP).2.b"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| switch(component).is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["EN 303 645 5.3-4, 5.3-6"],
    limits: "looks for updates that the product does not write into its log, and what it installs once it has found an update",
};

fn switch(component: &Component) -> Option<(&Interface, &Operation)> {
    component.doing(Purpose::SetUpdateMode).find(|(interface, operation)| interface.speaks.is_http() && operation.is_setting())
}

/// How often the component looks for updates by itself, as declared.
fn interval(component: &Component) -> Result<Duration, Stop> {
    let mut givers = component.outbound.iter().filter(|peer| peer.gives_updates());
    let seconds = givers.find_map(|peer| peer.interval_seconds);
    seconds.map(Duration::from_secs).ok_or_else(|| {
        Stop::missing(
            "say in the profile how often the component looks for updates: an [[component.outbound]] for updates with interval_seconds",
        )
    })
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    restoring(&bench, &component, Box::pin(look(&bench, &component))).await
}

async fn look(bench: &Bench, component: &Component) -> Outcome {
    let (interface, operation) = switch(component).ok_or_else(|| Stop::missing("declare the setting of the update mode"))?;
    let [automatic, manual, ..] = &operation.values[..] else {
        return Err(Stop::missing(format!("list two values of `{}`: automatic first, manual second", operation.id)));
    };
    let channel =
        component.log.clone().ok_or_else(|| Stop::missing("declare the component's log, in which looks for updates are looked for"))?;
    let delay = Duration::from_secs(channel.delay_seconds.unwrap_or(bench.policy().awareness.log_delay_seconds.value));
    let window = interval(component)? + delay;
    let mut setting = Setting::open(bench, component, interface, operation).await?;
    let set_manual = setting.set(manual).await?.after == *manual;
    setting.rest();
    // a look that had begun before may still end
    bench.wait(if setting.original() == manual { Duration::ZERO } else { delay }).await;
    let by_hand = looks(bench, component, window, false).await?;
    let set_automatic = setting.set(automatic).await?.after == *automatic;
    setting.rest();
    let by_itself = looks(bench, component, window, true).await?;
    judge(bench, operation, [manual, automatic], (set_manual && set_automatic, window), [by_hand, by_itself])
}

fn judge(
    bench: &Bench,
    operation: &Operation,
    [manual, automatic]: [&str; 2],
    (set, window): (bool, Duration),
    looks: [usize; 2],
) -> Outcome {
    let ([by_hand, by_itself], window) = (looks, window.as_secs());
    let facts = json!({ "window_seconds": window, "set": set, "manual": by_hand, "automatic": by_itself });
    let seen =
        bench.record("looks for updates in the log under each value, in a window of one interval and the delay of the log", &facts)?;
    let finding = |reason: String| Finding {
        reason,
        expected: format!("no look for updates under `{manual}`, at least one under `{automatic}`"),
        observed: format!("{by_hand} under `{manual}`, {by_itself} under `{automatic}`, each in {window} s"),
        ..Finding::default()
    };
    if !set {
        return seen.inconclusive(finding(format!("`{}` could not be set to both values", operation.id)));
    }
    if by_hand > 0 {
        return seen.fail(finding(format!("the product looks for updates by itself although `{manual}` is set")));
    }
    if by_itself == 0 {
        return seen.inconclusive(finding(format!(
            "no look for updates stands in the log under `{automatic}` either: are they logged, within the declared interval?"
        )));
    }
    let control = seen.control(format!("in the same way {by_itself} looks for updates were found in the log under `{automatic}`"));
    seen.pass(control, finding("the product looks for updates by itself only where that is switched on".to_owned()))
}

/// Looks for updates that come into the log within this time; the first of them is enough where one is wanted.
async fn looks(bench: &Bench, component: &Component, window: Duration, wanted: bool) -> Result<usize, Stop> {
    let before = records(bench, component).await?;
    for _ in 0..PARTS {
        bench.wait(window / PARTS).await;
        if wanted {
            let count = records(bench, component).await?.difference(&before).count();
            if count > 0 {
                return Ok(count);
            }
        }
    }
    Ok(records(bench, component).await?.difference(&before).count())
}

/// What the log says now about updates, but for settings of them.
async fn records(bench: &Bench, component: &Component) -> Result<BTreeSet<String>, Stop> {
    let channel = component.log.clone().ok_or_else(|| Stop::missing("declare the component's log"))?;
    let accessor = Accessor { interface: channel.interface.clone(), operation: channel.operation.clone(), pointer: None };
    let text = Reader::open(bench, component, &accessor).await?.read().await?;
    Ok(update_records(&text, &channel).collect())
}
