//! Log-in attempts in a row, with care: for the product, for its accounts, and for what the outcome shows.
//!
//! Every protocol's client is a [`Door`]; it waits for its turn ([`assay_wire::Turn`]: one at a time at each port, then a
//! rest), and keeps its connection where the protocol lets it. [`Attempts`] knows when to stop.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use assay_wire::{Error, Permit, Result};
use aws_lc_rs::rand;

use crate::outcome::Accepted;

/// The answer of a door, to come.
pub type Knock<'a> = Pin<Box<dyn Future<Output = Result<Accepted>> + Send + 'a>>;

/// The log-in of one interface.
pub trait Door: Send {
    /// Tries a user and a password. One failed log-in is taken out of the budget, and given back when it was let in.
    ///
    /// The future's errors are those of a connection, and [`Error::Budget`]; [`Error::Closed`] says that the other side
    /// hung up without a word, which shows nothing about the password.
    fn knock<'a>(&'a mut self, user: &'a str, password: &'a str) -> Knock<'a>;

    /// Gives up the standing connection, if there is one.
    fn hang_up(&mut self);
}

/// Attempts in a row at one door. They stop, for a reason that can be read, when the product asks to wait, refuses or
/// resets a connection, answers much slower than usual or not clearly, when the budget of failed log-ins is used up, or
/// when one more failure would go beyond those that lock an account.
pub struct Attempts {
    door: Box<dyn Door>,
    permit: Permit,
    lock: Option<u32>,
    of_user: BTreeMap<String, u32>,
    since_right: u32,
    made: u32,
    stopped: Option<String>,
}

impl std::fmt::Debug for Attempts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempts").field("made", &self.made).field("stopped", &self.stopped).finish_non_exhaustive()
    }
}

impl Attempts {
    /// Attempts at this door. After `lock` failures in a row of one account no other is made for it.
    pub fn new(permit: Permit, door: impl Door + 'static, lock: Option<u32>) -> Self {
        Self { door: Box::new(door), permit, lock, of_user: BTreeMap::new(), since_right: 0, made: 0, stopped: None }
    }

    /// The permit under which they are made.
    pub fn permit(&self) -> &Permit {
        &self.permit
    }

    /// Attempts that were made.
    pub fn made(&self) -> u32 {
        self.made
    }

    /// Why no more are made, if so.
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// Failures of a user since it was let in.
    pub fn failures_of(&self, user: &str) -> u32 {
        self.of_user.get(user).copied().unwrap_or_default()
    }

    /// Failures since anybody was let in.
    pub fn failures_in_a_row(&self) -> u32 {
        self.since_right
    }

    /// Goes on after a pause that ends a lock. The failures of users for whom `still_counts` holds are still counted.
    pub fn rested(&mut self, still_counts: impl Fn(&str) -> bool) {
        self.stopped = None;
        self.of_user.retain(|user, _| still_counts(user));
    }

    /// Tries a user and a password. Once stopped, nothing is sent, and the outcome is unclear, with the reason.
    /// Trouble on the way is as unclear as an answer that says neither yes nor no.
    ///
    /// # Errors
    /// Those that lie with this machine or the profile, as [`Error::is_ours`] says.
    pub async fn attempt(&mut self, user: &str, password: &str) -> Result<Accepted> {
        let failures = self.failures_of(user);
        if self.stopped.is_none() && self.lock.is_some_and(|lock| failures >= lock) {
            self.stopped = Some(format!("`{user}` failed {failures} times in a row, and one more could lock it for longer"));
        }
        match &self.stopped {
            Some(why) => Ok(Accepted::Unclear(format!("not sent: {why}"))),
            None => self.insist(user, password).await,
        }
    }

    /// The same in spite of a stop: for a test about the throttle itself.
    ///
    /// # Errors
    /// As [`Attempts::attempt`].
    pub async fn insist(&mut self, user: &str, password: &str) -> Result<Accepted> {
        self.made += 1;
        let mut answer = self.door.knock(user, password).await;
        if matches!(answer, Err(Error::Closed(_))) {
            // the connection may have been old: once more on a new one
            self.door.hang_up();
            answer = self.door.knock(user, password).await;
        }
        self.note(user, &answer).await;
        match answer {
            Err(error) if error.is_ours() => Err(error),
            Err(error) => {
                self.door.hang_up();
                Ok(Accepted::Unclear(error.to_string()))
            }
            Ok(accepted) => Ok(accepted),
        }
    }

    /// Tries a password that cannot be right, to see a refusal.
    ///
    /// # Errors
    /// As [`Attempts::attempt`].
    pub async fn certainly_wrong(&mut self, user: &str) -> Result<Accepted> {
        let mut random = [0_u8; 8];
        rand::fill(&mut random).map_err(|_| Error::Local("no random numbers can be had".to_owned()))?;
        self.attempt(user, &format!("no-{}", assay_model::evidence::hex(&random))).await
    }

    async fn note(&mut self, user: &str, answer: &Result<Accepted>) {
        match answer {
            Ok(Accepted::Accepted) => {
                self.since_right = 0;
                self.of_user.remove(user);
            }
            Ok(Accepted::Refused) => {
                self.failed(user);
                self.stopped = self.permit.slow_refusal().await.map(|slow| slow.to_string());
            }
            Ok(Accepted::Throttled(why)) => self.stopped = Some(format!("the product asks to wait: {why}")),
            Ok(Accepted::Unclear(why)) => {
                self.failed(user);
                self.stopped = Some(why.clone());
            }
            Err(error) => {
                if !matches!(error, Error::Budget(_) | Error::Refused(_)) {
                    self.failed(user);
                }
                self.stopped = Some(error.to_string());
            }
        }
    }

    fn failed(&mut self, user: &str) {
        self.since_right += 1;
        *self.of_user.entry(user.to_owned()).or_default() += 1;
    }
}

/// How many attempts one connection carries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    most: u8,
    made: u8,
}

impl Load {
    /// At most this many.
    pub(crate) const fn of(most: u8) -> Self {
        Self { most, made: 0 }
    }

    /// A new connection stands.
    pub(crate) fn begin(&mut self) {
        self.made = 0;
    }

    /// One more attempt is made on it.
    pub(crate) fn add(&mut self) {
        self.made = self.made.saturating_add(1);
    }

    /// Attempts that it still carries.
    pub(crate) fn left(self) -> u8 {
        self.most.saturating_sub(self.made)
    }

    /// It turns out to carry no more than it did.
    pub(crate) fn fill(&mut self) {
        self.most = self.most.min(self.made.max(1));
        self.made = self.most;
    }

    /// The other side hung up during the last attempt without a word. If it carried others before, that shows how many
    /// it carries, and the last attempt is worth another connection.
    pub(crate) fn cut_short(&mut self) -> bool {
        let carried = self.made.saturating_sub(1);
        if carried > 0 {
            self.most = self.most.min(carried);
        }
        carried > 0
    }
}

#[cfg(test)]
mod tests;
