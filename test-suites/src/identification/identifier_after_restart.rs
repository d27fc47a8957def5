//! Is the identifier the same after a restart?

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::safety::{Method, Safety};
use serde_json::json;

use crate::support::{RESTART, Reader, restart};

pub(super) const TEST: Test = Test {
    id: "identification/identifier-after-restart",
    title: "Is the identifier the same after a restart?",
    shows: &["DI(IMS).1"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[RESTART],
    applies: |subject| subject.component().is_some_and(|component| component.identifier.is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 IA-4"],
    limits: "whether the identifier outlives updates and a reset to the state of delivery",
};

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let declared = component.identifier.clone().ok_or_else(|| Stop::missing("add `identifier` to the component in the profile"))?;
    let before = Reader::open(&bench, &component, &declared.accessor()).await?.read().await?;
    let restarted = restart(&bench, &component).await?;
    let after = Reader::open(&bench, &component, &declared.accessor()).await?.read().await?;
    let facts = json!({ "before": before, "restart": restarted, "after": after });
    let seen = bench.record("the identifier before and after a restart", &facts)?;
    let finding = |reason: String| Finding {
        reason,
        expected: "the same identifier".to_owned(),
        observed: format!("`{before}`, then `{after}`"),
        ..Finding::default()
    };
    if before.is_empty() {
        return seen.inconclusive(finding("the identifier is empty before the restart already".to_owned()));
    }
    if before != after {
        return seen
            .fail(finding(format!("the identifier was `{before}` and is `{after}` after a restart: keep it for the life of the device")));
    }
    if !restarted.took_place() {
        return seen.inconclusive(finding("the component was not seen to go down: have somebody restart it, with --ask".to_owned()));
    }
    let control = seen.control("the component was restarted between the two reads, and the identifier read anew in a session of its own");
    seen.pass(control, finding("the identifier is the same after a restart".to_owned()))
}
