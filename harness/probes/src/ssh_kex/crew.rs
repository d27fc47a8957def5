//! Connections to a server that may be busy: a refusal, a reset, silence or an early end is never a fact.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use assay_wire::{Error, Permit, Result};

use super::connection::{self, Connection};
use super::facts::{Effort, FirstProtocol};
use super::message::Algorithms;

/// Tries for one connection: before any has held, and after.
const FIRST_TRIES: u32 = 3;
const LATER_TRIES: u32 = 6;
/// Tries where each ended in silence: they cost the most time.
const SILENT_TRIES: u32 = 2;
/// The first pause; each that follows is twice as long.
const PAUSE: Duration = Duration::from_millis(100);

/// The connections of one survey. The permit keeps their number at once within the budget.
pub(super) struct Crew {
    pub(super) permit: Permit,
    connections: AtomicU32,
    busy: AtomicU32,
    held: AtomicBool,
}

impl Crew {
    pub(super) fn new(permit: &Permit) -> Self {
        Self { permit: permit.clone(), connections: AtomicU32::new(0), busy: AtomicU32::new(0), held: AtomicBool::new(false) }
    }

    /// A connection on which both have identified themselves.
    pub(super) async fn greet(&self) -> Result<Connection> {
        let mut patience = Patience::default();
        loop {
            match self.counted(Connection::open(&self.permit, false).await) {
                Err(error) if self.again(&mut patience, &error).await => {}
                other => return other,
            }
        }
    }

    /// A connection on which the server's algorithms have been read.
    pub(super) async fn open(&self) -> Result<(Connection, Algorithms)> {
        let mut patience = Patience::default();
        loop {
            match self.counted(read(&self.permit).await) {
                Err(error) if self.again(&mut patience, &error).await => {}
                other => return other,
            }
        }
    }

    pub(super) async fn first_protocol(&self) -> Result<FirstProtocol> {
        let mut patience = Patience::default();
        loop {
            match self.counted(connection::first_protocol(&self.permit).await) {
                Err(error) if self.again(&mut patience, &error).await => {}
                other => return other,
            }
        }
    }

    fn counted<T>(&self, result: Result<T>) -> Result<T> {
        self.connections.fetch_add(1, Ordering::Relaxed);
        match &result {
            Ok(_) => self.held.store(true, Ordering::Relaxed),
            Err(error) => drop(self.busy.fetch_add(u32::from(is_busy(error)), Ordering::Relaxed)),
        }
        result
    }

    /// Whether to try again. Waits before it says so, each time longer.
    async fn again(&self, patience: &mut Patience, error: &Error) -> bool {
        patience.tries += 1;
        patience.silent += u32::from(matches!(error, Error::TimedOut { .. }));
        let most = if self.held.load(Ordering::Relaxed) { LATER_TRIES } else { FIRST_TRIES };
        if !is_busy(error) || patience.tries >= most || patience.silent >= SILENT_TRIES {
            return false;
        }
        tokio::time::sleep(PAUSE.min(self.permit.deadlines().answer / 20) * (1 << (patience.tries - 1))).await;
        true
    }

    pub(super) fn effort(&self) -> Effort {
        Effort { connections: self.connections.load(Ordering::Relaxed), busy: self.busy.load(Ordering::Relaxed) }
    }
}

/// What one attempt has gone through.
#[derive(Default)]
struct Patience {
    tries: u32,
    silent: u32,
}

async fn read(permit: &Permit) -> Result<(Connection, Algorithms)> {
    let mut connection = Connection::open(permit, true).await?;
    let offered = connection.algorithms().await?;
    Ok((connection, offered))
}

/// Whether this may be only because the server has no room or time now.
pub(super) const fn is_busy(error: &Error) -> bool {
    matches!(error, Error::Refused(_) | Error::Reset(_) | Error::Closed(_) | Error::TimedOut { .. })
}
