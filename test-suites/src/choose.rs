//! From a profile and the user's choices to an assessment.

use std::path::PathBuf;
use std::sync::Arc;

use assay_engine::{Assessment, Selection};
use assay_model::catalog::{Catalog, RequirementId};
use assay_model::profile::Profile;
use assay_model::safety::{Method, Safety};

use crate::data;

/// What the user chose, over what the profile says.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// A baseline by name, in place of the profile's.
    pub baseline: Option<String>,
    /// A policy by name; `general` when absent.
    pub policy: Option<String>,
    /// The hardest class of test that may run, in place of the profile's.
    pub consent: Option<Safety>,
    /// Tests, requirements and components to keep to.
    pub selection: Selection,
}

/// A choice that cannot be met, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadChoice(pub String);

impl std::fmt::Display for BadChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadChoice {}

impl From<data::BadData> for BadChoice {
    fn from(bad: data::BadData) -> Self {
        Self(format!("the program was built with unreadable data: {bad}"))
    }
}

/// Makes the assessment of this profile, which was read from a file with this hash in this folder.
///
/// # Errors
/// [`BadChoice`] when a baseline, policy or test of that name does not exist.
pub fn assessment(profile: Profile, profile_hash: String, folder: PathBuf, choices: Choices) -> Result<Assessment, BadChoice> {
    let catalog = data::catalog()?;
    let named = choices.baseline.or_else(|| profile.baseline.named.clone());
    let (baseline, methods) = requirements(&profile, named.as_deref(), &catalog)?;
    let mut selection = choices.selection;
    if selection.methods.is_empty() {
        selection.methods = methods;
    }
    let policy = choices.policy.as_deref().unwrap_or("general");
    let policies = data::policies()?;
    let known: Vec<_> = policies.iter().map(|each| each.id.clone()).collect();
    let policy = policies.into_iter().find(|each| each.id == policy);
    let tests = crate::all();
    for pattern in &selection.tests {
        let this = Selection { tests: vec![pattern.clone()], ..Selection::default() };
        if !tests.iter().any(|test| this.takes(test, None)) {
            return Err(BadChoice(format!("there is no test `{pattern}`: `assay list` shows all")));
        }
    }
    if let Some(id) = selection.requirements.iter().find(|id| catalog.get(id).is_none()) {
        return Err(BadChoice(format!("there is no requirement `{id}`: `assay coverage` shows all")));
    }
    Ok(Assessment {
        consent: choices.consent.unwrap_or(profile.consent.class),
        profile: Arc::new(profile),
        folder,
        profile_hash,
        catalog: Arc::new(catalog),
        catalog_hash: data::catalog_hash(),
        baseline_name: named.unwrap_or_else(|| "profile".to_owned()),
        baseline,
        policy: Arc::new(policy.ok_or_else(|| BadChoice(format!("there is no such policy: choose one of {}", known.join(", "))))?),
        tests,
        untested: data::untested()?,
        selection,
        harness: format!("assay {}", env!("CARGO_PKG_VERSION")),
    })
}

/// The requirements of the named baseline and those that the profile adds, in the order of the catalog, and the ways of
/// looking that the baseline is content with.
fn requirements(profile: &Profile, named: Option<&str>, catalog: &Catalog) -> Result<(Vec<RequirementId>, Vec<Method>), BadChoice> {
    let baselines = data::baselines()?;
    let known = baselines.iter().map(|each| each.id.as_str()).collect::<Vec<_>>().join(", ");
    let (mut chosen, methods) = match named {
        None => (Vec::new(), Vec::new()),
        Some(name) => {
            let baseline = baselines.iter().find(|each| each.id == name);
            let baseline = baseline.ok_or_else(|| BadChoice(format!("there is no baseline `{name}`: choose one of {known}")))?;
            (baseline.choose(catalog), baseline.methods.clone())
        }
    };
    let added = profile.baseline.requirements.iter().filter_map(|id| id.parse().ok());
    chosen.extend(added);
    let order: Vec<_> = catalog.requirements().map(|each| &each.id).filter(|id| chosen.contains(id)).cloned().collect();
    if order.is_empty() {
        return Err(BadChoice(format!("no requirement is chosen: set baseline.use in the profile to one of {known}")));
    }
    Ok((order, methods))
}
