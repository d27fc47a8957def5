//! From plan and results to a [`Run`]: how verdicts add up over components and requirements.

use std::collections::BTreeSet;

use assay_model::catalog::{Requirement, RequirementId};
use assay_model::coverage::Covered;
use assay_model::determine;
use assay_model::plan::{Plan, SetAside};
use assay_model::run::{ComponentDetermination, ComponentRecord, MethodRecord, RequirementResult, Run, SCHEMA, TestResult};
use assay_model::safety::{Method, Safety};
use assay_model::verdict::{Basis, Determination};

use crate::assessment::Assessment;
use crate::coverage::coverage;

/// What was noted down about a run beside its results.
#[derive(Debug, Clone, Default)]
pub(crate) struct Circumstances {
    pub(crate) id: String,
    pub(crate) started: String,
    pub(crate) finished: String,
    pub(crate) components: Vec<ComponentRecord>,
    pub(crate) remarks: Vec<String>,
}

/// Puts a run together. `results` may come in any order: they are put into that of the plan.
pub(crate) fn assemble_run(assessment: &Assessment, plan: &Plan, mut results: Vec<TestResult>, about: Circumstances) -> Run {
    results.extend(plan.aside.iter().map(|aside| set_aside(assessment, aside, &about.started)));
    let order = |result: &TestResult| {
        let at = assessment.tests.iter().position(|test| test.id == result.test);
        (at, result.component.clone(), result.interface.clone())
    };
    results.sort_by_key(order);
    let requirements: Vec<_> = assessment.baseline.iter().map(|id| requirement(assessment, plan, &results, id)).collect();
    Run {
        schema: SCHEMA.to_owned(),
        id: about.id,
        conclusion: determine::conclusion(requirements.iter().map(|requirement| requirement.determination)),
        product: assessment.profile.product.clone(),
        components: about.components,
        method: method(assessment),
        started: about.started,
        finished: about.finished,
        results,
        requirements,
        coverage: chosen(assessment),
        remarks: about.remarks,
    }
}

/// The coverage of the baseline, down to the elements of what it names.
fn chosen(assessment: &Assessment) -> Vec<Covered> {
    let mut all = coverage(&assessment.catalog, &assessment.untested, &assessment.tests);
    all.retain(|row| assessment.baseline.iter().any(|id| id.covers(&row.requirement)));
    all
}

pub(crate) fn method(assessment: &Assessment) -> MethodRecord {
    MethodRecord {
        harness: assessment.harness.clone(),
        catalog: assessment.catalog.title.to_owned(),
        catalog_hash: assessment.catalog_hash.clone(),
        baseline: assessment.baseline_name.clone(),
        policy: assessment.policy.id.clone(),
        consent: assessment.consent,
        authority: assessment.profile.consent.authority.clone(),
        decision_rule: determine::DECISION_RULE.to_owned(),
        profile_hash: assessment.profile_hash.clone(),
    }
}

pub(crate) fn set_aside(assessment: &Assessment, aside: &SetAside, at: &str) -> TestResult {
    let test = assessment.tests.iter().find(|test| test.id == aside.place.test);
    TestResult {
        test: aside.place.test.clone(),
        title: test.map(|test| test.title.to_owned()).unwrap_or_default(),
        component: aside.place.component.clone(),
        interface: aside.place.interface.clone(),
        requirements: test.map(|test| test.requirements()).unwrap_or_default(),
        method: test.map_or(Method::Probe, |test| test.method),
        safety: test.map_or(Safety::Passive, |test| test.safety),
        verdict: aside.verdict,
        basis: basis(test.map_or(Method::Probe, |test| test.method)),
        reason: aside.because.clone(),
        expected: String::new(),
        observed: String::new(),
        source: test.map(|test| test.sources.join("; ")).unwrap_or_default(),
        evidence: Vec::new(),
        control: None,
        points: Vec::new(),
        notes: Vec::new(),
        marks: Vec::new(),
        started: at.to_owned(),
        duration_ms: 0,
    }
}

