//! Whole sessions and known flaws up to TLS 1.2: handshakes that were begun for the suites are carried on, and what
//! did not ride along is done once the suites are known.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use assay_wire::{Link, Permit, Result};
use tokio::sync::mpsc::UnboundedReceiver;

use super::asker::Asker;
use super::board::Rank;
use super::crew::Place;
use super::findings::{Findings, State};
use super::flaws::{Accepted, Door};
use super::session::Begun;

/// How urgent these hellos are.
const RANK: Rank = 1;
/// The versions in which sessions are held here.
const VERSIONS: [u16; 3] = [0x0303, 0x0302, 0x0301];

/// What is carried on, and its place.
pub(super) type Passed = UnboundedReceiver<(Begun, Place)>;

/// Carries on what was begun until all suites are known or nothing more is to be looked at, and then does the rest.
/// `expected`: the newest version, where it is known from before.
pub(super) async fn look(asker: &Asker<'_>, findings: &Findings, expected: Option<u16>, mut begun: Passed) -> Result<()> {
    let mut rides: Vec<Pin<Box<dyn Future<Output = Result<()>> + Send + '_>>> = Vec::new();
    let mut enough = pin!(findings.wait(|state| is_enough(asker, state).then_some(())));
    let mut ends = false;
    while !ends || !rides.is_empty() {
        let ended = poll_fn(|cx| {
            let mut each = rides.iter_mut().enumerate();
            let done = each.find_map(|(index, ride)| match ride.as_mut().poll(cx) {
                Poll::Ready(result) => Some((index, result)),
                Poll::Pending => None,
            });
            done.map_or(Poll::Pending, Poll::Ready)
        });
        tokio::select! {
            biased;
            (index, result) = ended => {
                drop(rides.swap_remove(index));
                result?;
            }
            Some((begun, place)) = begun.recv() => {
                let newest = findings.state().best_with_extensions().unwrap_or(expected);
                rides.push(Box::pin(ride(asker, begun, newest, place)));
            }
            () = &mut enough, if !ends => {
                asker.pass_to(None);
                ends = true;
            }
        }
    }
    let part = asker.crew.enlist(RANK);
    let accepted = accepted(&findings.state());
    let (sessions, flaws) = asker.rides.conclude(&Doorway { asker }, &accepted, None).await?;
    findings.change(|state| (state.sessions, state.flaws) = (Some(sessions), Some(flaws)));
    drop(part);
    Ok(())
}

/// Whether the rest can be done: all suites are known, or every look has been taken with the suites that are.
fn is_enough(asker: &Asker<'_>, state: &State) -> bool {
    let settled = VERSIONS.iter().chain(&[0x0300]).all(|version| state.of(*version).is_some_and(|found| found.done));
    settled || (state.best_with_extensions().is_some() && asker.rides.are_done(&accepted(state)))
}

fn accepted(state: &State) -> Accepted {
    let each = VERSIONS.iter().filter_map(|version| Some((*version, state.of(*version)?.accepted.clone())));
    each.filter(|(_, all)| !all.is_empty()).collect()
}

async fn ride(asker: &Asker<'_>, begun: Begun, newest: Option<u16>, place: Place) -> Result<()> {
    let ridden = asker.rides.ride(begun, newest).await;
    drop(place);
    ridden
}

/// Connections from the survey's own.
struct Doorway<'r, 'a> {
    asker: &'r Asker<'a>,
}

impl Door for Doorway<'_, '_> {
    type Place = Place;

    async fn open(&self) -> Result<(Link, Place)> {
        self.asker.crew.line(RANK).await?.split()
    }

    fn permit(&self) -> &Permit {
        self.asker.crew.permit
    }

    fn name(&self) -> Option<&str> {
        self.asker.name
    }

    fn count_hello(&self) {
        self.asker.notes().hellos += 1;
    }
}
