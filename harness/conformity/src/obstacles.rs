//! What stands between a run and a declaration, and what each requirement can be declared as.

use assay_model::answers::date;
use assay_model::determine;
use assay_model::run::{Control, RequirementResult, Run, TestResult};
use assay_model::verdict::{Conclusion, Determination};
use time::Date;

use crate::declaration::{Claim, Ground, Standing, decided, set_aside};
use crate::gaps::{self, Decision};
use crate::reasons;

/// What a requirement can be declared as; none while something stands in the way.
pub(crate) fn claim(ground: &Ground<'_>, requirement: &RequirementResult) -> Option<Claim> {
    let (run, gap) = (ground.run, ground.gaps.of(&requirement.id));
    let (standing, reason, results): (_, _, Vec<&TestResult>) = match requirement.determination {
        Determination::Satisfied | Determination::SatisfiedByAlternative => {
            let proven = reasons::deciding(run, requirement).map(|(_, result)| result).filter(|result| result.control.is_some());
            let proven: Vec<_> = proven.collect();
            if proven.is_empty() {
                return None;
            }
            (Standing::Satisfied, String::new(), proven)
        }
        Determination::NotApplicable if !reasons::stands_bare(run, requirement) => {
            let results = reasons::deciding(run, requirement).map(|(_, result)| result).collect();
            (Standing::NotApplicable, set_aside(run, requirement), results)
        }
        Determination::NotApplicable => return None,
        Determination::NotSatisfied | Determination::NotDetermined | Determination::NotAssessed => {
            let gap = gap?;
            let standing = match gap.determination? {
                Decision::JustifiablyMissing if !requirement.key => Standing::JustifiablyMissing,
                Decision::Alternative | Decision::AlternativeWithChangedControl => Standing::SatisfiedByAlternative,
                Decision::JustifiablyMissing | Decision::Unacceptable => return None,
            };
            let results: Option<Vec<_>> = gap.alternative.iter().map(|place| gaps::alternative(run, place)).collect();
            let results = results.filter(|results| standing == Standing::JustifiablyMissing || !results.is_empty())?;
            (standing, decided(ground.gaps, gap), results)
        }
    };
    let ends = results.iter().filter_map(|result| result.control.as_ref()?.until.clone());
    let until = ends.chain(gap.and_then(|gap| gap.until.clone())).min();
    Some(Claim {
        id: requirement.id.clone(),
        title: requirement.title.clone(),
        statement: requirement.statement.clone(),
        key: requirement.key,
        standing,
        reason,
        rests_on: results.into_iter().map(Into::into).collect(),
        until,
    })
}

/// What the run itself puts in the way.
pub(crate) fn of_run(ground: &Ground<'_>) -> Vec<String> {
    let run = ground.run;
    let mut open: Vec<String> = run.requirements.iter().filter_map(|requirement| obstacle(ground, requirement)).collect();
    if run.requirements.is_empty() {
        open.push("the run holds no requirement: choose a baseline and run again".to_owned());
    }
    let added_up = determine::conclusion(run.requirements.iter().map(|requirement| requirement.determination));
    if run.conclusion != added_up {
        let (says, is) = (run.conclusion.word(), added_up.word());
        open.push(format!("the run says {says}, and its requirements add up to {is}: run again"));
    }
    if ground.gaps.gaps.is_empty() && open.is_empty() && run.conclusion != Conclusion::Conforms {
        open.push(format!("the run says {}: run again", run.conclusion.word()));
    }
    open
}

/// What the issue itself still lacks.
pub(crate) fn of_issue(ground: &Ground<'_>) -> Vec<String> {
    let (run, issuer) = (ground.run, ground.issuer);
    let mut open: Vec<String> = issuer.missing().into_iter().map(str::to_owned).collect();
    if ground.sealed.is_none() {
        open.push("the run is not sealed: `assay seal RUN --key KEY`".to_owned());
    }
    if !issuer.date.is_empty() && date(&issuer.date).is_none() {
        open.push("the date of issue is no day: write it like 2026-01-31".to_owned());
    }
    if let Some(day) = issuer.day() {
        if date(run.finished.get(..10).unwrap_or_default()).is_some_and(|finished| day < finished) {
            open.push(format!("the date of issue, {}, is before the end of the run: mend it", issuer.date));
        }
        open.extend(run.requirements.iter().filter_map(|requirement| ended(ground, requirement, day)));
        if date(&issuer.valid_until).is_some_and(|until| until < day) {
            open.push(format!("it would end on {}, before the date of issue: mend `valid_until`", issuer.valid_until));
        }
    }
    let unsigned = run.requirements.iter().filter(|each| each.scoped_out.as_ref().is_some_and(|excluded| excluded.by.is_none()));
    open.extend(unsigned.map(|requirement| {
        format!("{} is set aside, and nobody signs for it: add `by` to its entry under baseline.exclude, and run again", requirement.id)
    }));
    for (at, member) in issuer.members.iter().enumerate() {
        of_member(&member.model, &member.affects, ground.members.get(at).and_then(Option::as_ref), &mut open);
    }
    open
}

