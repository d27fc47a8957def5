//! Is a genuine package installed that is older than what is there?

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::safety::{Method, Safety};

use super::trial::trial;

pub(super) const TEST: Test = Test {
    id: "update/rollback",
    title: "Is a genuine package installed that is older than what is there?",
    shows: &["SU(UPD).5"],
    method: Method::Probe,
    safety: Safety::Destructive,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| component.update.is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-193", "RFC 9019"],
    limits: "a return to an older version that is declared, asked for with a warning, or done by hand at the device; and whether the \
             older package would be installed anywhere at all",
};

async fn run(bench: Bench) -> Outcome {
    let update = bench.component()?.update.ok_or_else(|| Stop::missing("add `update` to the component in the profile"))?;
    let older = update.older.ok_or_else(|| Stop::missing("supply a genuine older package as update.older in the profile"))?;
    let (trial, seen) = trial(&bench).await?;
    let stage = &trial.older;
    let finding = |reason: String| Finding {
        reason,
        expected: format!("version {} is refused once a newer one is installed", older.version),
        observed: stage.lines(),
        ..Finding::default()
    };
    let changed = stage.success().map(|offer| (offer.before.as_str(), offer.after.as_str())).or_else(|| stage.late_change());
    if let Some((before, after)) = changed {
        let what = format!(
            "the older package was installed over the newer one: version {before} -> {after}; refuse versions below the installed one"
        );
        return seen.fail(finding(what));
    }
    if stage.offers.is_empty() {
        return seen.inconclusive(finding(trial.missing.join("; ")));
    }
    if let Some(odd) = stage.offers.iter().find(|offer| !offer.was_judged()) {
        return seen.inconclusive(finding(format!("the package was perhaps not looked at: {}", odd.line())));
    }
    match trial.control(&seen) {
        Some(control) => seen.pass(control, finding("the older package had no effect".to_owned())),
        None => seen.inconclusive(finding(trial.no_control())),
    }
}
