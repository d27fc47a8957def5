//! Do all samples of a component have different identifiers?

use std::collections::BTreeMap;

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::safety::{Method, Safety};
use serde::Serialize;

use crate::support::Reader;

pub(super) const TEST: Test = Test {
    id: "identification/unique-identifier",
    title: "Do all samples of a component have different identifiers?",
    shows: &["DI(IMS).3"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| component.identifier.is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 IA-4", "EN 303 645 5.4-2"],
    limits: "identifiers of devices that are not among the samples",
};

/// The identifier of one sample.
#[derive(Debug, Serialize)]
struct Fact {
    sample: String,
    identifier: String,
    again: String,
    declared: Option<String>,
}

async fn run(bench: Bench) -> Outcome {
    let (component, profile) = (bench.component()?, bench.profile());
    let declared = component.identifier.clone().ok_or_else(|| Stop::missing("add `identifier` to the component in the profile"))?;
    let further = profile.samples.iter().filter(|sample| sample.component == component.id);
    let mut samples = vec![(component.sample.clone(), Some(declared.expect.clone()))];
    samples.extend(further.map(|sample| (sample.id.clone(), sample.identifier.clone())));
    if samples.len() < 2 {
        return Err(Stop::missing(format!("`{}` has one sample only: add a second one as [[sample]] to the profile", component.id)));
    }
    let mut facts = Vec::new();
    for (sample, declared_identifier) in samples {
        let mut reader = Reader::open_sample(&bench, &component, &sample, &declared.accessor()).await?;
        let (identifier, again) = (reader.read().await?, reader.read().await?);
        facts.push(Fact { sample, identifier, again, declared: declared_identifier });
    }
    let seen = bench.record("the identifiers of all samples, each read twice", &facts)?;
    let observed = facts.iter().map(|fact| format!("{}: `{}`", fact.sample, fact.identifier)).collect::<Vec<_>>().join(", ");
    let finding = |reason: String| Finding { reason, expected: "pairwise different".to_owned(), observed, ..Finding::default() };
    if let Some(without) = facts.iter().find(|fact| fact.identifier.is_empty()) {
        return seen.inconclusive(finding(format!("sample {} shows no identifier that could be compared", without.sample)));
    }
    if let Some((one, other)) = same(&facts) {
        let what = format!("samples {one} and {other} have the same identifier: give each device one of its own");
        return seen.fail(finding(what));
    }
    if let Some(odd) = facts.iter().find(|fact| fact.identifier != fact.again) {
        return seen.inconclusive(finding(format!("the identifier of sample {} changes from read to read", odd.sample)));
    }
    if let Some(odd) = facts.iter().find(|fact| fact.declared.as_ref().is_some_and(|declared| *declared != fact.identifier)) {
        let what = format!("what sample {} shows is not the identifier that its papers state: mend one of them", odd.sample);
        return seen.inconclusive(finding(what));
    }
    let control = seen.control("each sample gave the same identifier twice, so equal ones would have been seen as equal");
    seen.pass(control, finding(format!("{} samples have different identifiers", facts.len())))
}

/// Two samples with one identifier.
fn same(facts: &[Fact]) -> Option<(&str, &str)> {
    let mut known = BTreeMap::new();
    facts.iter().find_map(|fact| known.insert(&fact.identifier, fact.sample.as_str()).map(|before| (before, fact.sample.as_str())))
}
