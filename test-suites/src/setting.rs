//! State of the product: one setting changed as somebody, read back and put back; all of it kept, put back and compared.

use std::collections::BTreeMap;
use std::future::Future;

use assay_engine::{Bench, Control, Finding, Outcome, Ruling, Seen, Stop};
use assay_model::profile::{Accessor, Account, Component, Interface, Operation, Purpose};
use assay_probes::http::{self, Access, Answer, Client, Session};
use assay_wire::Error;
use serde::Serialize;
use serde_json::Value;

use crate::support::{Reader, account_for, accounts, is_alive, read_value, sign_in};

/// The most values that a list of accounts is looked at for.
const MOST_VALUES: usize = 1000;

/// A setting of an interface with all that is needed to change it rightly and to read it.
pub(crate) struct Setting {
    bench: Bench,
    component: String,
    interface: Interface,
    account: Account,
    operation: Operation,
    client: Client,
    session: Session,
    reader: Reader,
    original: String,
}

/// What came of one attempt to change a setting.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Attempt {
    pub(crate) operation: String,
    pub(crate) by: String,
    pub(crate) before: String,
    pub(crate) tried: String,
    pub(crate) access: Access,
    pub(crate) after: String,
    /// Whether the session of a refused attempt still counted right after it; none without a session.
    pub(crate) alive: Option<bool>,
}

impl Attempt {
    pub(crate) fn took_effect(&self) -> bool {
        self.after == self.tried && self.before != self.tried
    }

    /// Refused in so many words, and without effect.
    pub(crate) fn was_refused(&self) -> bool {
        self.access.is_withheld() && self.after == self.before && self.alive != Some(false)
    }
}

impl Setting {
    /// Signs in as somebody who may change the setting, and reads what it is now.
    pub(crate) async fn open(bench: &Bench, component: &Component, interface: &Interface, operation: &Operation) -> Result<Self, Stop> {
        let read_back = operation.read_back.as_ref().ok_or_else(|| {
            Stop::missing(format!("operation `{}` has no read_back: say in the profile where its value can be read", operation.id))
        })?;
        let account = account_for(bench, &component.id, interface, operation)?;
        let (client, session) = sign_in(bench, &component.id, interface, &account).await?;
        let mut reader = match interface.operation(&read_back.operation) {
            // one session for both: where each account may have one only, the second would end the first
            Some(reading) if reading.permits(&account) => {
                let client = Client::new(bench.permit_for(&component.id, interface)?);
                Reader::in_session(client, session.clone(), reading, read_back.pointer.clone())
            }
            _ => {
                let (operation, pointer) = (read_back.operation.clone(), read_back.pointer.clone());
                Reader::open(bench, component, &Accessor { interface: interface.id.clone(), operation, pointer }).await?
            }
        };
        let original = reader.read().await?;
        let (bench, component, interface) = (bench.clone(), component.id.clone(), interface.clone());
        Ok(Self { bench, component, interface, account, operation: operation.clone(), client, session, reader, original })
    }

    /// Has somebody else try another value.
    pub(crate) async fn try_as(&mut self, by: &str, client: &mut Client, session: Option<&Session>) -> Result<Attempt, Stop> {
        let tried = self.another_value()?;
        let before = self.reader.read().await?;
        let answer = http::call(client, &self.operation, session, Some(&tried)).await;
        let mut attempt = self.settle(by, before, tried, answer).await?;
        if let Some(session) = session.filter(|_| attempt.was_refused()) {
            attempt.alive = Some(is_alive(client, &self.interface, session).await?);
        }
        Ok(attempt)
    }

    /// The value that it had when it was opened.
    pub(crate) fn original(&self) -> &str {
        &self.original
    }

    /// The positive control: the same change by somebody who may.
    pub(crate) async fn change_rightly(&mut self) -> Result<Attempt, Stop> {
        let tried = self.another_value()?;
        self.set(&tried).await
    }

