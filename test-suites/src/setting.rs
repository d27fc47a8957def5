//! Trying to change a setting as somebody, reading it back as somebody who may, and putting it back.

use assay_engine::{Bench, Control, Finding, Outcome, Seen, Stop};
use assay_model::profile::{Accessor, Account, Component, Interface, Operation};
use assay_probes::http::{self, Access, Answer, Client, Session};
use assay_wire::Error;
use serde::Serialize;

use crate::support::{Reader, account_for, is_alive, sign_in};

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
            Some(reading) if reading.allows(&account.role) => {
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

    /// The positive control: the same change by somebody who may, then everything back as it was.
    pub(crate) async fn change_rightly(&mut self) -> Result<Attempt, Stop> {
        let tried = self.another_value()?;
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

    /// What it was at first.
    pub(crate) fn original(&self) -> &str {
        &self.original
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

    fn another_value(&self) -> Result<String, Stop> {
        let other = self.operation.values.iter().find(|value| **value != self.original).cloned();
        other.ok_or_else(|| Stop::missing(format!("operation `{}` lists no second value", self.operation.id)))
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
    Ok(left.into_iter().fold(ruling?, assay_engine::Ruling::note))
}
