//! Does the manufacturer list the parts of the product's software in a bill of materials that holds what it must?

use assay_documents::sbom::Sbom;
use assay_engine::{Applies, Bench, Finding, Outcome, Ruling, Subject, Test};
use assay_model::policy::DocumentsPolicy;
use assay_model::safety::{Method, Safety};

use crate::bills::{Bills, KIND};

/// Versions of the formats whose rules are known: `CycloneDX` 1.4 to 1.6, SPDX 2.2 and 2.3.
const VERSIONS: [&str; 5] = ["1.4", "1.5", "1.6", "2.2", "2.3"];

pub(super) const TEST: Test = Test {
    id: "documentation/bill-of-materials",
    title: "Does the manufacturer list the parts of the product's software in a bill of materials that holds what it must?",
    shows: &["DO(DSC)"],
    method: Method::Document,
    safety: Safety::Passive,
    reads: &[KIND],
    asks: &[],
    applies,
    run: |bench| Box::pin(async move { run(&bench) }),
    sources: &["NTIA, The Minimum Elements For a Software Bill of Materials, III (not checked)", "SP 800-53 CM-8"],
    limits: "whether the list is complete and right, parts of hardware, and what of the schema of the format is not held against it",
};

fn applies(subject: &Subject<'_>) -> Applies {
    match subject {
        Subject::Product(profile) => profile.documents.iter().any(|document| document.kind == KIND).into(),
        Subject::Component(..) | Subject::Interface(..) => Applies::Elsewhere,
    }
}

fn run(bench: &Bench) -> Outcome {
    let (bills, policy) = (Bills::read(bench)?, bench.policy());
    let finding = |reason: String, source: &str| Finding {
        reason,
        expected: "no departure from the format; author and time; a name, version, id, supplier and relationship of the parts".to_owned(),
        observed: bills.own.iter().map(|(id, sbom)| observed(id, sbom)).collect::<Vec<_>>().join("; "),
        source: source.to_owned(),
    };
    let seen = bills.seen.clone();
    let fault = bills.own.iter().find_map(|(id, sbom)| Some((id, fault_of(sbom, &policy.documents)?)));
    let ruling = if let Some((id, _)) = bills.own.iter().find(|(_, sbom)| !VERSIONS.contains(&sbom.version.as_str())) {
        seen.inconclusive(finding(
            format!("{id} is of a version of its format that is not read: supply CycloneDX 1.4 to 1.6, or SPDX 2.2 or 2.3"),
            "",
        ))
    } else if let Some((id, (reason, source))) = fault {
        seen.fail(finding(format!("{id}: {reason}"), source))
    } else if let Some((id, _)) = bills.own.iter().find(|(_, sbom)| sbom.components.is_empty()) {
        seen.inconclusive(finding(format!("{id} lists no parts: list those of the software"), ""))
    } else {
        let control = seen.control(bills.identity());
        seen.pass(control, finding("every part is listed with what is needed to know it".to_owned(), ""))
    };
    Ok(bills.others.iter().fold(ruling?, |ruling, other| Ruling::note(ruling, format!("not looked at: {other}"))))
}

fn observed(id: &str, sbom: &Sbom) -> String {
    let minimum = &sbom.minimum;
    format!(
        "{id}: {} parts with the product, {} with a name, {} a version, {} an id, {} a supplier, {} in a relationship; {} departures",
        minimum.components,
        minimum.name,
        minimum.version,
        minimum.unique_id,
        minimum.supplier,
        minimum.relationship,
        sbom.problems.len()
    )
}

/// What is wrong, and the source of the threshold.
fn fault_of<'p>(sbom: &Sbom, policy: &'p DocumentsPolicy) -> Option<(String, &'p str)> {
    if let Some(problem) = sbom.problems.first() {
        return Some((format!("it departs from its format: {} {}", problem.place, problem.what), ""));
    }
    let (minimum, each, most) = (&sbom.minimum, &policy.sbom_percent, &policy.sbom_related_percent);
    if !minimum.author {
        return Some(("it names no author: add who made it".to_owned(), &each.source));
    }
    if !minimum.timestamp {
        return Some(("it does not say when it was made: add a date and time".to_owned(), &each.source));
    }
    let elements = [
        ("a name", minimum.name, each),
        ("a version", minimum.version, each),
        ("an id that others can look up", minimum.unique_id, each),
        ("a supplier", minimum.supplier, most),
        ("a relationship to another", minimum.relationship, most),
    ];
    let all = minimum.components;
    let (what, count, wanted) =
        elements.into_iter().find(|(_, count, wanted)| count.saturating_mul(100) < wanted.value.saturating_mul(all))?;
    Some((format!("{count} of {all} parts have {what}; {} % must: add it", wanted.value), &wanted.source))
}