    /// Gives it this value, as somebody who may.
    pub(crate) async fn set(&mut self, value: &str) -> Result<Attempt, Stop> {
        let tried = value.to_owned();
        let before = self.reader.read().await?;
        let answer = http::call(&mut self.client, &self.operation, Some(&self.session), Some(&tried)).await;
        self.settle("an account that may", before, tried, answer).await
    }

    /// Reads what came of an attempt. Where that cannot be told, the setting is put back before the test stops.
    async fn settle(&mut self, by: &str, before: String, tried: String, answer: Result<Answer, Error>) -> Result<Attempt, Stop> {
        let (operation, by) = (self.operation.id.clone(), by.to_owned());
        let trouble: Stop = match (answer, self.reader.read().await) {
            (Ok(answer), Ok(after)) => {
                return Ok(Attempt { operation, by, before, tried, access: Access::of(&answer), after, alive: None });
            }
            // without an answer, and carried out all the same
            (Err(_), Ok(after)) if after == tried && before != tried => {
                return Ok(Attempt { operation, by, before, tried, access: Access::Other(0), after, alive: None });
            }
            (Err(error), Ok(after)) if after == before => return Err(error.into()),
            (Err(error), _) => error.into(),
            (Ok(_), Err(stop)) => stop,
        };
        match (self.restore().await, trouble) {
            (Some(left), Stop::Inconclusive(why)) => Err(Stop::Inconclusive(format!("{why}; {left}"))),
            (_, trouble) => Err(trouble),
        }
    }

    /// The user who may change it.
    pub(crate) fn user(&self) -> &str {
        &self.account.user
    }

    /// Writes one of its values after the other, without reading it back. [`Setting::restore`] puts it right afterwards.
    pub(crate) async fn write(&mut self, turn: usize) -> Result<Access, Stop> {
        let value = self.operation.values.get(turn % self.operation.values.len().max(1)).cloned().unwrap_or_default();
        Ok(Access::of(&http::call(&mut self.client, &self.operation, Some(&self.session), Some(&value)).await?))
    }

    /// Gives up the standing connections, so that others may open some. The next request opens new ones.
    pub(crate) fn rest(&mut self) {
        self.client.close();
        self.reader.rest();
    }

    /// Puts the setting back, in a new session if need be, and tells what differs if that does not work.
    pub(crate) async fn restore(&mut self) -> Option<String> {
        let mut left = self.put_back().await;
        if left.is_some()
            && let Ok((client, session)) = sign_in(&self.bench, &self.component, &self.interface, &self.account).await
        {
            (self.client, self.session) = (client, session.clone());
            self.reader.renew(session, &self.account.role);
            left = self.put_back().await;
        }
        left
    }

    async fn put_back(&mut self) -> Option<String> {
        let original = self.original.clone();
        let _answer = http::call(&mut self.client, &self.operation, Some(&self.session), Some(&original)).await;
        match self.reader.read().await {
            Ok(now) if now == original => None,
            Ok(now) => Some(format!("`{}` was `{original}` and is now `{now}`: put it back by hand", self.operation.id)),
            Err(_) => Some(format!("`{}` was `{original}`; whether it was put back could not be read", self.operation.id)),
        }
    }

    /// The first declared value that it did not have when it was opened.
    pub(crate) fn another_value(&self) -> Result<String, Stop> {
        let other = self.operation.values.iter().find(|value| **value != self.original).cloned();
        other.ok_or_else(|| Stop::missing(format!("operation `{}` lists no second value", self.operation.id)))
    }
}

/// What the settings and accounts of a component are at one time, as far as the profile says how to read them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Snapshot {
    /// Values by interface and writing operation; entries of a list of accounts by interface, operation and place.
    pub(crate) values: BTreeMap<String, String>,
    /// What no account of the profile may read.
    pub(crate) unread: Vec<String>,
}

