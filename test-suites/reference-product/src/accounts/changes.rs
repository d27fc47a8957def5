//! Accounts that come, change and go while the product runs. Those that it was delivered with stay as they are.

use std::time::{Duration, Instant};

use super::{Account, Accounts, Door, Role, passwords};
use crate::Fault;

/// How many accounts there may be.
const MOST: usize = 64;
/// The longest name of a user.
const LONGEST_NAME: usize = 64;

/// What others are told of an account.
pub(crate) struct Listed {
    /// The name.
    pub(crate) user: String,
    /// What it may do.
    pub(crate) role: Role,
    /// When its user logged in last.
    pub(crate) last: Option<String>,
}

impl Accounts {
    /// Makes an account for the web, with an end if it is a temporary one.
    pub(crate) fn add(&self, user: &str, password: &str, role: Role, lifetime: Option<Duration>) -> Result<(), &'static str> {
        let good = |sign: char| sign.is_ascii_alphanumeric() || "-_.".contains(sign);
        if user.is_empty() || user.len() > LONGEST_NAME || !user.chars().all(good) {
            return Err("this cannot be the name of a user");
        }
        passwords::may_be_chosen(password, user, &self.faults)?;
        let mut list = self.list();
        if list.len() >= MOST {
            return Err("there are too many accounts");
        }
        if list.iter().any(|account| account.user.eq_ignore_ascii_case(user)) && !self.faults.has(Fault::DuplicateAccounts) {
            return Err("there is such an account already");
        }
        let until = lifetime.map(|lifetime| Instant::now() + lifetime);
        list.push(Account { until, made: true, ..Account::new(user, password, role, &[Door::Web]) });
        Ok(())
    }

    /// Removes an account that was made; says whether there was one.
    pub(crate) fn remove(&self, user: &str) -> bool {
        let mut list = self.list();
        let before = list.len();
        list.retain(|account| account.user != user || !account.made);
        list.len() < before
    }

    /// Gives an account that was made another role; says whether there is one.
    pub(crate) fn set_role(&self, user: &str, role: Role) -> bool {
        let mut list = self.list();
        let Some(account) = list.iter_mut().find(|account| account.user == user && account.made) else { return false };
        if !self.faults.has(Fault::RoleChangeIgnored) {
            account.role = role;
        }
        true
    }

    /// Changes the password of an account that was made.
    pub(crate) fn change_password(&self, user: &str, old: &str, new: &str) -> Result<(), &'static str> {
        passwords::may_be_chosen(new, user, &self.faults)?;
        let same = |one: &str| passwords::looked_at(one, &self.faults) == passwords::looked_at(old, &self.faults);
        let mut list = self.list();
        let account = list.iter_mut().find(|account| account.user == user && account.made && same(&account.password));
        new.clone_into(&mut account.ok_or("the password cannot be changed")?.password);
        Ok(())
    }

    /// All accounts for the web.
    pub(crate) fn listed(&self) -> Vec<Listed> {
        let list = self.list();
        let told = |account: &Account| Listed { user: account.user.clone(), role: account.role, last: account.log_ins.last().cloned() };
        list.iter().filter(|account| account.doors.contains(&Door::Web)).map(told).collect()
    }

    /// What this account may do now; nothing once it is gone.
    pub(crate) fn role_of(&self, user: &str) -> Option<Role> {
        self.list().iter().find(|account| account.user == user).map(|account| account.role)
    }

    /// Whether this is the password of any account at this door.
    pub(crate) fn is_of_somebody(&self, door: Door, password: &str) -> bool {
        self.list().iter().any(|account| account.doors.contains(&door) && account.password == password)
    }

    /// Keeps the time of a log-in.
    pub(crate) fn note_log_in(&self, user: &str, time: String) {
        if let Some(account) = self.list().iter_mut().find(|account| account.user == user) {
            account.log_ins.push(time);
            let spare = account.log_ins.len().saturating_sub(2);
            account.log_ins.drain(..spare);
        }
    }

    /// The time of the log-in before the last one: what the user of the running session is told.
    pub(crate) fn log_in_before(&self, user: &str) -> Option<String> {
        let list = self.list();
        let times = &list.iter().find(|account| account.user == user)?.log_ins;
        times.len().checked_sub(2).and_then(|at| times.get(at)).cloned()
    }

    /// Sets after how many tries an account is locked.
    pub(crate) fn set_tries(&self, tries: u32) {
        self.lockout().0 = tries.max(1);
    }

    /// Sets for how long an account is locked.
    pub(crate) fn set_locked(&self, time: Duration) {
        self.lockout().1 = time;
    }
}

#[cfg(test)]
mod tests {
    use super::super::Login;
    use super::*;
    use crate::world::Faults;

    fn accounts(faults: &[Fault]) -> Accounts {
        let first = vec![Account::new("admin", "right", Role::Admin, &[Door::Web])];
        Accounts::new(first, None, Faults::new(faults.iter().copied().collect()))
    }

    const GOOD: &str = "correct horse battery";

    #[test]
    fn an_account_comes_changes_and_goes() {
        let accounts = accounts(&[]);
        assert!(accounts.add("bob", GOOD, Role::Viewer, None).is_ok());
        assert!(accounts.add("Bob", GOOD, Role::Viewer, None).is_err());
        assert!(accounts.add("b b", GOOD, Role::Viewer, None).is_err());
        assert_eq!(accounts.check(Door::Web, "bob", GOOD), Login::Ok(Role::Viewer));
        assert!(accounts.set_role("bob", Role::Admin));
        assert_eq!(accounts.role_of("bob"), Some(Role::Admin));
        assert!(accounts.change_password("bob", "wrong", "another horse battery").is_err());
        assert!(accounts.change_password("bob", GOOD, "another horse battery").is_ok());
        assert_eq!(accounts.check(Door::Web, "bob", GOOD), Login::Wrong);
        assert!(accounts.remove("bob") && !accounts.remove("bob") && !accounts.remove("admin"));
        assert_eq!(accounts.check(Door::Web, "bob", "another horse battery"), Login::Wrong);
    }

    #[test]
    fn a_temporary_account_ends_unless_faulty() {
        for (faults, left) in [(&[][..], 1), (&[Fault::TemporaryAccountStays][..], 2)] {
            let accounts = accounts(faults);
            accounts.add("bob", GOOD, Role::Viewer, Some(Duration::ZERO)).unwrap();
            assert_eq!(accounts.listed().len(), left);
        }
    }

    #[test]
    fn the_log_in_before_is_told() {
        let accounts = accounts(&[]);
        assert_eq!(accounts.log_in_before("admin"), None);
        for time in ["1", "2", "3"] {
            accounts.note_log_in("admin", time.to_owned());
        }
        assert_eq!(accounts.log_in_before("admin").as_deref(), Some("2"));
    }
}
