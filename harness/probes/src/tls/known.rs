//! What an earlier survey of the same firmware found: then all hellos can go out at once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Survey, VERSIONS};

/// The choices to expect. A wrong one costs time, and changes no fact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    suites: BTreeMap<String, Vec<u16>>,
    groups_12: Vec<u16>,
    groups_13: Vec<u16>,
}

impl Known {
    /// What a survey tells.
    pub fn of(survey: &Survey) -> Self {
        let numbers = |suites: &Vec<super::Suite>| suites.iter().filter_map(|suite| u16::try_from(suite.id).ok()).collect();
        let suites = survey.suites.iter().map(|(version, suites)| (version.clone(), numbers(suites))).collect();
        let curves = survey.groups_12.iter().filter(|group| !group.finite).map(|group| group.id).collect();
        Self { suites, groups_12: curves, groups_13: survey.groups_13.iter().map(|group| group.id).collect() }
    }

    pub(super) fn suites(&self, version: u16) -> &[u16] {
        let name = VERSIONS.iter().find(|(_, number)| *number == version).map(|(name, _)| *name);
        name.and_then(|name| self.suites.get(name)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether something is known, and no suite of this version and of those before it.
    pub(super) fn lacks_up_to(&self, version: u16) -> bool {
        let mut before = VERSIONS.iter().filter(|(_, number)| *number <= version);
        !self.suites.is_empty() && before.all(|(name, _)| !self.suites.contains_key(*name))
    }

    pub(super) fn groups_12(&self) -> &[u16] {
        &self.groups_12
    }

    pub(super) fn groups_13(&self) -> &[u16] {
        &self.groups_13
    }
}
