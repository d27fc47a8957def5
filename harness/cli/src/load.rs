//! From a profile file to an assessment.

use std::path::{Path, PathBuf};

use assay_engine::{Assessment, Selection};
use assay_model::catalog::RequirementId;
use assay_model::evidence::sha256_hex;
use assay_model::profile::{FilesAt, Known, Profile, read};
use assay_model::safety::{Method, Safety};
use assay_suites::{Choices, data};
use clap::{Args, ValueEnum};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::failure::Failure;
use crate::files;

/// What is chosen out of a profile, on the command line or in the list of a campaign.
#[derive(Debug, Clone, Default, Args, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Choosing {
    /// Hold the product against this baseline: core, consumer, federal-low, network, catalog
    #[arg(long, value_name = "NAME")]
    baseline: Option<String>,
    /// Judge by this policy: general, federal
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// Permit tests up to this class
    #[arg(long, value_name = "CLASS")]
    consent: Option<Class>,
    /// Keep to the tests with this id; `*` stands for anything (may be given several times)
    #[serde(rename = "test")]
    #[arg(long = "test", value_name = "GLOB")]
    tests: Vec<String>,
    /// Keep to the tests that rule on this requirement (may be given several times)
    #[serde(rename = "requirement")]
    #[arg(long = "requirement", value_name = "ID")]
    requirements: Vec<RequirementId>,
    /// Keep to this component (may be given several times)
    #[serde(rename = "component")]
    #[arg(long = "component", value_name = "ID")]
    components: Vec<String>,
    /// Keep to the tests that look in this way (may be given several times)
    #[serde(rename = "method")]
    #[arg(long = "method", value_name = "METHOD")]
    methods: Vec<Way>,
}

#[derive(Debug, Clone, Copy, ValueEnum, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Way {
    Probe,
    Document,
    Person,
}

impl From<Way> for Method {
    fn from(way: Way) -> Self {
        match way {
            Way::Probe => Self::Probe,
            Way::Document => Self::Document,
            Way::Person => Self::Person,
        }
    }
}

/// Classes of tests, as they are permitted on the command line.
#[derive(Debug, Clone, Copy, ValueEnum, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Class {
    Passive,
    ReadOnly,
    Reversible,
    Disruptive,
    Destructive,
}

impl From<Class> for Safety {
    fn from(class: Class) -> Self {
        match class {
            Class::Passive => Self::Passive,
            Class::ReadOnly => Self::ReadOnly,
            Class::Reversible => Self::Reversible,
            Class::Disruptive => Self::Disruptive,
            Class::Destructive => Self::Destructive,
        }
    }
}

impl Choosing {
    /// Everything, judged by this policy.
    pub(crate) fn all_by(policy: String, consent: Option<Class>) -> Self {
        Self { policy: Some(policy), consent, ..Self::default() }
    }

    /// What is chosen here, and beside it what `general` chooses of which nothing is said here.
    pub(crate) fn or(self, general: &Self) -> Self {
        let general = general.clone();
        Self {
            baseline: self.baseline.or(general.baseline),
            policy: self.policy.or(general.policy),
            consent: self.consent.or(general.consent),
            tests: first_said(self.tests, general.tests),
            requirements: first_said(self.requirements, general.requirements),
            components: first_said(self.components, general.components),
            methods: first_said(self.methods, general.methods),
        }
    }
}

fn first_said<T>(special: Vec<T>, general: Vec<T>) -> Vec<T> {
    if special.is_empty() { general } else { special }
}

impl From<Choosing> for Choices {
    fn from(choosing: Choosing) -> Self {
        Self {
            baseline: choosing.baseline,
            policy: choosing.policy,
            consent: choosing.consent.map(Safety::from),
            selection: Selection {
                tests: choosing.tests,
                requirements: choosing.requirements,
                components: choosing.components,
                methods: choosing.methods.into_iter().map(Method::from).collect(),
            },
        }
    }
}

struct Machine(PathBuf);

impl FilesAt for Machine {
    fn has_file(&self, path: &str) -> bool {
        std::fs::File::open(self.0.join(path)).is_ok_and(|file| file.metadata().is_ok_and(|meta| meta.is_file()))
    }

    fn has_variable(&self, name: &str) -> bool {
        std::env::var_os(name).is_some()
    }
}

/// A profile that was read without problems.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) profile: Profile,
    pub(crate) hash: String,
    pub(crate) folder: PathBuf,
}

/// Reads a profile file; all its problems are shown at once.
pub(crate) fn profile(path: &Path) -> Result<Loaded, Failure> {
    let text = files::text(path)?;
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let profile = from_text(&path.display().to_string(), &text, &folder)?;
    Ok(Loaded { profile, hash: sha256_hex(text.as_bytes()), folder })
}

/// Reads a profile from text; file names in it are relative to `folder`.
pub(crate) fn from_text(name: &str, text: &str, folder: &Path) -> Result<Profile, Failure> {
    let catalog = data::catalog()?;
    let ids: Vec<RequirementId> = catalog.requirements().map(|entry| entry.id.clone()).collect();
    let baselines = data::baselines()?;
    let names: Vec<&str> = baselines.iter().map(|baseline| baseline.id.as_str()).collect();
    let known = Known { files: &Machine(folder.to_owned()), requirements: &ids, baselines: &names };
    Ok(read(name, text, &known)?)
}

/// Makes the assessment of a profile.
pub(crate) fn assessment(loaded: Loaded, choosing: Choosing) -> Result<Assessment, Failure> {
    for id in &choosing.components {
        if loaded.profile.component(id).is_none() {
            let known: Vec<_> = loaded.profile.components.iter().map(|component| component.id.as_str()).collect();
            let known = known.join(", ");
            return Err(Failure::usage(format!("there is no component `{id}` in the profile: choose among {known}")));
        }
    }
    Ok(assay_suites::assessment(loaded.profile, loaded.hash, loaded.folder, choosing.into())?)
}
