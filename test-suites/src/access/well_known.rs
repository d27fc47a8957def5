//! Trying well-known credentials with care for lock-outs.

use std::collections::VecDeque;
use std::time::Duration;

use assay_engine::{Bench, Stop};
use assay_model::profile::{Account, Lockout, Product};
use assay_probes::outcome::Accepted;
use serde::Serialize;

use super::door::{self, Door};
use crate::data;

/// Failures in a row that are taken to lock an account where the profile declares nothing.
const UNDECLARED_TRIES: u32 = 3;
/// How much longer than declared is waited: a tenth, and this.
const SLACK: Duration = Duration::from_millis(250);

/// A user and a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Pair {
    pub(super) user: String,
    pub(super) password: String,
    /// Where it was published.
    pub(super) source: String,
}

/// One attempt.
#[derive(Debug, Clone, Serialize)]
struct Tried {
    user: String,
    password: String,
    outcome: Accepted,
}

/// What was tried; what is recorded.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Facts {
    tried: Vec<Tried>,
    /// How often a declared account was let in with its own password.
    pub(super) right: u32,
    /// How often the declared time of a lock-out was waited.
    waits: u32,
    /// What became of a password that cannot be right, tried before the pairs.
    certainly_wrong: Option<Accepted>,
    /// Pairs that were meant to be tried.
    pub(super) planned: usize,
}

impl Facts {
    /// Pairs that got a clear answer.
    pub(super) fn answered(&self) -> usize {
        self.tried.iter().filter(|each| matches!(each.outcome, Accepted::Accepted | Accepted::Refused)).count()
    }
}

/// How the trial ended.
pub(super) enum End {
    /// This pair was accepted.
    Found(Pair),
    /// A password that nobody set was accepted for this user, so that every pair would be.
    AnyPassword(String),
    /// All pairs were refused, and the right password was accepted before and after.
    AllRefused,
    /// It could not be finished, because ...
    Broken(String),
}

/// A trial at one log-in.
pub(super) struct Trial {
    bench: Bench,
    door: Door,
    accounts: Vec<(Account, String)>,
    lockout: Option<Lockout>,
    pub(super) facts: Facts,
}

impl Trial {
    pub(super) fn new(bench: &Bench) -> Result<Self, Stop> {
        let lockout = bench.interface()?.login.and_then(|login| login.lockout);
        let (door, accounts) = (Door::open(bench)?, door::accounts(bench)?);
        let facts = Facts::default();
        Ok(Self { bench: bench.clone(), door, accounts, lockout, facts })
    }

    /// The account, if any, whose own password this pair is.
    pub(super) fn owner(&self, pair: &Pair) -> Option<&str> {
        let own = |(account, secret): &&(Account, String)| account.user == pair.user && *secret == pair.password;
        self.accounts.iter().find(own).map(|(account, _)| account.id.as_str())
    }

    /// Tries all pairs. Afterwards each declared account is logged in rightly, which resets its count of failures.
    pub(super) async fn go(&mut self) -> Result<End, Stop> {
        let pairs = self.pairs()?;
        self.facts.planned = pairs.len();
        if let Err(why) = self.begin().await? {
            return Ok(End::Broken(why));
        }
        if let Some(end) = self.wrong(pairs.first()).await? {
            return Ok(end);
        }
        let end = self.try_all(pairs.into()).await?;
        let after = self.right_all().await?;
        Ok(match (end, after) {
            (End::AllRefused, Err(why)) => End::Broken(why),
            (end, _) => end,
        })
    }

