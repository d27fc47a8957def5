//! Accounts with their lock-out.

mod changes;
mod passwords;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::{Fault, world::Faults};

/// Failed tries in a row after which an account is locked, unless set otherwise.
const TRIES: u32 = 5;
/// How long an account stays locked, unless set otherwise.
const LOCKED: Duration = Duration::from_secs(2);
/// How many names are remembered at a time.
const REMEMBERED: usize = 4096;

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Looks only.
    Viewer,
    /// Changes settings, reads the log, installs updates.
    Admin,
}

impl Role {
    /// The role's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Admin => "admin",
        }
    }
}

/// The interface that a log-in comes through; failed tries are counted for each apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Door {
    /// HTTP of any kind.
    Web,
    /// SSH.
    Ssh,
    /// MQTT, plain or over TLS.
    Mqtt,
    /// Telnet.
    Telnet,
    /// FTP.
    Ftp,
}

/// What became of a log-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    /// Right.
    Ok(Role),
    /// Wrong user or password.
    Wrong,
    /// The account is locked, whatever the password, for this long.
    Locked(Duration),
}

/// One account at some doors.
pub(crate) struct Account {
    user: String,
    password: String,
    role: Role,
    doors: &'static [Door],
    /// When it ends, if it is a temporary one.
    until: Option<Instant>,
    /// Whether it was made by somebody on the running product; only those can be changed.
    made: bool,
    /// When its user logged in, newest last; at most two.
    log_ins: Vec<String>,
}

impl Account {
    /// An account that may come through these doors.
    pub(crate) fn new(user: &str, password: &str, role: Role, doors: &'static [Door]) -> Self {
        let (user, password) = (user.to_owned(), password.to_owned());
        Self { user, password, role, doors, until: None, made: false, log_ins: Vec::new() }
    }
}

#[derive(Default)]
struct Tries {
    failed: u32,
    until: Option<Instant>,
}

/// The accounts of one component.
pub(crate) struct Accounts {
    list: Mutex<Vec<Account>>,
    never_locked: Option<Door>,
    tries: Mutex<HashMap<(Door, String), Tries>>,
    /// After how many tries an account is locked, and for how long.
    lockout: Mutex<(u32, Duration)>,
    faults: Faults,
}

impl Accounts {
    /// These accounts; at `never_locked`, tries are not counted.
    pub(crate) fn new(list: Vec<Account>, never_locked: Option<Door>, faults: Faults) -> Self {
        Self { list: Mutex::new(list), never_locked, tries: Mutex::default(), lockout: Mutex::new((TRIES, LOCKED)), faults }
    }

    fn list(&self) -> MutexGuard<'_, Vec<Account>> {
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.faults.has(Fault::TemporaryAccountStays) {
            let now = Instant::now();
            list.retain(|account| account.until.is_none_or(|until| until > now));
        }
        list
    }

    fn lockout(&self) -> MutexGuard<'_, (u32, Duration)> {
        self.lockout.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks a user and a password, and counts the try.
    pub(crate) fn check(&self, door: Door, user: &str, password: &str) -> Login {
        let password = passwords::looked_at(password, &self.faults);
        self.verify(door, user, |right| {
            let right = passwords::looked_at(right, &self.faults);
            aws_lc_rs::constant_time::verify_slices_are_equal(right.as_bytes(), password.as_bytes()).is_ok()
        })
    }

    /// Whether failed tries have locked this account.
    pub(crate) fn is_locked(&self, door: Door, user: &str) -> bool {
        let tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.get(&(door, user.to_owned())).is_some_and(|tries| tries.until.is_some())
    }

    /// Checks a user by a proof made of the password (a digest, say), and counts the try.
    pub(crate) fn verify(&self, door: Door, user: &str, proves: impl Fn(&str) -> bool) -> Login {
        let now = Instant::now();
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (door, user.to_owned());
        if let Some(until) = tries.get(&key).and_then(|tries| tries.until) {
            if until > now {
                return Login::Locked(until.duration_since(now));
            }
            tries.remove(&key);
        }
        let fits = |account: &&Account| account.user == user && account.doors.contains(&door) && proves(&account.password);
        let found = self.list().iter().find(fits).map(|account| account.role);
        if let Some(role) = found {
            tries.remove(&key);
            return Login::Ok(role);
        }
        if self.never_locked != Some(door) {
            if tries.len() >= REMEMBERED {
                tries.retain(|_, tries| tries.until.is_some_and(|until| until > now));
            }
            let (most, locked) = *self.lockout();
            let entry = tries.entry(key).or_default();
            entry.failed += 1;
            if entry.failed >= most {
                entry.until = Some(now + locked);
            }
        }
        Login::Wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts(never_locked: Option<Door>) -> Accounts {
        Accounts::new(vec![Account::new("admin", "right", Role::Admin, &[Door::Web, Door::Ssh])], never_locked, Faults::default())
    }

    #[test]
    fn five_failures_lock_one_account_at_one_door() {
        let accounts = accounts(None);
        for _ in 0..TRIES {
            assert_eq!(accounts.check(Door::Web, "admin", "wrong"), Login::Wrong);
        }
        assert!(matches!(accounts.check(Door::Web, "admin", "right"), Login::Locked(_)));
        assert_eq!(accounts.check(Door::Ssh, "admin", "right"), Login::Ok(Role::Admin));
        assert_eq!(accounts.check(Door::Mqtt, "admin", "right"), Login::Wrong);
    }

    #[test]
    fn success_forgets_failures() {
        let accounts = accounts(None);
        for _ in 0..3 {
            for _ in 1..TRIES {
                accounts.check(Door::Web, "admin", "wrong");
            }
            assert_eq!(accounts.check(Door::Web, "admin", "right"), Login::Ok(Role::Admin));
        }
    }

    #[test]
    fn a_door_can_stay_open() {
        let accounts = accounts(Some(Door::Web));
        for _ in 0..20 {
            accounts.check(Door::Web, "admin", "wrong");
        }
        assert_eq!(accounts.check(Door::Web, "admin", "right"), Login::Ok(Role::Admin));
    }
}
