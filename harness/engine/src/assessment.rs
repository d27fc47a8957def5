//! What is assessed, against what, with which tests.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use assay_model::catalog::{Catalog, RequirementId};
use assay_model::policy::Policy;
use assay_model::profile::Profile;
use assay_model::safety::{Method, Safety};

use crate::test::Test;

/// Everything that a plan and a run are made from.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// The product.
    pub profile: Arc<Profile>,
    /// The folder that file names in the profile are relative to.
    pub folder: PathBuf,
    /// SHA-256 of the profile file.
    pub profile_hash: String,
    /// The catalog.
    pub catalog: Arc<Catalog>,
    /// SHA-256 of the catalog's files.
    pub catalog_hash: String,
    /// The baseline by name.
    pub baseline_name: String,
    /// The requirements that the product is held against, in the order of the catalog.
    pub baseline: Vec<RequirementId>,
    /// The thresholds.
    pub policy: Arc<Policy>,
    /// All tests, in order.
    pub tests: Vec<&'static Test>,
    /// Why requirements have no test, by id; an entry counts for the elements below it too.
    pub untested: BTreeMap<RequirementId, String>,
    /// The hardest class of test that may run.
    pub consent: Safety,
    /// What the user chose out of it.
    pub selection: Selection,
    /// The program and its version.
    pub harness: String,
}

/// What the user chose; everything when empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Tests whose id matches one of these; `*` stands for anything.
    pub tests: Vec<String>,
    /// Tests that rule on one of these or on an element of it.
    pub requirements: Vec<RequirementId>,
    /// Components by id.
    pub components: Vec<String>,
    /// Ways of looking.
    pub methods: Vec<Method>,
}

impl Selection {
    /// Whether this test on this component is chosen; `None` stands for the whole product.
    pub fn takes(&self, test: &Test, component: Option<&str>) -> bool {
        let by_name = self.tests.is_empty() || self.tests.iter().any(|pattern| glob(pattern, test.id));
        let shown = test.requirements();
        let by_requirement =
            self.requirements.is_empty() || self.requirements.iter().any(|wanted| shown.iter().any(|id| wanted.covers(id)));
        let by_component = self.components.is_empty() || component.is_some_and(|id| self.components.iter().any(|each| each == id));
        let by_method = self.methods.is_empty() || self.methods.contains(&test.method);
        by_name && by_requirement && by_component && by_method
    }
}

/// Whether `text` is of the form `pattern`, where `*` stands for any run of characters.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    if !pattern.contains('*') {
        return rest.is_empty();
    }
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return true };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn stars_match_anything() {
        for (pattern, yes) in [("*", true), ("access/*", true), ("*/default*", true), ("access/default-credentials", true), ("a*s", true)] {
            assert_eq!(glob(pattern, "access/default-credentials"), yes, "{pattern}");
        }
        for pattern in ["access", "*/x*", "access/default-credentials-2", "b*", ""] {
            assert!(!glob(pattern, "access/default-credentials"), "{pattern}");
        }
    }
}