    /// The well-known pairs for this service, then what a manufacturer may have made of its own names.
    fn pairs(&self) -> Result<Vec<Pair>, Stop> {
        let service = door::service(&self.bench.interface()?).unwrap_or_default();
        let known = data::default_credentials().map_err(|bad| Stop::Error(bad.to_string()))?;
        let known = known.into_iter().filter(|each| each.services.iter().any(|name| name == service));
        let mut pairs: Vec<Pair> = known.map(|each| Pair { user: each.user, password: each.password, source: each.source }).collect();
        let words = words_of(&self.bench.profile().product);
        for (account, _) in &self.accounts {
            for word in words.iter().chain(std::iter::once(&account.user)) {
                let pair = Pair { user: account.user.clone(), password: word.clone(), source: "the product's own names".to_owned() };
                if !pairs.iter().any(|each| each.user == pair.user && each.password == pair.password) {
                    pairs.push(pair);
                }
            }
        }
        Ok(pairs)
    }

    /// Tries a password that cannot be right: unless that is refused, an accepted pair would show nothing.
    async fn wrong(&mut self, first: Option<&Pair>) -> Result<Option<End>, Stop> {
        let declared = self.accounts.first().map(|(account, _)| account.user.clone());
        let Some(user) = declared.or_else(|| first.map(|pair| pair.user.clone())) else { return Ok(None) };
        if let Err(why) = self.make_room(&user).await? {
            return Ok(Some(End::Broken(why)));
        }
        let outcome = self.door.certainly_wrong(&user).await?;
        self.facts.certainly_wrong = Some(outcome.clone());
        Ok(match outcome {
            Accepted::Refused => None,
            Accepted::Accepted => Some(End::AnyPassword(user)),
            other => Some(End::Broken(format!("a password that cannot be right {}", door::words(&other)))),
        })
    }

    /// Why no more is tried, if so.
    fn stopped(&self) -> Option<End> {
        let why = self.door.attempts().stopped()?;
        Some(End::Broken(format!("stopped after {} of {} pairs: {why}", self.facts.answered(), self.facts.planned)))
    }

    async fn try_all(&mut self, mut waiting: VecDeque<Pair>) -> Result<End, Stop> {
        let mut later = VecDeque::new();
        loop {
            let Some(pair) = waiting.pop_front() else {
                if later.is_empty() {
                    return Ok(End::AllRefused);
                }
                // users that the profile does not name may be locked by now
                if let Err(why) = self.sit_out().await? {
                    return Ok(End::Broken(why));
                }
                waiting.append(&mut later);
                continue;
            };
            if self.is_spent(&pair.user) {
                later.push_back(pair);
            } else if let Some(end) = self.step(pair).await? {
                return Ok(end);
            }
        }
    }

    /// Tries one pair; the end, if this was it.
    async fn step(&mut self, pair: Pair) -> Result<Option<End>, Stop> {
        if let Err(why) = self.make_room(&pair.user).await? {
            return Ok(Some(End::Broken(why)));
        }
        for waited in [false, true] {
            if self.door.tries_left() == 0 {
                let why = "the budget of failed log-ins was used up before the end of the list: raise budget.failed_logins in the profile";
                return Ok(Some(End::Broken(why.to_owned())));
            }
            let outcome = self.door.attempt(&pair.user, &pair.password).await?;
            self.facts.tried.push(Tried { user: pair.user.clone(), password: pair.password.clone(), outcome: outcome.clone() });
            match outcome {
                Accepted::Accepted => return Ok(Some(End::Found(pair))),
                Accepted::Refused => return Ok(self.stopped()),
                Accepted::Throttled(_) if !waited => {
                    if let Err(why) = self.sit_out().await? {
                        return Ok(Some(End::Broken(why)));
                    }
                }
                other => {
                    return Ok(Some(self.stopped().unwrap_or_else(|| End::Broken(format!("`{}` {}", pair.user, door::words(&other))))));
                }
            }
        }
        Ok(None)
    }

    fn tries(&self) -> u32 {
        self.lockout.map_or(UNDECLARED_TRIES, |lockout| lockout.tries)
    }

    fn is_declared(&self, user: &str) -> bool {
        self.accounts.iter().any(|(account, _)| account.user == user)
    }

    /// Whether a user that nobody can log in rightly had as many failures as lock it. Without a declared lock-out there
    /// is nothing to wait for.
    fn is_spent(&self, user: &str) -> bool {
        self.lockout.is_some() && !self.is_declared(user) && self.door.attempts().failures_of(user) >= self.tries()
    }

