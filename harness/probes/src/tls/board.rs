//! Who has a connection, who waits for one, and how many may be open: no input or output.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::time::Duration;

use assay_wire::{Deadlines, Error, Link, Result, Stopwatch};
use tokio::sync::oneshot;

/// How urgent a hello is: the lowest goes first.
pub(super) type Rank = u8;

/// Below this rank stand long rows of hellos that wait for one another: one connection is kept ready for the first.
const LONG: Rank = 4;

/// Rows of these ranks take turns: they are about as long as each other, and the last would else be left to itself.
const TURNS: RangeInclusive<Rank> = 2..=6;

/// Whether hellos of this rank go through the suites of a version up to 1.2.
pub(super) const fn is_row(rank: Rank) -> bool {
    rank <= LONG
}

/// Connections that fail in a row before the server counts as gone: when none ever stood, and when some did.
const FAILURES: (u32, u32) = (2, 9);
/// A connection that takes this many times as long as usual, and at least so long, is one too many.
const SLOW_CONNECT: (u32, Duration) = (8, Duration::from_millis(60));
/// Answers after which one more connection is tried.
const FIRST_TRIAL: u32 = 8;
/// An answer is slow when it takes this many times as long as usual, and so much longer (`SlowDown`).
const SLOW_ANSWER: (u32, Duration) = (3, Duration::from_millis(80));
/// The least patience with an answer, and how many times the usual wait it is.
const PATIENCE: (Duration, u32) = (Duration::from_millis(1500), 50);
/// The longest pause before another try.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Someone who waits for a connection.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) rank: Rank,
    pub(super) reply: oneshot::Sender<Result<Link>>,
}

/// How to open a connection: after this pause, with this patience.
pub(super) struct Plan {
    /// Its number among all that were opened.
    pub(super) number: u32,
    pub(super) pause: Duration,
    pub(super) limit: Duration,
}

/// The state of a crew.
#[derive(Debug)]
pub(super) struct Board {
    pub(super) waiting: Vec<Waiter>,
    /// Connections opened, and what was turned down and tried again.
    pub(super) connections: u32,
    pub(super) refusals: u32,
    most: usize,
    /// Whether all hellos are known ahead: then no connection is opened or kept for one that is still to come.
    foreseen: bool,
    allowed: usize,
    /// Connections that are being opened: their numbers, and since when.
    opening: Vec<(u32, Stopwatch)>,
    planned: u32,
    /// When the first long row was given a connection.
    row_asked: Option<Stopwatch>,
    standing: VecDeque<Link>,
    lent: usize,
    parts: Vec<Rank>,
    deadlines: Deadlines,
    failures: u32,
    good: u32,
    trial: u32,
    usual_connect: Option<Duration>,
    usual_answer: Option<Duration>,
    recent_answer: Duration,
    fatal: Option<Error>,
}

impl Board {
    pub(super) fn new(most: usize, deadlines: Deadlines, foreseen: bool) -> Self {
        Self {
            waiting: Vec::new(),
            connections: 0,
            refusals: 0,
            most,
            foreseen,
            allowed: most,
            opening: Vec::new(),
            planned: 0,
            row_asked: None,
            standing: VecDeque::new(),
            lent: 0,
            parts: Vec::new(),
            deadlines,
            failures: 0,
            good: 0,
            trial: FIRST_TRIAL,
            usual_connect: None,
            usual_answer: None,
            recent_answer: Duration::ZERO,
            fatal: None,
        }
    }

    pub(super) fn enlist(&mut self, rank: Rank) {
        self.parts.push(rank);
    }

    pub(super) fn leave(&mut self, rank: Rank) {
        if let Some(index) = self.parts.iter().position(|each| *each == rank) {
            self.parts.swap_remove(index);
        }
    }

    fn open(&self) -> usize {
        self.standing.len() + self.lent
    }

    /// The next connection to open, if there is need and room: never more ahead than parts are under way.
    pub(super) fn plan(&mut self) -> Option<Plan> {
        let ahead = self.opening.len() + self.standing.len();
        let need = if self.foreseen { self.waiting.len() } else { self.parts.len().max(self.waiting.len()) };
        if self.fatal.is_some() || ahead >= need || self.opening.len() + self.open() >= self.allowed {
            return None;
        }
        let number = self.planned;
        self.planned = number.wrapping_add(1);
        self.opening.push((number, Stopwatch::start()));
        let alone = self.open() == 0;
        let quick = self.usual_connect.filter(|_| !alone).map(|usual| usual.saturating_mul(SLOW_CONNECT.0).max(SLOW_CONNECT.1));
        Some(Plan { number, pause: self.pause(alone), limit: quick.unwrap_or(self.deadlines.connect) })
    }

    /// Back-off after failures, and idleness while answers are slow.
    fn pause(&self, alone: bool) -> Duration {
        let unit = Duration::from_millis(20).min(self.deadlines.connect / 20);
        let back_off = if self.failures == 0 || !alone { Duration::ZERO } else { unit.saturating_mul(1 << self.failures.min(6)) };
        let idle = if self.is_slow() { self.recent_answer } else { Duration::ZERO };
        back_off.max(idle).min(LONGEST_PAUSE)
    }

