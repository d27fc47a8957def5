//! Does the manufacturer say how the product stands to every known vulnerability of its parts?

use assay_documents::csaf::Status;
use assay_documents::sbom::{Component, Sbom};
use assay_documents::vulnerabilities::{Hit, Matches, Reach, match_components};
use assay_engine::{Applies, Bench, Finding, Outcome, Ruling, Subject, Test};
use assay_model::safety::{Method, Safety};
use serde::Serialize;

use super::snapshots::{EXPLOITED, NVD, OSV, Snapshots};
use super::statements::{ADVISORY, OPENVEX, Statements};
use crate::bills::{self, Bills};

pub(super) const TEST: Test = Test {
    id: "dissemination/known-vulnerabilities",
    title: "Does the manufacturer say how the product stands to every known vulnerability of its parts?",
    shows: &["ID(VNT).1.a.i"],
    method: Method::Document,
    safety: Safety::Passive,
    reads: &[bills::KIND, EXPLOITED, OSV, NVD, OPENVEX, ADVISORY],
    asks: &[],
    applies,
    run: |bench| Box::pin(async move { run(&bench) }),
    sources: &["BOD 22-01 (not checked)", "SP 800-53 RA-5, SR-8", "OpenVEX 0.2.0", "CSAF 2.0 4.5"],
    limits: "whether the bill of materials is complete, whether a statement is right, vulnerabilities that the snapshots do not hold, and parts under other ids than those of the snapshots",
};

fn applies(subject: &Subject<'_>) -> Applies {
    let Subject::Product(profile) = subject else { return Applies::Elsewhere };
    let has = |kinds: &[&str]| profile.documents.iter().any(|document| kinds.contains(&document.kind.as_str()));
    (has(&[bills::KIND]) && has(&[EXPLOITED, OSV, NVD])).into()
}

/// What came of the match.
#[derive(Serialize)]
struct Facts {
    matches: Vec<Matches>,
    /// Parts whose ids are of a sort that no record has.
    unmatched: Vec<String>,
    /// How many records name a part, whatever its version.
    named: usize,
    /// Exploited vulnerabilities of which no record says what they affect.
    undescribed: Vec<String>,
}

fn run(bench: &Bench) -> Outcome {
    let bills = Bills::read(bench)?;
    let snapshots = Snapshots::read(bench)?;
    let statements = Statements::read(bench)?;
    let facts = facts(&bills, &snapshots, &statements);
    let matched = bench.record("the parts that known vulnerabilities affect", &facts)?;
    let seen = bills.seen.clone().and(snapshots.seen.clone()).and(matched);
    let seen = statements.seen.clone().into_iter().fold(seen, assay_engine::Seen::and);
    let parts = facts.matches.iter().map(|matches| matches.components).sum::<usize>();
    let hits: Vec<&Hit> = facts.matches.iter().flat_map(|matches| &matches.hits).collect();
    let finding = |reason: String| Finding {
        reason,
        expected: "for each known vulnerability of a part: not affected, with a justification, or fixed; none left that is exploited"
            .to_owned(),
        observed: format!(
            "{parts} parts with the product, {} records and {} exploited vulnerabilities, {} matches, {} that may be some",
            snapshots.records.len(),
            snapshots.catalog.entries.len(),
            hits.len(),
            facts.matches.iter().map(|matches| matches.open.len()).sum::<usize>()
        ),
        ..Finding::default()
    };
    // a statement that was left out may be about it
    let silent = hits.iter().find(|hit| hit.known_exploited && hit.status.is_none() && statements.left_out.is_empty());
    let ruling = if let Some(hit) = silent {
        seen.fail(finding(format!("{}, known to be exploited: update it, or supply what the manufacturer says of it", words(hit))))
    } else if let Some(open) = open(bench, &snapshots, &facts, parts) {
        seen.inconclusive(finding(open))
    } else {
        let control = seen.control(format!(
            "{}; the records name its parts {} times, whatever their versions, and describe every exploited vulnerability",
            bills.identity(),
            facts.named
        ));
        seen.pass(control, finding("no known vulnerability of a part is left without an answer of the manufacturer".to_owned()))
    };
    let notes = bills.others.iter().chain(&statements.left_out).cloned();
    let unmatched = (!facts.unmatched.is_empty()).then(|| format!("parts that cannot be matched: {}", facts.unmatched.join(", ")));
    Ok(notes.chain(unmatched).fold(ruling?, Ruling::note))
}

