//! The shared observation of a log: events are brought about, and their records looked for.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::time::Duration;

use assay_engine::{Bench, Seen, Stop};
use assay_model::profile::{Accessor, Component, LogChannel};
use serde::{Deserialize, Serialize};

use super::log::{Record, records};
use super::stimuli::{Act, Stimuli};
use crate::support::Reader;

/// Without any event, to see what the log says by itself.
const BLANK: Duration = Duration::from_millis(400);
/// Between the first and the last event lies more than the coarsest step that a policy may allow by default.
const APART: Duration = Duration::from_millis(1_100);
/// Looks into the log right after an event.
const QUICK_LOOKS: u32 = 5;
const QUICK_PAUSE: Duration = Duration::from_millis(100);
/// Looks into the log while records may still come.
const LATE_LOOKS: u32 = 20;
/// Records kept that belong to no event.
const MOST_OTHERS: usize = 100;

/// One event, and the record of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Event {
    pub(super) act: Act,
    /// Why it was not brought about.
    pub(super) trouble: Option<String>,
    /// When it began, in milliseconds since 1970 by the laboratory's clock.
    pub(super) at_ms: i64,
    hints: Vec<String>,
    pub(super) record: Option<Record>,
}

/// What was seen of a log.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Watched {
    /// Records in the log before the first event.
    pub(super) before: usize,
    /// Records that came while nothing was done, and that could be taken for those of an event.
    pub(super) blank: Vec<Record>,
    pub(super) events: Vec<Event>,
    /// New records that belong to no event.
    pub(super) others: Vec<Record>,
    /// What could not be done, and why.
    pub(super) missing: Vec<String>,
    /// The user who logged in.
    pub(super) user: String,
    /// Seconds within which records had to come.
    pub(super) delay_seconds: u64,
}

impl Watched {
    /// Events with their records.
    pub(super) fn found(&self) -> impl Iterator<Item = (&Event, &Record)> {
        self.events.iter().filter_map(|event| Some((event, event.record.as_ref()?)))
    }

    /// Events that took place and left no record.
    pub(super) fn unrecorded(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(|event| event.trouble.is_none() && event.record.is_none())
    }
}

/// Watches the log of the component, or gives what was seen when it was watched before.
pub(super) async fn watch(bench: &Bench) -> Result<(Watched, Seen), Stop> {
    let component = bench.component()?;
    let watching: Pin<Box<dyn Future<Output = Result<Watched, Stop>> + Send>> = Box::pin(watch_now(bench.clone(), component.clone()));
    bench.once(&format!("log/{}", component.id), watching).await
}

async fn watch_now(bench: Bench, component: Component) -> Result<Watched, Stop> {
    let channel = component.log.clone().ok_or_else(|| Stop::missing("say in the profile where the log is read: `log` of the component"))?;
    let delay_seconds = channel.delay_seconds.unwrap_or(bench.policy().awareness.log_delay_seconds.value);
    let mut stimuli = Stimuli::prepare(&bench, &component).await?;
    let mut log = Log::open(&bench, &component, channel).await?;
    let mut seen = Watched {
        missing: stimuli.missing.clone(),
        user: stimuli.user().to_owned(),
        delay_seconds,
        before: log.news().await?.len(),
        ..Watched::default()
    };
    bench.wait(BLANK).await;
    let acts = stimuli.acts();
    let taken = |record: &Record| acts.iter().any(|act| act.relates(record, &stimuli.hints(*act)));
    seen.blank = log.news().await?.into_iter().filter(taken).take(MOST_OTHERS).collect();
    for (index, act) in acts.iter().enumerate() {
        if index == 2 {
            bench.wait(APART).await;
        }
        let at_ms = i64::try_from(bench.now().unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
        let trouble = stimuli.perform(*act).await?;
        seen.events.push(Event { act: *act, trouble, at_ms, hints: stimuli.hints(*act), record: None });
        look(&bench, &mut log, &mut seen, QUICK_LOOKS, QUICK_PAUSE).await?;
    }
    let pause = Duration::from_secs(delay_seconds) / LATE_LOOKS;
    look(&bench, &mut log, &mut seen, LATE_LOOKS, pause.max(QUICK_PAUSE)).await?;
    Ok(seen)
}

/// Looks into the log until every event has its record, at most so often.
async fn look(bench: &Bench, log: &mut Log, seen: &mut Watched, looks: u32, pause: Duration) -> Result<(), Stop> {
    for _ in 0..looks {
        if seen.unrecorded().next().is_none() {
            break;
        }
        bench.wait(pause).await;
        for record in log.news().await? {
            let open = seen.events.iter_mut().filter(|event| event.trouble.is_none() && event.record.is_none());
            match open.into_iter().find(|event| event.act.relates(&record, &event.hints)) {
                Some(event) => event.record = Some(record),
                None if seen.others.len() < MOST_OTHERS => seen.others.push(record),
                None => {}
            }
        }
    }
    Ok(())
}

/// A log that tells what is new in it.
pub(super) struct Log {
    reader: Reader,
    channel: LogChannel,
    known: BTreeMap<String, usize>,
}

impl Log {
    /// Opens the log of a component, signed in as somebody who may read it.
    pub(super) async fn open_of(bench: &Bench, component: &Component) -> Result<Self, Stop> {
        let missing = || Stop::missing("say in the profile where the log is read: `log` of the component");
        Self::open(bench, component, component.log.clone().ok_or_else(missing)?).await
    }

    async fn open(bench: &Bench, component: &Component, channel: LogChannel) -> Result<Self, Stop> {
        let accessor = Accessor { interface: channel.interface.clone(), operation: channel.operation.clone(), pointer: None };
        Ok(Self { reader: Reader::open(bench, component, &accessor).await?, channel, known: BTreeMap::new() })
    }

    /// The records that are there now, the last one first.
    pub(super) async fn all(&mut self) -> Result<Vec<Record>, Stop> {
        let text = self.reader.read().await;
        self.reader.rest();
        Ok(records(&text?, &self.channel))
    }

    /// The records that were not there at the last look. A log may drop old ones meanwhile, and hold equal ones.
    pub(super) async fn news(&mut self) -> Result<Vec<Record>, Stop> {
        let all = self.all().await?;
        let (mut now, mut news): (BTreeMap<String, usize>, Vec<Record>) = (BTreeMap::new(), Vec::new());
        for record in all {
            let count = now.entry(record.raw.clone()).or_default();
            *count += 1;
            if *count > self.known.get(&record.raw).copied().unwrap_or_default() {
                news.push(record);
            }
        }
        self.known = now;
        Ok(news)
    }
}
