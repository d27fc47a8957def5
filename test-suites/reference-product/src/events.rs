//! The event log of a component.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Map, Value};
use tokio::sync::mpsc::Sender;

use crate::{
    Fault, clock,
    notices::{Alarm, Notices},
    world::Faults,
};

/// How many events are kept.
const KEPT: usize = 100;
/// How many characters of an outsider's text are kept in one field.
const FIELD: usize = 120;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Someone tried to log in.
    Login,
    /// Someone logged out.
    Logout,
    /// Someone tried to change a setting.
    Setting,
    /// Someone tried to make, change or remove an account.
    Account,
    /// Someone tried to clear the log.
    Clear,
    /// Someone offered an update.
    Update,
    /// The component looked for an update.
    UpdateCheck,
    /// The component started.
    Boot,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Logout => "logout",
            Self::Setting => "setting",
            Self::Account => "account",
            Self::Update => "update",
            Self::UpdateCheck => "update-check",
            Self::Boot => "boot",
            Self::Clear => "log-cleared",
        }
    }

    fn silenced_by(self) -> Option<Fault> {
        match self {
            Self::Login => Some(Fault::LogSilentLogin),
            Self::Setting => Some(Fault::LogSilentSetting),
            Self::Update => Some(Fault::LogSilentUpdate),
            Self::Logout => Some(Fault::LogSilentLogout),
            Self::Clear => Some(Fault::LogClearSilent),
            Self::Account | Self::UpdateCheck | Self::Boot => None,
        }
    }
}

/// One event on its way to the collector.
pub(crate) struct Exported {
    /// The event's time as the device writes it.
    pub(crate) time: String,
    /// The event's name.
    pub(crate) name: &'static str,
    /// The event as one line of JSON.
    pub(crate) line: String,
}

/// The last events of a component, newest last; of a device, also sent to the collector.
pub(crate) struct EventLog {
    faults: Faults,
    place: &'static str,
    lines: Mutex<Lines>,
    notices: Arc<Notices>,
    export: Option<Sender<Exported>>,
}

#[derive(Default)]
struct Lines {
    kept: VecDeque<String>,
    written: usize,
}

impl EventLog {
    /// An empty log of the component `place`.
    pub(crate) fn new(faults: Faults, place: &'static str, notices: Arc<Notices>, export: Option<Sender<Exported>>) -> Self {
        Self { faults, place, lines: Mutex::default(), notices, export }
    }

    /// Writes one event: what, from where, whether it succeeded, who, and anything else. Never waits.
    pub(crate) fn record(&self, kind: Kind, source: SocketAddr, success: bool, identity: &str, detail: &str) {
        if kind.silenced_by().is_some_and(|fault| self.faults.has(fault)) {
            return;
        }
        let time = clock::stamp(&self.faults);
        let mut event = Map::new();
        let mut put = |name: &str, text: &str| event.insert(name.to_owned(), Value::from(text.chars().take(FIELD).collect::<String>()));
        put("time", &time);
        put("event", kind.name());
        put("place", self.place);
        if !self.faults.has(Fault::LogWithoutSource) {
            put("source", &source.to_string());
        }
        if !self.faults.has(Fault::LogWithoutOutcome) {
            put("outcome", if success { "success" } else { "failure" });
        }
        if !self.faults.has(Fault::LogWithoutIdentity) {
            put("identity", if self.faults.has(Fault::LogSharedIdentity) { "user" } else { identity });
        }
        put("detail", detail);
        let line = Value::Object(event).to_string();
        if let Some(export) = &self.export {
            let _ = export.try_send(Exported { time, name: kind.name(), line: line.clone() });
        }
        self.append(&line);
    }

    /// Writes a line as it is; the oldest makes room for it. Warns before that comes to pass.
    pub(crate) fn append(&self, line: &str) {
        let most = if self.faults.has(Fault::LogKeepsFew) { KEPT / 2 } else { KEPT };
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.written += 1;
        if lines.written % KEPT == KEPT * 9 / 10 {
            self.notices.alarm(Alarm::LogNearlyFull, "the oldest records will be overwritten");
        }
        if lines.kept.len() >= most {
            lines.kept.pop_front();
        }
        lines.kept.push_back(line.to_owned());
    }

    /// Removes all events.
    pub(crate) fn clear(&self) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).kept.clear();
    }

    /// All kept events, one JSON object per line.
    pub(crate) fn text(&self) -> String {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.kept.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }
}
