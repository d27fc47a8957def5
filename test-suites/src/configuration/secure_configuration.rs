//! Does the operation that brings back the secure configuration bring back all of it?

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::{Component, Interface, Operation, Purpose};
use assay_model::question::{Question, Visit};
use assay_model::safety::{Method, Safety};
use serde_json::json;

use crate::setting::{Setting, Snapshot, restoring};
use crate::support::act;

/// The most settings that are changed.
const MOST: usize = 10;

const BY_HAND: Question =
    Question::doing("secure", Visit::App, "Bring the component back to its secure configuration now, as the manual describes it.");

pub(super) const TEST: Test = Test {
    id: "configuration/secure-configuration",
    title: "Does the operation that brings back the secure configuration bring back all of it?",
    shows: &["DC(CTL).1", "DC(CTL).2"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[BY_HAND],
    applies: |subject| {
        let has =
            |component: &Component| component.doing(Purpose::SecureConfiguration).next().is_some() && settings(component).next().is_some();
        subject.component().is_some_and(has).into()
    },
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 CM-2, CM-6"],
    limits: "settings that the profile does not declare, those that could shut the tester out, and whether the configuration is secure",
};

/// The settings that are changed: not those by which the tester could lose the way back.
fn settings(component: &Component) -> impl Iterator<Item = (&Interface, &Operation)> {
    let shuts_out = |operation: &Operation| {
        matches!(
            operation.does,
            Some(
                Purpose::SetLoginHours
                    | Purpose::SetSessionLimit
                    | Purpose::SetIdleSeconds
                    | Purpose::SetRemoteAccess
                    | Purpose::SetTrafficPolicy
            )
        )
    };
    let all = component.interfaces.iter().filter(|interface| interface.speaks.is_http());
    let all = all.flat_map(|interface| interface.operations.iter().map(move |operation| (interface, operation)));
    all.filter(move |(_, operation)| operation.is_setting() && !shuts_out(operation)).take(MOST)
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    restoring(&bench, &component, Box::pin(look(&bench, &component))).await
}

async fn look(bench: &Bench, component: &Component) -> Outcome {
    act(bench, component, Purpose::SecureConfiguration, &BY_HAND).await?;
    let secure = Snapshot::take(bench, component).await?;
    for (interface, operation) in settings(component) {
        let mut setting = Setting::open(bench, component, interface, operation).await?;
        let _attempt = setting.change_rightly().await?;
        setting.rest();
    }
    let changed = secure.differences(&Snapshot::take(bench, component).await?);
    act(bench, component, Purpose::SecureConfiguration, &BY_HAND).await?;
    let left = secure.differences(&Snapshot::take(bench, component).await?);
    let facts = json!({ "secure": secure, "changed": changed, "left": left });
    let seen = bench.record("the secure configuration, what was changed, and what was left of it", &facts)?;
    let finding = |reason: String| Finding {
        reason,
        expected: "every changed setting as in the secure configuration".to_owned(),
        observed: format!(
            "changed: {}; left: {}",
            changed.join(", "),
            if left.is_empty() { "nothing".to_owned() } else { left.join(", ") }
        ),
        ..Finding::default()
    };
    if let Some(first) = left.first() {
        return seen.fail(finding(format!("not all of the secure configuration came back: {first}")));
    }
    if changed.is_empty() {
        return Err(Stop::missing("no setting could be changed, so nothing shows that anything was brought back"));
    }
    let control = seen.control(format!("the same comparison saw {} settings change before they were brought back", changed.len()));
    seen.pass(control, finding("every setting that was changed was brought back".to_owned()))
}