fn of_member(model: &str, affects: &[assay_model::catalog::RequirementId], run: Option<&Run>, open: &mut Vec<String>) {
    if affects.is_empty() {
        return;
    }
    let Some(run) = run else {
        open.push(format!("model {model}: nothing shows the requirements that its differences affect: name its sealed run"));
        return;
    };
    if run.product.model != model {
        open.push(format!("model {model}: its run is of model {}: name the right run", run.product.model));
    }
    for id in affects {
        let shown = run.requirements.iter().find(|requirement| &requirement.id == id);
        let proven = |requirement: &RequirementResult| {
            requirement.determination == Determination::Satisfied
                && reasons::deciding(run, requirement).any(|(_, result)| result.control.is_some())
        };
        if !shown.is_some_and(proven) {
            let stands = shown.map_or("not in its run", |requirement| requirement.determination.word());
            open.push(format!("model {model}: {id} is {stands}: correct the model, and run it again"));
        }
    }
}

/// What a requirement rests on that has ended by this day.
fn ended(ground: &Ground<'_>, requirement: &RequirementResult, day: Date) -> Option<String> {
    let is_past = |until: &String| date(until).is_none_or(|last| last < day);
    let gap = ground.gaps.of(&requirement.id).and_then(|gap| gap.until.clone());
    if let Some(until) = gap.filter(is_past) {
        return Some(format!("{}: the decision about it ended on {until}: decide again", requirement.id));
    }
    let controls = reasons::deciding(ground.run, requirement).filter_map(|(_, result)| result.control.as_ref());
    let past = controls.filter(|control| control.until.as_ref().is_some_and(is_past)).collect::<Vec<&Control>>();
    let until = past.iter().filter_map(|control| control.until.clone()).min()?;
    let who = past.first().map(|control| control.what.clone()).unwrap_or_default();
    Some(format!("{} rests on an attestation that ended on {until} ({who}): ask again, and run again", requirement.id))
}

/// What a requirement puts in the way of a declaration, and what to do about it.
fn obstacle(ground: &Ground<'_>, requirement: &RequirementResult) -> Option<String> {
    if claim(ground, requirement).is_some() {
        return None;
    }
    let run = ground.run;
    let decision = ground.gaps.of(&requirement.id).and_then(|gap| gap.determination);
    let what_to_do = match (requirement.determination, decision) {
        (Determination::Satisfied | Determination::SatisfiedByAlternative, _) => "no pass with a control stands behind it; run again",
        (Determination::NotApplicable, _) => "give a reason in the profile, and run again",
        (_, Some(Decision::Unacceptable)) => "it was decided to be unacceptable: correct the product, and run again",
        (_, Some(Decision::JustifiablyMissing)) => {
            "a key requirement cannot be accepted away: correct the product, or show an alternative with its own passing test"
        }
        (_, Some(_)) => "its alternative has no passing test in this run: name one that passed",
        (Determination::NotSatisfied, None) => "correct the product and run again, or decide about it (`assay gaps`)",
        (Determination::NotDetermined, None) => "settle what is open and run again, or decide about it (`assay gaps`)",
        (Determination::NotAssessed, None) => {
            "supply what a test of it needs, set it aside in the profile with a reason, or decide about it (`assay gaps`)"
        }
    };
    let key = if requirement.key { " (key)" } else { "" };
    let why = if gaps::open(run).any(|gap| gap.id == requirement.id) { reasons::why(run, requirement).join("; ") } else { String::new() };
    let why = if why.is_empty() { why } else { format!(" [{why}]") };
    Some(format!("{}{key} is {}: {what_to_do}{why}", requirement.id, requirement.determination.word()))
}
