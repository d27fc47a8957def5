//! Log-ins of every protocol behind one question: is this user let in with this password?

use assay_engine::{Bench, Stop};
use assay_model::profile::{Account, Interface, Login, LoginKind, Operation, Speaks};
use assay_probes::mqtt::{self, Connect, Connected};
use assay_probes::outcome::Accepted;
use assay_probes::snmp::{self, Version};
use assay_probes::{ftp, http, ssh_auth, telnet};
use assay_wire::{Error, Permit};

use crate::support;

/// Failed log-ins that a test of log-ins leaves in the budget, so that right ones can still be made.
pub(super) const RESERVE: u32 = 2;

/// The log-in of one interface.
pub(super) struct Door {
    permit: Permit,
    way: Way,
}

/// How the question is put.
enum Way {
    Web(Box<Web>),
    Ssh,
    Telnet,
    Ftp,
    Mqtt,
    Snmp,
}

/// What a log-in over HTTP needs.
struct Web {
    client: http::Client,
    login: Login,
    check: Operation,
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
    /// The log-in of the interface that the test is about.
    pub(super) fn open(bench: &Bench) -> Result<Self, Stop> {
        let interface = bench.interface()?;
        let permit = bench.permit()?;
        let way = match service(&interface) {
            Some("web") => {
                let (login, check) = (support::login_of(&interface)?.clone(), support::check_of(&interface)?.clone());
                Way::Web(Box::new(Web { client: http::Client::new(permit.clone()), login, check }))
            }
            Some("ssh") => Way::Ssh,
            Some("telnet") => Way::Telnet,
            Some("ftp") => Way::Ftp,
            Some("mqtt") => Way::Mqtt,
            Some("snmp") => Way::Snmp,
            _ => return Err(Stop::missing(format!("the log-in of `{}` takes no password", interface.id))),
        };
        Ok(Self { permit, way })
    }

    /// Failed log-ins that may still be made, without those kept in reserve.
    pub(super) fn tries_left(&self) -> u32 {
        self.permit.logins_left().saturating_sub(RESERVE)
    }

    /// The seconds that one test may take.
    pub(super) fn seconds(&self) -> u64 {
        self.permit.deadlines().test.as_secs()
    }

    /// Tries a user and a password. Trouble on the way is as unclear as an answer that says neither yes nor no.
    pub(super) async fn attempt(&mut self, user: &str, password: &str) -> Result<Accepted, Stop> {
        match self.ask(user, password).await {
            Ok(accepted) => Ok(accepted),
            Err(error) if error.is_ours() => Err(error.into()),
            Err(error) => Ok(Accepted::Unclear(error.to_string())),
        }
    }

    async fn ask(&mut self, user: &str, password: &str) -> Result<Accepted, Error> {
        let permit = &self.permit;
        match &mut self.way {
            Way::Web(web) => Ok(http::log_in(&mut web.client, &web.login, &web.check, user, password).await?.accepted),
            Way::Ssh => Ok(ssh_auth::log_in(permit, user, password).await?.accepted),
            Way::Telnet => {
                let attempt = telnet::log_in(permit, Some(user), password).await?;
                let open = attempt.shell_without_login;
                Ok(if open { Accepted::Unclear("a shell without any log-in".to_owned()) } else { attempt.accepted })
            }
            Way::Ftp => Ok(ftp::log_in(permit, user, password).await?.accepted),
            Way::Mqtt => Ok(settle(mqtt::connect_any(permit, &Connect::password("assay", user, password)).await?.1)),
            Way::Snmp => {
                let mut reads = snmp::get(permit, Version::V2c, password).await?;
                if reads.is_none() {
                    permit.return_login();
                    reads = snmp::get(permit, Version::V1, password).await?;
                }
                Ok(if reads.is_some() { Accepted::Accepted } else { Accepted::Refused })
            }
        }
    }
}

fn settle(connected: Connected) -> Accepted {
    match connected {
        Connected::Accepted(_) => Accepted::Accepted,
        Connected::Refused(code) if code.is_about_load() => Accepted::Throttled,
        Connected::Refused(code) if code.is_about_rights() => Accepted::Refused,
        Connected::Refused(code) => Accepted::Unclear(format!("the broker refused with `{}`", code.name)),
        Connected::Closed => Accepted::Unclear("the broker hung up without a word".to_owned()),
    }
}

/// What became of an attempt, in words.
pub(super) fn words(accepted: &Accepted) -> String {
    match accepted {
        Accepted::Accepted => "was accepted".to_owned(),
        Accepted::Refused => "was refused".to_owned(),
        Accepted::Throttled => "was not looked at: the product throttles or locks".to_owned(),
        Accepted::Unclear(why) => format!("got no clear answer ({why})"),
    }
}
