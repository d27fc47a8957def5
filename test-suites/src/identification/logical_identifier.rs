//! Does the component say who it is, the same each time, and as its papers state?

use std::time::Duration;

use assay_engine::{Bench, Control, Finding, Outcome, Seen, Stop, Test};
use assay_model::pattern::matches_whole;
use assay_model::profile::{Component, IdentifierAccessor};
use assay_model::run::Marking;
use assay_model::safety::{Method, Safety};
use serde::Serialize;

use crate::support::Reader;

/// Between the two reads.
const PAUSE: Duration = Duration::from_secs(2);

pub(super) const TEST: Test = Test {
    id: "identification/logical-identifier",
    title: "Does the component say who it is, the same each time, and as its papers state?",
    shows: &["DI(IMS).1"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| component.identifier.is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 IA-3, IA-4", "EN 303 645 5.4-2"],
    limits: "whether the identifier stays over hours, restarts, resets and updates (the two reads are 2 s apart), and whether other devices have the same one",
};

/// What was read, and what the papers say.
#[derive(Debug, Serialize)]
struct Facts {
    first: String,
    second: String,
    declared: String,
    format: Option<String>,
    fits_format: Option<bool>,
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let declared = component.identifier.clone().ok_or_else(|| Stop::missing("add `identifier` to the component in the profile"))?;
    let mut reader = Reader::open(&bench, &component, &declared.accessor()).await?;
    let first = reader.read().await?;
    bench.wait(PAUSE).await;
    let second = reader.read().await?;
    let fits = declared.format.as_deref().map(|format| matches_whole(format, &first)).transpose();
    let fits_format = fits.map_err(|what| Stop::missing(format!("identifier.format in the profile: {what}")))?;
    let facts = Facts { first, second, declared: declared.expect.clone(), format: declared.format.clone(), fits_format };
    let seen = bench.record("the identifier, read twice", &facts)?;
    bench.mark(Marking::Identifier, &facts.first);
    let finding = |reason: String| Finding {
        reason,
        expected: format!("`{}` at both reads", facts.declared),
        observed: format!("`{}`, then `{}`", facts.first, facts.second),
        ..Finding::default()
    };
    if let Some(fault) = fault_of(&facts, &declared) {
        return seen.fail(finding(fault));
    }
    match another_value(&bench, &component, &declared, &facts.first).await? {
        Some((other, control)) => {
            seen.and(other).pass(control, finding("the identifier is there, stays, and is the declared one".to_owned()))
        }
        None => seen.inconclusive(finding(
            "no other value is read at the same place, so a fixed answer cannot be ruled out: declare `version` or `clock` in the profile"
                .to_owned(),
        )),
    }
}

fn fault_of(facts: &Facts, declared: &IdentifierAccessor) -> Option<String> {
    let place = format!("`{}.{}`", declared.interface, declared.operation);
    if facts.first.is_empty() || facts.second.is_empty() {
        return Some(format!("the identifier at {place} is empty: give each device one of its own"));
    }
    if facts.first != facts.second {
        return Some(format!("the identifier at {place} changed between two reads: keep it for the life of the device"));
    }
    if facts.fits_format == Some(false) {
        let format = facts.format.as_deref().unwrap_or_default();
        return Some(format!("the identifier `{}` at {place} does not have the declared form `{format}`", facts.first));
    }
    (facts.first != facts.declared).then(|| {
        format!("the identifier `{}` at {place} is not the one that the papers of this sample state: `{}`", facts.first, facts.declared)
    })
}

/// The control: the same component answers the same kind of question with another value where another is to be expected.
async fn another_value(
    bench: &Bench,
    component: &Component,
    declared: &IdentifierAccessor,
    identifier: &str,
) -> Result<Option<(Seen, Control)>, Stop> {
    let others = [("version", &component.version), ("clock", &component.clock)];
    for (name, accessor) in others {
        let Some(accessor) = accessor.as_ref().filter(|accessor| accessor.interface == declared.interface) else { continue };
        let value = Reader::open(bench, component, accessor).await?.read().await?;
        let seen = bench.record(&format!("the {name}, read in the same way"), &value)?;
        if !value.is_empty() && value != identifier {
            let control = seen.control(format!("read in the same way, the {name} of the component is another value"));
            return Ok(Some((seen, control)));
        }
    }
    Ok(None)
}
