//! Which suites a version accepts: all are offered, what the server chooses is struck out, and so on.

use std::collections::BTreeMap;

use assay_wire::{Error, Result};

use super::asker::{Answer, Asker};
use super::{Support, VERSIONS, version_name};
use crate::handshake::{Flight, Hello, alert_name, batches, known, known_13};

/// The alert that speaks of the version, whatever the suites.
const PROTOCOL_VERSION: u8 = 70;

/// What was found about one version.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub(super) accepted: Vec<u16>,
    pub(super) flights: Vec<Flight>,
    pub(super) refusal: Option<String>,
    pub(super) unclear: Option<String>,
    pub(super) was_reset: bool,
}

impl Found {
    pub(super) fn support(&self) -> Support {
        match (&self.unclear, &self.refusal) {
            _ if !self.accepted.is_empty() => Support::Accepted,
            (Some(why), _) => Support::Unclear { why: why.clone() },
            (None, Some(how)) => Support::Refused { how: how.clone() },
            (None, None) => Support::Unclear { why: "nothing was asked".to_owned() },
        }
    }
}

/// What to do after an answer.
enum Next {
    Go,
    BatchDone,
    VersionDone,
}

/// Goes through all suites of a version.
pub(super) async fn eliminate(asker: &mut Asker<'_>, version: u16) -> Result<Found> {
    eliminate_with(asker, version, None).await
}

async fn eliminate_with(asker: &mut Asker<'_>, version: u16, control: Option<&Hello>) -> Result<Found> {
    let all = if version == 0x0304 { known_13() } else { known() };
    let mut found = Found::default();
    for mut remaining in batches(&all) {
        while !remaining.is_empty() {
            let answer = asker.ask(&asker.hello(version, &remaining)).await?;
            match take(asker, version, answer, &mut remaining, &mut found, control).await? {
                Next::Go => {}
                Next::BatchDone => break,
                Next::VersionDone => return Ok(found),
            }
        }
    }
    Ok(found)
}

/// Notes an answer. Every `Go` strikes out one suite, so that the loop ends.
async fn take(
    asker: &mut Asker<'_>,
    version: u16,
    answer: Answer,
    remaining: &mut Vec<u16>,
    found: &mut Found,
    control: Option<&Hello>,
) -> Result<Next> {
    match answer {
        Answer::Flight(flight) if flight.hello.version != version => {
            found.refusal.get_or_insert(format!("negotiated {}", version_name(flight.hello.version)));
            Ok(Next::BatchDone)
        }
        Answer::Flight(flight) => {
            let suite = flight.hello.suite;
            if !remaining.contains(&suite) {
                return Err(asker.malformed("the server chose a suite that was not offered"));
            }
            remaining.retain(|each| *each != suite);
            found.accepted.push(suite);
            found.flights.push(*flight);
            Ok(Next::Go)
        }
        Answer::Alert(code) => {
            found.refusal.get_or_insert(alert_name(code));
            Ok(if code == PROTOCOL_VERSION && found.accepted.is_empty() { Next::VersionDone } else { Next::BatchDone })
        }
        Answer::Closed => hung_up(asker, version, found, control, "closed").await,
        Answer::Reset => hung_up(asker, version, found, control, "reset").await,
        Answer::Late if found.accepted.is_empty() => Ok(unclear(found, "no answer to three hellos".to_owned())),
        Answer::Late => Err(asker.late()),
        Answer::Garbled(what) if found.accepted.is_empty() => Ok(unclear(found, what)),
        Answer::Garbled(what) => Err(asker.malformed(&what)),
    }
}

fn unclear(found: &mut Found, why: String) -> Next {
    found.unclear = Some(why);
    Next::VersionDone
}

/// A reset or a connection closed without a word says no only where another hello is answered right after it: servers
/// with too many clients do the same.
async fn hung_up(asker: &mut Asker<'_>, version: u16, found: &mut Found, control: Option<&Hello>, how: &str) -> Result<Next> {
    let own = found.accepted.first().map(|suite| asker.hello(version, &[*suite]));
    let Some(control) = own.as_ref().or(control) else {
        found.was_reset = true;
        return Ok(unclear(found, format!("the connection was {how} after three hellos")));
    };
    match asker.ask(control).await? {
        Answer::Flight(_) => {
            found.refusal.get_or_insert(how.to_owned());
            Ok(Next::BatchDone)
        }
        _ => Err(Error::Reset(asker.permit.peer())),
    }
}

/// Asks once more for versions whose hellos were reset or met with a closed connection, now that it is known which hello is answered.
pub(super) async fn ask_again_after_resets(asker: &mut Asker<'_>, found: &mut BTreeMap<&str, Found>) -> Result<()> {
    let Some(control) = control(asker, found) else { return Ok(()) };
    for (name, version) in VERSIONS {
        if found.get(name).is_some_and(|each| each.was_reset) {
            found.insert(name, eliminate_with(asker, version, Some(&control)).await?);
        }
    }
    Ok(())
}

/// A hello that is known to be answered.
pub(super) fn control(asker: &Asker<'_>, found: &BTreeMap<&str, Found>) -> Option<Hello> {
    VERSIONS.iter().find_map(|(name, version)| {
        let suite = found.get(name)?.accepted.first()?;
        Some(asker.hello(*version, &[*suite]))
    })
}
