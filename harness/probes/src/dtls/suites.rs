//! Which suites a version accepts: all are offered, what the server chooses is struck out, and so on.

use assay_wire::Result;

use super::asker::{Accepted, Answer, Asker};
use super::{Reply, VERSIONS};
use crate::handshake::{alert_name, batches, known, known_13};

/// The alert that speaks of the version, whatever the suites.
const PROTOCOL_VERSION: u8 = 70;
/// What was found about one version.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub(super) flights: Vec<Accepted>,
    refusal: Option<String>,
}

impl Found {
    pub(super) fn reply(&self) -> Reply {
        match &self.refusal {
            _ if !self.flights.is_empty() => Reply::Accepted,
            Some(how) => Reply::Refused { how: how.clone() },
            None => Reply::Silent,
        }
    }
}

/// What to do after an answer.
enum Next {
    Go,
    BatchDone,
    VersionDone,
}

/// Goes through all suites of a version. Where no hello of any version is answered, the first batches decide: the
/// usual suites with certificates and those with a pre-shared key.
pub(super) async fn eliminate(asker: &mut Asker<'_>, version: u16) -> Result<Found> {
    let all = if version == 0xfefc { known_13() } else { known() };
    let mut found = Found::default();
    for (index, mut remaining) in batches(&all).into_iter().enumerate() {
        if index >= 2 && !asker.answered() {
            break;
        }
        while !remaining.is_empty() {
            let answer = asker.ask(&asker.hello(version, &remaining)).await?;
            match take(asker, version, answer, &mut remaining, &mut found).await? {
                Next::Go => {}
                Next::BatchDone => break,
                Next::VersionDone => return Ok(found),
            }
        }
    }
    Ok(found)
}

/// Notes an answer. Every `Go` strikes out one suite, so that the loop ends.
async fn take(asker: &mut Asker<'_>, version: u16, answer: Answer, remaining: &mut Vec<u16>, found: &mut Found) -> Result<Next> {
    match answer {
        Answer::Flight(heard) if heard.flight.hello.version != version => {
            let other = heard.flight.hello.version;
            let name =
                VERSIONS.iter().find(|(_, number)| *number == other).map_or_else(|| format!("{other:04x}"), |(name, _)| (*name).to_owned());
            found.refusal.get_or_insert(format!("negotiated {name}"));
            Ok(Next::BatchDone)
        }
        Answer::Flight(heard) => {
            let suite = heard.flight.hello.suite;
            if !remaining.contains(&suite) {
                return Err(asker.malformed("the server chose a suite that was not offered"));
            }
            remaining.retain(|each| *each != suite);
            asker.control = Some(asker.hello(version, &[suite]));
            found.flights.push(*heard);
            Ok(Next::Go)
        }
        Answer::Alert(code) => {
            found.refusal.get_or_insert(alert_name(code));
            Ok(if code == PROTOCOL_VERSION && found.flights.is_empty() { Next::VersionDone } else { Next::BatchDone })
        }
        Answer::Garbled(what) => Err(asker.malformed(&what)),
        Answer::Silent => silent(asker).await,
    }
}

/// Silence says no; but where a hello was accepted before, it must be accepted again right after the silence.
async fn silent(asker: &mut Asker<'_>) -> Result<Next> {
    match asker.control.clone() {
        None => Ok(Next::BatchDone),
        Some(control) => match asker.ask(&control).await? {
            Answer::Flight(_) => Ok(Next::BatchDone),
            _ => Err(asker.late()),
        },
    }
}
