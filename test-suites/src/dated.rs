//! Findings of a component about itself that must be made anew and dated each time they are asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use assay_engine::{Bench, Finding, Outcome};
use assay_model::profile::Purpose;

use crate::awareness::stamp;
use crate::readout::{Readout, declared};

/// Between two findings lies more than the coarsest step that a policy allows time stamps by default.
const APART: Duration = Duration::from_millis(1_100);

/// Asks for the same finding twice: both have all their declared parts, `wanted` among them, and the second is dated later.
pub(crate) async fn judge(bench: &Bench, purpose: Purpose, wanted: &[&str]) -> Outcome {
    let component = bench.component()?;
    let mut readout = Readout::open(bench, &component, purpose).await?;
    let id = readout.operation.id.clone();
    declared(&readout.operation, wanted)?;
    let mut both: Vec<BTreeMap<String, Option<String>>> = Vec::new();
    for turn in 0..2 {
        if turn > 0 {
            bench.wait(APART).await;
        }
        let document = readout.document().await?;
        let names = readout.operation.parts.keys();
        both.push(names.map(|name| (name.clone(), readout.part(&document, name))).collect());
    }
    let seen = bench.record("what the component finds of itself, twice", &both)?;
    let times: Vec<_> = both.iter().map(|parts| parts.get("time").cloned().flatten().unwrap_or_default()).collect();
    let finding = |reason: String| Finding {
        reason,
        expected: "every declared part, and a date that follows the time of asking".to_owned(),
        observed: both.iter().map(|parts| format!("{parts:?}")).collect::<Vec<_>>().join("; "),
        ..Finding::default()
    };
    if let Some((name, _)) = both.iter().flatten().find(|(_, value)| value.is_none()) {
        return seen.fail(finding(format!("`{id}` answers without its {name}: add it")));
    }
    let fine = |time: &String| stamp::read(time).is_some_and(|stamp| u128::from(stamp.step_ms) <= APART.as_millis());
    if !times.iter().all(fine) {
        return seen.inconclusive(finding(format!("the date of `{id}` cannot be read, or is too coarse to follow the time of asking")));
    }
    if times[0] == times[1] {
        return seen.fail(finding(format!("`{id}` bears the same date when it is asked again: make it anew each time")));
    }
    let control = seen.control(format!("asked again {} ms later, it bears another date", APART.as_millis()));
    seen.pass(control, finding("it is made when it is asked for, dated, and has all its parts".to_owned()))
}
