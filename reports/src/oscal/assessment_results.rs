//! Assessment results: what was looked at, what was seen, and what it says of each requirement.

use assay_model::run::{RequirementResult, Run};
use assay_model::verdict::Determination;
use serde::Serialize;

use super::findings::requirement_props;
use super::ids::Named;
use super::shared::{Source, prop};
use super::types::{BackMatter, Definitions, Finding, Metadata, Observation, Prop, Risk};
use super::{FILES, NAMESPACE, text};
use crate::words;

/// The document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Document {
    assessment_results: AssessmentResults,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct AssessmentResults {
    uuid: String,
    metadata: Metadata,
    import_ap: ImportAp,
    #[serde(skip_serializing_if = "Option::is_none")]
    local_definitions: Option<Objectives>,
    results: [Outcome; 1],
    back_matter: BackMatter,
}

/// The plan that was carried out.
#[derive(Debug, Serialize)]
struct ImportAp {
    href: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Objectives {
    objectives_and_methods: Vec<Objective>,
}

/// A requirement, defined here since its catalog is none of OSCAL's.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Objective {
    control_id: String,
    parts: [Part; 1],
}

#[derive(Debug, Serialize)]
struct Part {
    id: String,
    name: &'static str,
    ns: &'static str,
    title: String,
    props: Vec<Prop>,
    prose: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Outcome {
    uuid: String,
    title: String,
    description: String,
    start: String,
    end: String,
    props: Vec<Prop>,
    local_definitions: Definitions,
    reviewed_controls: Reviewed,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    observations: Vec<Observation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    risks: Vec<Risk>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Finding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Reviewed {
    control_selections: [Selection; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Selection {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    include_controls: Vec<Control>,
    /// In the place of an empty list, which OSCAL does not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    include_all: Option<All>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exclude_controls: Vec<Control>,
}

#[derive(Debug, Serialize)]
struct All {}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Control {
    control_id: String,
}

impl Document {
    pub(super) fn of(source: &Source<'_>) -> Self {
        let objectives: Vec<_> = source.run.requirements.iter().map(objective).collect();
        Self {
            assessment_results: AssessmentResults {
                uuid: source.ids.of_named(Named::Document(FILES[0])),
                metadata: source.metadata("Assessment results"),
                import_ap: ImportAp { href: source.ids.reference(Named::File("plan.json")) },
                local_definitions: (!objectives.is_empty()).then_some(Objectives { objectives_and_methods: objectives }),
                results: [outcome(source)],
                back_matter: back_matter(source),
            },
        }
    }
}

fn objective(requirement: &RequirementResult) -> Objective {
    let list = |name, texts: &[String]| texts.iter().filter_map(|text| prop(name, text)).collect::<Vec<_>>();
    let title =
        [prop("requirement", requirement.id.as_str()), prop("title", &requirement.title), prop("statement", &requirement.statement)];
    let mut props: Vec<_> = title.into_iter().flatten().collect();
    props.extend(list("sp800-53", &requirement.sp800_53));
    props.extend(list("csf", &requirement.csf));
    Objective {
        control_id: text::control_id(&requirement.id),
        parts: [Part {
            id: text::objective_id(&requirement.id),
            name: "assessment-objective",
            ns: NAMESPACE,
            title: text::line(&format!("{} {}", requirement.id, requirement.title)),
            props,
            prose: text::line(&requirement.statement),
        }],
    }
}

fn outcome(source: &Source<'_>) -> Outcome {
    let run = source.run;
    let mute: Vec<_> = run.requirements.iter().filter(|requirement| source.status(requirement).is_none()).collect();
    Outcome {
        uuid: source.ids.of_named(Named::Result),
        title: text::line(&run.id),
        description: text::line(&words::conclusion_sentences(run).join(" ")),
        start: source.started(),
        end: source.finished(),
        props: run_props(run).into_iter().chain(mute.iter().flat_map(|requirement| without_finding(source, requirement))).collect(),
        local_definitions: source.definitions(),
        reviewed_controls: reviewed(run),
        observations: run.results.iter().enumerate().map(|(at, result)| source.observation(at, result)).collect(),
        risks: source.gaps().map(|(at, requirement)| source.risk(at, requirement)).collect(),
        findings: run.requirements.iter().enumerate().filter_map(|(at, requirement)| source.finding(at, requirement)).collect(),
        remarks: remarks(&mute),
    }
}

/// What the results were held against, and what happened to the run.
fn run_props(run: &Run) -> Vec<Prop> {
    let method = &run.method;
    let said = [
        prop("run", &run.id),
        prop("conclusion", run.conclusion.word()),
        prop("harness", &method.harness),
        prop("catalog", &method.catalog),
        prop("catalog-hash", &method.catalog_hash),
        prop("baseline", &method.baseline),
        prop("policy", &method.policy),
        prop("consent", method.consent.word()),
        prop("authority", &method.authority),
        prop("decision-rule", &method.decision_rule),
        prop("profile-hash", &method.profile_hash),
    ];
    said.into_iter().flatten().chain(run.remarks.iter().filter_map(|remark| prop("remark", remark))).collect()
}

/// What a finding would say of a requirement that has none, with the objective as the class.
fn without_finding(source: &Source<'_>, requirement: &RequirementResult) -> Vec<Prop> {
    let on = |prop: Prop| Prop {
        class: Some(text::objective_id(&requirement.id)),
        remarks: (prop.name == "determination").then(|| source.why(requirement)),
        ..prop
    };
    requirement_props(requirement).into_iter().map(on).collect()
}

/// The same in one sentence.
fn remarks(mute: &[&RequirementResult]) -> Option<String> {
    let told = |requirement: &&RequirementResult| format!("{} ({})", requirement.id, requirement.determination.word());
    let list: Vec<_> = mute.iter().map(told).collect();
    (!list.is_empty()).then(|| text::line(&format!("There is no finding on {}: the properties say why.", list.join(", "))))
}

fn reviewed(run: &Run) -> Reviewed {
    let controls = |which: fn(&&RequirementResult) -> bool| -> Vec<_> {
        run.requirements.iter().filter(which).map(|requirement| Control { control_id: text::control_id(&requirement.id) }).collect()
    };
    let include_controls = controls(|_| true);
    Reviewed {
        control_selections: [Selection {
            include_all: include_controls.is_empty().then_some(All {}),
            include_controls,
            exclude_controls: controls(|requirement| requirement.determination == Determination::NotApplicable),
        }],
    }
}

fn back_matter(source: &Source<'_>) -> BackMatter {
    let mut resources = vec![
        source.file("plan.json", "The plan that was carried out"),
        source.file("journal.jsonl", "The journal of the run"),
        source.file("run.json", "The run as one document"),
        source.catalog(),
    ];
    resources.extend(source.evidence(source.run.results.iter()));
    BackMatter { resources }
}
