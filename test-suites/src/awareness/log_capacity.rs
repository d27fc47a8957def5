//! Does a full log hold as much as is declared, and still take the newest record?

use assay_engine::{Bench, Finding, Outcome, Ruling, Test};
use assay_model::safety::{Method, Safety};

use super::filling::fill;

pub(super) const TEST: Test = Test {
    id: "awareness/log-capacity",
    title: "Does a full log hold as much as is declared, and still take the newest record?",
    shows: &["CS(LSR).1"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| component.log.is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AU-4"],
    limits: "logs of more than 2000 records, and whether the declared size is enough",
};

async fn run(bench: Bench) -> Outcome {
    let (filled, seen) = fill(&bench).await?;
    let [before, after] = filled.records;
    let finding = |reason: String| Finding {
        reason,
        expected: format!("{} records after as many changes and more, the newest among them", filled.capacity),
        observed: format!(
            "{before} records before, {} changes, {after} records afterwards; newest log-in {}",
            filled.made,
            if filled.newest.is_some() { "there" } else { "not there" }
        ),
        ..Finding::default()
    };
    let held = u64::try_from(after).unwrap_or_default();
    let ruling = if filled.made < filled.capacity {
        seen.inconclusive(finding(format!("only {} changes were granted, too few to fill the log", filled.made)))
    } else if filled.of_changes == 0 || !filled.knows_log_ins {
        seen.inconclusive(finding("changes or log-ins leave no record, so that they do not fill the log".to_owned()))
    } else if held < filled.capacity {
        seen.fail(finding(format!("the log holds {after} records, {} are declared: keep as many", filled.capacity)))
    } else if filled.newest.is_none() {
        seen.fail(finding("the newest record is missing once the log is full: let the oldest make room".to_owned()))
    } else {
        let control = seen.control("the record of the last log-in was not in the log before it, and is there after it");
        seen.pass(control, finding("the full log holds what is declared, and takes new records".to_owned()))
    };
    Ok(filled.left.into_iter().fold(ruling?, Ruling::note))
}
