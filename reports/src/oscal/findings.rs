//! What the tests saw, what that says of the requirements, and what is at risk.

use assay_model::run::{RequirementResult, TestResult};
use assay_model::safety::Method;
use assay_model::verdict::{Determination, Verdict};

use super::ids::Named;
use super::shared::{Source, evidence_path, prop};
use super::text;
use super::types::{
    Evidence, Finding, ImplementationStatus, Observation, Prop, RelatedObservation, RelatedRisk, Risk, Status, Subject, Target,
};
use crate::words;

const SATISFIED: Status = Status { state: "satisfied", reason: "pass" };
const NOT_SATISFIED: Status = Status { state: "not-satisfied", reason: "fail" };
const OPEN: Status = Status { state: "not-satisfied", reason: "other" };

impl Source<'_> {
    /// What the test saw, whatever it says.
    pub(super) fn observation(&self, at: usize, result: &TestResult) -> Observation {
        let control = result.control.as_ref();
        let mut types = vec!["control-objective"];
        if result.verdict == Verdict::Fail {
            types.push("discovery");
        }
        Observation {
            uuid: self.ids.of_named(Named::Observation(at)),
            title: text::line(&format!("{} on {}", result.test, words::place(result))),
            description: text::paragraphs(&[
                (result.verdict.word(), &result.reason),
                ("asked", &result.title),
                ("expected", &result.expected),
                ("observed", &result.observed),
                ("control", control.map_or("", |control| &control.what)),
                ("source", &result.source),
            ]),
            props: observation_props(result),
            methods: [method(result.method)],
            types,
            origins: [self.origin()],
            subjects: [Subject { subject_uuid: self.subject(result), kind: "component" }],
            relevant_evidence: relevant_evidence(result),
            collected: text::time(&result.started).unwrap_or_else(|| self.started()),
            expires: control.and_then(|control| text::end_of(control.until.as_deref()?)),
        }
    }

    /// What the run says of the requirement, where it is one of the two things that OSCAL can say.
    pub(super) fn finding(&self, at: usize, requirement: &RequirementResult) -> Option<Finding> {
        let status = self.status(requirement)?;
        let alternative = requirement.determination == Determination::SatisfiedByAlternative;
        Some(Finding {
            uuid: self.ids.of_named(Named::Finding(at)),
            title: text::line(&format!("{} {}: {}", requirement.id, requirement.title, requirement.determination.word())),
            description: self.why(requirement),
            props: requirement_props(requirement),
            origins: [self.origin()],
            target: Target {
                kind: "objective-id",
                id: text::objective_id(&requirement.id),
                status,
                implementation_status: alternative.then_some(ImplementationStatus { state: "alternative" }),
            },
            related_observations: self.related_observations(requirement),
            related_risks: if is_gap(requirement) { vec![self.related_risk(at)] } else { Vec::new() },
        })
    }

    /// How the objective stands; nothing where nothing that was seen bears it.
    pub(super) fn status(&self, requirement: &RequirementResult) -> Option<Status> {
        let inconclusive = |result: &TestResult| result.verdicts_on(&requirement.id).contains(&Verdict::Inconclusive);
        match requirement.determination {
            Determination::Satisfied | Determination::SatisfiedByAlternative => {
                words::deciding(self.run, requirement).next().map(|_| SATISFIED)
            }
            Determination::NotSatisfied => Some(NOT_SATISFIED),
            Determination::NotDetermined => {
                words::results_of(self.run, requirement).any(|(_, result)| inconclusive(result)).then_some(OPEN)
            }
            Determination::NotApplicable | Determination::NotAssessed => None,
        }
    }

    /// Why the requirement stands where it stands, a paragraph for each reason.
    pub(super) fn why(&self, requirement: &RequirementResult) -> String {
        let reasons: Vec<_> = words::why(self.run, requirement).iter().map(|reason| text::line(reason)).collect();
        reasons.join("\n\n")
    }

    pub(super) fn related_observations(&self, requirement: &RequirementResult) -> Vec<RelatedObservation> {
        let uuid = |at| self.ids.of_named(Named::Observation(at));
        words::results_of(self.run, requirement).map(|(at, _)| RelatedObservation { observation_uuid: uuid(at) }).collect()
    }

    pub(super) fn related_risk(&self, at: usize) -> RelatedRisk {
        RelatedRisk { risk_uuid: self.ids.of_named(Named::Risk(at)) }
    }

    /// What it may mean that the requirement is not met.
    pub(super) fn risk(&self, at: usize, requirement: &RequirementResult) -> Risk {
        Risk {
            uuid: self.ids.of_named(Named::Risk(at)),
            title: gap_title(requirement),
            description: self.why(requirement),
            statement: format!("It is not shown that this holds: {}", text::line(&requirement.statement)),
            props: requirement_props(requirement),
            status: "open",
            origins: [self.origin()],
            related_observations: self.related_observations(requirement),
        }
    }

    /// The requirements about which something is to be done, with their places in the run.
    pub(super) fn gaps(&self) -> impl Iterator<Item = (usize, &RequirementResult)> {
        self.run.requirements.iter().enumerate().filter(|(_, requirement)| is_gap(requirement))
    }
}