impl Snapshot {
    /// Reads everything, in one session for each account that is needed.
    pub(crate) async fn take(bench: &Bench, component: &Component) -> Result<Self, Stop> {
        let mut snapshot = Self::default();
        for interface in component.interfaces.iter().filter(|interface| interface.speaks.is_http()) {
            let mut sessions = Sessions { bench, component: &component.id, interface, open: BTreeMap::new() };
            for operation in &interface.operations {
                snapshot.read(&mut sessions, operation).await?;
            }
        }
        Ok(snapshot)
    }

    async fn read(&mut self, sessions: &mut Sessions<'_>, operation: &Operation) -> Result<(), Stop> {
        let name = format!("{}.{}", sessions.interface.id, operation.id);
        let read_back = operation.read_back.as_ref().filter(|_| operation.is_setting());
        let reading = match read_back {
            Some(read_back) => sessions.interface.operation(&read_back.operation),
            None => Some(operation).filter(|operation| operation.does == Some(Purpose::ListAccounts)),
        };
        let Some(reading) = reading else { return Ok(()) };
        let Some((client, session)) = sessions.of(reading).await? else {
            self.unread.push(name);
            return Ok(());
        };
        if let Some(read_back) = read_back {
            let value = read_value(client, session.as_ref(), reading, read_back.pointer.as_deref()).await?;
            self.values.insert(name, value);
            return Ok(());
        }
        let answer = http::call(client, reading, session.as_ref(), None).await?;
        match answer.json().filter(|_| Access::of(&answer).is_granted()) {
            Some(list) => keep_words(&list, &name, &mut self.values),
            None => self.unread.push(name),
        }
        Ok(())
    }

    /// What is other now: each value before and after.
    pub(crate) fn differences(&self, now: &Self) -> Vec<String> {
        let names = self.values.keys().chain(now.values.keys().filter(|name| !self.values.contains_key(*name)));
        let told = |value: Option<&String>| value.map_or_else(|| "nothing".to_owned(), |value| format!("`{value}`"));
        let pairs = names.map(|name| (name, self.values.get(name), now.values.get(name)));
        let other = pairs.filter(|(_, before, after)| before != after);
        other.map(|(name, before, after)| format!("{name} was {} and is now {}", told(before), told(after))).collect()
    }

    /// Puts every setting back that is other now, and tells what still differs, or why that is not known.
    pub(crate) async fn restore(&self, bench: &Bench, component: &Component) -> Vec<String> {
        match self.put_back(bench, component).await {
            Ok(left) => left,
            Err(Stop::Inconclusive(why) | Stop::NotRun(why) | Stop::Error(why)) => {
                vec![format!("whether {} is as it was could not be read: {why}", component.id)]
            }
        }
    }

    async fn put_back(&self, bench: &Bench, component: &Component) -> Result<Vec<String>, Stop> {
        let now = Self::take(bench, component).await?;
        if self.differences(&now).is_empty() {
            return Ok(Vec::new());
        }
        for interface in &component.interfaces {
            for operation in interface.operations.iter().filter(|operation| operation.is_setting()) {
                let name = format!("{}.{}", interface.id, operation.id);
                if let Some(value) = self.values.get(&name).filter(|value| now.values.get(&name) != Some(value)) {
                    let _attempt = Setting::open(bench, component, interface, operation).await?.set(value).await?;
                }
            }
        }
        Ok(self.differences(&Self::take(bench, component).await?))
    }
}

/// The sessions in which the values of one interface are read.
struct Sessions<'a> {
    bench: &'a Bench,
    component: &'a str,
    interface: &'a Interface,
    open: BTreeMap<String, (Client, Option<Session>)>,
}

