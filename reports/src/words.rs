//! The words of a run, as reports explain and count them.

use std::collections::BTreeSet;

pub(crate) use assay_conformity::reasons::{deciding, place, results_of, why};
use assay_model::catalog::RequirementId;
use assay_model::run::Run;
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