/// Whether something is to be done about it: it is not satisfied, or it is key and open.
fn is_gap(requirement: &RequirementResult) -> bool {
    match requirement.determination {
        Determination::NotSatisfied => true,
        Determination::NotDetermined | Determination::NotAssessed => requirement.key,
        _ => false,
    }
}

/// A gap in one line.
pub(super) fn gap_title(requirement: &RequirementResult) -> String {
    let key = if requirement.key { ", without which the product cannot be accepted," } else { "" };
    text::line(&format!("{} {}{key} is {}", requirement.id, requirement.title, requirement.determination.word()))
}

/// The exact words on a requirement.
pub(super) fn requirement_props(requirement: &RequirementResult) -> Vec<Prop> {
    let scoped_out = requirement.scoped_out.as_ref();
    let said = [
        prop("requirement", requirement.id.as_str()),
        prop("determination", requirement.determination.word()),
        prop("key", if requirement.key { "yes" } else { "no" }),
        prop("reason", &requirement.reason),
        prop("scoped-out-because", scoped_out.map_or("", |exclusion| &exclusion.because)),
        prop("scoped-out-by", scoped_out.and_then(|exclusion| exclusion.by.as_deref()).unwrap_or_default()),
    ];
    let by_component = requirement.components.iter().filter_map(|one| {
        let word = one.determination.word();
        prop("component-determination", &format!("{}: {word}", one.component))
    });
    said.into_iter().flatten().chain(by_component).collect()
}

/// The exact words of a result.
fn observation_props(result: &TestResult) -> Vec<Prop> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let control = result.control.as_ref();
    let said = [
        prop("verdict", result.verdict.word()),
        prop("basis", result.basis.word()),
        prop("test", &result.test),
        prop("title", &result.title),
        prop("component", &text(&result.component)),
        prop("interface", &text(&result.interface)),
        prop("safety", result.safety.word()),
        prop("reason", &result.reason),
        prop("expected", &result.expected),
        prop("observed", &result.observed),
        prop("source", &result.source),
        prop("control", control.map_or("", |control| &control.what)),
        prop("valid-until", control.and_then(|control| control.until.as_deref()).unwrap_or_default()),
        prop("started", &result.started),
        prop("duration-ms", &result.duration_ms.to_string()),
    ];
    let requirements = result.requirements.iter().filter_map(|id| prop("requirement", id.as_str()));
    let points = result.points.iter().flat_map(|point| {
        let on = |prop: Prop| Prop { class: Some(text::objective_id(&point.requirement)), ..prop };
        [prop("point-verdict", point.verdict.word()), prop("point-reason", &point.reason)].map(|prop| prop.map(on))
    });
    let marks = result.marks.iter().filter_map(|mark| prop(mark.what.word(), &mark.value));
    let notes = result.notes.iter().filter_map(|note| prop("note", note));
    said.into_iter().flatten().chain(requirements).chain(points.flatten()).chain(marks).chain(notes).collect()
}

/// The evidence of the result and of its control.
fn relevant_evidence(result: &TestResult) -> Vec<Evidence> {
    let of_control = result.control.iter().flat_map(|control| &control.evidence);
    let all = result.evidence.iter().map(|id| ("evidence", id)).chain(of_control.map(|id| ("control-evidence", id)));
    all.map(|(name, id)| Evidence {
        href: evidence_path(id),
        description: id.to_string(),
        props: prop(name, &id.to_string()).into_iter().collect(),
    })
    .collect()
}

/// The method in the words of OSCAL.
const fn method(method: Method) -> &'static str {
    match method {
        Method::Probe => "TEST",
        Method::Document => "EXAMINE",
        Method::Person => "INTERVIEW",
    }
}
