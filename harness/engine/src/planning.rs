//! From an assessment to a plan.

use assay_model::catalog::RequirementId;
use assay_model::plan::{Plan, SetAside, Step, Uncovered};
use assay_model::safety::Safety;
use assay_model::verdict::Verdict;

use crate::assessment::Assessment;
use crate::coverage::why_untested;
use crate::test::{Applies, Subject, Test};

/// What would run, against what, how hard, what is set aside and why, and which requirements stay uncovered.
pub fn plan(assessment: &Assessment) -> Plan {
    let mut plan = Plan { steps: Vec::new(), aside: Vec::new(), uncovered: Vec::new() };
    for test in &assessment.tests {
        for subject in Subject::all(&assessment.profile) {
            place(assessment, test, &subject, &mut plan);
        }
    }
    plan.steps.sort_by_key(|step| step.safety);
    plan.uncovered = uncovered(assessment, &plan);
    plan
}

fn place(assessment: &Assessment, test: &Test, subject: &Subject<'_>, plan: &mut Plan) {
    let (component, place) = (subject.of_component(), subject.place(test.id));
    if !assessment.selection.takes(test, place.component.as_deref()) || !rules_on_baseline(assessment, test) {
        return;
    }
    let mut aside = |verdict, because| plan.aside.push(SetAside { place: place.clone(), verdict, because });
    match (test.applies)(subject) {
        Applies::Elsewhere => {}
        Applies::No(because) => aside(Verdict::NotApplicable, because),
        Applies::Yes => match forbidden(assessment, test, component.map(|component| component.sample.as_str())) {
            Some(because) => aside(Verdict::NotRun, because),
            None => plan.steps.push(Step { place, safety: test.safety, method: test.method, requirements: test.requirements() }),
        },
    }
}

fn rules_on_baseline(assessment: &Assessment, test: &Test) -> bool {
    let shown = test.requirements();
    assessment.baseline.iter().any(|wanted| shown.iter().any(|id| wanted.covers(id)))
}

fn forbidden(assessment: &Assessment, test: &Test, sample: Option<&str>) -> Option<String> {
    if test.safety > assessment.consent {
        return Some(format!("it is {}: permit it with --consent {0} or in the profile's consent.class", test.safety.word()));
    }
    let spared = |sample: &&str| !assessment.profile.consent.sacrificial.iter().any(|each| each == sample);
    match sample.filter(spared) {
        Some(sample) if test.safety == Safety::Destructive => {
            Some(format!("it may leave sample {sample} unusable: name the sample in the profile's consent.sacrificial"))
        }
        _ => None,
    }
}

fn uncovered(assessment: &Assessment, plan: &Plan) -> Vec<Uncovered> {
    let excluded = |id: &str| assessment.profile.baseline.exclude.iter().any(|each| each.id == id);
    let missing = assessment.baseline.iter().filter(|id| {
        let ruled = |step: &Step| step.requirements.iter().any(|shown| id.covers(shown));
        !plan.steps.iter().any(ruled) && !excluded(id.as_str())
    });
    missing.map(|id| Uncovered { id: id.clone(), because: why_uncovered(assessment, plan, id) }).collect()
}

fn why_uncovered(assessment: &Assessment, plan: &Plan, id: &RequirementId) -> String {
    let tests: Vec<_> =
        assessment.tests.iter().filter(|test| test.requirements().iter().any(|shown| id.covers(shown))).map(|test| test.id).collect();
    if let Some(aside) = plan.aside.iter().find(|aside| tests.contains(&aside.place.test.as_str())) {
        return format!("{} was set aside: {}", aside.place.test, aside.because);
    }
    if !tests.is_empty() {
        let has_subject = |test: &Test| Subject::all(&assessment.profile).any(|each| !matches!((test.applies)(&each), Applies::Elsewhere));
        let left_out = assessment.tests.iter().filter(|test| tests.contains(&test.id)).any(|test| has_subject(test));
        return if left_out {
            "left out by what was selected (--test, --requirement, --component)".to_owned()
        } else {
            let reads = assessment.tests.iter().filter(|test| tests.contains(&test.id)).flat_map(|test| test.reads);
            let reads: Vec<_> = reads.map(|kind| format!("a document of kind {kind}")).collect();
            let supply = if reads.is_empty() { String::new() } else { format!(": supply {}", reads.join(" or ")) };
            format!("the profile declares nothing that could be looked at by {}{supply}", tests.join(", "))
        };
    }
    why_untested(&assessment.untested, id).unwrap_or_else(|| "no test rules on it".to_owned())
}
