//! Why a requirement stands where it stands, in the words of the results that decide it.

use assay_model::plan::Place;
use assay_model::run::{RequirementResult, Run, TestResult};
use assay_model::verdict::{Determination, Verdict};

/// Where a result was found: `hub web`, `hub`, `product`.
pub fn place(result: &TestResult) -> String {
    let component = result.component.as_deref().unwrap_or("product");
    result.interface.as_ref().map_or_else(|| component.to_owned(), |interface| format!("{component} {interface}"))
}

/// On what a test is: `hub web`, `hub`, `the product`.
pub fn on(place: &Place) -> String {
    let parts: Vec<&str> = [place.component.as_deref(), place.interface.as_deref()].into_iter().flatten().collect();
    if parts.is_empty() { "the product".to_owned() } else { parts.join(" ") }
}

/// The results that count for a requirement, with their indexes.
pub fn results_of<'a>(run: &'a Run, requirement: &'a RequirementResult) -> impl Iterator<Item = (usize, &'a TestResult)> {
    requirement.results.iter().filter_map(|&at| run.results.get(at).map(|result| (at, result)))
}

/// The results that by themselves show what is said of the requirement, with their indexes.
pub fn deciding<'a>(run: &'a Run, requirement: &'a RequirementResult) -> impl Iterator<Item = (usize, &'a TestResult)> {
    let decides = |verdict: &Verdict| match requirement.determination {
        Determination::Satisfied | Determination::SatisfiedByAlternative => *verdict == Verdict::Pass,
        Determination::NotSatisfied => *verdict == Verdict::Fail,
        Determination::NotDetermined => verdict.is_open(),
        Determination::NotApplicable => *verdict == Verdict::NotApplicable,
        Determination::NotAssessed => false,
    };
    results_of(run, requirement).filter(move |(_, result)| result.verdicts_on(&requirement.id).iter().any(decides))
}

/// Why the requirement stands where it stands: the reasons of the deciding results, each once, or its own.
pub fn why(run: &Run, requirement: &RequirementResult) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    for (_, result) in deciding(run, requirement) {
        for reason in reasons_on(result, requirement) {
            let reason = format!("{}: {reason}", place(result));
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }
    if reasons.is_empty() || !requirement.reason.is_empty() {
        let own = if requirement.reason.is_empty() { "no result says why" } else { &requirement.reason };
        reasons.push(own.to_owned());
    }
    reasons
}

/// Whether nothing says why the requirement stands where it stands.
pub fn stands_bare(run: &Run, requirement: &RequirementResult) -> bool {
    requirement.reason.trim().is_empty() && deciding(run, requirement).next().is_none()
}

/// Why the result says what it says of this requirement: the reasons of its points on it, or the reason of the whole.
fn reasons_on(result: &TestResult, requirement: &RequirementResult) -> Vec<String> {
    let on =
        result.points.iter().filter(|point| requirement.id.covers(&point.requirement) && point.verdict == worst_on(result, requirement));
    let on: Vec<_> = on.map(|point| point.reason.clone()).collect();
    if on.is_empty() { vec![result.reason.clone()] } else { on }
}

/// The verdict that counts most: fail before open before pass.
fn worst_on(result: &TestResult, requirement: &RequirementResult) -> Verdict {
    let verdicts = result.verdicts_on(&requirement.id);
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Fail => 0,
        Verdict::Inconclusive | Verdict::NotRun | Verdict::Error => 1,
        Verdict::Pass => 2,
        Verdict::NotApplicable => 3,
    };
    verdicts.into_iter().min_by_key(rank).unwrap_or(result.verdict)
}