    /// Logs in rightly where one failure more could lock a declared account, or this machine.
    async fn make_room(&mut self, user: &str) -> Result<Result<(), String>, Stop> {
        let most = self.tries().saturating_sub(1);
        if most == 0 {
            return Ok(Err("a lock-out after one failure leaves no room for wrong passwords".to_owned()));
        }
        if self.is_declared(user) && self.door.attempts().failures_of(user) >= most {
            return self.right(user).await;
        }
        match self.accounts.first().map(|(account, _)| account.user.clone()) {
            Some(first) if self.door.attempts().failures_in_a_row() >= most => self.right(&first).await,
            _ => Ok(Ok(())),
        }
    }

    /// Logs each declared account in, and goes on with those that are let in; with none, it cannot go on.
    async fn begin(&mut self) -> Result<Result<(), String>, Stop> {
        let mut why = Ok(());
        for (account, secret) in std::mem::take(&mut self.accounts) {
            let outcome = self.door.attempt(&account.user, &secret).await?;
            if outcome.is_accepted() {
                self.facts.right += 1;
                self.accounts.push((account, secret));
            } else {
                why = Err(not_let_in(&account, &outcome));
            }
        }
        Ok(if self.accounts.is_empty() { why } else { Ok(()) })
    }

    /// Logs each declared account in with its own password.
    async fn right_all(&mut self) -> Result<Result<(), String>, Stop> {
        let users: Vec<String> = self.accounts.iter().map(|(account, _)| account.user.clone()).collect();
        for user in users {
            if let Err(why) = self.right(&user).await? {
                return Ok(Err(why));
            }
        }
        Ok(Ok(()))
    }

    async fn right(&mut self, user: &str) -> Result<Result<(), String>, Stop> {
        let Some((account, secret)) = self.accounts.iter().find(|(account, _)| account.user == user).cloned() else { return Ok(Ok(())) };
        let outcome = self.door.attempt(&account.user, &secret).await?;
        if outcome.is_accepted() {
            self.facts.right += 1;
            return Ok(Ok(()));
        }
        Ok(Err(not_let_in(&account, &outcome)))
    }

    /// Waits as long as a lock-out is declared to last.
    async fn sit_out(&mut self) -> Result<Result<(), String>, Stop> {
        let Some(lockout) = self.lockout else {
            return Ok(Err("the product throttles: declare login.lockout in the profile, so that the time to wait is known".to_owned()));
        };
        let time = wait_of(lockout);
        if time.as_secs().saturating_mul(u64::from(self.facts.waits) + 2) > self.door.seconds() {
            return Ok(Err(format!("sitting out lock-outs of {} s takes too long: raise budget.test_seconds", lockout.wait_seconds)));
        }
        self.bench.wait(time).await;
        self.facts.waits += 1;
        let declared: Vec<String> = self.accounts.iter().map(|(account, _)| account.user.clone()).collect();
        self.door.rested(|user| declared.iter().any(|each| each == user));
        Ok(Ok(()))
    }
}

fn not_let_in(account: &Account, outcome: &Accepted) -> String {
    let outcome = door::words(outcome);
    format!("the own password of account `{}` {outcome}: mend the account, the log-in or login.lockout in the profile", account.id)
}

/// How long a declared lock-out is waited for.
pub(super) fn wait_of(lockout: Lockout) -> Duration {
    let declared = Duration::from_secs(lockout.wait_seconds);
    declared + declared / 10 + SLACK
}

/// The model and the first words of the maker's and the product's name, as they stand and in lower case.
fn words_of(product: &Product) -> Vec<String> {
    let first = |text: &str| text.split_whitespace().next().unwrap_or_default().to_lowercase();
    let mut words = vec![product.model.clone(), product.model.to_lowercase(), first(&product.manufacturer), first(&product.name)];
    words.retain(|word| !word.is_empty());
    words.dedup();
    words
}
