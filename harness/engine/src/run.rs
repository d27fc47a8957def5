//! Carrying out a plan: step by step, event by event, so that nothing finished is ever lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use assay_model::event::Event;
use assay_model::plan::{Place, Plan, Step};
use assay_model::run::{ComponentRecord, Mark, Point, Run, TestResult};
use assay_model::verdict::Verdict;
use assay_wire::Authority;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::allowance::{Allowance, OF_RUN};
use crate::assemble::{Circumstances, assemble_run, basis};
use crate::assessment::Assessment;
use crate::bench::{Bench, Shared};
use crate::clock::{Stopwatch, now_text};
use crate::error::Error;
use crate::folder::Folder;
use crate::health;
use crate::journal::{self, Journal};
use crate::people::People;
use crate::planning::plan;
use crate::resume::{Begun, Recovered, begin, recover};
use crate::ruling::{Finding, Outcome, Ruling, Stop};
use crate::secrets::Keyring;
use crate::test::Test;

/// Steps of the classes passive and read-only that run at the same time.
const ABREAST: usize = 8;

/// Told of every event, in order, with the number of finished steps and of all steps.
pub type Progress = Arc<dyn Fn(&Event, usize, usize) + Send + Sync>;

struct Runner {
    assessment: Assessment,
    plan: Plan,
    shared: Arc<Shared>,
    record: Arc<Record>,
    rest: Duration,
    stop: watch::Receiver<bool>,
}

/// Where events go: the journal first, then whoever watches.
struct Record {
    journal: Mutex<Journal>,
    results: Mutex<BTreeMap<Place, TestResult>>,
    steps: usize,
    progress: Progress,
}

impl Record {
    fn write(&self, event: &Event) -> Result<(), Error> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).write(event)?;
        let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        if let Event::Ended { result, .. } = event {
            results.insert(result.place(), (**result).clone());
        }
        (self.progress)(event, results.len(), self.steps);
        Ok(())
    }

    fn has(&self, place: &Place) -> bool {
        self.results.lock().unwrap_or_else(PoisonError::into_inner).contains_key(place)
    }
}

/// Carries out an assessment in this folder: from the start when the folder is new, else from where it was interrupted.
/// When `stop` becomes true, the running step is finished and the others are not run.
///
/// # Errors
/// [`Error`] when files cannot be read or written, or the folder holds a run of another profile or plan.
pub async fn carry_out(
    assessment: Assessment,
    folder: &Folder,
    authority: Authority,
    keyring: Keyring,
    people: People,
    progress: Progress,
    stop: watch::Receiver<bool>,
) -> Result<Run, Error> {
    keyring.hide_in(authority.secrets());
    let plan = plan(&assessment);
    let Begun { journal, before } = begin(&assessment, &plan, folder)?;
    let Recovered { results, facts, spent, rest_seconds } = recover(&assessment, &plan, folder, &before)?;
    authority.charge(&spent);
    let finished = results.len();
    let record = Arc::new(Record { journal: Mutex::new(journal), results: Mutex::new(results), steps: plan.steps.len(), progress });
    let establishing = Arc::clone(&record);
    let shared = Arc::new(Shared {
        profile: Arc::clone(&assessment.profile),
        folder: assessment.folder.clone(),
        policy: Arc::clone(&assessment.policy),
        authority,
        keyring,
        run: folder.clone(),
        allowance: Allowance::new(OF_RUN.saturating_sub(folder.evidence_bytes()?)),
        facts,
        establish: Arc::new(move |key, evidence| {
            let event = Event::Fact { key: key.to_owned(), evidence: evidence.clone() };
            establishing.write(&event).map_err(|error| error.to_string())
        }),
        people,
    });
    if !before.is_empty() {
        record.write(&Event::Resumed { finished, rest_seconds })?;
    }
    let runner = Runner { assessment, plan, shared, record, rest: Duration::from_secs(rest_seconds), stop };
    runner.all_steps().await?;
    runner.conclude(folder)
}

impl Runner {
    async fn all_steps(&self) -> Result<(), Error> {
        let (alone, abreast): (Vec<_>, Vec<_>) =
            self.plan.steps.iter().filter(|step| !self.record.has(&step.place)).partition(|step| step.safety.runs_alone());
        self.abreast(&abreast).await?;
        self.one_by_one(&alone).await
    }

    fn stopped(&self) -> bool {
        *self.stop.borrow()
    }