    fn is_slow(&self) -> bool {
        let usual = self.usual_answer.unwrap_or(self.recent_answer);
        self.recent_answer > (usual.saturating_mul(SLOW_ANSWER.0)).max(usual + SLOW_ANSWER.1)
    }

    /// A connection stands, or does not.
    pub(super) fn opened(&mut self, number: u32, result: Result<(Link, Duration)>) {
        self.opening.retain(|(each, _)| *each != number);
        match result {
            Ok((link, took)) => {
                self.connections = self.connections.saturating_add(1);
                self.failures = 0;
                self.usual_connect = Some(self.usual_connect.map_or(took, |usual| usual.min(took)));
                self.standing.push_back(link);
            }
            Err(error) => self.failed(error),
        }
    }

    fn failed(&mut self, error: Error) {
        let is_busy = matches!(error, Error::Refused(_) | Error::Reset(_) | Error::Closed(_) | Error::TimedOut { .. });
        if !is_busy {
            self.fatal = Some(error);
            return;
        }
        self.refusals = self.refusals.saturating_add(1);
        self.shrink(self.open());
        if self.open() > 0 {
            return;
        }
        self.failures = self.failures.saturating_add(1);
        let bearable = if self.connections == 0 { FAILURES.0 } else { FAILURES.1 };
        if self.failures >= bearable {
            self.fatal = Some(error);
        }
    }

    /// No more than so many from now on; the next trial of one more comes later than the last.
    fn shrink(&mut self, to: usize) {
        if to < self.allowed {
            self.trial = self.trial.saturating_mul(2).min(512);
        }
        self.allowed = self.allowed.min(to).max(1);
        self.good = 0;
        while self.standing.len() > self.allowed {
            if let Some(surplus) = self.standing.pop_back() {
                surplus.abandon();
            }
        }
    }

    /// Gives connections that stand to those who wait, the most urgent first.
    pub(super) fn hand_out(&mut self) {
        if let Some(error) = &self.fatal {
            for waiter in self.waiting.drain(..) {
                let _ = waiter.reply.send(Err(error.clone()));
            }
        }
        while self.lent < self.allowed && !self.standing.is_empty() {
            let Some(next) = (0..self.waiting.len()).min_by_key(|index| self.waiting.get(*index).map(|waiter| turn(waiter.rank))) else {
                break;
            };
            if self.waiting.get(next).is_some_and(|waiter| self.is_kept_from(waiter.rank)) {
                break;
            }
            let waiter = self.waiting.remove(next);
            let Some(link) = self.standing.pop_front() else { break };
            match waiter.reply.send(Ok(link)) {
                Ok(()) => {
                    self.lent += 1;
                    if self.first_row() == Some(waiter.rank) {
                        self.row_asked = Some(Stopwatch::start());
                    }
                }
                Err(unsent) => drop(unsent.map(Link::abandon)),
            }
        }
    }

    fn first_row(&self) -> Option<Rank> {
        self.parts.iter().copied().min().filter(|first| *first < LONG)
    }

    /// Whether the last connection ahead is kept for a long row of hellos that will need it next.
    fn is_kept_from(&self, rank: Rank) -> bool {
        let is_wanted = !self.foreseen && self.first_row().is_some_and(|first| turn(first) < turn(rank));
        self.allowed >= 2 && is_wanted && self.standing.len() <= 1 && !self.comes_in_time()
    }

    /// Whether another connection will stand when the first long row has its answer.
    fn comes_in_time(&self) -> bool {
        let left = |usual: Option<Duration>, since: &Stopwatch| usual.unwrap_or_default().saturating_sub(since.elapsed());
        let needed = self.row_asked.as_ref().map_or(Duration::ZERO, |since| left(self.usual_answer, since));
        let bearable = needed + self.usual_connect.unwrap_or_default() / 8;
        self.opening.iter().any(|(_, since)| left(self.usual_connect, since) <= bearable)
    }

    pub(super) fn returned(&mut self) {
        self.lent = self.lent.saturating_sub(1);
    }

    pub(super) fn answered(&mut self, took: Duration) {
        self.failures = 0;
        let usual = self.usual_answer.get_or_insert(took);
        *usual = if took < *usual { took } else { usual.saturating_mul(31).saturating_add(took) / 32 };
        self.recent_answer = (self.recent_answer.saturating_mul(3) + took) / 4;
        if self.is_slow() {
            self.shrink(self.allowed / 2);
            return;
        }
        self.good += 1;
        if self.good >= self.trial && self.allowed < self.most {
            self.allowed += 1;
            self.good = 0;
        }
    }

    pub(super) fn busy(&mut self, alone: bool) {
        self.refusals = self.refusals.saturating_add(1);
        self.shrink(if alone { 1 } else { self.allowed / 2 });
    }

    pub(super) fn patience(&self) -> Duration {
        let most = self.deadlines.answer.saturating_mul(2);
        self.usual_answer.map_or(self.deadlines.answer, |usual| usual.saturating_mul(PATIENCE.1).max(PATIENCE.0).min(most))
    }
}

/// Ranks that take turns count as one.
fn turn(rank: Rank) -> Rank {
    if TURNS.contains(&rank) { *TURNS.start() } else { rank }
}
