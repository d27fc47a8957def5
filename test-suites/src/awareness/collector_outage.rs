//! Does an event reach the collector that happened while it was away?

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::safety::{Method, Safety};

use super::outage;

pub(super) const TEST: Test = Test {
    id: "awareness/collector-outage",
    title: "Does an event reach the collector that happened while it was away?",
    shows: &["CS(AUP).5"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies: |subject| outage::applies(subject).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AU-5(5)"],
    limits: "outages that last longer than seconds, and more events than a few",
};

async fn run(bench: Bench) -> Outcome {
    let buffer = bench.profile().collector.as_ref().and_then(|collector| collector.buffer);
    let buffer =
        buffer.ok_or_else(|| Stop::missing("say in the profile how many events are kept while no collector is there: collector.buffer"))?;
    let (outage, seen) = outage::watch(&bench).await?;
    let finding = |reason: &str| Finding {
        reason: reason.to_owned(),
        expected: format!("{} messages of log-ins once the collector is back; {buffer} events are kept as declared", outage.due()),
        observed: format!("{} messages, where {} came with the collector there", outage.after, outage.with),
        ..Finding::default()
    };
    if u64::try_from(outage.due()).unwrap_or(u64::MAX) > buffer {
        return seen.inconclusive(finding("fewer events are kept, as declared, than the test brings about"));
    }
    if outage.after == 0 {
        return seen.inconclusive(finding("after the outage nothing came at all, not even of a new log-in, so that nothing is shown"));
    }
    if outage.after < outage.due() {
        return seen.fail(finding("events are lost that happen while the collector is away: keep them, and send them when it is back"));
    }
    let control = seen.control("as many log-ins brought as many messages while the collector was there");
    seen.pass(control, finding("what happened while the collector was away arrived when it was back"))
}
