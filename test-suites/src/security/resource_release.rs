//! Does the component get back what connections take, once they have ended?

use std::time::Duration;

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};

use crate::readout::{Readout, declared, offers, place};

/// Looks at what is taken while it may still be given back.
const LOOKS: u32 = 10;
/// Seconds within which an ended connection must be given back where no time is declared.
const SETTLE: u64 = 5;

pub(super) const TEST: Test = Test {
    id: "security/resource-release",
    title: "Does the component get back what connections take, once they have ended?",
    shows: &["DS(RSC).1.a"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| offers(subject, Purpose::ReadState).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 SC-4, SC-5"],
    limits: "other resources than connections, such as memory and storage",
};

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let (interface, operation) = place(&component, Purpose::ReadState)?;
    declared(operation, &["connections"])?;
    let mut state = Readout::open(&bench, &component, Purpose::ReadState).await?;
    let permit = bench.permit_for(&component.id, interface)?;
    let before = connections(&mut state).await?;
    let mut held = Vec::new();
    for _ in 1..permit.most_connections() {
        held.push(permit.stream().await?);
    }
    let taken = held.len();
    let during = connections(&mut state).await;
    drop(held);
    let during = during?;
    let wait = Duration::from_secs(interface.idle_seconds.unwrap_or(SETTLE));
    let mut after = connections(&mut state).await?;
    for _ in 0..LOOKS {
        if after <= before {
            break;
        }
        bench.wait(wait / LOOKS).await;
        after = connections(&mut state).await?;
    }
    let seen = bench.record("open connections as the component counts them", &[before, during, after])?;
    let finding = |reason: &str| Finding {
        reason: reason.to_owned(),
        expected: format!("{taken} more while they are held, and as many as before within {} s after their end", wait.as_secs()),
        observed: format!("{before}, then {during}, then {after}"),
        ..Finding::default()
    };
    if during <= before {
        return seen.inconclusive(finding("the count did not grow with the connections, so that nothing is shown: mend parts.connections"));
    }
    if after > before {
        return seen.fail(finding("what ended connections took is not given back: free it when a connection ends"));
    }
    let control = seen.control("the same count was higher while the connections were held");
    seen.pass(control, finding("what the connections took was given back"))
}

async fn connections(state: &mut Readout) -> Result<u64, Stop> {
    let document = state.document().await?;
    let count = state.part(&document, "connections").and_then(|text| text.parse().ok());
    count.ok_or_else(|| Stop::missing("the state tells no number of open connections where the profile says: mend parts.connections"))
}
