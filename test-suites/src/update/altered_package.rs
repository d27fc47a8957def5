//! Is a package installed that is not genuine, or not for this product?

use assay_engine::{Bench, Finding, Outcome, Ruling, Test};
use assay_model::safety::{Method, Safety};

use super::packages::Kind;
use super::trial::trial;

pub(super) const TEST: Test = Test {
    id: "update/altered-package",
    title: "Is a package installed that is not genuine, or not for this product?",
    shows: &["SU(UPD).5"],
    method: Method::Probe,
    safety: Safety::Destructive,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| component.update.is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 SI-7, CM-14", "EN 303 645 5.3-2, 5.3-9", "RFC 9019"],
    limits: "packages that a party with the signing key makes, attacks on the parser of packages, and what happens when power or network fail",
};

async fn run(bench: Bench) -> Outcome {
    let (trial, seen) = trial(&bench).await?;
    let stage = &trial.spoiled;
    let finding = |reason: String| Finding {
        reason,
        expected: "every one refused; the version read back stays as it is".to_owned(),
        observed: stage.lines(),
        ..Finding::default()
    };
    let ruling = if let Some(bad) = stage.success() {
        let what = format!("{} was installed: verify signature, payload and model before anything is installed", bad.kind.words());
        seen.fail(finding(what))
    } else if let Some((before, after)) = stage.late_change() {
        seen.fail(finding(format!("a package that is not genuine was installed later on: version {before} -> {after}")))
    } else if let Some(odd) = stage.offers.iter().find(|offer| !offer.was_judged()) {
        seen.inconclusive(finding(format!("a package was perhaps not looked at: {}", odd.line())))
    } else if !stage.offers.is_empty() && !stage.offers.iter().any(|offer| offer.kind == Kind::OtherKey) {
        seen.inconclusive(finding("whether any key is accepted was not tried: supply update.other_key in the profile".to_owned()))
    } else {
        match trial.control(&seen) {
            Some(control) => seen.pass(control, finding("no package but the genuine one was installed".to_owned())),
            None => seen.inconclusive(finding(trial.no_control())),
        }
    };
    Ok(trial.missing.iter().fold(ruling?, Ruling::note))
}
