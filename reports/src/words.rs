//! The words of a run, as reports explain and count them.

use std::collections::BTreeSet;

use assay_model::catalog::RequirementId;
use assay_model::run::{RequirementResult, Run, TestResult};
use assay_model::verdict::{Basis, Determination, Verdict};

/// The published codes of these ids, each once, in order.
pub(crate) fn codes(ids: &[RequirementId]) -> String {
    let mut seen = BTreeSet::new();
    ids.iter().map(RequirementId::code).filter(|code| seen.insert(*code)).collect::<Vec<_>>().join(" ")
}

/// The results that count for a requirement, with their indexes.
pub(crate) fn results_of<'a>(run: &'a Run, requirement: &'a RequirementResult) -> impl Iterator<Item = (usize, &'a TestResult)> {
    requirement.results.iter().filter_map(|&at| run.results.get(at).map(|result| (at, result)))
}

/// Whether a result by itself shows what is said of the requirement.
pub(crate) fn spoken_for(run: &Run, requirement: &RequirementResult) -> bool {
    results_of(run, requirement).any(|(_, result)| match requirement.determination {
        Determination::Satisfied => result.verdict == Verdict::Pass,
        Determination::SatisfiedByAlternative => result.verdict == Verdict::Pass && result.basis == Basis::Alternative,
        Determination::NotSatisfied => result.verdict == Verdict::Fail,
        Determination::NotDetermined => result.verdict.is_open(),
        Determination::NotApplicable => result.verdict == Verdict::NotApplicable,
        Determination::NotAssessed => false,
    })
}
