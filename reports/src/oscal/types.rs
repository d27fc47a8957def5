//! The parts of OSCAL 1.2.1 that are written, as its JSON schemas name them.

use serde::Serialize;

/// A property: plain text under a name.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Prop {
    pub(super) name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ns: Option<&'static str>,
    pub(super) value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remarks: Option<String>,
}

/// What every document says of itself.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Metadata {
    pub(super) title: String,
    pub(super) last_modified: String,
    pub(super) version: &'static str,
    pub(super) oscal_version: &'static str,
    pub(super) roles: Vec<Role>,
    pub(super) parties: Vec<Party>,
    pub(super) responsible_parties: Vec<ResponsibleParty>,
}

/// A part that a party plays.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Role {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
}

/// A person or an organization.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Party {
    pub(super) uuid: String,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
}

/// Which parties play a part.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ResponsibleParty {
    pub(super) role_id: &'static str,
    pub(super) party_uuids: Vec<String>,
}

/// A component of the product, or a tool of the assessment.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Component {
    pub(super) uuid: String,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) props: Vec<Prop>,
    pub(super) status: ComponentStatus,
}

/// Whether a component is in use.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ComponentStatus {
    pub(super) state: &'static str,
}

/// What the assessment was made with.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct AssessmentAssets {
    pub(super) components: Vec<Component>,
    pub(super) assessment_platforms: Vec<Platform>,
}

/// Where the tools ran.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Platform {
    pub(super) uuid: String,
    pub(super) uses_components: Vec<UsesComponent>,
}

/// A tool that ran there.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct UsesComponent {
    pub(super) component_uuid: String,
}

/// What other parts of the document refer to: the product, its components, the tools.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Definitions {
    pub(super) components: Vec<Component>,
    pub(super) assessment_assets: AssessmentAssets,
}

/// Who or what made an observation.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Origin {
    pub(super) actors: Vec<Actor>,
}

/// A tool, by its UUID.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Actor {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) actor_uuid: String,
}

/// What was looked at.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Subject {
    pub(super) subject_uuid: String,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
}

/// A piece of evidence.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Evidence {
    pub(super) href: String,
    pub(super) description: String,
    pub(super) props: Vec<Prop>,
}

/// What one test saw.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Observation {
    pub(super) uuid: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) props: Vec<Prop>,
    pub(super) methods: [&'static str; 1],
    pub(super) types: Vec<&'static str>,
    pub(super) origins: [Origin; 1],
    pub(super) subjects: [Subject; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) relevant_evidence: Vec<Evidence>,
    pub(super) collected: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<String>,
}

/// What is said of one objective.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Finding {
    pub(super) uuid: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) props: Vec<Prop>,
    pub(super) origins: [Origin; 1],
    pub(super) target: Target,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) related_observations: Vec<RelatedObservation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) related_risks: Vec<RelatedRisk>,
}

/// The objective that a finding is about, and how it stands.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Target {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(rename = "target-id")]
    pub(super) id: String,
    pub(super) status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) implementation_status: Option<ImplementationStatus>,
}

/// Whether an objective is satisfied, and by which kind of outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Status {
    pub(super) state: &'static str,
    pub(super) reason: &'static str,
}

/// How far a control is there.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ImplementationStatus {
    pub(super) state: &'static str,
}

/// A reference to an observation.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct RelatedObservation {
    pub(super) observation_uuid: String,
}

/// A reference to a risk.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct RelatedRisk {
    pub(super) risk_uuid: String,
}

/// What it may mean that an objective is not met.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Risk {
    pub(super) uuid: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) statement: String,
    pub(super) props: Vec<Prop>,
    pub(super) status: &'static str,
    pub(super) origins: [Origin; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) related_observations: Vec<RelatedObservation>,
}

/// What documents refer to outside of themselves.
#[derive(Debug, Clone, Serialize)]
pub(super) struct BackMatter {
    pub(super) resources: Vec<Resource>,
}

/// A file or a publication.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Resource {
    pub(super) uuid: String,
    pub(super) title: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) rlinks: Vec<Rlink>,
}

/// Where a file lies, and what it hashes to.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Rlink {
    pub(super) href: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) hashes: Vec<Hash>,
}

/// A hash, as hexadecimal digits.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Hash {
    pub(super) algorithm: &'static str,
    pub(super) value: String,
}
