//! The seal of a run: what it states, and whether the files of the run bear each other out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use assay_model::event::{Event, Line};
use assay_model::evidence::{EvidenceId, sha256_hex};
use assay_model::plan::{Place, Plan};
use assay_model::run::{Run, TestResult};
use assay_model::verdict::{Conclusion, Verdict};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::bundle::{self, Bundle};
use crate::error::Error;
use crate::flaw::Flaw;
use crate::journal::{self, JOURNAL, Journal};
use crate::key::PrivateKey;
use crate::statement::{Signer, Subject, TEST_RESULT};
use crate::{folder, sums};

pub(crate) const RUN: &str = "run.json";
const PLAN: &str = "plan.json";
/// The longest run and the longest plan that are read, in bytes.
const LONGEST: u64 = 256 << 20;

/// Seals a finished run; from then on it stays as it is.
///
/// # Errors
/// As [`bundle::seal`]; [`Error::Flaw`] also when the run is not finished or its files contradict each other.
pub fn seal(folder: &Path, signers: &[Signer], key: &PrivateKey) -> Result<(), Error> {
    let (_, predicate) = check(folder, &folder::subjects(folder)?)?;
    bundle::seal(folder, TEST_RESULT, predicate, signers, key)
}

/// Holds a bundle that was opened against what makes a run: the journal is whole, every result stands in it, every piece of
/// evidence is there, results add up to what is concluded, and the seal states just this.
///
/// # Errors
/// The first flaw.
pub fn verify(folder: &Path, bundle: &Bundle) -> Result<Run, Flaw> {
    let (run, predicate) = check(folder, &bundle.statement.subject)?;
    if bundle.statement.bare() == predicate {
        Ok(run)
    } else {
        Err(Flaw::Seal(format!("states something else than {RUN} and {JOURNAL} bear out")))
    }
}

fn check(folder: &Path, files: &[Subject]) -> Result<(Run, Value), Flaw> {
    let journal = journal::read(folder, None)?;
    let run: Run = parsed(folder, RUN)?;
    let plan: Plan = parsed(folder, PLAN)?;
    let files: BTreeMap<&str, &str> = files.iter().map(|file| (file.name.as_str(), file.digest.sha256.as_str())).collect();
    begun_and_ended(&run, &journal.lines, files.get(PLAN).copied().unwrap_or_default())?;
    results_were_written(&run, &plan, &journal.lines)?;
    evidence_is_there(&run, &journal.lines, &files)?;
    sums::add_up(&run)?;
    let predicate = predicate(&run, &journal, files.get(PLAN).copied().unwrap_or_default());
    Ok((run, predicate))
}

fn parsed<T: DeserializeOwned>(folder: &Path, name: &'static str) -> Result<T, Flaw> {
    let bytes = folder::read(folder, name, LONGEST)?;
    serde_json::from_slice(&bytes).map_err(|error| Flaw::contradiction(name, format!("is not one of this version: {error}")))
}

/// The journal begins with this plan, profile and method, and ends with the end of this run.
fn begun_and_ended(run: &Run, lines: &[Line], plan_hash: &str) -> Result<(), Flaw> {
    let at = |line: usize, what: &str| Err(Flaw::Journal { line, what: what.to_owned() });
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return at(1, "is not there") };
    let Event::Started { plan, profile, method, .. } = &first.event else { return at(1, "does not begin a run") };
    if last.event != Event::Finished {
        return at(lines.len(), "does not end the run: let `assay run PROFILE --resume` finish it before it is sealed");
    }
    if plan != plan_hash {
        return Err(Flaw::contradiction(PLAN, "is not the plan with which the journal begins"));
    }
    let its_method = serde_json::to_vec_pretty(&run.method).map(|bytes| sha256_hex(&bytes)).unwrap_or_default();
    if profile != &run.method.profile_hash || method != &its_method {
        return Err(Flaw::contradiction(RUN, "tells another profile or method than the journal begins with"));
    }
    if run.started != first.at || run.finished != last.at {
        return Err(Flaw::contradiction(RUN, "does not begin and end when the journal does"));
    }
    Ok(())
}

