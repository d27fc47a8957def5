//! Can the software of the device be told from its identifier, and is that what the device has?

use assay_engine::{Bench, Finding, Outcome, Stop, Subject, Test};
use assay_model::safety::{Method, Safety};

use super::listed::{Listed, keepers, look_up};
use crate::support::Reader;

pub(super) const TEST: Test = Test {
    id: "identification/listed-software",
    title: "Can the software of the device be told from its identifier, and is that what the device has?",
    shows: &["DI(AID).3"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| applies(subject).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 CM-8"],
    limits: "software beside the one whose version is declared, and versions after an update",
};

fn applies(subject: &Subject<'_>) -> bool {
    let Some(component) = subject.component() else { return false };
    component.identifier.is_some() && component.version.is_some() && keepers(subject.profile(), &component.id).next().is_some()
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let (Some(identifier), Some(version)) = (component.identifier.clone(), component.version.clone()) else {
        return Err(Stop::missing("add `identifier` and `version` to the component in the profile"));
    };
    let own = Reader::open(&bench, &component, &identifier.accessor()).await?.read().await?;
    let installed = Reader::open(&bench, &component, &version).await?.read().await?;
    let lists = look_up(&bench, &component, &own).await?;
    let seen = bench.record("the device's identifier and version, and what lists say of it", &(&own, &installed, &lists))?;
    let telling: Vec<&Listed> = lists.iter().filter(|listed| versions(listed).next().is_some()).collect();
    let told = |listed: &&Listed| format!("{}: {}", listed.place, versions(listed).collect::<Vec<_>>().join(", "));
    let finding = |reason: String| Finding {
        reason,
        expected: format!("`{installed}` in the record of `{own}`"),
        observed: telling.iter().map(told).collect::<Vec<_>>().join("; "),
        ..Finding::default()
    };
    if let Some(bad) = telling.iter().find(|listed| !versions(listed).any(|version| version == installed)) {
        return seen.fail(finding(format!("{} says another version of `{own}` than the device itself: `{installed}`", bad.place)));
    }
    if telling.is_empty() {
        return seen.inconclusive(finding(
            "no list of devices tells the version of this one: declare an operation that does, with does = \"list-devices\"".to_owned(),
        ));
    }
    let control =
        seen.control(format!("the version was read from the device itself, and the record found by the identifier that it gave, `{own}`"));
    seen.pass(control, finding(format!("version {installed} of the device is found by its identifier")))
}

/// What looks like a version in a record: numbers with dots between them.
fn versions(listed: &Listed) -> impl Iterator<Item = &str> {
    let is_version = |text: &&String| {
        let text = text.trim_start_matches('v');
        text.contains('.')
            && text.starts_with(|sign: char| sign.is_ascii_digit())
            && text.split('.').all(|part| part.starts_with(|sign: char| sign.is_ascii_digit()))
    };
    listed.record.iter().flatten().filter(is_version).map(String::as_str)
}
