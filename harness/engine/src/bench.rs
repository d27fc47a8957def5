//! The bench: all that a test may use.

use std::collections::BTreeSet;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use assay_model::evidence::EvidenceId;
use assay_model::plan::Place;
use assay_model::policy::Policy;
use assay_model::profile::{Account, Component, Document, Interface, Profile};
use assay_model::question::Question;
use assay_model::run::{Mark, Marking};
use assay_model::verdict::Basis;
use assay_wire::{Authority, Ledger, Permit};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use time::OffsetDateTime;

use crate::allowance::{Allowance, OF_TEST};
use crate::clock::Stopwatch;
use crate::facts::{Facts, Known};
use crate::folder::Folder;
use crate::people::People;
use crate::ruling::{Seen, Stop};
use crate::secrets::Keyring;

/// The longest file that a test reads, in bytes.
const LONGEST_FILE: u64 = 1 << 30;
/// The most marks that one test notes.
const MOST_MARKS: usize = 64;

/// Told of facts that were established, so that the journal has them.
pub(crate) type Establish = Arc<dyn Fn(&str, &EvidenceId) -> Result<(), String> + Send + Sync>;

/// What is the same for all tests of a run.
pub(crate) struct Shared {
    pub(crate) profile: Arc<Profile>,
    pub(crate) folder: PathBuf,
    pub(crate) policy: Arc<Policy>,
    pub(crate) authority: Authority,
    pub(crate) keyring: Keyring,
    pub(crate) run: Folder,
    pub(crate) allowance: Allowance,
    pub(crate) facts: Facts,
    pub(crate) establish: Establish,
    pub(crate) people: People,
}

/// Something that one test has to itself as long as it keeps this.
#[derive(Debug)]
#[must_use = "others may go on as soon as this is dropped"]
pub struct Hold {
    _guard: tokio::sync::OwnedMutexGuard<Option<Known>>,
}

/// What one test on one subject works with. Clones share it.
#[derive(Clone)]
pub struct Bench {
    shared: Arc<Shared>,
    place: Arc<Place>,
    questions: &'static [Question],
    ledger: Ledger,
    allowance: Arc<Allowance>,
    evidence: Arc<Mutex<Vec<EvidenceId>>>,
    marks: Arc<Mutex<BTreeSet<Mark>>>,
    asking: Arc<AtomicBool>,
}

impl Bench {
    pub(crate) fn new(shared: Arc<Shared>, place: Place, questions: &'static [Question]) -> Self {
        Self {
            shared,
            place: Arc::new(place),
            questions,
            ledger: Ledger::default(),
            allowance: Arc::new(Allowance::new(OF_TEST)),
            evidence: Arc::default(),
            marks: Arc::default(),
            asking: Arc::default(),
        }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) fn people(&self) -> &People {
        &self.shared.people
    }

    /// Waits for somebody; the time limit of the test stands still meanwhile.
    pub(crate) async fn asking<T>(&self, somebody: impl Future<Output = T>) -> T {
        self.asking.store(true, Ordering::Relaxed);
        let answer = somebody.await;
        self.asking.store(false, Ordering::Relaxed);
        answer
    }

    /// Ends when a test has worked for so long, not counting the time in which it waited for people.
    pub(crate) async fn work_for(&self, limit: Duration) {
        let (watch, mut waited) = (Stopwatch::start(), Duration::ZERO);
        while let Some(left) = limit.checked_sub(Duration::from_millis(watch.ms()).saturating_sub(waited)).filter(|left| !left.is_zero()) {
            let nap = left.min(Duration::from_millis(500));
            tokio::time::sleep(nap).await;
            if self.asking.load(Ordering::Relaxed) {
                waited += nap;
            }
        }
    }

