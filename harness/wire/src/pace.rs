//! Pace and parallelism towards one host.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use assay_model::profile::Budget;
use serde::Serialize;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::clock::{ms_since, now};
use crate::error::{Error, Result};

/// What was sent to one host so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Effort {
    /// Connections.
    pub connections: u64,
    /// Connections that were refused or reset.
    pub refusals: u64,
    /// Failed log-ins.
    pub failed_logins: u32,
    /// Milliseconds since the host was permitted.
    pub ms: u64,
}

/// The budget of one host, as it is being used up.
#[derive(Debug)]
pub(crate) struct Pace {
    slots: Arc<Semaphore>,
    pub(crate) most: usize,
    patience: Duration,
    step: Duration,
    next: Mutex<Option<Instant>>,
    failed_logins: u32,
    failed_logins_left: AtomicU32,
    pub(crate) connections: AtomicU64,
    pub(crate) refusals: AtomicU64,
    /// The time of the quickest connection, in microseconds.
    round_trip: AtomicU64,
    since: Instant,
}

impl Pace {
    pub(crate) fn new(budget: &Budget) -> Self {
        let most = usize::from(budget.connections.max(1));
        Self {
            slots: Arc::new(Semaphore::new(most)),
            most,
            patience: Duration::from_secs(budget.test_seconds),
            step: Duration::from_secs(1) / budget.connections_per_second.max(1),
            next: Mutex::new(None),
            failed_logins: budget.failed_logins,
            failed_logins_left: AtomicU32::new(budget.failed_logins),
            connections: AtomicU64::new(0),
            refusals: AtomicU64::new(0),
            round_trip: AtomicU64::new(u64::MAX),
            since: now(),
        }
    }

    /// Waits for a free connection slot and for its turn.
    pub(crate) async fn turn(&self, peer: &str) -> Result<OwnedSemaphorePermit> {
        let slot = tokio::time::timeout(self.patience, Arc::clone(&self.slots).acquire_owned())
            .await
            .map_err(|_| Error::Budget(format!("all connections that the profile permits to {peer} stayed in use")))?
            .map_err(|_| Error::Local("the connection slots are gone".to_owned()))?;
        let due = {
            let mut next = self.next.lock().await;
            let due = next.unwrap_or_else(now).max(now());
            *next = Some(due + self.step);
            due
        };
        if due > now() {
            tokio::time::sleep_until(due).await;
        }
        self.connections.fetch_add(1, Ordering::Relaxed);
        Ok(slot)
    }

    /// Takes one failed log-in out of the budget, before it is tried.
    pub(crate) fn spend_login(&self, peer: &str) -> Result<()> {
        self.failed_logins_left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
            .map(drop)
            .map_err(|_| Error::Budget(format!("no failed log-ins are left for {peer}: raise their budget if its owner agrees")))
    }

    /// Gives a log-in back that did not fail.
    pub(crate) fn return_login(&self) {
        self.failed_logins_left.fetch_add(1, Ordering::Relaxed);
    }

    /// Charges what was used up before, in the part of the run that was interrupted.
    pub(crate) fn charge(&self, connections: u64, refusals: u64, failed_logins: u32) {
        self.connections.fetch_add(connections, Ordering::Relaxed);
        self.refusals.fetch_add(refusals, Ordering::Relaxed);
        let less = |left: u32| Some(left.saturating_sub(failed_logins));
        let _before = self.failed_logins_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// Notes how long a connection took to stand.
    pub(crate) fn connected_after(&self, took: Duration) {
        self.round_trip.fetch_min(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// How long the way there and back takes, as the quickest connection shows; none before the first.
    pub(crate) fn round_trip(&self) -> Duration {
        match self.round_trip.load(Ordering::Relaxed) {
            u64::MAX => Duration::ZERO,
            micros => Duration::from_micros(micros),
        }
    }

    pub(crate) fn effort(&self) -> Effort {
        Effort {
            connections: self.connections.load(Ordering::Relaxed),
            refusals: self.refusals.load(Ordering::Relaxed),
            failed_logins: self.failed_logins(),
            ms: ms_since(self.since),
        }
    }

    /// Failed log-ins so far.
    pub(crate) fn failed_logins(&self) -> u32 {
        self.failed_logins.saturating_sub(self.logins_left())
    }

    pub(crate) fn logins_left(&self) -> u32 {
        self.failed_logins_left.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_goes_on_where_it_stood() {
        let pace = Pace::new(&Budget { failed_logins: 5, ..Budget::default() });
        pace.charge(7, 2, 4);
        assert_eq!((pace.logins_left(), pace.failed_logins(), pace.connections.load(Ordering::Relaxed)), (1, 4, 7));
        pace.spend_login("peer").expect("one is left");
        assert!(pace.spend_login("peer").is_err());
        pace.charge(0, 0, 9);
        assert_eq!((pace.logins_left(), pace.failed_logins()), (0, 5));
    }
}
