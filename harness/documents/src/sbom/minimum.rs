//! The minimum elements for a software bill of materials (NTIA, July 2021): how much of them is there.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Component, Sbom};
use crate::text::moment;

/// Of how many components each element is told. The top component counts as one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minimum {
    /// All components.
    pub components: usize,
    /// With a supplier.
    pub supplier: usize,
    /// With a name.
    pub name: usize,
    /// With a version.
    pub version: usize,
    /// With an id that others can look up: a readable package URL or CPE name, or another such id. The id within the
    /// document is none.
    pub unique_id: usize,
    /// That stand in some relationship.
    pub relationship: usize,
    /// Whether a person or organization is named as author of the document.
    pub author: bool,
    /// Whether the document has a time stamp that is a date and time of RFC 3339.
    pub timestamp: bool,
}

impl Minimum {
    pub(super) fn of(sbom: &Sbom) -> Self {
        let related: BTreeSet<&str> = sbom.relationships.iter().flat_map(|each| [each.from.as_str(), each.to.as_str()]).collect();
        let all: Vec<&Component> = sbom.top.iter().chain(&sbom.components).collect();
        let count = |has: &dyn Fn(&Component) -> bool| all.iter().filter(|component| has(component)).count();
        let filled = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        Self {
            components: all.len(),
            supplier: count(&|each| filled(&each.supplier)),
            name: count(&|each| filled(&each.name)),
            version: count(&|each| filled(&each.version)),
            unique_id: count(&Component::has_unique_id),
            relationship: count(&|each| each.id.as_deref().is_some_and(|id| related.contains(id))),
            author: !sbom.authors.is_empty(),
            timestamp: sbom.timestamp.as_deref().is_some_and(|text| moment(text).is_some()),
        }
    }

    /// A count as a share of all components, 0 to 1; none without components.
    pub fn share(&self, count: usize) -> Option<f64> {
        let number = |count: usize| u32::try_from(count).ok().map(f64::from);
        (self.components > 0).then(|| Some(number(count)? / number(self.components)?)).flatten()
    }
}
