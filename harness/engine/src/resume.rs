//! Beginning a run, or going on with one that was interrupted.

use std::collections::{BTreeMap, BTreeSet};

use assay_model::event::{Event, Line, Spent};
use assay_model::evidence::sha256_hex;
use assay_model::plan::{Place, Plan, Step};
use assay_model::run::TestResult;
use assay_model::safety::Safety;
use assay_model::verdict::Verdict;
use serde::Serialize;

use crate::assemble::method;
use crate::assessment::Assessment;
use crate::clock;
use crate::error::Error;
use crate::facts::Facts;
use crate::folder::Folder;
use crate::journal::Journal;

/// A journal to write to, and what stands in it.
pub(crate) struct Begun {
    pub(crate) journal: Journal,
    /// The lines of the interrupted run; empty when the run is new.
    pub(crate) before: Vec<Line>,
}

/// What the interrupted run leaves to the one that goes on.
#[derive(Debug, Default)]
pub(crate) struct Recovered {
    pub(crate) results: BTreeMap<Place, TestResult>,
    pub(crate) facts: Facts,
    /// What was sent to each host when the last step ended.
    pub(crate) spent: Vec<Spent>,
    /// Seconds to wait before steps that run alone.
    pub(crate) rest_seconds: u64,
}

/// Opens the journal of a new run, or that of an interrupted one if it is of the same profile, plan and method.
pub(crate) fn begin(assessment: &Assessment, plan: &Plan, folder: &Folder) -> Result<Begun, Error> {
    let (profile, method) = (&assessment.profile_hash, hash(&method(assessment)));
    if !folder.journal_path().exists() {
        let plan = folder.write_plan(plan)?;
        let mut journal = Journal::create(&folder.journal_path())?;
        journal.write(&Event::Started { plan, profile: profile.clone(), method, harness: assessment.harness.clone() })?;
        return Ok(Begun { journal, before: Vec::new() });
    }
    let (journal, before) = Journal::reopen(&folder.journal_path())?;
    let same = |line: &Line| {
        matches!(&line.event, Event::Started { plan: its_plan, profile: its_profile, method: its_method, .. }
            if *its_plan == hash(plan) && its_profile == profile && *its_method == method)
    };
    if before.first().is_some_and(same) {
        return Ok(Begun { journal, before });
    }
    let path = folder.path().display();
    Err(Error::Setting(format!("{path}: the profile, the program or what is chosen changed since this run began: start a new one")))
}

fn hash(of: &impl Serialize) -> String {
    serde_json::to_vec_pretty(of).map(|bytes| sha256_hex(&bytes)).unwrap_or_default()
}

/// Reads back what was finished.
pub(crate) fn recover(assessment: &Assessment, plan: &Plan, folder: &Folder, before: &[Line]) -> Result<Recovered, Error> {
    let mut found = Recovered::default();
    let mut begun = BTreeSet::new();
    for line in before {
        match &line.event {
            Event::Began { place } => {
                begun.insert(place.clone());
            }
            Event::Ended { result, spent } => {
                // what failed in the laboratory is tried again
                if result.verdict == Verdict::Error {
                    found.results.remove(&result.place());
                } else {
                    found.results.insert(result.place(), (**result).clone());
                }
                found.spent.clone_from(spent);
            }
            Event::Fact { key, evidence } => {
                let bytes = folder.evidence(evidence)?;
                let mut document: serde_json::Value = serde_json::from_slice(&bytes)
                    .map_err(|error| Error::Setting(format!("evidence {evidence} is unreadable: {error}")))?;
                found.facts.restore(key, (document["facts"].take(), evidence.clone()));
            }
            _ => {}
        }
    }
    let broken_off = plan.steps.iter().filter(|step| begun.contains(&step.place) && !found.results.contains_key(&step.place));
    let wanted = broken_off.map(|step| lock_seconds(assessment, step)).max().unwrap_or_default();
    // when it was broken off is not known, but it was not later than its time limit
    let since_begun = before.last().map_or(0, |line| clock::seconds_since(&line.at));
    found.rest_seconds = wanted.saturating_sub(since_begun.saturating_sub(assessment.profile.budget.test_seconds));
    Ok(found)
}

/// For how long, in seconds, a step that was broken off may have locked log-ins: as declared, and a tenth more.
fn lock_seconds(assessment: &Assessment, step: &Step) -> u64 {
    if step.safety < Safety::Disruptive {
        return 0;
    }
    let component = step.place.component.as_deref().and_then(|id| assessment.profile.component(id));
    let interfaces = component.into_iter().flat_map(|component| &component.interfaces);
    let touched = interfaces.filter(|each| step.place.interface.as_ref().is_none_or(|id| *id == each.id));
    let locks = touched.filter_map(|each| each.login.as_ref()?.lockout).map(|lockout| lockout.wait_seconds);
    locks.max().map_or(0, |seconds| seconds.saturating_add(seconds / 10).saturating_add(1))
}
