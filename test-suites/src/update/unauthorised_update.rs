//! Is genuine software installed for somebody who may not update?

use assay_engine::{Bench, Finding, Outcome, Ruling, Test};
use assay_model::safety::{Method, Safety};

use super::trial::trial;

pub(super) const TEST: Test = Test {
    id: "update/unauthorised-update",
    title: "Is genuine software installed for somebody who may not update?",
    shows: &["SU(UPD).1", "SU(UPD).3"],
    method: Method::Probe,
    safety: Safety::Destructive,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| component.update.is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 CM-5, SI-2"],
    limits: "other ways into the update than the declared operation, and roles without an account in the profile",
};

async fn run(bench: Bench) -> Outcome {
    let (trial, seen) = trial(&bench).await?;
    let stage = &trial.unauthorised;
    let finding = |reason: String| Finding {
        reason,
        expected: "the version read back stays as it is".to_owned(),
        observed: stage.lines(),
        ..Finding::default()
    };
    let ruling = if let Some(bad) = stage.success() {
        let what = format!("the genuine package was installed for {}: check the caller's rights before anything is installed", bad.by());
        seen.fail(finding(what))
    } else if let Some((before, after)) = stage.late_change() {
        let what = format!("an offer without the right to update was installed later on: version {before} -> {after}");
        seen.fail(finding(what))
    } else if let Some(odd) = stage.offers.iter().find(|offer| !offer.was_heard()) {
        seen.inconclusive(finding(format!("an offer was perhaps not looked at: {}", odd.line())))
    } else {
        match trial.control(&seen) {
            Some(control) => seen.pass(control, finding("every offer by somebody who may not update had no effect".to_owned())),
            None => seen.inconclusive(finding(trial.no_control())),
        }
    };
    Ok(trial.missing.iter().fold(ruling?, Ruling::note))
}
