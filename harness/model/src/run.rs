//! `run.json`: what a run found, as every report reads it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalog::RequirementId;
use crate::coverage::Covered;
use crate::evidence::EvidenceId;
use crate::plan::Place;
use crate::profile::{Exclusion, Product};
use crate::safety::{Method, Safety};
use crate::verdict::{Basis, Conclusion, Determination, Verdict};

/// The schema word of a run.
pub const SCHEMA: &str = "assay.run/1";

/// A whole run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// `assay.run/1`.
    pub schema: String,
    /// The name of the run, unique where it was made.
    pub id: String,
    /// What it says of the product against its baseline.
    pub conclusion: Conclusion,
    /// The product.
    pub product: Product,
    /// Its components, as the profile names them.
    pub components: Vec<ComponentRecord>,
    /// What the results were held against, and under which rules.
    pub method: MethodRecord,
    /// When it began, in UTC (RFC 3339).
    pub started: String,
    /// When it ended, in UTC (RFC 3339).
    pub finished: String,
    /// One entry for each test on each subject.
    pub results: Vec<TestResult>,
    /// One entry for each requirement of the baseline, in the order of the catalog.
    pub requirements: Vec<RequirementResult>,
    /// Which tests rule on the requirements of the baseline and their elements, and why some have none.
    #[serde(default)]
    pub coverage: Vec<Covered>,
    /// What happened to the run itself: interruptions, pauses, product silent.
    #[serde(default)]
    pub remarks: Vec<String>,
}

/// A component as a run saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComponentRecord {
    /// Its name in the profile.
    pub id: String,
    /// The part it plays.
    pub role: String,
    /// The address that was spoken to.
    pub address: String,
    /// The sample.
    pub sample: String,
    /// Connections and datagram exchanges opened to it.
    pub connections: u64,
    /// Of these, refused or reset.
    pub refusals: u64,
}

/// What the results were held against, and under which rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MethodRecord {
    /// The program and its version.
    pub harness: String,
    /// The catalog.
    pub catalog: String,
    /// SHA-256 of the catalog as it was used.
    pub catalog_hash: String,
    /// The baseline by name, or `profile`.
    pub baseline: String,
    /// The policy.
    pub policy: String,
    /// The hardest class of test that was permitted.
    pub consent: Safety,
    /// Who permitted it.
    pub authority: String,
    /// The rule by which verdicts add up.
    pub decision_rule: String,
    /// SHA-256 of the profile file.
    pub profile_hash: String,
}

/// What one test says of one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TestResult {
    /// The test.
    pub test: String,
    /// What the test asks, in one line.
    pub title: String,
    /// The component, unless the subject is the whole product.
    pub component: Option<String>,
    /// The interface, if the subject is one.
    pub interface: Option<String>,
    /// The requirements it rules on.
    pub requirements: Vec<RequirementId>,
    /// How it looked.
    pub method: Method,
    /// How hard it was on the product.
    pub safety: Safety,
    /// What it says.
    pub verdict: Verdict,
    /// What the verdict rests on.
    pub basis: Basis,
    /// Why, in words that an engineer of the product can act on.
    pub reason: String,
    /// What was to be seen.
    pub expected: String,
    /// What was seen.
    pub observed: String,
    /// Document and clause of the threshold.
    pub source: String,
    /// The evidence, in the order in which it was recorded.
    pub evidence: Vec<EvidenceId>,
    /// Proof that the probe would have seen the opposite.
    pub control: Option<Control>,
    /// What it says of single requirements, where it rules on each apart. Then the verdict is the worst of these.
    #[serde(default)]
    pub points: Vec<Point>,
    /// What was noticed beside the verdict.
    #[serde(default)]
    pub notes: Vec<String>,
    /// By what the unit is told from others, as it was read.
    #[serde(default)]
    pub marks: Vec<Mark>,
    /// When the test began, in UTC (RFC 3339).
    pub started: String,
    /// Milliseconds it took.
    pub duration_ms: u64,
}

impl TestResult {
    /// Which test on what.
    pub fn place(&self) -> Place {
        Place { test: self.test.clone(), component: self.component.clone(), interface: self.interface.clone() }
    }

    /// Every verdict that bears on this requirement or its elements.
    pub fn verdicts_on(&self, id: &RequirementId) -> Vec<Verdict> {
        let on: Vec<_> = self.points.iter().filter(|point| id.covers(&point.requirement)).map(|point| point.verdict).collect();
        let by_point = |shown: &RequirementId| self.points.iter().any(|point| &point.requirement == shown);
        let as_a_whole = self.requirements.iter().any(|shown| id.covers(shown) && !by_point(shown));
        on.into_iter().chain(as_a_whole.then_some(self.verdict)).collect()
    }
}

/// What a test says of one of its requirements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Point {
    /// The requirement.
    pub requirement: RequirementId,
    /// What it says.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
}

/// Something by which a unit is told from others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Mark {
    /// What it is.
    pub what: Marking,
    /// As it was read.
    pub value: String,
}

/// By what units are told from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Marking {
    /// The software version that it says it has.
    SoftwareVersion,
    /// The logical identifier of this one unit.
    Identifier,
    /// SHA-256 of the public key (`SubjectPublicKeyInfo`) in a certificate that it shows.
    CertificateKey,
    /// Who issued a certificate that it shows.
    CertificateIssuer,
}

impl Marking {
    /// The word as it stands in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SoftwareVersion => "software-version",
            Self::Identifier => "identifier",
            Self::CertificateKey => "certificate-key",
            Self::CertificateIssuer => "certificate-issuer",
        }
    }
}

/// Recorded proof that the probe would have seen the opposite of what a pass claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Control {
    /// What was seen.
    pub what: String,
    /// Where it is recorded.
    pub evidence: Vec<EvidenceId>,
    /// The last day on which it holds, where it rests on what people said: `2026-01-31`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// What the verdicts add up to for one requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequirementResult {
    /// The requirement.
    pub id: RequirementId,
    /// Its published title, or that of the sub-capability it belongs to.
    pub title: String,
    /// What it asks for, in our words.
    pub statement: String,
    /// Whether the product cannot be accepted without it.
    pub key: bool,
    /// What the verdicts add up to.
    pub determination: Determination,
    /// Why, where no result says so: no test, scoped out, allocated.
    pub reason: String,
    /// Who set it aside and why, where the profile does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scoped_out: Option<Exclusion>,
    /// What each component says, where results name components.
    pub components: Vec<ComponentDetermination>,
    /// The results that count, as indexes into `results`.
    pub results: Vec<usize>,
    /// Supporting controls of SP 800-53 Rev. 5.
    #[serde(default)]
    pub sp800_53: Vec<String>,
    /// Subcategories of the Cybersecurity Framework 1.1.
    #[serde(default)]
    pub csf: Vec<String>,
}

/// What one component says on one requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComponentDetermination {
    /// The component.
    pub component: String,
    /// What the verdicts add up to there.
    pub determination: Determination,
}
