//! The plan of action and milestones: the requirements about which something is to be done.

use std::collections::BTreeSet;

use assay_model::run::RequirementResult;
use serde::Serialize;

use super::FILES;
use super::findings::{gap_title, requirement_props};
use super::ids::Named;
use super::shared::Source;
use super::types::{BackMatter, Definitions, Finding, Metadata, Observation, Prop, RelatedObservation, RelatedRisk, Risk};
use crate::words;

/// The document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Document {
    plan_of_action_and_milestones: Plan,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Plan {
    uuid: String,
    metadata: Metadata,
    system_id: SystemId,
    local_definitions: Definitions,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    observations: Vec<Observation>,
    risks: Vec<Risk>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Finding>,
    poam_items: Vec<Item>,
    back_matter: BackMatter,
}

/// The product, where no security plan of a system is referred to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct SystemId {
    identifier_type: &'static str,
    id: String,
}

/// What makes an identifier a UUID, in the words of OSCAL.
const UUID: &str = "http://datatracker.ietf.org/doc/html/rfc4122";

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Item {
    uuid: String,
    title: String,
    description: String,
    props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_findings: Vec<RelatedFinding>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_observations: Vec<RelatedObservation>,
    related_risks: [RelatedRisk; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct RelatedFinding {
    finding_uuid: String,
}

impl Document {
    /// The plan; nothing where nothing is to be done, since OSCAL has no plan without items.
    pub(super) fn of(source: &Source<'_>) -> Option<Self> {
        let run = source.run;
        let items: Vec<_> = source.gaps().map(|(at, requirement)| item(source, at, requirement)).collect();
        if items.is_empty() {
            return None;
        }
        let seen: BTreeSet<_> = source.gaps().flat_map(|(_, requirement)| words::results_of(run, requirement)).map(|(at, _)| at).collect();
        let results = || seen.iter().filter_map(|&at| Some((at, run.results.get(at)?)));
        let mut resources = vec![source.file(FILES[0], "The assessment results"), source.file("run.json", "The run as one document")];
        resources.extend(source.evidence(results().map(|(_, result)| result)));
        Some(Self {
            plan_of_action_and_milestones: Plan {
                uuid: source.ids.of_named(Named::Document(FILES[1])),
                metadata: source.metadata("Plan of action and milestones"),
                system_id: SystemId { identifier_type: UUID, id: source.ids.of_named(Named::Product) },
                local_definitions: source.definitions(),
                observations: results().map(|(at, result)| source.observation(at, result)).collect(),
                risks: source.gaps().map(|(at, requirement)| source.risk(at, requirement)).collect(),
                findings: source.gaps().filter_map(|(at, requirement)| source.finding(at, requirement)).collect(),
                poam_items: items,
                back_matter: BackMatter { resources },
            },
        })
    }
}

fn item(source: &Source<'_>, at: usize, requirement: &RequirementResult) -> Item {
    let finding = source.status(requirement).map(|_| RelatedFinding { finding_uuid: source.ids.of_named(Named::Finding(at)) });
    Item {
        uuid: source.ids.of_named(Named::Item(at)),
        title: gap_title(requirement),
        description: source.why(requirement),
        props: requirement_props(requirement),
        related_findings: finding.into_iter().collect(),
        related_observations: source.related_observations(requirement),
        related_risks: [source.related_risk(at)],
    }
}