impl Sessions<'_> {
    /// A session in which this operation may be called, by the account with the most rights; none if no account may.
    async fn of(&mut self, operation: &Operation) -> Result<Option<&mut (Client, Option<Session>)>, Stop> {
        let account = accounts(self.bench, self.component, self.interface).into_iter().find(|account| operation.permits(account));
        let key = match &account {
            Some(account) => account.id.clone(),
            None if operation.is_public() => String::new(),
            None => return Ok(None),
        };
        if !self.open.contains_key(&key) {
            let opened = match &account {
                Some(account) => {
                    let (client, session) = sign_in(self.bench, self.component, self.interface, account).await?;
                    (client, Some(session))
                }
                None => (Client::new(self.bench.permit_for(self.component, self.interface)?), None),
            };
            self.open.insert(key.clone(), opened);
        }
        Ok(self.open.get_mut(&key))
    }
}

/// Keeps the words of a list, each with its place. Numbers and times come and go without anybody changing an account.
fn keep_words(value: &Value, place: &str, into: &mut BTreeMap<String, String>) {
    let is_time = |text: &str| text.len() >= 10 && text.as_bytes()[..4].iter().all(u8::is_ascii_digit) && text.as_bytes()[4] == b'-';
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| keep_words(value, &format!("{place}/{name}"), into)),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, value)| keep_words(value, &format!("{place}/{at}"), into)),
        Value::String(text) if !is_time(text) && into.len() < MOST_VALUES => drop(into.insert(place.to_owned(), text.clone())),
        Value::Bool(yes) if into.len() < MOST_VALUES => drop(into.insert(place.to_owned(), yes.to_string())),
        _ => {}
    }
}

/// Has something done that changes the component, then puts back all that the profile says how to set, whatever came of
/// it. What still differs is said beside the verdict, or beside why there is none.
pub(crate) async fn restoring(bench: &Bench, component: &Component, change: impl Future<Output = Outcome>) -> Outcome {
    let before = Snapshot::take(bench, component).await?;
    let _kept = bench.record("the settings and accounts before the test", &before)?;
    let outcome = change.await;
    let left = before.restore(bench, component).await;
    let _kept = bench.record("what differs after the test", &left)?;
    match outcome {
        Ok(ruling) => Ok(left.into_iter().fold(ruling, Ruling::note)),
        Err(Stop::Inconclusive(why)) if !left.is_empty() => Err(Stop::Inconclusive(format!("{why}; {}", left.join("; ")))),
        Err(stop) => Err(stop),
    }
}

/// The settings of an interface that not everybody may change.
pub(crate) fn settings_of(interface: &Interface) -> Vec<Operation> {
    interface.operations.iter().filter(|operation| operation.is_setting() && !operation.is_public()).cloned().collect()
}

/// Rules on attempts that should all have been refused; `control` is what the right changes showed.
pub(crate) fn judge(refused: &[Attempt], seen: Seen, control: Option<Control>, left: Vec<String>) -> Outcome {
    let expected = "refused (401, 403, or sent to a log-in), and the value read back unchanged".to_owned();
    let told = |attempt: &Attempt| {
        format!("{} by {}: {:?}, `{}` -> `{}`", attempt.operation, attempt.by, attempt.access, attempt.before, attempt.after)
    };
    let observed = refused.iter().map(told).collect::<Vec<_>>().join("; ");
    let finding = |reason: String| Finding { reason, expected, observed, ..Finding::default() };
    let ruling = if let Some(bad) = refused.iter().find(|attempt| attempt.took_effect()) {
        let what = format!("`{}` was changed by {}: check the caller's rights before the change is made", bad.operation, bad.by);
        seen.fail(finding(what))
    } else if let Some(odd) = refused.iter().find(|attempt| !attempt.was_refused()) {
        let why = if odd.alive == Some(false) {
            "was refused in a session that had ended: let each account have more than one session, or run this test alone"
        } else {
            "was neither refused in so many words nor carried out"
        };
        seen.inconclusive(finding(format!("`{}` by {} {why}", odd.operation, odd.by)))
    } else {
        match control {
            Some(control) => seen.pass(control, finding("every attempt was refused and had no effect".to_owned())),
            None => seen.inconclusive(finding("the same change by an account that may had no effect either: nothing is shown".to_owned())),
        }
    };
    Ok(left.into_iter().fold(ruling?, Ruling::note))
}
