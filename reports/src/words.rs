//! The words of a run, as reports explain and count them.

use std::collections::BTreeSet;

use assay_model::catalog::RequirementId;
use assay_model::run::{RequirementResult, Run, TestResult};
use assay_model::verdict::{Basis, Conclusion, Determination, Verdict};

/// The determinations, in the order in which reports list them.
pub(crate) const DETERMINATIONS: [Determination; 6] = [
    Determination::Satisfied,
    Determination::SatisfiedByAlternative,
    Determination::NotSatisfied,
    Determination::NotDetermined,
    Determination::NotAssessed,
    Determination::NotApplicable,
];

/// What a verdict rests on, in the order in which reports list it.
pub(crate) const BASES: [Basis; 5] = [Basis::Observed, Basis::Document, Basis::Attested, Basis::Imported, Basis::Alternative];

/// What a verdict means to somebody who reads the word for the first time.
pub(crate) const fn verdict_meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "The criterion was evaluated and met, and a control shows that the test would have seen the opposite.",
        Verdict::Fail => "The criterion was evaluated and not met.",
        Verdict::Inconclusive => "The test ran, and neither could be shown. The reason says what would settle it.",
        Verdict::NotApplicable => "The requirement does not concern this part of the product.",
        Verdict::NotRun => "The test was selected and not carried out. The reason says why.",
        Verdict::Error => "The harness or the laboratory failed. This is never counted against the product.",
    }
}

/// What a determination means to somebody who reads the word for the first time.
pub(crate) const fn determination_meaning(determination: Determination) -> &'static str {
    match determination {
        Determination::Satisfied => "At least one test passed, and nothing else that counts was found.",
        Determination::SatisfiedByAlternative => "Another capability does what the requirement is for, and has its own passing test.",
        Determination::NotSatisfied => "At least one test failed.",
        Determination::NotDetermined => "No test failed, and at least one question is open.",
        Determination::NotAssessed => "No test ruled on it. Nothing is claimed.",
        Determination::NotApplicable => "It does not concern the product; the reason is given.",
    }
}

/// What a basis means to somebody who reads the word for the first time.
pub(crate) const fn basis_meaning(basis: Basis) -> &'static str {
    match basis {
        Basis::Observed => "Seen by the harness on the live product.",
        Basis::Document => "Read in a document about this product.",
        Basis::Attested => "Answered by a named person.",
        Basis::Imported => "Taken over from another assessment.",
        Basis::Alternative => "Carried by an alternative capability with its own passing test.",
    }
}

/// The published title of a family of SP 800-213A; the code itself for others.
pub(crate) fn family_title(code: &str) -> &str {
    match code {
        "DI" => "Device Identification",
        "DC" => "Device Configuration",
        "DP" => "Data Protection",
        "LA" => "Logical Access to Interfaces",
        "SU" => "Software Update",
        "CS" => "Cybersecurity State Awareness",
        "DS" => "Device Security",
        "DO" => "Documentation",
        "IQ" => "Information and Query Reception",
        "ID" => "Information Dissemination",
        "EA" => "Education and Awareness",
        other => other,
    }
}

/// The conclusion in two words or three.
pub(crate) const fn conclusion_title(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Conforms => "The product conforms",
        Conclusion::DoesNotConform => "The product does not conform",
        Conclusion::NotDetermined => "Conformity is not determined",
    }
}

/// What the conclusion rests on, in sentences.
pub(crate) fn conclusion_sentences(run: &Run) -> Vec<String> {
    let number = |which: Determination| run.requirements.iter().filter(|requirement| requirement.determination == which).count();
    let (failed, open) = (number(Determination::NotSatisfied), number(Determination::NotDetermined));
    let (satisfied, alternative) = (number(Determination::Satisfied), number(Determination::SatisfiedByAlternative));
    let mut sentences = vec![format!(
        "Of {} in the baseline {}, {} satisfied{}.",
        count(run.requirements.len(), "requirement"),
        run.method.baseline,
        are(satisfied + alternative),
        if alternative > 0 { format!(" ({alternative} by an alternative)") } else { String::new() }
    )];
    let mut add = |number: usize, what: &str| {
        if number > 0 {
            sentences.push(format!("{} {what}.", are(number)));
        }
    };
    add(failed, "not satisfied");
    add(open, "still open: no test failed, but something could not be settled");
    add(number(Determination::NotAssessed), "not assessed: no test ruled on it");
    add(number(Determination::NotApplicable), "set aside as not applicable");
    let key = run.requirements.iter().filter(|requirement| requirement.key && requirement.determination == Determination::NotSatisfied);
    let key: Vec<_> = key.map(|requirement| requirement.id.to_string()).collect();
    if !key.is_empty() {
        sentences.push(format!("The product cannot be accepted without {}.", key.join(", ")));
    }
    sentences
}

fn are(number: usize) -> String {
    format!("{number} {}", if number == 1 { "is" } else { "are" })
}

/// A number with its noun: `1 requirement`, `2 requirements`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// The published codes of these ids, each once, in order.
pub(crate) fn codes(ids: &[RequirementId]) -> String {
    let mut seen = BTreeSet::new();
    ids.iter().map(RequirementId::code).filter(|code| seen.insert(*code)).collect::<Vec<_>>().join(" ")
}

/// Where a result was found: `hub web`, `hub`, `product`.
pub(crate) fn place(result: &TestResult) -> String {
    let component = result.component.as_deref().unwrap_or("product");
    result.interface.as_ref().map_or_else(|| component.to_owned(), |interface| format!("{component} {interface}"))
}

/// The results that count for a requirement, with their indexes.
pub(crate) fn results_of<'a>(run: &'a Run, requirement: &'a RequirementResult) -> impl Iterator<Item = (usize, &'a TestResult)> {
    requirement.results.iter().filter_map(|&at| run.results.get(at).map(|result| (at, result)))
}

/// The results that by themselves show what is said of the requirement, with their indexes.
pub(crate) fn deciding<'a>(run: &'a Run, requirement: &'a RequirementResult) -> impl Iterator<Item = (usize, &'a TestResult)> {
    let decides = |verdict: &Verdict| match requirement.determination {
        Determination::Satisfied | Determination::SatisfiedByAlternative => *verdict == Verdict::Pass,
        Determination::NotSatisfied => *verdict == Verdict::Fail,
        Determination::NotDetermined => verdict.is_open(),
        Determination::NotApplicable => *verdict == Verdict::NotApplicable,
        Determination::NotAssessed => false,
    };
    results_of(run, requirement).filter(move |(_, result)| result.verdicts_on(&requirement.id).iter().any(decides))
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

/// Why the requirement stands where it stands: the reasons of the deciding results, each once, or its own.
pub(crate) fn why(run: &Run, requirement: &RequirementResult) -> Vec<String> {
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
pub(crate) fn stands_bare(run: &Run, requirement: &RequirementResult) -> bool {
    requirement.reason.trim().is_empty() && deciding(run, requirement).next().is_none()
}
