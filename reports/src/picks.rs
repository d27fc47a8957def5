//! What a reader can pick out of a report: verdicts, families and components, as classes of its entries.
//!
//! Families and components go by their numbers, because their names may be anything.

use assay_model::run::{RequirementResult, Run, TestResult};

use crate::words;

/// The families and components of a run, in the order of the run.
pub(crate) struct Picks<'a> {
    families: Vec<&'a str>,
    components: Vec<&'a str>,
}

impl<'a> Picks<'a> {
    pub(crate) fn of(run: &'a Run) -> Self {
        let mut all = Self { families: Vec::new(), components: Vec::new() };
        let mut families = run.requirements.iter().map(|requirement| requirement.id.family()).collect();
        push_new(&mut all.families, &mut families);
        let recorded = run.components.iter().map(|component| component.id.as_str());
        let ruled_on = run.results.iter().filter_map(|result| result.component.as_deref());
        let determined = run.requirements.iter().flat_map(|requirement| &requirement.components).map(|one| one.component.as_str());
        push_new(&mut all.components, &mut recorded.chain(ruled_on).chain(determined).collect());
        all
    }

    pub(crate) fn families(&self) -> &[&'a str] {
        &self.families
    }

    pub(crate) fn components(&self) -> &[&'a str] {
        &self.components
    }

    /// The classes of a requirement: its family, the components that have a say, and the verdicts on it.
    pub(crate) fn of_requirement(&self, run: &Run, requirement: &RequirementResult) -> String {
        let mut classes = vec![self.family(requirement.id.family())];
        classes.extend(requirement.components.iter().map(|one| self.component(Some(&one.component))));
        let mut bare = true;
        for (_, result) in words::results_of(run, requirement) {
            bare = false;
            classes.push(format!("v-{}", result.verdict.word()));
            classes.push(self.component(result.component.as_deref()));
        }
        if bare {
            classes.push("v-none".to_owned());
        }
        joined(classes)
    }

    /// The classes of a result: the families of its requirements, its component, its verdict.
    pub(crate) fn of_result(&self, result: &TestResult) -> String {
        let mut classes: Vec<_> = result.requirements.iter().map(|id| self.family(id.family())).collect();
        classes.push(self.component(result.component.as_deref()));
        classes.push(format!("v-{}", result.verdict.word()));
        joined(classes)
    }

    /// `f1` for the first family; `f0` for one that is not in the baseline.
    fn family(&self, code: &str) -> String {
        format!("f{}", number(&self.families, code))
    }

    /// `c1` for the first component; `c0` for the product as a whole.
    fn component(&self, name: Option<&str>) -> String {
        format!("c{}", name.map_or(0, |name| number(&self.components, name)))
    }
}

/// The place in the list, from one; zero when it is not there.
fn number(list: &[&str], wanted: &str) -> usize {
    list.iter().position(|one| *one == wanted).map_or(0, |at| at + 1)
}

fn push_new<'a>(list: &mut Vec<&'a str>, more: &mut Vec<&'a str>) {
    for one in more.drain(..) {
        if !list.contains(&one) {
            list.push(one);
        }
    }
}

fn joined(mut classes: Vec<String>) -> String {
    classes.sort();
    classes.dedup();
    classes.join(" ")
}
