//! Wrong passwords in a row, and what the product makes of them.

use std::time::Duration;

use assay_engine::{Bench, Stop};
use assay_model::profile::{Account, Lockout};
use assay_probes::outcome::Accepted;
use serde::Serialize;
use time::OffsetDateTime;

use super::door::{self, Door};
use super::well_known::wait_of;

/// Wrong passwords beyond the declared number that are tried: some products count one late.
const BEYOND: u32 = 2;
/// The longest pause between two attempts.
const PACE: Duration = Duration::from_secs(1);
/// Where no lock-out is declared: the pauses, in seconds, after each of which the right password is tried.
const UNDECLARED_WAITS: [u64; 4] = [5, 25, 60, 210];
/// Growth of the answering time that counts as slowing down, and the least time that does.
const SLOWER: i128 = 3;
const SLOW_MS: i128 = 1_000;

/// One wrong password.
#[derive(Debug, Clone, Serialize)]
struct Answer {
    outcome: Accepted,
    ms: i128,
}

/// What was seen; what is recorded.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Facts {
    account: String,
    before: Option<Accepted>,
    wrong: Vec<Answer>,
    /// Why wrong passwords stopped before the throttle was seen, if so.
    pub(super) stopped: Option<String>,
    right_at_once: Option<Accepted>,
    right_after_waiting: Vec<Accepted>,
}

impl Facts {
    /// Wrong passwords that the product looked at.
    pub(super) fn examined(&self) -> u32 {
        let count = self.wrong.iter().filter(|answer| answer.outcome == Accepted::Refused).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Whether the last answers took much longer than the first.
    pub(super) fn slowed_down(&self) -> bool {
        let first = self.wrong.first().map_or(0, |answer| answer.ms);
        let last = self.wrong.iter().rev().take(2).map(|answer| answer.ms).min().unwrap_or_default();
        last >= SLOW_MS && last >= first.saturating_mul(SLOWER)
    }
}

/// How it ended.
pub(super) enum End {
    /// The right password works at once after all wrong ones.
    Open,
    /// The product said that it throttles, and took the right password all the same.
    Hollow,
    /// The product paused, and said so or only refused the right password; it works again.
    Released {
        /// Whether the product said that it throttles.
        told: bool,
    },
    /// A wrong password was accepted.
    AnyPassword,
    /// It could not be finished, because ...
    Broken(String),
}

/// A trial at one log-in.
pub(super) struct Trial {
    bench: Bench,
    door: Door,
    account: Account,
    secret: String,
    lockout: Option<Lockout>,
    /// The most wrong passwords in a row: as declared, and not more than the policy permits.
    pub(super) limit: u32,
    most: u32,
    /// When the last wrong password within the limit was sent: a lock counts from there.
    locked_since: Option<OffsetDateTime>,
    pub(super) facts: Facts,
}

impl Trial {
    pub(super) fn new(bench: &Bench) -> Result<Self, Stop> {
        let door = Door::open_to_lock(bench)?;
        let (account, secret) = door::accounts(bench)?.into_iter().next().ok_or_else(|| {
            Stop::missing(
                "no account of this interface is known: add one to the profile, so that wrong passwords can be told from right ones",
            )
        })?;
        let lockout = bench.interface()?.login.and_then(|login| login.lockout);
        let permitted = bench.policy().access.max_failed_logins.value;
        let limit = lockout.map_or(permitted, |lockout| lockout.tries.min(permitted));
        let most = lockout.map_or(limit, |_| limit.saturating_add(BEYOND));
        let facts = Facts { account: account.id.clone(), ..Facts::default() };
        Ok(Self { bench: bench.clone(), door, account, secret, lockout, limit, most, locked_since: None, facts })
    }

    pub(super) async fn go(&mut self) -> Result<End, Stop> {
        if let Some(why) = self.too_long() {
            return Ok(End::Broken(why));
        }
        let before = self.right().await?;
        self.facts.before = Some(before.clone());
        if !before.is_accepted() {
            let outcome = door::words(&before);
            return Ok(End::Broken(format!("the own password of account `{}` {outcome}: mend the account or the log-in", self.account.id)));
        }
        let told = match self.guess().await? {
            Ok(told) => told,
            Err(end) => return Ok(end),
        };
        let at_once = self.right().await?;
        self.facts.right_at_once = Some(at_once.clone());
        match at_once {
            Accepted::Accepted if told => Ok(End::Hollow),
            Accepted::Accepted if self.is_over() => Ok(End::Broken(
                "the declared lock is so short that it is over before the right password can be tried: declare a longer one".to_owned(),
            )),
            Accepted::Accepted => Ok(End::Open),
            Accepted::Refused | Accepted::Throttled(_) => self.release(told).await,
            Accepted::Unclear(why) => Ok(End::Broken(format!("after wrong passwords the right one got no clear answer: {why}"))),
        }
    }

