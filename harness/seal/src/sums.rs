//! Whether the results of a run add up to what it concludes, as far as the run alone can tell.

use std::collections::BTreeSet;

use assay_model::determine;
use assay_model::run::{RequirementResult, Run, TestResult};
use assay_model::verdict::Determination;

use crate::flaw::Flaw;
use crate::run::RUN;

/// Holds every determination and the conclusion against the results. Which components a requirement is allocated to and
/// what is scoped out stand in the profile, which is not part of a run: there the run is believed, and the reader sees it.
pub(crate) fn add_up(run: &Run) -> Result<(), Flaw> {
    for requirement in &run.requirements {
        if !holds(run, requirement) {
            let what = format!("the results of {} do not add up to `{}`", requirement.id, requirement.determination.word());
            return Err(Flaw::contradiction(RUN, what));
        }
    }
    if run.conclusion == determine::conclusion(run.requirements.iter().map(|requirement| requirement.determination)) {
        return Ok(());
    }
    Err(Flaw::contradiction(RUN, format!("the requirements do not add up to `{}`", run.conclusion.word())))
}

fn holds(run: &Run, requirement: &RequirementResult) -> bool {
    let counts = |result: &TestResult| result.requirements.iter().any(|shown| requirement.id.covers(shown));
    let counting = run.results.iter().enumerate().filter(|(_, result)| counts(result));
    if !counting.clone().map(|(index, _)| index).eq(requirement.results.iter().copied()) {
        return false;
    }
    let determined = |component: Option<&str>| {
        let here = counting.clone().filter(|(_, result)| result.component.as_deref() == component);
        determine::requirement(here.flat_map(|(_, result)| result.verdicts_on(&requirement.id)))
    };
    let listed: BTreeSet<&str> = requirement.components.iter().map(|each| each.component.as_str()).collect();
    let any_component = counting.clone().any(|(_, result)| result.component.is_some());
    if listed.len() != requirement.components.len() || any_component && listed.is_empty() {
        return false;
    }
    if requirement.components.iter().any(|each| each.determination != determined(Some(&each.component))) {
        return false;
    }
    let scoped_out = requirement.scoped_out.is_some() && requirement.determination == Determination::NotApplicable;
    let components = requirement.components.iter().map(|each| each.determination);
    scoped_out || requirement.determination == determine::over(components, determined(None))
}