/// What a test that did not come to a ruling would have rested on.
pub(crate) const fn basis(method: Method) -> Basis {
    match method {
        Method::Probe => Basis::Observed,
        Method::Document => Basis::Document,
        Method::Person => Basis::Attested,
    }
}

fn requirement(assessment: &Assessment, plan: &Plan, results: &[TestResult], id: &RequirementId) -> RequirementResult {
    let entry = assessment.catalog.get(id);
    let counting: Vec<usize> = (0..results.len())
        .filter(|index| results.get(*index).is_some_and(|result| result.requirements.iter().any(|shown| id.covers(shown))))
        .collect();
    let components = by_component(assessment, results, &counting, id);
    let whole = counting.iter().filter_map(|index| results.get(*index)).filter(|result| result.component.is_none());
    let of_product = determine::requirement(whole.flat_map(|result| result.verdicts_on(id)));
    let scoped_out = assessment.profile.baseline.exclude.iter().find(|each| each.id == id.as_str()).cloned();
    let (determination, reason) = match &scoped_out {
        Some(excluded) => (Determination::NotApplicable, format!("scoped out by the profile: {}", excluded.because)),
        None => conclude(plan, id, of_product, &components),
    };
    RequirementResult {
        id: id.clone(),
        title: title(assessment, id),
        statement: entry.map(|entry| entry.statement.clone()).unwrap_or_default(),
        key: assessment.profile.baseline.key.iter().any(|each| each == id.as_str()),
        determination,
        reason,
        scoped_out,
        components,
        results: counting,
        sp800_53: mapped(assessment, id, |entry| &entry.sp800_53),
        csf: mapped(assessment, id, |entry| &entry.csf),
    }
}

fn title(assessment: &Assessment, id: &RequirementId) -> String {
    let of = |id: &RequirementId| assessment.catalog.get(id).and_then(|entry| entry.title.clone());
    std::iter::successors(Some(id.clone()), RequirementId::parent).find_map(|each| of(&each)).unwrap_or_default()
}

/// The mapping of the requirement and of its elements, without repetitions.
fn mapped(assessment: &Assessment, id: &RequirementId, list: fn(&Requirement) -> &Vec<String>) -> Vec<String> {
    let covered = assessment.catalog.requirements().filter(|entry| id.covers(&entry.id));
    covered.flat_map(list).cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

fn by_component(assessment: &Assessment, results: &[TestResult], counting: &[usize], id: &RequirementId) -> Vec<ComponentDetermination> {
    let allocation = assessment.profile.baseline.allocate.iter().find(|each| each.id == id.as_str());
    let mut determined = Vec::new();
    for component in &assessment.profile.components {
        let here = counting.iter().filter_map(|index| results.get(*index));
        let verdicts: Vec<_> =
            here.filter(|result| result.component.as_deref() == Some(&component.id)).flat_map(|result| result.verdicts_on(id)).collect();
        let counts = allocation.map_or(!verdicts.is_empty(), |allocation| allocation.components.contains(&component.id));
        if counts {
            let determination = determine::requirement(verdicts);
            determined.push(ComponentDetermination { component: component.id.clone(), determination });
        }
    }
    determined
}

/// Components first, then the product: the worst counts.
fn conclude(plan: &Plan, id: &RequirementId, of_product: Determination, components: &[ComponentDetermination]) -> (Determination, String) {
    let silent = components.iter().filter(|each| each.determination == Determination::NotAssessed).map(|each| each.component.as_str());
    let silent = silent.collect::<Vec<_>>().join(", ");
    let determination = determine::over(components.iter().map(|each| each.determination), of_product);
    let because = match determination {
        Determination::NotAssessed => {
            plan.uncovered.iter().find(|each| &each.id == id).map(|each| each.because.clone()).unwrap_or_default()
        }
        _ if !silent.is_empty() => format!("allocated to {silent}, on which no test ruled"),
        _ => String::new(),
    };
    (determination, because)
}