    /// Tries wrong passwords, until the product says that it throttles, or there were enough.
    async fn guess(&mut self) -> Result<Result<bool, End>, Stop> {
        for number in 1..=self.most.min(self.door.tries_left()) {
            if number > 1 {
                self.bench.wait(self.pace()).await;
            }
            if number > self.limit && self.hurries() {
                break;
            }
            let start = self.bench.now();
            if number <= self.limit {
                self.locked_since = Some(start);
            }
            let outcome = self.door.attempt(&self.account.user, &format!("assay-wrong-{number}")).await?;
            let ms = (self.bench.now() - start).whole_milliseconds();
            self.facts.wrong.push(Answer { outcome: outcome.clone(), ms });
            match outcome {
                Accepted::Refused => {
                    self.facts.stopped = self.door.attempts().stopped().map(str::to_owned);
                    if self.facts.stopped.is_some() {
                        break;
                    }
                }
                Accepted::Throttled(_) => return Ok(Ok(true)),
                Accepted::Accepted => return Ok(Err(End::AnyPassword)),
                Accepted::Unclear(why) => return Ok(Err(End::Broken(format!("wrong password {number} got no clear answer: {why}")))),
            }
        }
        Ok(Ok(false))
    }

    /// Waits as long as the lock is declared to last, and tries the right password again.
    async fn release(&mut self, told: bool) -> Result<End, Stop> {
        let waits = self.lockout.map_or_else(|| UNDECLARED_WAITS.map(Duration::from_secs).to_vec(), |lockout| vec![wait_of(lockout)]);
        for time in waits {
            self.bench.wait(time).await;
            let outcome = self.right().await?;
            self.facts.right_after_waiting.push(outcome.clone());
            match outcome {
                Accepted::Accepted => return Ok(End::Released { told }),
                Accepted::Refused | Accepted::Throttled(_) => {}
                Accepted::Unclear(why) => return Ok(End::Broken(format!("after the pause the right password got no clear answer: {why}"))),
            }
        }
        Ok(End::Broken("the right password does not work again after the declared time: correct login.lockout in the profile".to_owned()))
    }

    /// Tries the right password, also where the product asks to wait: what it does then is the question.
    async fn right(&mut self) -> Result<Accepted, Stop> {
        self.door.insist(&self.account.user, &self.secret).await
    }

    /// Seconds since a lock must hold, and seconds for which it is declared to hold.
    fn lock_age(&self) -> Option<(f64, f64)> {
        let age = self.bench.now() - self.locked_since?;
        Some((age.as_seconds_f64(), Duration::from_secs(self.lockout?.wait_seconds).as_secs_f64()))
    }

    /// Whether a declared lock would be over soon, so that the right password must be tried now.
    fn hurries(&self) -> bool {
        self.lock_age().is_some_and(|(age, declared)| age * 3.0 > declared)
    }

    /// Whether a declared lock may be over by now.
    fn is_over(&self) -> bool {
        self.lock_age().is_some_and(|(age, declared)| age >= declared)
    }

    /// One attempt a second; faster where the declared lock is so short that it would be over meanwhile.
    fn pace(&self) -> Duration {
        self.lockout.map_or(PACE, |lockout| PACE.min(Duration::from_secs(lockout.wait_seconds) / 10))
    }

    fn too_long(&self) -> Option<String> {
        let waiting = self.lockout.map_or_else(|| UNDECLARED_WAITS.iter().sum(), |lockout| wait_of(lockout).as_secs());
        let needed = waiting.saturating_add(self.pace().as_secs() * u64::from(self.most)).saturating_add(2);
        (needed > self.door.seconds()).then(|| format!("this takes about {needed} s: raise budget.test_seconds in the profile"))
    }
}