/// Every result is the one that the journal holds for its place, or one that the plan sets aside; none is left out.
fn results_were_written(run: &Run, plan: &Plan, lines: &[Line]) -> Result<(), Flaw> {
    let bad = |place: &Place, what: &str| Err(Flaw::contradiction(RUN, format!("the result of {} {what}", told(place))));
    let ended = ended(lines);
    let mut seen = BTreeSet::new();
    for result in &run.results {
        let place = result.place();
        match ended.get(&place) {
            Some(written) if *written != result => return bad(&place, "is not the one in the journal"),
            None if !set_aside(plan, result) => return bad(&place, "stands neither in the journal nor among what the plan sets aside"),
            _ => {}
        }
        if !seen.insert(place.clone()) {
            return bad(&place, "stands there twice");
        }
    }
    let planned = plan.steps.iter().map(|step| &step.place).chain(plan.aside.iter().map(|aside| &aside.place));
    planned.chain(ended.keys()).find(|place| !seen.contains(place)).map_or(Ok(()), |place| bad(place, "is missing"))
}

/// What the journal holds for each place in the end: what failed in the laboratory is tried again when a run is resumed.
fn ended(lines: &[Line]) -> BTreeMap<Place, &TestResult> {
    let mut ended = BTreeMap::new();
    for line in lines {
        match &line.event {
            Event::Ended { result, .. } => {
                ended.insert(result.place(), result.as_ref());
            }
            Event::Resumed { .. } => ended.retain(|_, result| result.verdict != Verdict::Error),
            _ => {}
        }
    }
    ended
}

/// Whether this says only that nothing was tried, as the plan foresees, or because the product had stopped answering.
fn set_aside(plan: &Plan, result: &TestResult) -> bool {
    let place = result.place();
    let empty = result.evidence.is_empty() && result.control.is_none() && result.points.is_empty();
    let foreseen = plan.aside.iter().any(|aside| aside.place == place && aside.verdict == result.verdict && aside.because == result.reason);
    let open = result.verdict == Verdict::NotRun && plan.steps.iter().any(|step| step.place == place);
    empty && (open || foreseen && matches!(result.verdict, Verdict::NotRun | Verdict::NotApplicable))
}

/// Every piece of evidence that is named is a file of those bytes, and every file of evidence has the name of its bytes.
fn evidence_is_there(run: &Run, lines: &[Line], files: &BTreeMap<&str, &str>) -> Result<(), Flaw> {
    let of_results = run
        .results
        .iter()
        .flat_map(|result| result.evidence.iter().chain(result.control.iter().flat_map(|control| &control.evidence)).map(EvidenceId::hex));
    let of_facts = lines.iter().filter_map(|line| match &line.event {
        Event::Fact { evidence, .. } => Some(evidence.hex()),
        _ => None,
    });
    for hex in of_results.chain(of_facts) {
        let name = format!("evidence/{hex}");
        if !files.contains_key(name.as_str()) {
            return Err(Flaw::Missing(name));
        }
    }
    let misnamed = |(name, hash): (&&str, &&str)| name.strip_prefix("evidence/").filter(|rest| rest != hash).map(|_| (*name).to_owned());
    let odd = files.iter().find_map(misnamed);
    odd.map_or(Ok(()), |file| Err(Flaw::Odd { file, what: "its bytes are not those that its name stands for".to_owned() }))
}

fn told(place: &Place) -> String {
    [Some(&place.test), place.component.as_ref(), place.interface.as_ref()].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ")
}

/// What the seal of this run states (in-toto predicate for results of tests 0.1): not applicable and not run are left out
/// there, and errors stand under our own name.
fn predicate(run: &Run, journal: &Journal, plan_hash: &str) -> Value {
    let of = |verdict: Verdict| -> Vec<String> {
        run.results.iter().filter(|result| result.verdict == verdict).map(|result| told(&result.place())).collect()
    };
    let (failed, warned, errors) = (of(Verdict::Fail), of(Verdict::Inconclusive), of(Verdict::Error));
    let result = match run.conclusion {
        Conclusion::DoesNotConform => "FAILED",
        _ if !failed.is_empty() => "FAILED",
        Conclusion::Conforms if warned.is_empty() && errors.is_empty() => "PASSED",
        _ => "WARNED",
    };
    let resource = |name: &str, hash: &str| json!({"name": name, "digest": {"sha256": hash}});
    json!({
        "result": result,
        "configuration": [
            resource("profile", &run.method.profile_hash),
            resource("catalog", &run.method.catalog_hash),
            resource(PLAN, plan_hash),
        ],
        "passedTests": of(Verdict::Pass),
        "warnedTests": warned,
        "failedTests": failed,
        "assay": {"run": run.id, "conclusion": run.conclusion, "journal": journal.tail, "errors": errors},
    })
}
