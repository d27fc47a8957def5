//! Is an alert raised when an account is locked and when an update is not what it should be?

use std::time::Duration;

use assay_engine::{Bench, Finding, Outcome, Ruling, Stop, Test};
use assay_model::profile::{Component, Purpose};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{Accepted, Client};
use serde::Serialize;
use serde_json::Value;

use super::log::Record;
use super::stimuli::{Act, Door, Stimuli, door};
use crate::readout::{Readout, news, offers};
use crate::support::login_of;

/// Without any event, to see what is raised by itself.
const BLANK: Duration = Duration::from_millis(400);
/// Looks for an alert while it may still come.
const LOOKS: u32 = 20;
const LOCK_WORDS: &[&str] = &["lock", "block", "brute", "throttl"];

pub(super) const TEST: Test = Test {
    id: "awareness/alerts",
    title: "Is an alert raised when an account is locked and when an update is not what it should be?",
    shows: &["CS(EVR).1"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies: |subject| offers(subject, Purpose::ReadAlerts).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 SI-4(5), IR-6"],
    limits: "other events, and whether alerts reach anybody",
};

/// An event, and the alert of it.
#[derive(Debug, Clone, Serialize)]
struct Raised {
    event: &'static str,
    /// Why it did not come about.
    trouble: Option<String>,
    alert: Option<Value>,
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let (door, mut stimuli) = (door(&bench, &component)?, Stimuli::prepare(&bench, &component).await?);
    let mut alerts = Readout::open(&bench, &component, Purpose::ReadAlerts).await?;
    let before = alerts.list().await?;
    bench.wait(BLANK).await;
    let now = alerts.list().await?;
    let blank: Vec<Value> = news(&before, &now).into_iter().filter(|alert| is_of_lock(alert) || is_of_update(alert)).collect();
    let mut raised = Vec::new();
    if stimuli.acts().contains(&Act::Update) {
        let trouble = stimuli.perform(Act::Update).await?;
        let alert = look(&bench, &component, &mut alerts, &now, is_of_update).await?;
        raised.push(Raised { event: "an update that is none", trouble, alert });
    }
    let trouble = lock(&bench, &component, &door).await?;
    let alert = look(&bench, &component, &mut alerts, &now, is_of_lock).await;
    rest(&bench, &component, &door).await?;
    raised.push(Raised { event: "a locked account", trouble, alert: alert? });
    let seen = bench.record("events, and the alerts that were raised", &(&blank, &raised))?;
    let finding = |reason: String| Finding {
        reason,
        expected: format!("an alert of each event within {} s", seconds(&bench, &component)),
        observed: raised.iter().map(told).collect::<Vec<_>>().join("; "),
        ..Finding::default()
    };
    let ruling = if let Some(each) = raised.iter().find(|each| each.trouble.is_none() && each.alert.is_none()) {
        seen.fail(finding(format!("no alert of {} was raised: raise one at each such event", each.event)))
    } else if let Some((each, why)) = raised.iter().find_map(|each| Some((each, each.trouble.as_ref()?))) {
        seen.inconclusive(finding(format!("{} could not be brought about: {why}", each.event)))
    } else if !blank.is_empty() {
        seen.inconclusive(finding("such alerts come without any event too: use the product for nothing else during the run".to_owned()))
    } else {
        let control = seen.control("no such alert was raised while nothing was done");
        seen.pass(control, finding("each event raised its alert".to_owned()))
    };
    Ok(stimuli.missing.iter().filter(|what| what.contains("update")).fold(ruling?, Ruling::note))
}

fn seconds(bench: &Bench, component: &Component) -> u64 {
    let declared = component.log.as_ref().and_then(|log| log.delay_seconds);
    declared.unwrap_or(bench.policy().awareness.log_delay_seconds.value)
}

/// Fails to log in as often as is declared to lock an account. Tells why it is not locked, if so.
async fn lock(bench: &Bench, component: &Component, door: &Door) -> Result<Option<String>, Stop> {
    let Some(lockout) = login_of(&door.interface)?.lockout else {
        return Ok(Some(format!("no lock-out is declared: set login.lockout of `{}` in the profile", door.interface.id)));
    };
    let mut client = Client::new(bench.permit_for(&component.id, &door.interface)?);
    for _ in 0..lockout.tries {
        match door.log_in(bench, &mut client, false).await? {
            Accepted::Refused => {}
            Accepted::Throttled(_) => return Ok(None),
            other => return Ok(Some(format!("a wrong password came out as {other:?}"))),
        }
    }
    match door.log_in(bench, &mut client, true).await? {
        Accepted::Throttled(_) | Accepted::Refused => Ok(None),
        other => Ok(Some(format!("after {} wrong passwords the right one came out as {other:?}", lockout.tries))),
    }
}

/// Waits until the lock is over, and logs in, so that no failures add up.
async fn rest(bench: &Bench, component: &Component, door: &Door) -> Result<(), Stop> {
    if let Some(lockout) = login_of(&door.interface)?.lockout {
        bench.wait(Duration::from_secs(lockout.wait_seconds) + BLANK).await;
        let mut client = Client::new(bench.permit_for(&component.id, &door.interface)?);
        door.log_in(bench, &mut client, true).await?;
    }
    Ok(())
}

async fn look(
    bench: &Bench,
    component: &Component,
    alerts: &mut Readout,
    before: &[Value],
    is_it: fn(&Value) -> bool,
) -> Result<Option<Value>, Stop> {
    for _ in 0..LOOKS {
        if let Some(alert) = news(before, &alerts.list().await?).into_iter().find(is_it) {
            return Ok(Some(alert));
        }
        bench.wait(Duration::from_secs(seconds(bench, component)) / LOOKS).await;
    }
    Ok(None)
}

fn is_of_lock(alert: &Value) -> bool {
    let text = alert.to_string().to_lowercase();
    LOCK_WORDS.iter().any(|word| text.contains(word)) || Act::BadLogin.relates(&record(alert), &[])
}

fn is_of_update(alert: &Value) -> bool {
    Act::Update.relates(&record(alert), &[])
}

fn record(alert: &Value) -> Record {
    Record { raw: alert.to_string(), ..Record::default() }
}

fn told(each: &Raised) -> String {
    format!("{}: {}", each.event, each.alert.as_ref().map_or_else(|| "no alert".to_owned(), ToString::to_string))
}
