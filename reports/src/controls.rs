//! The run as an assessor of SP 800-53 looks at it: for each control, the requirements that support it and how they stand.

use assay_model::run::{RequirementResult, Run};
use serde::Serialize;

use crate::matrix::Drawing;

/// A family of controls.
#[derive(Serialize)]
pub(crate) struct ControlFamily<'a> {
    /// `AC`, as SP 800-53 Rev. 5 has it.
    code: &'a str,
    controls: Vec<Control<'a>>,
}

/// A control, or a control enhancement.
#[derive(Serialize)]
struct Control<'a> {
    id: &'a str,
    drawing: Drawing,
    requirements: Vec<Support<'a>>,
}

/// A requirement that supports a control.
#[derive(Serialize)]
struct Support<'a> {
    /// Its place in the list of requirements, from one.
    number: usize,
    id: &'a str,
    word: &'static str,
}

/// The controls that the requirements of the run support, by family, in the order of SP 800-53.
pub(crate) fn controls(run: &Run) -> Vec<ControlFamily<'_>> {
    let mut ids: Vec<&str> = run.requirements.iter().flat_map(|requirement| &requirement.sp800_53).map(String::as_str).collect();
    ids.sort_by_key(|id| (parts(id), *id));
    ids.dedup();
    let mut families: Vec<ControlFamily<'_>> = Vec::new();
    for id in ids {
        let code = id.split('-').next().unwrap_or(id);
        let control = Control::of(run, id);
        match families.last_mut().filter(|family| family.code == code) {
            Some(family) => family.controls.push(control),
            None => families.push(ControlFamily { code, controls: vec![control] }),
        }
    }
    families
}

impl<'a> Control<'a> {
    fn of(run: &'a Run, id: &'a str) -> Self {
        let supporting = run.requirements.iter().enumerate().filter(|(_, requirement)| requirement.sp800_53.iter().any(|one| one == id));
        let supporting: Vec<_> = supporting.collect();
        let support = |&(at, requirement): &(usize, &'a RequirementResult)| Support {
            number: at + 1,
            id: requirement.id.as_str(),
            word: requirement.determination.word(),
        };
        Self {
            id,
            drawing: Drawing::of(supporting.iter().map(|(_, requirement)| requirement.determination)),
            requirements: supporting.iter().map(support).collect(),
        }
    }
}

/// A piece of a control's id; numbers are put in order as numbers: `AC-2` before `AC-10`.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Number(usize),
    Text(&'a str),
}

fn parts(id: &str) -> Vec<Part<'_>> {
    id.split(['-', '(', ')']).map(|part| part.parse().map_or(Part::Text(part), Part::Number)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_in_the_order_of_their_numbers() {
        let mut ids = ["SC-8(1)", "AC-10", "AC-2(11)", "AC-2(3)", "AC-2", "odd", "SC-8"];
        ids.sort_by_key(|id| parts(id));
        assert_eq!(ids, ["AC-2", "AC-2(3)", "AC-2(11)", "AC-10", "SC-8", "SC-8(1)", "odd"]);
    }
}
