//! Does the state of the component tell that its security is degraded, and that it is well again?

use assay_engine::{Applies, Bench, Finding, Outcome, Stop, Subject, Test};
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};

use super::outage;
use crate::readout::{declared, offers, place};

pub(super) const TEST: Test = Test {
    id: "awareness/condition",
    title: "Does the state of the component tell that its security is degraded, and that it is well again?",
    shows: &["CS(AWR)"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 SI-6, SI-4"],
    limits: "other ways in which security can be degraded than a log that cannot be sent",
};

fn applies(subject: &Subject<'_>) -> Applies {
    (outage::applies(subject) && offers(subject, Purpose::ReadState)).into()
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    declared(place(&component, Purpose::ReadState)?.1, &["condition"])?;
    let (outage, seen) = outage::watch(&bench).await?;
    let [well, degraded, again] = outage.conditions.clone().map(Option::unwrap_or_default);
    let finding = |reason: &str| Finding {
        reason: reason.to_owned(),
        expected: "one condition with the collector, another without it, and the first when it is back".to_owned(),
        observed: format!("`{well}`, then `{degraded}`, then `{again}`"),
        ..Finding::default()
    };
    if well.is_empty() {
        return Err(Stop::missing("the state has no condition where the profile says: mend parts.condition"));
    }
    if again != well {
        return seen.inconclusive(finding("with the collector back the state is not what it was, so that something else changes it too"));
    }
    if degraded == well {
        return seen.fail(finding("the state is said to be the same though the log cannot be sent: tell that security is degraded"));
    }
    let control = seen.control(format!("the same read-out said `{well}` before and after"));
    seen.pass(control, finding("the state tells when security is degraded, and when it is well again"))
}
