//! The buyer's view: what of a baseline a declaration covers, and by what, without a device.

use std::collections::BTreeSet;

use assay_model::catalog::{Catalog, RequirementId};
use assay_model::verdict::Basis;
use serde::Serialize;

use crate::declaration::{Claim, Declaration, Standing};

/// One requirement of a buyer's baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The requirement.
    pub id: RequirementId,
    /// Its published title, or that of the sub-capability it belongs to.
    pub title: String,
    /// How the declaration covers it.
    pub cover: Cover,
    /// The claims and tests that cover it, or why nothing does.
    pub by: Vec<String>,
}

/// How a declaration covers a requirement, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cover {
    /// Something was observed on the product.
    Observed,
    /// A document shows it.
    Document,
    /// Somebody says so.
    Attested,
    /// An alternative capability stands in.
    Alternative,
    /// It is declared not to concern the product.
    NotApplicable,
    /// It is declared to be missing, with a reason.
    Missing,
    /// Nothing.
    Nothing,
}

impl Cover {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 7] =
        [Self::Observed, Self::Document, Self::Attested, Self::Alternative, Self::NotApplicable, Self::Missing, Self::Nothing];

    /// The word as it stands in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Document => "document",
            Self::Attested => "attested",
            Self::Alternative => "alternative",
            Self::NotApplicable => "not-applicable",
            Self::Missing => "missing",
            Self::Nothing => "nothing",
        }
    }

    /// Whether a buyer has nothing more to ask: seen, documented or attested.
    pub const fn is_covered(self) -> bool {
        matches!(self, Self::Observed | Self::Document | Self::Attested | Self::Alternative)
    }
}

/// What of a baseline, in the order of the catalog, a declaration covers.
pub fn view(declaration: &Declaration, catalog: &Catalog, baseline: &[RequirementId]) -> Vec<Row> {
    baseline.iter().map(|id| row(declaration, catalog, id)).collect()
}

fn row(declaration: &Declaration, catalog: &Catalog, id: &RequirementId) -> Row {
    let claims = &declaration.requirements.claims;
    let of = |id: &RequirementId| catalog.get(id).and_then(|entry| entry.title.clone());
    let title = std::iter::successors(Some(id.clone()), RequirementId::parent).find_map(|each| of(&each)).unwrap_or_default();
    // a claim on the requirement itself, on what it belongs to, or on its elements
    let near: Vec<&Claim> = claims.iter().filter(|claim| claim.id.covers(id) || id.covers(&claim.id)).collect();
    let covers: Vec<(Cover, String)> = near.iter().filter_map(|claim| cover(claim, id)).collect();
    let best = covers.iter().map(|(cover, _)| *cover).min().unwrap_or(Cover::Nothing);
    let mut by: BTreeSet<String> = covers.into_iter().map(|(_, by)| by).collect();
    if by.is_empty() {
        by.insert(if near.is_empty() {
            "not in the baseline of the declaration".to_owned()
        } else {
            "declared as part of a wider requirement, and none of its tests rules on this".to_owned()
        });
    }
    Row { id: id.clone(), title, cover: best, by: by.into_iter().collect() }
}

/// How a claim covers a requirement, and by what.
fn cover(claim: &Claim, id: &RequirementId) -> Option<(Cover, String)> {
    let whole = &claim.id == id || claim.id.covers(id);
    match claim.standing {
        Standing::NotApplicable => whole.then(|| (Cover::NotApplicable, format!("{}: {}", claim.id, claim.reason))),
        Standing::JustifiablyMissing => whole.then(|| (Cover::Missing, format!("{}: {}", claim.id, claim.reason))),
        Standing::SatisfiedByAlternative => whole.then(|| (Cover::Alternative, format!("{}: {}", claim.id, claim.reason))),
        Standing::Satisfied => {
            let about = claim.rests_on.iter().filter(|support| support.requirements.iter().any(|shown| id.covers(shown)));
            let about: Vec<_> = about.collect();
            let best = about.iter().map(|support| of_basis(support.basis)).min()?;
            let tests: BTreeSet<&str> = about.iter().map(|support| support.place.test.as_str()).collect();
            Some((best, format!("{}: {}", claim.id, tests.into_iter().collect::<Vec<_>>().join(", "))))
        }
    }
}

const fn of_basis(basis: Basis) -> Cover {
    match basis {
        Basis::Observed => Cover::Observed,
        Basis::Document | Basis::Imported => Cover::Document,
        Basis::Attested => Cover::Attested,
        Basis::Alternative => Cover::Alternative,
    }
}
