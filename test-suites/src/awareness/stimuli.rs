//! What is done to a component so that it has something to write down.

use assay_engine::{Bench, Stop};
use assay_model::profile::{Accessor, Account, Component, Interface, Operation};
use assay_probes::http::{self, Accepted, Client, Session};
use serde::{Deserialize, Serialize};

use super::log::Record;
use crate::setting::Setting;
use crate::support::{account_for, accounts, check_of, login_of, place_of, sign_in};

/// The update package that no product can take: harmless, and short.
const GARBAGE: [u8; 64] = [0x5a; 64];

const LOGIN_WORDS: &[&str] = &[
    "login",
    "log-in",
    "log in",
    "logon",
    "logged",
    "signin",
    "sign-in",
    "sign in",
    "signed in",
    "auth",
    "session",
    "password",
    "credential",
];
const SETTING_WORDS: &[&str] = &["setting", "config", "change", "modif", "param", "option"];
const UPDATE_WORDS: &[&str] = &["update", "upgrade", "firmware", "package", "install", "image", "software", "flash"];
const FAILURE_WORDS: &[&str] = &["fail", "denied", "wrong", "invalid", "reject", "refus", "incorrect", "bad", "error", "unsuccess", "not "];
const SUCCESS_WORDS: &[&str] = &["success", "accepted", "granted", "ok\""];

/// Whether the words of a record tell of a failure, or its outcome is a status of HTTP for one.
pub(super) fn tells_failure(record: &Record) -> bool {
    holds(record, FAILURE_WORDS) || status(record).is_some_and(|status| (400..600).contains(&status))
}

/// Whether the words of a record tell of a success, or its outcome is a status of HTTP for one.
pub(super) fn tells_success(record: &Record) -> bool {
    holds(record, SUCCESS_WORDS) || status(record).is_some_and(|status| (200..400).contains(&status))
}

fn status(record: &Record) -> Option<u16> {
    record.part("outcome")?.parse().ok()
}

fn holds(record: &Record, words: &[&str]) -> bool {
    let text = record.raw.to_lowercase();
    words.iter().any(|word| text.contains(word))
}

/// An event that is brought about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Act {
    BadLogin,
    GoodLogin,
    Setting,
    Update,
}

impl Act {
    /// In words.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::BadLogin => "a log-in with a wrong password",
            Self::GoodLogin => "a log-in",
            Self::Setting => "a changed setting",
            Self::Update => "an offered update",
        }
    }

    /// Whether a record can be about it. `hints` are further words, in lower case.
    pub(super) fn relates(self, record: &Record, hints: &[String]) -> bool {
        let text = record.raw.to_lowercase();
        let hinted = hints.iter().any(|hint| text.contains(hint));
        let failed = tells_failure(record);
        match self {
            Self::BadLogin => (holds(record, LOGIN_WORDS) || hinted) && (failed || !tells_success(record)),
            Self::GoodLogin => (holds(record, LOGIN_WORDS) || hinted) && !failed,
            Self::Setting => holds(record, SETTING_WORDS) || hinted,
            Self::Update => holds(record, UPDATE_WORDS) || hinted,
        }
    }
}

/// Where somebody logs in, and as whom.
pub(super) struct Door {
    pub(super) interface: Interface,
    pub(super) account: Account,
}

/// A place to log in on the web, and the account with most rights there. The log's own interface is preferred.
pub(super) fn door(bench: &Bench, component: &Component) -> Result<Door, Stop> {
    let of_log = component.log.as_ref().map(|log| log.interface.as_str());
    let mut usable: Vec<_> = component.interfaces.iter().filter(|each| each.speaks.is_http() && check_of(each).is_ok()).collect();
    usable.sort_by_key(|each| Some(each.id.as_str()) != of_log);
    let mut doors = usable.into_iter().filter_map(|interface| {
        let account = accounts(bench, &component.id, interface).into_iter().next()?;
        Some(Door { interface: interface.clone(), account })
    });
    let missing = || {
        Stop::missing(format!(
            "`{}` has no http or https interface with log-in, check operation and account: add them to the profile",
            component.id
        ))
    };
    doors.next().ok_or_else(missing)
}

impl Door {
    /// The paths that a log-in asks for, in lower case.
    fn paths(&self) -> Vec<String> {
        let posted = self.interface.login.as_ref().and_then(|login| login.path.clone());
        let checked = check_of(&self.interface).ok().map(|check| check.path.clone());
        posted.into_iter().chain(checked).map(|path| path.to_lowercase()).filter(|path| path.len() > 3).collect()
    }

    /// Logs in, with the right password or a wrong one, and tells how it came out.
    pub(super) async fn log_in(&self, bench: &Bench, client: &mut Client, rightly: bool) -> Result<Accepted, Stop> {
        let secret = bench.secret(&self.account)?;
        let password = if rightly { secret } else { format!("not-{}", bench.now().unix_timestamp_nanos()) };
        let attempt = http::log_in(client, login_of(&self.interface)?, check_of(&self.interface)?, &self.account.user, &password).await?;
        client.close();
        Ok(attempt.accepted)
    }
}

/// All that can be done to a component, with every session opened beforehand. No connection stands between the acts: a
/// product may allow one only.
pub(super) struct Stimuli {
    bench: Bench,
    door: Door,
    client: Client,
    setting: Option<(Setting, Operation)>,
    update: Option<(Client, Session, Operation, Option<String>)>,
    /// What cannot be done, and why.
    pub(super) missing: Vec<String>,
}

