//! Log-ins take turns: one at a time at each port of a host, and after each the port is left alone as long as the product
//! took for it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::Instant;

use crate::clock::now;
use crate::error::Result;
use crate::permit::Permit;

/// Refusals whose answering time is remembered.
const REMEMBERED: usize = 64;
/// Refusals before one can be called slow.
const USUAL: usize = 3;
/// How many times the usual time an answer takes that shows a product in trouble, or one that slows guessers down.
const SLOWER: u32 = 3;
/// What a lost packet that is sent again adds to an answer at most, so that it shows nothing about the product: Linux
/// sends again after 200 ms at least, and a second time after 400 ms (RFC 6298 section 2.4 and 5.5).
const LOST: Duration = Duration::from_millis(500);
/// Pauses shorter than the timer can hold are added up.
const TICK: Duration = Duration::from_millis(1);

/// The gates of one host, by port.
#[derive(Debug, Default)]
pub(crate) struct Gates(StdMutex<BTreeMap<u16, Arc<Mutex<Gate>>>>);

impl Gates {
    pub(crate) fn at(&self, port: u16) -> Arc<Mutex<Gate>> {
        Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(port).or_default())
    }
}

/// What is known of the log-ins at one port.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    quiet_until: Option<Instant>,
    owed: Duration,
    refusals: VecDeque<Duration>,
    was_slow: bool,
    slow: Option<Slow>,
}

/// Two refusals in a row that took much longer than those before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slow {
    /// How long the second took.
    pub took: Duration,
    /// How long half of those before took at most.
    pub usual: Duration,
}

impl std::fmt::Display for Slow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "answers slow down: the last took {} ms, where {} ms were usual", self.took.as_millis(), self.usual.as_millis())
    }
}

impl Gate {
    /// Waits until the port may be bothered again.
    async fn quiet(&mut self) {
        let left = self.quiet_until.take().map_or(Duration::ZERO, |until| until.saturating_duration_since(now()));
        if left < TICK {
            self.owed = left;
        } else {
            self.owed = Duration::ZERO;
            tokio::time::sleep(left).await;
        }
    }

    fn rest(&mut self, time: Duration) {
        self.quiet_until = Some(now() + time + std::mem::take(&mut self.owed));
    }

    fn refused_after(&mut self, took: Duration) {
        let mut sorted: Vec<Duration> = self.refusals.iter().copied().collect();
        sorted.sort_unstable();
        let usual = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
        let is_slow = sorted.len() >= USUAL && took > usual.saturating_mul(SLOWER) && took > usual + LOST;
        // one may be an accident; the port has had a rest of the same length before the next
        self.slow = (is_slow && self.was_slow).then_some(Slow { took, usual });
        self.was_slow = is_slow;
        if self.refusals.len() == REMEMBERED {
            self.refusals.pop_front();
        }
        self.refusals.push_back(took);
    }
}

/// The turn of one log-in attempt. No other begins at the same port while it lasts. Afterwards the port is left alone
/// as long as the product took, so that logging in keeps it busy half of the time at most: as long as the turn took,
/// less the time on the way, as the quickest connection shows it, and never less than an eighth. A turn that is
/// dropped without a word was spent, if the credential was sent, and shows nothing.
#[derive(Debug)]
pub struct Turn {
    gate: OwnedMutexGuard<Gate>,
    permit: Permit,
    began: Instant,
    sent: Option<Instant>,
    rests: bool,
}

impl Turn {
    /// The credential goes out now: one failed log-in is taken out of the budget.
    ///
    /// # Errors
    /// [`crate::Error::Budget`] when none is left: the attempt must not be made.
    pub fn send(&mut self) -> Result<()> {
        if self.sent.is_none() {
            self.permit.spend_login()?;
        }
        self.sent = Some(now());
        Ok(())
    }

    /// It did not reach a log-in after all: the budget gets back what was taken out.
    pub fn unsent(mut self) {
        self.give_back();
        self.rests = false;
    }

    /// It was let in: the budget gets back what was taken out.
    pub fn accepted(mut self) {
        self.give_back();
    }

    /// It was refused. The time from sending until now counts as the product's answering time.
    pub fn refused(mut self) {
        if let Some(sent) = self.sent {
            self.gate.refused_after(now().saturating_duration_since(sent));
        }
    }