fn facts(bills: &Bills, snapshots: &Snapshots, statements: &Statements) -> Facts {
    let (reach, records) = (Reach::of(&snapshots.records), &snapshots.records);
    let of = |sbom: &Sbom| match_components(sbom, records, Some(&snapshots.catalog), &statements.made);
    let unmatched = bills.own.iter().flat_map(|(_, sbom)| &sbom.components).filter(|part| !reach.covers(part));
    let any_version = bills.own.iter().map(|(_, sbom)| match_components(&without_versions(sbom), records, None, &[]));
    Facts {
        matches: bills.own.iter().map(|(_, sbom)| of(sbom)).collect(),
        unmatched: unmatched.map(|part| part.name.clone().unwrap_or_else(|| part.place.clone())).collect(),
        named: any_version.map(|matches| matches.hits.len() + matches.open.len()).sum(),
        undescribed: snapshots.undescribed().into_iter().map(str::to_owned).collect(),
    }
}

/// Why neither can be said, and what would settle it.
fn open(bench: &Bench, snapshots: &Snapshots, facts: &Facts, parts: usize) -> Option<String> {
    let (most, unmatched) = (bench.policy().documents.unmatched_percent.value, facts.unmatched.len());
    let hit = |hit: &&Hit| !is_answered(hit);
    let mut hits = facts.matches.iter().flat_map(|matches| &matches.hits);
    let mut unsure = facts.matches.iter().flat_map(|matches| &matches.open);
    let other = snapshots.open.first().cloned();
    other
        .or_else(|| hits.find(hit).map(|hit| format!("{}{}", words(hit), said(hit))))
        .or_else(|| unsure.find(hit).map(|hit| format!("{}: whether this version is affected cannot be told", words(hit))))
        .or_else(|| facts.matches.iter().any(|matches| matches.components <= 1).then(|| "the bill of materials lists no parts: list those of the software".to_owned()))
        .or_else(|| {
            let many = unmatched.saturating_mul(100) > most.saturating_mul(parts);
            many.then(|| format!("{unmatched} of {parts} parts have no id that the records use: give them a CPE name, or supply records of their ecosystem"))
        })
        .or_else(|| {
            let first = facts.undescribed.first()?;
            let count = facts.undescribed.len();
            Some(format!("no record says what {first} affects, nor {} more that are exploited: supply records of them, of kind `{NVD}`", count - 1))
        })
        .or_else(|| (facts.named == 0).then(|| "no record names any part in any version: nothing shows that the ids of the parts are those of the records".to_owned()))
}

/// Whether the manufacturer says that nothing is left to do.
fn is_answered(hit: &Hit) -> bool {
    match hit.status {
        Some(Status::Fixed) => true,
        Some(Status::NotAffected) => hit.justification.is_some(),
        Some(Status::Affected | Status::UnderInvestigation) | None => false,
    }
}

fn said(hit: &Hit) -> &'static str {
    match hit.status {
        None => ": supply what the manufacturer says of it, of kind `openvex` or `csaf`",
        Some(Status::NotAffected) => ": the manufacturer says that it is not affected, and not why: add the justification",
        Some(Status::Affected) => ": affected, as the manufacturer says: supply the papers of a version that is not",
        Some(_) => ": the manufacturer does not know yet whether it is affected",
    }
}

fn words(hit: &Hit) -> String {
    format!("{} has {} ({})", hit.component, hit.vulnerabilities.join(", "), hit.why)
}

/// The same parts without versions, so that whatever names them matches.
fn without_versions(sbom: &Sbom) -> Sbom {
    let mut bare = sbom.clone();
    for part in bare.top.iter_mut().chain(&mut bare.components) {
        let Component { version, purls, cpes, .. } = part;
        *version = None;
        for purl in purls {
            let kept = purl.split(['?', '#']).next().unwrap_or_default();
            *purl = kept.rsplit_once('@').map_or(kept, |(name, _)| name).to_owned();
        }
        for cpe in cpes {
            let fields = cpe.split(':').enumerate().map(|(at, field)| if at == 5 { "*" } else { field });
            *cpe = fields.collect::<Vec<_>>().join(":");
        }
    }
    bare
}
