//! The shared observation of a collector that goes away and comes back: what gets lost, what the component says of it.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use assay_engine::{Bench, Seen, Stop, Subject};
use assay_model::profile::{CollectorTransport, Purpose};
use assay_probes::http::{self, Access, Client};
use assay_probes::syslog;
use assay_wire::ServerIdentity;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::log_export::{Lab, prepare, tells_of_login};
use crate::readout::{Readout, news, place};
use crate::support::check_of;

/// Log-ins while the collector is there, and as many while it is away.
const LOG_INS: usize = 3;
/// The longest that one listening takes.
const LIMIT: Duration = Duration::from_mins(10);
/// Messages taken in of one listening.
const MOST: usize = 2_000;
/// Looks at what the component says while the collector is away.
const LOOKS: u32 = 10;

/// Whether the log of this component is what the laboratory's collector receives.
pub(super) fn applies(subject: &Subject<'_>) -> bool {
    let named = subject.profile().collector.as_ref().map(|collector| collector.component.as_str());
    subject.component().is_some_and(|component| Some(component.id.as_str()) == named)
}

/// What was seen.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Outage {
    /// Messages of log-ins that came of [`LOG_INS`] log-ins while the collector was there.
    pub(super) with: usize,
    /// Messages of log-ins that came when it was back, after as many log-ins without it and one more.
    pub(super) after: usize,
    /// What the read-out of the state says of its condition: with the collector, without it, with it again.
    pub(super) conditions: [Option<String>; 3],
    /// Alerts that were raised while the collector was there, and while it was not.
    pub(super) alerts: [Vec<Value>; 2],
    /// What a request without a log-in was answered while the collector was away.
    pub(super) stranger: Option<Access>,
}

impl Outage {
    /// Messages that should have come when the collector was back.
    pub(super) const fn due(&self) -> usize {
        self.with + self.with / LOG_INS
    }
}

/// Takes the collector away and brings it back, or gives what was seen when that was done before.
pub(super) async fn watch(bench: &Bench) -> Result<(Outage, Seen), Stop> {
    let component = bench.component()?;
    let watching: Pin<Box<dyn Future<Output = Result<Outage, Stop>> + Send>> = Box::pin(watch_now(bench.clone()));
    bench.once(&format!("collector-outage/{}", component.id), watching).await
}

/// What the component says of itself, as far as the profile tells where.
struct Says {
    state: Option<Readout>,
    alerts: Option<Readout>,
}

impl Says {
    async fn open(bench: &Bench) -> Result<Self, Stop> {
        let component = bench.component()?;
        let mut state = None;
        if place(&component, Purpose::ReadState).is_ok() {
            state = Some(Readout::open(bench, &component, Purpose::ReadState).await?);
        }
        let mut alerts = None;
        if place(&component, Purpose::ReadAlerts).is_ok() {
            alerts = Some(Readout::open(bench, &component, Purpose::ReadAlerts).await?);
        }
        Ok(Self { state, alerts })
    }

    async fn condition(&mut self) -> Result<Option<String>, Stop> {
        let Some(state) = &mut self.state else { return Ok(None) };
        let document = state.document().await?;
        Ok(state.part(&document, "condition"))
    }

    async fn alerts(&mut self) -> Result<Vec<Value>, Stop> {
        match &mut self.alerts {
            Some(alerts) => alerts.list().await,
            None => Ok(Vec::new()),
        }
    }
}

async fn watch_now(bench: Bench) -> Result<Outage, Stop> {
    let collector = bench.profile().collector.clone().ok_or_else(|| Stop::missing("add [collector] to the profile"))?;
    if collector.transport != CollectorTransport::Tls {
        return Err(Stop::missing("the laboratory receives logs over TLS only: set collector.transport where the product can do it"));
    }
    let (lab, _, identity) = prepare(&bench, &collector)?;
    let (mut says, mut seen) = (Says::open(&bench).await?, Outage::default());
    // the first log-in makes the product connect and send what it had kept
    let first = round(&lab, &identity, 1 + LOG_INS, &mut says).await?;
    (seen.with, seen.conditions[0]) = (first.messages, first.condition);
    let quiet = says.alerts().await?;
    if seen.with == 0 {
        return Err(Stop::missing(
            "no message of a log-in came at the collector: point the product at collector.listen, and let it trust collector.certificate",
        ));
    }
    seen.alerts[0] = news(&first.alerts, &quiet);
    for _ in 0..LOG_INS {
        lab.log_in().await?;
    }
    for _ in 0..LOOKS {
        bench.wait(lab.delay / LOOKS).await;
        seen.conditions[1] = says.condition().await?;
        seen.alerts[1] = news(&quiet, &says.alerts().await?);
        if seen.conditions[1] != seen.conditions[0] && !seen.alerts[1].is_empty() {
            break;
        }
    }
    seen.stranger = Some(ask_as_stranger(&bench, &lab).await?);
    let second = round(&lab, &identity, 1, &mut says).await?;
    (seen.after, seen.conditions[2]) = (second.messages, second.condition);
    Ok(seen)
}

async fn ask_as_stranger(bench: &Bench, lab: &Lab) -> Result<Access, Stop> {
    let component = bench.component()?;
    let mut client = Client::new(bench.permit_for(&component.id, &lab.door.interface)?);
    Ok(Access::of(&http::call(&mut client, check_of(&lab.door.interface)?, None, None).await?))
}

/// What came of one listening.
struct Round {
    messages: usize,
    condition: Option<String>,
    /// The alerts that there were after the first log-in.
    alerts: Vec<Value>,
}

/// Listens while somebody logs in so many times. Of more than one, the first is to make the product send what it had
/// kept, and does not count.
async fn round(lab: &Lab, identity: &ServerIdentity, log_ins: usize, says: &mut Says) -> Result<Round, Stop> {
    let (authority, ledger) = lab.bench.listening();
    let listener = authority.listen(lab.at, Some(identity.clone()), ledger, lab.delay).await?;
    let (counting, messages) = (AtomicBool::new(log_ins == 1), AtomicUsize::new(0));
    let user = lab.door.account.user.to_lowercase();
    let receiving = syslog::receive(&listener, LIMIT, MOST, |message| {
        if counting.load(Ordering::Relaxed) && tells_of_login(message, &user) {
            messages.fetch_add(1, Ordering::Relaxed);
        }
        false
    });
    let working = async {
        let mut alerts = Vec::new();
        for turn in 0..log_ins {
            lab.log_in().await?;
            if turn == 0 && log_ins > 1 {
                lab.bench.wait(lab.delay / 2).await;
                alerts = says.alerts().await?;
                counting.store(true, Ordering::Relaxed);
            }
        }
        lab.bench.wait(lab.delay / 2).await;
        Ok::<_, Stop>((alerts, says.condition().await?))
    };
    let worked = tokio::select! {
        ended = receiving => {
            ended?;
            return Err(Stop::Error("the laboratory's collector ended before its time".to_owned()));
        }
        worked = working => worked,
    };
    let (alerts, condition) = worked?;
    Ok(Round { messages: messages.into_inner(), condition, alerts })
}
