//! Can the manufacturer's advisories be found and read by machines, and are they its own?

use assay_documents::csaf::{self, Advisory, Provider, read_provider};
use assay_engine::{Applies, Bench, Finding, Outcome, Seen, Stop, Subject, Test};
use assay_model::profile::Product;
use assay_model::safety::{Method, Safety};

use super::statements::ADVISORY;
use crate::about::is_manufacturer;

/// The metadata of a provider of advisories, `provider-metadata.json`.
const PROVIDER: &str = "csaf-provider-metadata";
/// Labels of what everybody may have.
const PUBLIC: [&str; 2] = ["WHITE", "UNLABELED"];

/// Where documents tell the version of the format.
const VERSIONS: [&str; 2] = ["/document/csaf_version", "/metadata_version"];

pub(super) const TEST: Test = Test {
    id: "dissemination/advisories",
    title: "Can the manufacturer's advisories be found and read by machines, and are they its own?",
    shows: &["ID(CRI).4.a.ii"],
    method: Method::Document,
    safety: Safety::Passive,
    reads: &[PROVIDER, ADVISORY],
    asks: &[],
    applies,
    run: |bench| Box::pin(async move { run(&bench) }),
    sources: &["CSAF 2.0 6.1, 7.1 (ISO/IEC 20153)"],
    limits: "whether the files stand at their addresses, hashes and OpenPGP signatures beside them (7.1.18, 7.1.19), feeds and indexes, mandatory tests 6.1.8 to 6.1.12 and 6.1.31, and whether there is an advisory for every vulnerability",
};

fn applies(subject: &Subject<'_>) -> Applies {
    match subject {
        Subject::Product(profile) => profile.documents.iter().any(|document| document.kind == PROVIDER).into(),
        Subject::Component(..) | Subject::Interface(..) => Applies::Elsewhere,
    }
}

/// What was supplied, each with the name of its document.
struct Supplied {
    provider: (String, Provider),
    advisories: Vec<(String, Advisory)>,
    seen: Seen,
}

impl Supplied {
    fn read(bench: &Bench) -> Result<Self, Stop> {
        let mut documents = bench.documents(PROVIDER)?;
        let (Some((document, bytes)), true) = (documents.pop(), documents.is_empty()) else {
            return Err(Stop::missing(format!("supply one document of kind `{PROVIDER}`")));
        };
        let unreadable = |id: &str, why: &dyn std::fmt::Display| Stop::missing(format!("{id}: supply a readable document: {why}"));
        let provider = read_provider(&bytes).map_err(|why| unreadable(&document.id, &why))?;
        let mut seen = bench.record_document(&document.file, &bytes, &provider)?;
        let mut advisories = Vec::new();
        for (document, bytes) in bench.documents(ADVISORY)? {
            let advisory = csaf::read(&bytes).map_err(|why| unreadable(&document.id, &why))?;
            seen = seen.and(bench.record_document(&document.file, &bytes, &advisory)?);
            advisories.push((document.id, advisory));
        }
        Ok(Self { provider: (document.id, provider), advisories, seen })
    }
}

fn run(bench: &Bench) -> Outcome {
    let (profile, supplied) = (bench.profile(), Supplied::read(bench)?);
    let Supplied { provider: (id, provider), advisories, seen } = supplied;
    let named = provider.publisher.name.clone().unwrap_or_default();
    let finding = |reason: String| Finding {
        reason,
        expected: "metadata and advisories without departures, by the manufacturer, with a public place".to_owned(),
        observed: format!(
            "{} of `{named}`, {} places, {} advisories",
            provider.role.as_deref().unwrap_or("no role"),
            provider.distributions.len(),
            advisories.len()
        ),
        ..Finding::default()
    };
    if let Some(why) = stranger(&profile.product, &id, &provider, &advisories) {
        return seen.inconclusive(finding(why));
    }
    let problems = std::iter::once((&id, &provider.problems)).chain(advisories.iter().map(|(id, advisory)| (id, &advisory.problems)));
    let other = problems.clone().find(|(_, problems)| problems.iter().any(|problem| VERSIONS.contains(&problem.place.as_str())));
    if let Some((id, _)) = other {
        return seen.inconclusive(finding(format!("{id} is of another version of CSAF than 2.0, the one that is read: supply it in that")));
    }
    if let Some((id, problem)) = problems.into_iter().find_map(|(id, problems)| Some((id, problems.first()?))) {
        return seen.fail(finding(format!("{id} departs from its format: {} {}", problem.place, problem.what)));
    }
    if let Some(why) = open(&provider, &advisories) {
        return seen.inconclusive(finding(why));
    }
    let control = seen.control(format!(
        "the metadata names {named}, as the profile does, and the advisories name the same publisher and its address, {}",
        provider.publisher.namespace.as_deref().unwrap_or_default()
    ));
    seen.pass(control, finding("the metadata says where the advisories are, and they can be read".to_owned()))
}

/// Why nothing shows that the documents are this manufacturer's.
fn stranger(product: &Product, id: &str, provider: &Provider, advisories: &[(String, Advisory)]) -> Option<String> {
    let publishers = std::iter::once((id, &provider.publisher));
    let publishers = publishers.chain(advisories.iter().map(|(id, advisory)| (id.as_str(), &advisory.publisher)));
    publishers.into_iter().find_map(|(id, publisher)| {
        let name = publisher.name.as_deref().unwrap_or_default();
        if !is_manufacturer(product, name) {
            return Some(format!("{id} is published by `{name}`, not by {}: supply the manufacturer's own", product.manufacturer));
        }
        let other = publisher.namespace.is_none() || publisher.namespace != provider.publisher.namespace;
        other.then(|| format!("{id} has another address of its publisher than the metadata: supply those that belong together"))
    })
}

/// Why it cannot be said that customers get at them.
fn open(provider: &Provider, advisories: &[(String, Advisory)]) -> Option<String> {
    if provider.publisher.category.as_deref() != Some("vendor") {
        return Some("the publisher does not call itself a vendor: supply the metadata of the vendor".to_owned());
    }
    let public = |label: Option<&str>| label.is_some_and(|label| PUBLIC.contains(&label));
    let is_open = provider
        .distributions
        .iter()
        .any(|place| place.directory_url.is_some() || place.feeds.iter().any(|(label, url)| url.is_some() && public(label.as_deref())));
    if !is_open {
        return Some(
            "the metadata names neither a folder nor a feed that everybody may read: say how customers come to the advisories".to_owned(),
        );
    }
    let labels = advisories.iter().find(|(_, advisory)| advisory.tlp.as_deref().is_some_and(|label| !PUBLIC.contains(&label)));
    if let Some((id, _)) = labels {
        return Some(format!("{id} is not for everybody, by its label: supply public advisories"));
    }
    let draft = advisories.iter().find(|(_, advisory)| advisory.tracking.status.as_deref() == Some("draft"));
    draft.map(|(id, _)| format!("{id} is a draft: supply a published advisory"))
}
