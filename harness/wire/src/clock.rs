//! Deadlines, and the only place of this crate that reads a (monotonic) clock.

use std::future::Future;
use std::time::Duration;

use assay_model::profile::Budget;
use tokio::time::Instant;

use crate::error::{Error, Result};

/// How long things may take. They come from the profile's budget, and from nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// For a connection to stand.
    pub connect: Duration,
    /// For an answer, or the next part of one.
    pub answer: Duration,
    /// For a whole test on one subject.
    pub test: Duration,
}

impl From<&Budget> for Deadlines {
    fn from(budget: &Budget) -> Self {
        Self {
            connect: Duration::from_millis(budget.connect_ms),
            answer: Duration::from_millis(budget.answer_ms),
            test: Duration::from_secs(budget.test_seconds),
        }
    }
}

/// Measures how long something takes.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    pub fn start() -> Self {
        Self(now())
    }

    /// The time since the start.
    pub fn elapsed(&self) -> Duration {
        now().saturating_duration_since(self.0)
    }
}

/// Now, for measuring how long something took.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Milliseconds since `start`.
pub(crate) fn ms_since(start: Instant) -> u64 {
    u64::try_from(now().saturating_duration_since(start).as_millis()).unwrap_or(u64::MAX)
}

/// Waits for `future`, at most for `limit`.
pub(crate) async fn within<T>(peer: &str, what: &'static str, limit: Duration, future: impl Future<Output = T>) -> Result<T> {
    tokio::time::timeout(limit, future).await.map_err(|_| Error::TimedOut {
        peer: peer.to_owned(),
        what,
        after_ms: u64::try_from(limit.as_millis()).unwrap_or(u64::MAX),
    })
}
