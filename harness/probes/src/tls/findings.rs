//! What the parts of a survey have found so far, for each other to see.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::{Flaws, Order, Sessions, Support};
use crate::handshake::{Flight, Group};

/// How a row of hellos ended before anything was accepted, when that need not be the last word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Doubt {
    /// An alert that does not speak of the version.
    Alert(u8),
    /// The connection ended without a word: `closed` or `reset`.
    HungUp(&'static str),
    /// No answer.
    Silent,
    /// No TLS.
    Odd(String),
}

/// What was found about one version.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    /// The suites accepted, as they were chosen.
    pub(super) accepted: Vec<u16>,
    /// Whether the suites were offered from the last to the first, for each choice.
    pub(super) reversed: Vec<bool>,
    /// The server's answers, their certificates left out.
    pub(super) flights: Vec<Flight>,
    pub(super) refusal: Option<String>,
    pub(super) unclear: Option<String>,
    pub(super) doubt: Option<Doubt>,
    pub(super) order: Option<Order>,
    /// Whether it was asked for in hellos with little in them.
    pub(super) plain: bool,
    /// Whether nothing more is asked.
    pub(super) done: bool,
}

impl Found {
    pub(super) fn is_accepted(&self) -> bool {
        !self.accepted.is_empty()
    }

    pub(super) fn support(&self) -> Support {
        match (&self.unclear, &self.refusal) {
            _ if self.is_accepted() => Support::Accepted,
            (Some(why), _) => Support::Unclear { why: why.clone() },
            (None, Some(how)) => Support::Refused { how: how.clone() },
            (None, None) => Support::Unclear { why: "nothing was asked".to_owned() },
        }
    }
}

/// A chain of certificates: the version and the suite in which it was shown, and whether a name was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) version: u16,
    pub(super) suite: u16,
    pub(super) named: bool,
    pub(super) chain: Vec<Vec<u8>>,
}

/// All that was found.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) found: BTreeMap<u16, Found>,
    pub(super) shown: Vec<Shown>,
    /// Groups seen in flights up to TLS 1.2 and by elimination.
    pub(super) groups_12: Vec<Group>,
    pub(super) groups_13: Vec<Group>,
    /// The answer to `SSLv2`, and how many answers there had been before it.
    pub(super) older: Option<(super::ssl2::Answer, u32)>,
    pub(super) fallback: Option<bool>,
    /// Application protocols that were chosen.
    pub(super) protocols: Vec<String>,
    pub(super) weak_signatures: Option<bool>,
    /// What whole sessions up to TLS 1.2 showed, and those of TLS 1.3.
    pub(super) sessions: Option<Sessions>,
    pub(super) sessions_13: Option<Sessions>,
    pub(super) flaws: Option<Flaws>,
    /// Why the chain of TLS 1.3 could not be read.
    pub(super) sealed: Option<String>,
    /// Whether the curves up to TLS 1.2 are all found.
    pub(super) curves_done: bool,
}

impl State {
    pub(super) fn of(&self, version: u16) -> Option<&Found> {
        self.found.get(&version)
    }

    /// Whether a version is accepted; `None` while that is not known.
    pub(super) fn is_accepted(&self, version: u16) -> Option<bool> {
        let found = self.of(version)?;
        if found.is_accepted() { Some(true) } else { found.done.then_some(false) }
    }

    /// The best version from 1.0 to 1.2 that is accepted, or that none is; `None` while it is not known.
    #[expect(clippy::option_option, reason = "not known yet; known that there is none; known")]
    pub(super) fn best_with_extensions(&self) -> Option<Option<u16>> {
        for version in [0x0303, 0x0302, 0x0301] {
            if self.is_accepted(version)? {
                return Some(Some(version));
            }
        }
        Some(None)
    }

    /// Takes a flight of a version, in whatever hello it was got.
    pub(super) fn take(&mut self, named: bool, flight: &mut Flight) {
        let chain = std::mem::take(&mut flight.chain);
        let version = flight.hello.version;
        let is_known = |each: &Shown| each.chain == chain && each.named == named && each.version == version;
        if !chain.is_empty() && !self.shown.iter().any(is_known) {
            self.shown.push(Shown { version, suite: flight.hello.suite, named, chain });
        }
        let groups = if flight.hello.version == 0x0304 { &mut self.groups_13 } else { &mut self.groups_12 };
        if let Some(group) = flight.group.as_ref().filter(|group| !groups.contains(group)) {
            groups.push(group.clone());
        }
    }
}

/// The findings, shared by the parts.
#[derive(Debug, Default)]
pub(super) struct Findings {
    state: Mutex<State>,
    news: Notify,
}

impl Findings {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is found, and lets all know.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.state());
        self.news.notify_waiters();
        changed
    }

    /// Changes what is found about a version.
    pub(super) fn change_version<T>(&self, version: u16, change: impl FnOnce(&mut Found) -> T) -> T {
        self.change(|state| change(state.found.entry(version).or_default()))
    }

    /// Waits until `check` can tell.
    pub(super) async fn wait<T>(&self, mut check: impl FnMut(&State) -> Option<T>) -> T {
        loop {
            let news = self.news.notified();
            if let Some(told) = check(&self.state()) {
                return told;
            }
            news.await;
        }
    }
}
