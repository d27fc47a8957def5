//! What the manufacturer says of vulnerabilities, in documents that were supplied: `OpenVEX`, and advisories in CSAF.

use assay_documents::Problem;
use assay_documents::csaf::{self, Statement, read_openvex};
use assay_engine::{Bench, Seen, Stop};
use assay_model::profile::Product;

use crate::about::is_manufacturer;

/// Kinds of documents.
pub(super) const OPENVEX: &str = "openvex";
pub(super) const ADVISORY: &str = "csaf";

/// The statements that count.
pub(super) struct Statements {
    pub(super) made: Vec<Statement>,
    /// Documents whose statements do not count, and why.
    pub(super) left_out: Vec<String>,
    pub(super) seen: Option<Seen>,
}

impl Statements {
    /// Reads and records the documents. Those of somebody else than the manufacturer, and those that depart from their
    /// format, are left out.
    pub(super) fn read(bench: &Bench) -> Result<Self, Stop> {
        let (profile, mut found) = (bench.profile(), Self { made: Vec::new(), left_out: Vec::new(), seen: None });
        let supplied = |kind: &str| profile.documents.iter().any(|document| document.kind == kind);
        for kind in [OPENVEX, ADVISORY].into_iter().filter(|kind| supplied(kind)) {
            for (document, bytes) in bench.documents(kind)? {
                let unreadable =
                    |why: &assay_documents::Unreadable| Stop::missing(format!("{}: supply a readable document: {why}", document.id));
                let (by, statements, problems, seen) = if kind == OPENVEX {
                    let vex = read_openvex(&bytes).map_err(|why| unreadable(&why))?;
                    let seen = bench.record_document(&document.file, &bytes, &vex)?;
                    (vex.author, vex.statements, vex.problems, seen)
                } else {
                    let advisory = csaf::read(&bytes).map_err(|why| unreadable(&why))?;
                    let seen = bench.record_document(&document.file, &bytes, &advisory)?;
                    let statements = advisory.statements();
                    (advisory.publisher.name, statements, advisory.problems, seen)
                };
                found.seen = Some(match found.seen.take() {
                    Some(before) => before.and(seen),
                    None => seen,
                });
                match reservation(&profile.product, by.as_deref(), &problems) {
                    Some(why) => found.left_out.push(format!("{} does not count: {why}", document.id)),
                    None => found.made.extend(statements),
                }
            }
        }
        Ok(found)
    }
}

fn reservation(product: &Product, by: Option<&str>, problems: &[Problem]) -> Option<String> {
    if !by.is_some_and(|by| is_manufacturer(product, by)) {
        return Some(format!("`{}` made it, not {}", by.unwrap_or("nobody"), product.manufacturer));
    }
    problems.first().map(|problem| format!("it departs from its format: {} {}", problem.place, problem.what))
}