impl Stimuli {
    pub(super) async fn prepare(bench: &Bench, component: &Component) -> Result<Self, Stop> {
        let door = door(bench, component)?;
        let mut client = Client::new(bench.permit_for(&component.id, &door.interface)?);
        let first = door.log_in(bench, &mut client, true).await?;
        if first != Accepted::Accepted {
            return Err(Stop::missing(format!("the secret of account `{}` was not accepted: {first:?}", door.account.id)));
        }
        let mut missing = Vec::new();
        let setting = setting(bench, component).await?;
        if setting.is_none() {
            missing.push("no changed setting: the profile declares no setting with two values and a read_back".to_owned());
        }
        let update = update(bench, component).await?;
        if update.is_none() {
            missing.push("no offered update: the profile declares no update over http".to_owned());
        }
        Ok(Self { bench: bench.clone(), door, client, setting, update, missing })
    }

    /// Who acts.
    pub(super) fn user(&self) -> &str {
        &self.door.account.user
    }

    /// What can be done, in order. The right log-in follows the wrong one, so that no failures add up.
    pub(super) fn acts(&self) -> Vec<Act> {
        let setting = self.setting.as_ref().map(|_| Act::Setting);
        let update = self.update.as_ref().map(|_| Act::Update);
        [Act::BadLogin, Act::GoodLogin].into_iter().chain(setting).chain(update).collect()
    }

    /// Words that a record of it may hold, in lower case.
    pub(super) fn hints(&self, act: Act) -> Vec<String> {
        let of = |operation: &Operation| {
            let path = operation.path.rsplit('/').next().unwrap_or_default();
            [operation.id.to_lowercase(), path.to_lowercase()].into_iter().filter(|word| word.len() > 3).collect()
        };
        match act {
            // a log of requests tells of a log-in by the paths that were asked for
            Act::BadLogin | Act::GoodLogin => self.door.paths(),
            Act::Setting => self.setting.as_ref().map(|(_, operation)| of(operation)).unwrap_or_default(),
            Act::Update => self.update.as_ref().map(|(_, _, operation, _)| of(operation)).unwrap_or_default(),
        }
    }

    /// Does it. Tells what went wrong, when it was not done.
    pub(super) async fn perform(&mut self, act: Act) -> Result<Option<String>, Stop> {
        let done = match act {
            Act::BadLogin => self.login(false).await,
            Act::GoodLogin => self.login(true).await,
            Act::Setting => self.change().await,
            Act::Update => self.offer().await,
        };
        match done {
            Err(Stop::Inconclusive(why)) => Ok(Some(why)),
            other => other,
        }
    }

    async fn login(&mut self, rightly: bool) -> Result<Option<String>, Stop> {
        let wanted = if rightly { Accepted::Accepted } else { Accepted::Refused };
        let came = self.door.log_in(&self.bench, &mut self.client, rightly).await?;
        Ok((came != wanted).then(|| format!("it came out as {came:?}")))
    }

    async fn change(&mut self) -> Result<Option<String>, Stop> {
        let Some((setting, operation)) = self.setting.as_mut() else { return Ok(Some("there is no setting".to_owned())) };
        let attempt = setting.change_rightly().await?;
        let left = setting.restore().await;
        setting.rest();
        Ok(left.or_else(|| (!attempt.took_effect()).then(|| format!("`{}` did not take effect", operation.id))))
    }

    async fn offer(&mut self) -> Result<Option<String>, Stop> {
        let Some((client, session, operation, field)) = self.update.as_mut() else { return Ok(Some("there is no update".to_owned())) };
        let answer = http::upload(client, operation, Some(session), field.as_deref(), &GARBAGE).await?;
        client.close();
        Ok(matches!(answer.status, 404 | 405 | 500..).then(|| format!("`{}` answers with status {}", operation.id, answer.status)))
    }
}

async fn setting(bench: &Bench, component: &Component) -> Result<Option<(Setting, Operation)>, Stop> {
    let Some((interface, operation)) = first_setting(component) else { return Ok(None) };
    let mut setting = Setting::open(bench, component, interface, operation).await?;
    setting.rest();
    Ok(Some((setting, operation.clone())))
}

pub(super) fn first_setting(component: &Component) -> Option<(&Interface, &Operation)> {
    let web = component.interfaces.iter().filter(|interface| interface.speaks.is_http());
    let mut all = web.flat_map(|interface| interface.operations.iter().map(move |operation| (interface, operation)));
    all.find(|(_, operation)| operation.is_setting() && !operation.is_public() && operation.read_back.is_some())
}

async fn update(bench: &Bench, component: &Component) -> Result<Option<(Client, Session, Operation, Option<String>)>, Stop> {
    let Some(update) = &component.update else { return Ok(None) };
    let place = Accessor { interface: update.interface.clone(), operation: update.operation.clone(), pointer: None };
    let (interface, operation) = place_of(component, &place)?;
    if !interface.speaks.is_http() {
        return Ok(None);
    }
    let account = account_for(bench, &component.id, interface, operation)?;
    let (mut client, session) = sign_in(bench, &component.id, interface, &account).await?;
    client.close();
    Ok(Some((client, session, operation.clone(), update.form_field.clone())))
}