    /// What the test asks people.
    pub fn questions(&self) -> &'static [Question] {
        self.questions
    }

    /// The profile.
    pub fn profile(&self) -> Arc<Profile> {
        Arc::clone(&self.shared.profile)
    }

    /// The thresholds.
    pub fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.shared.policy)
    }

    /// The component that the test is about, or that its interface belongs to.
    ///
    /// # Errors
    /// [`Stop::Error`] when the subject is the whole product.
    pub fn component(&self) -> Result<Component, Stop> {
        let id = self.place.component.as_deref().unwrap_or_default();
        self.shared.profile.component(id).cloned().ok_or_else(|| Stop::Error("this test is not about a component".to_owned()))
    }

    /// The interface that the test is about.
    ///
    /// # Errors
    /// [`Stop::Error`] when the subject is not an interface.
    pub fn interface(&self) -> Result<Interface, Stop> {
        let id = self.place.interface.as_deref().unwrap_or_default();
        self.component()?.interface(id).cloned().ok_or_else(|| Stop::Error("this test is not about an interface".to_owned()))
    }

    /// A permit for the interface that the test is about.
    ///
    /// # Errors
    /// [`Stop::Error`] when the subject is not an interface.
    pub fn permit(&self) -> Result<Permit, Stop> {
        let component = self.component()?;
        self.permit_for(&component.id, &self.interface()?)
    }

    /// A permit for an interface of any component of the profile, on the sample that the component names.
    ///
    /// # Errors
    /// [`Stop::Error`] when the profile names no such component.
    pub fn permit_for(&self, component: &str, interface: &Interface) -> Result<Permit, Stop> {
        let sample = self.shared.profile.component(component).map(|component| component.sample.clone()).unwrap_or_default();
        self.permit_sample(component, &sample, interface)
    }

    /// A permit for an interface of a certain sample of a component.
    ///
    /// # Errors
    /// [`Stop::Error`] when the profile names no such sample.
    pub fn permit_sample(&self, component: &str, sample: &str, interface: &Interface) -> Result<Permit, Stop> {
        Ok(self.shared.authority.permit(component, sample, interface, &self.ledger)?)
    }

    /// A permit for a port of a component, whatever may be there.
    ///
    /// # Errors
    /// [`Stop::Error`] when the profile names no such component.
    pub fn permit_port(&self, component: &Component, port: u16) -> Result<Permit, Stop> {
        Ok(self.shared.authority.permit_port(&component.id, &component.sample, port, &self.ledger)?)
    }

    /// The authority and the ledger, for listeners of the laboratory.
    pub fn listening(&self) -> (&Authority, &Ledger) {
        (&self.shared.authority, &self.ledger)
    }

    /// The secret of an account.
    ///
    /// # Errors
    /// [`Stop::Error`] when it was not fetched.
    pub fn secret(&self, account: &Account) -> Result<String, Stop> {
        let secret = self.shared.keyring.get(&account.id).map(str::to_owned);
        secret.ok_or_else(|| Stop::Error(format!("the secret of account `{}` was not fetched", account.id)))
    }

    /// Reads a file that the profile names.
    ///
    /// # Errors
    /// [`Stop::Error`] when it cannot be read or is too long.
    pub fn file(&self, name: &str) -> Result<Vec<u8>, Stop> {
        Self::file_at(&self.shared.folder.join(name))
    }

    pub(crate) fn file_at(path: &Path) -> Result<Vec<u8>, Stop> {
        let failed = |error: std::io::Error| Stop::Error(format!("{}: {error}", path.display()));
        let size = std::fs::metadata(path).map_err(failed)?.len();
        if size > LONGEST_FILE {
            return Err(Stop::Error(format!("{}: longer than {LONGEST_FILE} bytes", path.display())));
        }
        std::fs::read(path).map_err(failed)
    }

    /// The documents of this kind, with their bytes.
    ///
    /// # Errors
    /// [`Stop::Inconclusive`] when the profile names none, [`Stop::Error`] when one cannot be read.
    pub fn documents(&self, kind: &str) -> Result<Vec<(Document, Vec<u8>)>, Stop> {
        let named = self.shared.profile.documents.iter().filter(|document| document.kind == kind);
        let found = named.map(|document| Ok((document.clone(), self.file(&document.file)?))).collect::<Result<Vec<_>, Stop>>()?;
        if found.is_empty() {
            return Err(Stop::missing(format!("no document of kind `{kind}` was supplied: add a [[document]] of it to the profile")));
        }
        Ok(found)
    }

    pub(crate) fn document_named(&self, id: &str) -> Result<Vec<u8>, Stop> {
        let document = self.shared.profile.documents.iter().find(|document| document.id == id);
        let document =
            document.ok_or_else(|| Stop::missing(format!("an answer refers to document `{id}`, which the profile does not name")))?;
        self.file(&document.file)
    }

    /// The wall clock of the laboratory, in UTC.
    pub fn now(&self) -> OffsetDateTime {
        crate::clock::now()
    }

    /// Waits.
    pub async fn wait(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    /// Records facts with everything that was sent and received since the last record. Do it before judging, and
    /// before the next `?`.
    ///
    /// # Errors
    /// [`Stop::Error`] when the evidence cannot be written.
    pub fn record<T: Serialize>(&self, what: &str, facts: &T) -> Result<Seen, Stop> {
        self.keep(what, facts, Basis::Observed)
    }

    /// Records facts read from a document, with the hash of the document.
    ///
    /// # Errors
    /// [`Stop::Error`] when the evidence cannot be written.
    pub fn record_document<T: Serialize>(&self, name: &str, document: &[u8], facts: &T) -> Result<Seen, Stop> {
        let facts = json!({ "document": name, "sha256": assay_model::evidence::sha256_hex(document), "facts": facts });
        self.keep(name, &facts, Basis::Document)
    }

    pub(crate) fn record_answer<T: Serialize>(&self, what: &str, facts: &T) -> Result<Seen, Stop> {
        self.keep(what, facts, Basis::Attested)
    }

    /// Keeps a file as it is.
    pub(crate) fn keep_file(&self, bytes: &[u8]) -> Result<EvidenceId, Stop> {
        self.shared.allowance.take(bytes.len(), "this run")?;
        let id = self.shared.run.keep(bytes).map_err(|error| Stop::Error(format!("evidence could not be kept: {error}")))?;
        self.note_evidence(&id);
        Ok(id)
    }

    /// Facts that several tests share. The first test that asks establishes them; the others, and the same test after
    /// a resume, are given what was recorded. A question that could not be answered is asked again by the next test.
    /// `key` names the question and its subject.
    ///
    /// # Errors
    /// Whatever `establish` returns; [`Stop::Error`] when the evidence cannot be kept.
    pub async fn once<T, F>(&self, key: &str, establish: F) -> Result<(T, Seen), Stop>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<T, Stop>>,
    {
        let place = self.shared.facts.place(key);
        let mut known = place.lock().await;
        if known.is_none() {
            let facts = establish.await?;
            let seen = self.record(key, &facts)?;
            let id = seen.evidence.first().cloned().ok_or_else(|| Stop::Error("nothing was recorded".to_owned()))?;
            (self.shared.establish)(key, &id).map_err(Stop::Error)?;
            *known = Some((serde_json::to_value(&facts).map_err(|error| Stop::Error(error.to_string()))?, id));
        }
        let Some((facts, id)) = known.as_ref() else { return Err(Stop::Error("shared facts were lost".to_owned())) };
        let facts = serde_json::from_value(facts.clone())
            .map_err(|error| Stop::Error(format!("the shared facts `{key}` cannot be read back: {error}")))?;
        self.note_evidence(id);
        Ok((facts, Seen { evidence: vec![id.clone()], basis: Basis::Observed }))
    }

    /// Notes by what the unit is told from others, as it was read.
    pub fn mark(&self, what: Marking, value: impl Into<String>) {
        let _new = self.marks.lock().unwrap_or_else(PoisonError::into_inner).insert(Mark { what, value: value.into() });
    }

    pub(crate) fn marks(&self) -> Vec<Mark> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner).iter().take(MOST_MARKS).cloned().collect()
    }

    /// Keeps others who ask for the same key waiting, until what is returned is dropped: for what only one test may use
    /// at a time, such as the sessions of a product that lets each account have one.
    pub async fn hold(&self, key: &str) -> Hold {
        Hold { _guard: self.shared.facts.place(&format!("hold/{key}")).lock_owned().await }
    }

    fn keep<T: Serialize>(&self, what: &str, facts: &T, basis: Basis) -> Result<Seen, Stop> {
        let failed = |error| Stop::Error(format!("evidence could not be written down: {error}"));
        let secrets = self.shared.authority.secrets();
        let mut exchanges = self.ledger.take();
        for frame in exchanges.iter_mut().flat_map(|exchange| &mut exchange.frames) {
            frame.bytes = secrets.redact(&frame.bytes);
        }
        let document = json!({
            "what": what,
            "test": &*self.place,
            "recorded": crate::clock::now_text(),
            "facts": facts,
            "exchanges": exchanges,
        });
        let text = serde_json::to_vec_pretty(&document).map_err(failed)?;
        let text = secrets.redact(&text);
        self.allowance.take(text.len(), "this test")?;
        let id = self.keep_file(&text)?;
        Ok(Seen { evidence: vec![id], basis })
    }

    fn note_evidence(&self, id: &EvidenceId) {
        let mut all = self.evidence.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains(id) {
            all.push(id.clone());
        }
    }

    /// Keeps what was said since the last record.
    pub(crate) fn finish(&self) -> Result<(), Stop> {
        if !self.ledger.is_empty() {
            let _rest = self.record("what else was said", &())?;
        }
        Ok(())
    }

    /// All evidence of the test in the order of recording.
    pub(crate) fn evidence(&self) -> Vec<EvidenceId> {
        self.evidence.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is to be told of the evidence: that it does not hold all that was said.
    pub(crate) fn gap(&self) -> Option<String> {
        let dropped = self.ledger.dropped();
        (dropped > 0).then(|| format!("of what was said {dropped} bytes are counted only: the evidence holds what came before them"))
    }

    /// Blots secrets out of words that go into a result.
    pub(crate) fn clean(&self, text: &str) -> String {
        self.shared.authority.secrets().redact_text(text)
    }
}
