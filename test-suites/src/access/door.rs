//! Log-ins of every protocol behind one question: is this user let in with this password?

use assay_engine::{Bench, Stop};
use assay_model::profile::{Account, Interface, LoginKind, Speaks};
use assay_probes::attempts::Attempts;
use assay_probes::outcome::Accepted;
use assay_probes::{ftp, http, mqtt, snmp, ssh_auth, telnet};

use crate::support;

/// Failed log-ins that a test of log-ins leaves in the budget, so that right ones can still be made.
pub(super) const RESERVE: u32 = 2;

/// The log-in of one interface.
pub(super) struct Door {
    attempts: Attempts,
}

/// The kind of service that a log-in belongs to, as lists of credentials name it; none where no password is sent.
pub(super) fn service(interface: &Interface) -> Option<&'static str> {
    let kind = interface.login.as_ref()?.kind;
    match (kind, interface.speaks) {
        (LoginKind::Basic | LoginKind::Digest | LoginKind::Form | LoginKind::Json, Speaks::Http | Speaks::Https) => Some("web"),
        (LoginKind::Password, Speaks::Ssh) => Some("ssh"),
        (LoginKind::Password, Speaks::Telnet) => Some("telnet"),
        (LoginKind::Password, Speaks::Ftp) => Some("ftp"),
        (LoginKind::Password, Speaks::Mqtt | Speaks::Mqtts) => Some("mqtt"),
        (LoginKind::Community, Speaks::Snmp) => Some("snmp"),
        _ => None,
    }
}

/// The accounts that the profile gives for the interface that the test is about, with their secrets.
pub(super) fn accounts(bench: &Bench) -> Result<Vec<(Account, String)>, Stop> {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let accounts = support::accounts(bench, &component.id, &interface);
    let community = service(&interface) == Some("snmp");
    let fits = |account: &Account| !community || is_community(account);
    accounts.into_iter().filter(fits).map(|account| Ok((account.clone(), bench.secret(&account)?))).collect()
}

/// Whether an account is a community: it has no user. The password of a person is never sent as one.
pub(super) fn is_community(account: &Account) -> bool {
    account.user.is_empty()
}

impl Door {
    /// The log-in of the interface that the test is about. No account fails more often than the profile declares that it
    /// takes to lock it.
    pub(super) fn open(bench: &Bench) -> Result<Self, Stop> {
        let lock = bench.interface()?.login.and_then(|login| login.lockout).map(|lockout| lockout.tries);
        Self::with_lock(bench, lock)
    }

    /// The same for a test that means to lock an account.
    pub(super) fn open_to_lock(bench: &Bench) -> Result<Self, Stop> {
        Self::with_lock(bench, None)
    }

    fn with_lock(bench: &Bench, lock: Option<u32>) -> Result<Self, Stop> {
        let interface = bench.interface()?;
        let permit = bench.permit()?;
        let attempts = match service(&interface) {
            Some("web") => {
                let (login, check) = (support::login_of(&interface)?.clone(), support::check_of(&interface)?.clone());
                let client = http::Client::new(permit.clone());
                Attempts::new(permit, http::LogIns::new(client, login, check), lock)
            }
            Some("ssh") => Attempts::new(permit.clone(), ssh_auth::LogIns::new(permit), lock),
            Some("telnet") => Attempts::new(permit.clone(), telnet::LogIns::new(permit), lock),
            Some("ftp") => Attempts::new(permit.clone(), ftp::LogIns::new(permit), lock),
            Some("mqtt") => Attempts::new(permit.clone(), mqtt::LogIns::new(permit), lock),
            Some("snmp") => Attempts::new(permit.clone(), snmp::LogIns::new(permit), lock),
            _ => return Err(Stop::missing(format!("the log-in of `{}` takes no password", interface.id))),
        };
        Ok(Self { attempts })
    }

    /// Failed log-ins that may still be made, without those kept in reserve.
    pub(super) fn tries_left(&self) -> u32 {
        self.attempts.permit().logins_left().saturating_sub(RESERVE)
    }

    /// The seconds that one test may take.
    pub(super) fn seconds(&self) -> u64 {
        self.attempts.permit().deadlines().test.as_secs()
    }

    /// The attempts so far, and why no more are made, if so.
    pub(super) fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    /// Goes on after a pause that ends a lock, with the failures of those users that still count.
    pub(super) fn rested(&mut self, still_counts: impl Fn(&str) -> bool) {
        self.attempts.rested(still_counts);
    }

    /// Tries a user and a password, unless the attempts have stopped. Trouble on the way is as unclear as an answer that
    /// says neither yes nor no.
    pub(super) async fn attempt(&mut self, user: &str, password: &str) -> Result<Accepted, Stop> {
        Ok(self.attempts.attempt(user, password).await?)
    }

    /// The same in spite of a stop.
    pub(super) async fn insist(&mut self, user: &str, password: &str) -> Result<Accepted, Stop> {
        Ok(self.attempts.insist(user, password).await?)
    }

    /// Tries a password that cannot be right.
    pub(super) async fn certainly_wrong(&mut self, user: &str) -> Result<Accepted, Stop> {
        Ok(self.attempts.certainly_wrong(user).await?)
    }
}

/// What became of an attempt, in words.
pub(super) fn words(accepted: &Accepted) -> String {
    match accepted {
        Accepted::Accepted => "was accepted".to_owned(),
        Accepted::Refused => "was refused".to_owned(),
        Accepted::Throttled(why) => format!("was not looked at: the product throttles or locks ({why})"),
        Accepted::Unclear(why) => format!("got no clear answer ({why})"),
    }
}
