//! What a declaration claims of one requirement, and what the claim rests on.

use assay_model::catalog::RequirementId;
use assay_model::plan::Place;
use assay_model::run::TestResult;
use assay_model::verdict::Basis;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a requirement of the baseline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// As stated.
    Satisfied,
    /// By an alternative capability with its own passing test.
    SatisfiedByAlternative,
    /// It does not concern the object.
    NotApplicable,
    /// It is missing, and the organization decided that it may be.
    JustifiablyMissing,
}

impl Standing {
    /// All of them, in the order in which a declaration lists them.
    pub const ALL: [Self; 4] = [Self::Satisfied, Self::SatisfiedByAlternative, Self::JustifiablyMissing, Self::NotApplicable];

    /// The word as it stands in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Satisfied => "satisfied",
            Self::SatisfiedByAlternative => "satisfied-by-alternative",
            Self::NotApplicable => "not-applicable",
            Self::JustifiablyMissing => "justifiably-missing",
        }
    }
}

/// One requirement of a declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Its id.
    pub id: RequirementId,
    /// Its published title, or that of the sub-capability it belongs to.
    pub title: String,
    /// What it asks for.
    pub statement: String,
    /// Whether the product cannot be accepted without it.
    pub key: bool,
    /// How it stands.
    pub standing: Standing,
    /// Why it is set aside or how it is met otherwise, and who decided; empty for the others.
    pub reason: String,
    /// The results that it rests on.
    pub rests_on: Vec<Support>,
    /// The last day on which it holds, where something that it rests on ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A result that a claim rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Support {
    /// Which test on what.
    pub place: Place,
    /// What it rests on.
    pub basis: Basis,
    /// The requirements that the test rules on.
    pub requirements: Vec<RequirementId>,
}

impl From<&TestResult> for Support {
    fn from(result: &TestResult) -> Self {
        Self { place: result.place(), basis: result.basis, requirements: result.requirements.clone() }
    }
}