    async fn abreast(&self, steps: &[&Step]) -> Result<(), Error> {
        let mut running = JoinSet::new();
        let mut waiting = steps.iter();
        loop {
            while running.len() < ABREAST && !self.stopped() {
                let Some(step) = waiting.next() else { break };
                running.spawn(self.step(step)?);
            }
            match running.join_next().await {
                None => return Ok(()),
                Some(Ok(result)) => self.ended(result)?,
                Some(Err(error)) => return Err(Error::Setting(format!("a step was lost: {error}"))),
            }
        }
    }

    fn ended(&self, result: TestResult) -> Result<(), Error> {
        self.record.write(&Event::Ended { result: Box::new(result), spent: self.shared.authority.spent() })
    }

    /// Ends when somebody stops the run.
    async fn until_stopped(&self) {
        if self.stop.clone().wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    async fn one_by_one(&self, steps: &[&Step]) -> Result<(), Error> {
        if !steps.is_empty() && !self.rest.is_zero() {
            let _stopped = tokio::time::timeout(self.rest, self.until_stopped()).await;
        }
        let mut lost = BTreeSet::new();
        for step in steps {
            if self.stopped() {
                return Ok(());
            }
            if step.place.component.as_ref().is_some_and(|id| lost.contains(id)) {
                continue;
            }
            let result = self.step(step)?.await;
            self.ended(result)?;
            lost.extend(self.silent_after(step).await?);
        }
        Ok(())
    }

    /// Looks whether the components still answer; waits for those that do not, and names those that stay silent.
    async fn silent_after(&self, step: &Step) -> Result<Vec<String>, Error> {
        let mut lost = Vec::new();
        let patience = Duration::from_secs(self.assessment.profile.budget.recovery_seconds);
        let touched = |id: &str| step.place.component.as_deref().is_none_or(|each| each == id);
        for component in self.assessment.profile.components.iter().filter(|component| touched(&component.id)) {
            if health::answers(&self.shared.authority, component).await {
                continue;
            }
            let detail = format!("no declared TCP port takes a connection after {}", step.place.test);
            self.record.write(&Event::Silent { component: component.id.clone(), detail })?;
            let back = tokio::select! {
                back = health::comes_back(&self.shared.authority, component, patience) => back,
                () = self.until_stopped() => false,
            };
            if back {
                self.record.write(&Event::Back { component: component.id.clone() })?;
            } else {
                lost.push(component.id.clone());
            }
        }
        Ok(lost)
    }

    /// One step as a future of its own. A panic in a test is a fault of the harness and stays within the step.
    fn step(&self, step: &Step) -> Result<impl Future<Output = TestResult> + Send + 'static, Error> {
        let test = self.assessment.tests.iter().find(|test| test.id == step.place.test).copied();
        let test = test.ok_or_else(|| Error::Setting(format!("there is no test `{}`", step.place.test)))?;
        self.record.write(&Event::Began { place: step.place.clone() })?;
        let (bench, place) = (Bench::new(Arc::clone(&self.shared), step.place.clone(), test.asks), step.place.clone());
        let limit = Duration::from_secs(self.assessment.profile.budget.test_seconds);
        Ok(async move {
            let (watch, started) = (Stopwatch::start(), now_text());
            let (running, clock) = ((test.run)(bench.clone()), bench.clone());
            let running = tokio::spawn(async move {
                tokio::select! {
                    outcome = running => Some(outcome),
                    () = clock.work_for(limit) => None,
                }
            });
            let outcome = match running.await {
                Ok(Some(outcome)) => outcome,
                Ok(None) => Err(Stop::Inconclusive(format!("the test did not end within {} s", limit.as_secs()))),
                Err(error) => Err(Stop::Error(format!("the test broke off: {error}"))),
            };
            // people take their time, and machines sleep meanwhile
            let outcome = match watch.set_by().filter(|_| test.asks.is_empty()) {
                Some(ms) => Err(Stop::Error(format!(
                    "the clock of this machine was set by {ms} ms meanwhile: keep it steady, and run the test again"
                ))),
                None => outcome,
            };
            result(test, &place, &bench, outcome, started, watch.ms())
        })
    }