    /// Nothing was heard, as where a protocol refuses by silence: the product was kept busy for no time worth a rest.
    pub fn unanswered(mut self) {
        self.rests = false;
    }

    fn give_back(&mut self) {
        if self.sent.take().is_some() {
            self.permit.return_login();
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.rests {
            let took = now().saturating_duration_since(self.began);
            // the way there and back is no work of the product; an eighth of the time at least is taken for its own
            self.gate.rest(took.saturating_sub(self.permit.host.pace.round_trip().min(took / 8 * 7)));
        }
    }
}

impl Permit {
    /// Waits for the turn to log in at this port: until no other attempt is under way and the port has had its rest.
    ///
    /// # Errors
    /// [`crate::Error::Budget`] when no failed log-in is left.
    pub async fn turn_to_log_in(&self) -> Result<Turn> {
        if self.logins_left() == 0 {
            self.spend_login()?;
        }
        let mut gate = self.host.gates.at(self.address().port()).lock_owned().await;
        gate.quiet().await;
        Ok(Turn { gate, permit: self.clone(), began: now(), sent: None, rests: true })
    }

    /// Whether the last two refused log-ins at this port took at least three times as long as those before usually did,
    /// and more than a lost packet explains. Known from the fifth refusal on.
    pub async fn slow_refusal(&self) -> Option<Slow> {
        self.host.gates.at(self.address().port()).lock_owned().await.slow
    }
}

#[cfg(test)]
mod tests {
    use assay_model::profile::Budget;

    use super::*;
    use crate::{Authority, Host, Ledger, Secrets};

    fn permit() -> Permit {
        let host = Host { component: "device".into(), sample: "S1".into(), address: [127, 0, 0, 1].into() };
        let authority = Authority::new(vec![host], &Budget { failed_logins: 4, ..Budget::default() }, Secrets::default());
        authority.permit_port("device", "S1", 80, &Ledger::default()).expect("a permit")
    }

    #[tokio::test]
    async fn a_port_rests_as_long_as_it_was_busy() {
        let permit = permit();
        let start = now();
        let mut turn = permit.turn_to_log_in().await.expect("a turn");
        turn.send().expect("a budget");
        tokio::time::sleep(Duration::from_millis(60)).await;
        turn.refused();
        drop(permit.at_port(81).turn_to_log_in().await.expect("a turn"));
        assert!(start.elapsed() < Duration::from_millis(120), "another port need not wait");
        permit.turn_to_log_in().await.expect("a turn").unsent();
        assert!(start.elapsed() >= Duration::from_millis(120));
        assert_eq!(permit.logins_left(), 3);
    }

    #[tokio::test]
    async fn one_at_a_time() {
        let permit = permit();
        let turn = permit.turn_to_log_in().await.expect("a turn");
        let second = tokio::time::timeout(Duration::from_millis(30), permit.turn_to_log_in()).await;
        assert!(second.is_err());
        drop(turn);
        assert!(tokio::time::timeout(Duration::from_secs(10), permit.turn_to_log_in()).await.is_ok());
    }

    #[tokio::test]
    async fn the_budget_is_kept_and_gets_back_what_did_not_fail() {
        let permit = permit();
        for _ in 0..4 {
            let mut turn = permit.turn_to_log_in().await.expect("a turn");
            turn.send().expect("a budget");
            turn.accepted();
        }
        for _ in 0..4 {
            permit.turn_to_log_in().await.expect("a turn").send().expect("a budget");
        }
        assert!(permit.turn_to_log_in().await.is_err());
    }

    #[test]
    fn slow_is_three_times_the_median_and_more_than_a_lost_packet() {
        let mut gate = Gate::default();
        for ms in [20, 700, 20, 20, 90, 519] {
            gate.refused_after(Duration::from_millis(ms));
            assert_eq!(gate.slow, None, "{ms}");
        }
        gate.refused_after(Duration::from_millis(600));
        assert_eq!(gate.slow, None, "one may be an accident");
        gate.refused_after(Duration::from_millis(601));
        assert_eq!(gate.slow, Some(Slow { took: Duration::from_millis(601), usual: Duration::from_millis(90) }));
        gate.refused_after(Duration::from_millis(90));
        assert_eq!(gate.slow, None);
    }
}
