//! What a component tells beside its log: alerts, the history of its configuration, whether its log gets out.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};

use crate::{Fault, clock, world::Faults};

/// How many alerts, and how many changes, are kept.
const KEPT: usize = 100;

/// What there may be to be alarmed about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alarm {
    /// An account was locked after failed log-ins.
    Locked,
    /// An update was not what it should be.
    BadUpdate,
    /// The log no longer reaches its collector.
    CollectorLost,
    /// The log will soon overwrite its oldest records.
    LogNearlyFull,
}

impl Alarm {
    fn name(self) -> &'static str {
        match self {
            Self::Locked => "login-locked",
            Self::BadUpdate => "update-refused",
            Self::CollectorLost => "log-collector-lost",
            Self::LogNearlyFull => "log-nearly-full",
        }
    }

    fn silenced_by(self) -> Fault {
        match self {
            Self::Locked => Fault::AlertSilentLockout,
            Self::BadUpdate => Fault::AlertSilentUpdate,
            Self::CollectorLost => Fault::AlertSilentCollector,
            Self::LogNearlyFull => Fault::AlertSilentLogFull,
        }
    }
}

/// The notices of one component, newest last.
pub(crate) struct Notices {
    faults: Faults,
    alerts: Mutex<VecDeque<Value>>,
    changes: Mutex<VecDeque<Value>>,
    collector_lost: AtomicBool,
    connections: AtomicUsize,
}

impl Notices {
    /// Nothing has happened yet.
    pub(crate) fn new(faults: Faults) -> Self {
        Self {
            faults,
            alerts: Mutex::default(),
            changes: Mutex::default(),
            collector_lost: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
        }
    }

    /// Raises an alert.
    pub(crate) fn alarm(&self, alarm: Alarm, detail: &str) {
        if !self.faults.has(alarm.silenced_by()) {
            keep(&self.alerts, json!({ "time": clock::stamp(&self.faults), "event": alarm.name(), "detail": detail }));
        }
    }

    /// The alerts that were raised.
    pub(crate) fn alerts(&self) -> Value {
        all(&self.alerts)
    }

    /// Notes a changed setting.
    pub(crate) fn changed(&self, account: &str, setting: &str, old: &str, new: &str) {
        if self.faults.has(Fault::HistoryMissing) {
            return;
        }
        let mut change = json!({ "time": clock::stamp(&self.faults), "setting": setting, "old": old, "new": new });
        if !self.faults.has(Fault::HistoryWithoutAccount)
            && let Some(fields) = change.as_object_mut()
        {
            fields.insert("account".to_owned(), account.into());
        }
        keep(&self.changes, change);
    }

    /// The settings that were changed.
    pub(crate) fn changes(&self) -> Value {
        all(&self.changes)
    }

    /// Notes whether the log could be sent to its collector.
    pub(crate) fn collector(&self, reached: bool) {
        if !self.collector_lost.swap(!reached, Ordering::Relaxed) && !reached {
            self.alarm(Alarm::CollectorLost, "the log is kept until its collector is there again");
        }
    }

    /// Whether something that protects the component does not work.
    pub(crate) fn is_degraded(&self) -> bool {
        self.collector_lost.load(Ordering::Relaxed) && !self.faults.has(Fault::StateFrozen)
    }

    /// Somebody connected.
    pub(crate) fn opened(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    /// A connection ended.
    pub(crate) fn closed(&self) {
        if !self.faults.has(Fault::ConnectionsLeak) {
            self.connections.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// How many connections are open.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

fn keep(list: &Mutex<VecDeque<Value>>, value: Value) {
    let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
    if list.len() >= KEPT {
        list.pop_front();
    }
    list.push_back(value);
}

fn all(list: &Mutex<VecDeque<Value>>) -> Value {
    list.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
}
