//! Which tests rule on which requirement.

use std::collections::BTreeMap;

use assay_model::catalog::{Catalog, RequirementId};
use assay_model::coverage::{Covered, Ruling};

use crate::test::Test;

/// Every requirement of the catalog with the tests that rule on it, or why there are none.
pub fn coverage(catalog: &Catalog, untested: &BTreeMap<RequirementId, String>, tests: &[&Test]) -> Vec<Covered> {
    let shown: Vec<_> = tests.iter().map(|test| (test, test.requirements())).collect();
    let of = |id: &RequirementId| {
        let ruling = shown.iter().filter(|(_, shown)| shown.iter().any(|each| id.covers(each)));
        let tests: Vec<_> = ruling.map(|(test, _)| Ruling { test: test.id.to_owned(), method: test.method }).collect();
        let reason = if tests.is_empty() { why_untested(untested, id).unwrap_or_default() } else { String::new() };
        Covered { requirement: id.clone(), tests, reason }
    };
    catalog.requirements().map(|entry| of(&entry.id)).collect()
}

/// Why no test rules on this requirement: its own entry, or the nearest above it.
pub(crate) fn why_untested(untested: &BTreeMap<RequirementId, String>, id: &RequirementId) -> Option<String> {
    std::iter::successors(Some(id.clone()), RequirementId::parent).find_map(|each| untested.get(&each).cloned())
}
