//! The device's web sessions.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::{accounts::Role, state};

/// How many sessions exist at a time; beyond, the one unused for longest ends.
const SESSIONS: usize = 1000;
/// Who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User {
    /// The account's name.
    pub(crate) name: String,
    /// What it may do.
    pub(crate) role: Role,
}

struct Session {
    user: Option<User>,
    began: Instant,
    used: Instant,
}

/// All sessions, by their id.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, Session>>);

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this id belongs to a session, logged in or not.
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.lock().contains_key(id)
    }

    /// Who is logged in under this id, if the session was not idle for longer than this.
    pub(crate) fn user(&self, id: &str, idle: Duration) -> Option<User> {
        let mut sessions = self.lock();
        let session = sessions.get_mut(id)?;
        if session.used.elapsed() > idle {
            sessions.remove(id);
            return None;
        }
        session.used = Instant::now();
        session.user.clone()
    }

    /// Who is logged in, once for each session that was not idle for longer than this.
    pub(crate) fn users(&self, idle: Duration) -> Vec<User> {
        self.lock().values().filter(|session| session.used.elapsed() <= idle).filter_map(|session| session.user.clone()).collect()
    }

    /// Starts a session under a new id of 128 random bits.
    pub(crate) fn start(&self, user: Option<User>) -> String {
        let id = state::hex(&state::random().unwrap_or_default()[..16]);
        self.set(&id, user);
        id
    }

    /// Starts or changes a session under this id.
    pub(crate) fn set(&self, id: &str, user: Option<User>) {
        let mut sessions = self.lock();
        if sessions.len() >= SESSIONS && !sessions.contains_key(id) {
            let oldest = sessions.iter().min_by_key(|(_, session)| session.used).map(|(id, _)| id.clone());
            oldest.and_then(|oldest| sessions.remove(&oldest));
        }
        sessions.insert(id.to_owned(), Session { user, began: Instant::now(), used: Instant::now() });
    }

    /// Ends all sessions.
    pub(crate) fn end_all(&self) {
        self.lock().clear();
    }

    /// Ends a session.
    pub(crate) fn end(&self, id: &str) {
        self.lock().remove(id);
    }

    /// Ends the sessions of a user but the newest ones, so many.
    pub(crate) fn keep_newest(&self, name: &str, most: usize) {
        let mut sessions = self.lock();
        let of_user = |session: &Session| session.user.as_ref().is_some_and(|user| user.name == name);
        let mut ages: Vec<_> =
            sessions.iter().filter(|(_, session)| of_user(session)).map(|(id, session)| (session.began, id.clone())).collect();
        ages.sort();
        let surplus = ages.len().saturating_sub(most);
        for (_, id) in ages.into_iter().take(surplus) {
            sessions.remove(&id);
        }
    }
}
