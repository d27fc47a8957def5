//! Does the component respond when its log no longer gets out, and keep its guard up?

use assay_engine::{Bench, Finding, Outcome, Test};
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};
use assay_probes::http::Access;

use super::outage;
use crate::readout::offers;

pub(super) const TEST: Test = Test {
    id: "awareness/audit-failure",
    title: "Does the component respond when its log no longer gets out, and keep its guard up?",
    shows: &["CS(EVR).7"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies: |subject| (outage::applies(subject) && offers(subject, Purpose::ReadAlerts)).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AU-5"],
    limits: "other failures of auditing than a collector that is away, and other responses than an alert",
};

async fn run(bench: Bench) -> Outcome {
    let (outage, seen) = outage::watch(&bench).await?;
    let [quiet, alarmed] = &outage.alerts;
    let stranger = outage.stranger.clone().unwrap_or(Access::Other(0));
    let finding = |reason: &str| Finding {
        reason: reason.to_owned(),
        expected: "an alert once the collector is away, and strangers still refused".to_owned(),
        observed: format!("{} alerts with the collector, then {alarmed:?}; a stranger: {stranger:?}", quiet.len()),
        ..Finding::default()
    };
    if stranger.is_granted() {
        return seen.fail(finding("without its collector the component lets in those who did not log in"));
    }
    if !quiet.is_empty() {
        // one that stands is perhaps not raised again
        return seen
            .inconclusive(finding("alerts came while the collector was there too: use the product for nothing else during the run"));
    }
    if alarmed.is_empty() {
        return seen.fail(finding("no alert was raised when the log could not be sent: raise one"));
    }
    if !stranger.is_withheld() {
        return seen.inconclusive(finding("a stranger got no clear answer while the collector was away"));
    }
    let control = seen.control("no alert was raised by the same log-ins while the collector was there");
    seen.pass(control, finding("the failure raised an alert, and log-ins were still asked for"))
}