    fn conclude(&self, folder: &Folder) -> Result<Run, Error> {
        if self.stopped() && self.plan.steps.iter().any(|step| !self.record.has(&step.place)) {
            self.record.write(&Event::Stopped { because: "somebody stopped the run".to_owned() })?;
        } else {
            self.record.write(&Event::Finished)?;
        }
        let mut results = self.record.results.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for step in &self.plan.steps {
            if !results.contains_key(&step.place) {
                results.insert(step.place.clone(), not_run(&self.assessment, step, self.stopped()));
            }
        }
        let run = assemble_run(&self.assessment, &self.plan, results.into_values().collect(), self.circumstances(folder)?);
        folder.write_run(&run)?;
        Ok(run)
    }

    fn circumstances(&self, folder: &Folder) -> Result<Circumstances, Error> {
        let lines = journal::read(&folder.journal_path())?;
        let at = |line: Option<&assay_model::event::Line>| line.map(|line| line.at.clone()).unwrap_or_default();
        let spent = self.shared.authority.spent();
        let components = self.assessment.profile.components.iter().map(|component| {
            let count = spent.iter().find(|each| each.component == component.id && each.sample == component.sample);
            let address = self.shared.authority.address(&component.id, &component.sample);
            ComponentRecord {
                id: component.id.clone(),
                role: component.role.word().to_owned(),
                address: address.map_or_else(|_| component.address.clone(), |address| address.to_string()),
                sample: component.sample.clone(),
                connections: count.map_or(0, |count| count.connections),
                refusals: count.map_or(0, |count| count.refusals),
            }
        });
        Ok(Circumstances {
            id: folder.id(),
            started: at(lines.first()),
            finished: at(lines.last()),
            components: components.collect(),
            remarks: lines.iter().filter_map(|line| remark(&line.at, &line.event)).collect(),
        })
    }
}

fn remark(at: &str, event: &Event) -> Option<String> {
    match event {
        Event::Resumed { finished, .. } => {
            Some(format!("{at}: the run was interrupted and went on; {finished} steps were finished before"))
        }
        Event::Silent { component, detail } => Some(format!("{at}: {component} did not answer its health check: {detail}")),
        Event::Back { component } => Some(format!("{at}: {component} answers again")),
        Event::Stopped { because } => Some(format!("{at}: {because}")),
        Event::Started { .. } | Event::Began { .. } | Event::Fact { .. } | Event::Ended { .. } | Event::Finished => None,
    }
}

fn result(test: &Test, place: &Place, bench: &Bench, outcome: Outcome, started: String, duration_ms: u64) -> TestResult {
    let ruling = bench.finish().and(outcome).unwrap_or_else(|stop| stopped(stop, test));
    let clean = |text: &str| bench.clean(text);
    let source = if ruling.finding.source.is_empty() { test.sources.join("; ") } else { ruling.finding.source };
    TestResult {
        test: test.id.to_owned(),
        title: test.title.to_owned(),
        component: place.component.clone(),
        interface: place.interface.clone(),
        requirements: test.requirements(),
        method: test.method,
        safety: test.safety,
        verdict: ruling.verdict,
        basis: ruling.basis,
        reason: clean(&ruling.finding.reason),
        expected: clean(&ruling.finding.expected),
        observed: clean(&ruling.finding.observed),
        source,
        evidence: bench.evidence(),
        control: ruling.control,
        points: ruling.points.into_iter().map(|point| Point { reason: clean(&point.reason), ..point }).collect(),
        notes: ruling.notes.iter().map(|note| clean(note)).chain(bench.gap()).collect(),
        marks: bench.marks().into_iter().map(|mark| Mark { value: clean(&mark.value), ..mark }).collect(),
        started,
        duration_ms,
    }
}

fn stopped(stop: Stop, test: &Test) -> Ruling {
    let (verdict, reason) = match stop {
        Stop::Inconclusive(why) => (Verdict::Inconclusive, why),
        Stop::NotRun(why) => (Verdict::NotRun, why),
        Stop::Error(why) => (Verdict::Error, why),
    };
    let finding = Finding { reason, ..Finding::default() };
    Ruling { verdict, finding, control: None, evidence: Vec::new(), basis: basis(test.method), points: Vec::new(), notes: Vec::new() }
}

fn not_run(assessment: &Assessment, step: &Step, by_hand: bool) -> TestResult {
    let because = if by_hand { "the run was stopped before it" } else { "the component had stopped answering before it" };
    let aside = assay_model::plan::SetAside { place: step.place.clone(), verdict: Verdict::NotRun, because: because.to_owned() };
    crate::assemble::set_aside(assessment, &aside, "")
}
