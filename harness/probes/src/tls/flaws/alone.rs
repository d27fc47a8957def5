//! All looks on connections of their own, after a survey.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use assay_wire::{Error, Link, Permit, Result};

use super::Flaws;
use super::conclude::{Accepted, Door};
use super::rides::Rides;
use super::words::bearable;
use crate::handshake::Suite;
use crate::tls::session::{Sessions, Thirteen};
use crate::tls::{Request, Survey, VERSIONS};

/// How often a connection is tried that does not come about.
const ATTEMPTS: u32 = 3;

/// Connections straight from a permit.
struct Straight<'a> {
    permit: &'a Permit,
    request: &'a Request,
    hellos: AtomicU32,
}

impl Straight<'_> {
    async fn connect(&self) -> Result<Link> {
        let mut link = self.permit.tcp().await?;
        self.request.prelude.speak(&mut link).await?;
        Ok(link)
    }
}

impl Door for Straight<'_> {
    type Place = ();

    async fn open(&self) -> Result<(Link, ())> {
        let mut tries = 1;
        loop {
            match self.connect().await {
                Ok(link) => return Ok((link, ())),
                Err(error) if tries < ATTEMPTS && !error.is_ours() && !matches!(error, Error::Budget(_)) => tries += 1,
                Err(error) => return Err(error),
            }
            tokio::time::sleep(self.permit.deadlines().answer.min(Duration::from_secs(1)) / 5).await;
        }
    }

    fn permit(&self) -> &Permit {
        self.permit
    }

    fn name(&self) -> Option<&str> {
        self.request.name.as_deref()
    }

    fn count_hello(&self) {
        self.hellos.fetch_add(1, Ordering::Relaxed);
    }
}

/// Holds whole sessions with a server and looks for known flaws; `survey` says what it accepts, and is given what is
/// found.
///
/// # Errors
/// What is no fault of the server: a budget that is used up, or trouble of this machine.
pub async fn look_deeper(permit: &Permit, request: &Request, survey: &mut Survey) -> Result<()> {
    let door = Straight { permit, request, hellos: AtomicU32::new(0) };
    let rides = Rides::new(permit.deadlines().answer);
    let (mut sessions, flaws) = rides.conclude(&door, &accepted(&survey.suites), None).await?;
    if survey.suites.contains_key("1.3") {
        thirteen(&door, &rides, &mut sessions).await?;
    }
    let hellos = door.hellos.load(Ordering::Relaxed);
    survey.hellos = survey.hellos.saturating_add(hellos);
    survey.connections = survey.connections.saturating_add(hellos);
    take(survey, sessions, flaws);
    Ok(())
}

fn take(survey: &mut Survey, sessions: Sessions, flaws: Flaws) {
    survey.sessions = Some(sessions);
    survey.flaws = Some(flaws);
}

/// The suites from TLS 1.0 to 1.2.
fn accepted(suites: &BTreeMap<String, Vec<Suite>>) -> Accepted {
    let number = |name: &str| VERSIONS.iter().find(|(each, _)| *each == name).map(|(_, version)| *version);
    let ids = |all: &[Suite]| all.iter().filter_map(|suite| u16::try_from(suite.id).ok()).collect();
    let each = suites.iter().filter_map(|(name, all)| Some((number(name)?, ids(all))));
    each.filter(|(version, _)| (0x0301..=0x0303).contains(version)).collect()
}

/// Two sessions of TLS 1.3.
async fn thirteen<D: Door>(door: &D, rides: &Rides, sessions: &mut Sessions) -> Result<()> {
    let thirteen = Thirteen::new(door.name());
    for second in [false, true] {
        let trouble = match door.open().await {
            Err(error) => Err(error),
            Ok((link, _place)) => {
                door.count_hello();
                if second {
                    thirteen.second(door.permit(), link, sessions).await
                } else {
                    thirteen.first(door.permit(), link, rides.quiet(), sessions).await.map(drop)
                }
            }
        };
        if let Err(error) = trouble {
            sessions.unclear.insert("thirteen".to_owned(), error.to_string());
            return bearable(error);
        }
        if !thirteen.has_ticket() {
            return Ok(());
        }
    }
    Ok(())
}
