//! The plan of a run: what is tried on what, and what is set aside and why.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalog::RequirementId;
use crate::safety::{Method, Safety};

/// A whole plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What is tried, in order: the hardest last.
    pub steps: Vec<Step>,
    /// What is set aside.
    pub aside: Vec<SetAside>,
    /// Requirements of the baseline on which no planned step rules, each with the reason.
    pub uncovered: Vec<Uncovered>,
}

/// A test on a subject.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The test.
    pub test: String,
    /// The component, unless the subject is the whole product.
    pub component: Option<String>,
    /// The interface, if the subject is one.
    pub interface: Option<String>,
}

/// One step: a test on a subject, and how hard it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which test on what.
    #[serde(flatten)]
    pub place: Place,
    /// How hard it is on the product.
    pub safety: Safety,
    /// How it looks.
    pub method: Method,
    /// The requirements it rules on.
    pub requirements: Vec<RequirementId>,
}

/// A test that is not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Which test on what.
    #[serde(flatten)]
    pub place: Place,
    /// Not applicable to the product, or not run.
    pub verdict: crate::verdict::Verdict,
    /// Why.
    pub because: String,
}

/// A requirement of the baseline that no planned step rules on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uncovered {
    /// The requirement.
    pub id: RequirementId,
    /// Why.
    pub because: String,
}
