//! Coverage: which tests rule on which requirement, and why the others have none.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalog::RequirementId;
use crate::safety::Method;

/// The tests of one requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Covered {
    /// The requirement.
    pub requirement: RequirementId,
    /// The tests that rule on it or on one of its elements.
    pub tests: Vec<Ruling>,
    /// Why there are none; empty where there are.
    #[serde(default)]
    pub reason: String,
}

/// A test that rules on a requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ruling {
    /// The test.
    pub test: String,
    /// How it looks.
    pub method: Method,
}

impl Covered {
    /// Whether a test rules on it.
    pub fn is_covered(&self) -> bool {
        !self.tests.is_empty()
    }

    /// Whether a test that looks in this way rules on it.
    pub fn by(&self, method: Method) -> bool {
        self.tests.iter().any(|ruling| ruling.method == method)
    }

    /// Whether it is a sub-capability, not an element of one.
    pub fn is_sub_capability(&self) -> bool {
        !self.requirement.has_ordinal()
    }
}
