//! The shared observation of a log that is filled beyond what it holds.

use std::pin::Pin;
use std::time::Duration;

use assay_engine::{Bench, Seen, Stop};
use assay_model::profile::Purpose;
use assay_probes::http::{Accepted, Client};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::log::Record;
use super::stimuli::{Act, Door, door, first_setting};
use super::watch::Log;
use crate::readout::{Readout, news, place};
use crate::setting::Setting;

/// The most records that are written to fill a log: more would wear out its memory.
const MOST: u64 = 2_000;
/// Records written beyond what the log holds.
const BEYOND: u64 = 5;
/// Looks into the log while the last record may still come.
const LOOKS: u32 = 10;

/// What was seen.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Filled {
    /// Records that the log holds, as declared.
    pub(super) capacity: u64,
    /// Changes that were made.
    pub(super) made: u64,
    /// Records in the log before and after.
    pub(super) records: [usize; 2],
    /// Records of changes that the log held at the end.
    pub(super) of_changes: usize,
    /// Whether the log had a record of a log-in before it was filled.
    pub(super) knows_log_ins: bool,
    /// The record of the log-in that was made last.
    pub(super) newest: Option<Record>,
    /// Alerts that were raised meanwhile.
    pub(super) alerts: Vec<Value>,
    /// What was not put back.
    pub(super) left: Option<String>,
}

/// Fills the log of the component, or gives what was seen when that was done before.
pub(super) async fn fill(bench: &Bench) -> Result<(Filled, Seen), Stop> {
    let component = bench.component()?;
    let filling: Pin<Box<dyn Future<Output = Result<Filled, Stop>> + Send>> = Box::pin(fill_now(bench.clone()));
    bench.once(&format!("full-log/{}", component.id), filling).await
}

async fn fill_now(bench: Bench) -> Result<Filled, Stop> {
    let component = bench.component()?;
    let channel = component.log.clone().ok_or_else(|| Stop::missing("say in the profile where the log is read: `log` of the component"))?;
    let capacity = channel.capacity.ok_or_else(|| Stop::missing("say in the profile how many records the log holds: log.capacity"))?;
    if capacity > MOST {
        return Err(Stop::missing(format!("filling a log of {capacity} records would wear out its memory; up to {MOST} are written")));
    }
    let (interface, operation) = first_setting(&component).ok_or_else(|| {
        Stop::missing("no setting can be changed to fill the log: declare one with two values and a read_back in the profile")
    })?;
    let door = door(&bench, &component)?;
    let mut log = Log::open_of(&bench, &component).await?;
    let mut alerts = None;
    if place(&component, Purpose::ReadAlerts).is_ok() {
        alerts = Some(Readout::open(&bench, &component, Purpose::ReadAlerts).await?);
    }
    let mut setting = Setting::open(&bench, &component, interface, operation).await?;
    setting.rest();
    let before = match &mut alerts {
        Some(alerts) => alerts.list().await?,
        None => Vec::new(),
    };
    let first = log.news().await?;
    let knows_log_ins = first.iter().any(|record| Act::GoodLogin.relates(record, &[]));
    let mut filled = Filled { capacity, knows_log_ins, records: [first.len(), 0], ..Filled::default() };
    filled.made = write(&mut setting, capacity + BEYOND).await;
    filled.left = setting.restore().await;
    setting.rest();
    log.news().await?;
    filled.newest = newest(&bench, &mut log, &door, channel.delay_seconds).await?;
    let last = log.all().await?;
    filled.records[1] = last.len();
    filled.of_changes = last.iter().filter(|record| Act::Setting.relates(record, &[operation.id.to_lowercase()])).count();
    if let Some(alerts) = &mut alerts {
        filled.alerts = news(&before, &alerts.list().await?);
    }
    Ok(filled)
}

/// Logs in, and gives the record of it.
async fn newest(bench: &Bench, log: &mut Log, door: &Door, delay_seconds: Option<u64>) -> Result<Option<Record>, Stop> {
    let mut client = Client::new(bench.permit_for(&bench.component()?.id, &door.interface)?);
    if door.log_in(bench, &mut client, true).await? != Accepted::Accepted {
        return Err(Stop::missing("the last log-in was not accepted, so that its record cannot be looked for"));
    }
    let seconds = delay_seconds.unwrap_or(bench.policy().awareness.log_delay_seconds.value);
    for _ in 0..LOOKS {
        if let Some(record) = log.news().await?.into_iter().find(|record| Act::GoodLogin.relates(record, &[])) {
            return Ok(Some(record));
        }
        bench.wait(Duration::from_secs(seconds) / LOOKS).await;
    }
    Ok(None)
}

/// Changes a setting so many times, and tells how many changes were made: none is after the first that is not granted.
async fn write(setting: &mut Setting, times: u64) -> u64 {
    for turn in 0..times {
        // the first value is often the one that stands
        let granted = setting.write(usize::try_from(turn).unwrap_or_default() + 1).await;
        if !granted.is_ok_and(|access| access.is_granted()) {
            return turn;
        }
    }
    times
}
