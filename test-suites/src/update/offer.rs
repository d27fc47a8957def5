//! Offering one package and reading the version back.

use std::time::Duration;

use assay_engine::{Bench, Stop};
use assay_model::profile::{Accessor, Account, Component, Interface, Operation, Update};
use assay_probes::http::{self, Access, Client};
use serde::{Deserialize, Serialize};

use super::packages::{Kind, Package};
use crate::support::{Reader, place_of, sign_in};

/// Reads of the version while it may still change.
const READS: u32 = 10;
/// The least time between two of them.
const LEAST_PAUSE: Duration = Duration::from_millis(100);

/// What came of one offer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Offer {
    pub(super) kind: Kind,
    /// The role that offered it; none without a credential.
    pub(super) role: Option<String>,
    /// The status of the answer and what it says about access.
    pub(super) answer: Option<(u16, Access)>,
    /// Why there was no answer.
    pub(super) trouble: Option<String>,
    /// The version read before.
    pub(super) before: String,
    /// The version read afterwards.
    pub(super) after: String,
}

impl Offer {
    pub(super) fn took_effect(&self) -> bool {
        self.after != self.before
    }

    /// Whether the product looked at the package: it answered, and not because of the session, the load, or another
    /// update under way.
    pub(super) fn was_judged(&self) -> bool {
        self.was_heard() && (self.role.is_none() || self.answer.as_ref().is_some_and(|(status, _)| *status != 401))
    }

    /// Whether the product looked at who offers: it answered, and not because it was busy.
    pub(super) fn was_heard(&self) -> bool {
        self.answer.as_ref().is_some_and(|(status, _)| !matches!(status, 408 | 409 | 423 | 425 | 429 | 502..=504))
    }

    /// Who offered it, in words.
    pub(super) fn by(&self) -> String {
        self.role.as_ref().map_or_else(|| "somebody without a credential".to_owned(), |role| format!("role {role}"))
    }

    /// The whole in one line.
    pub(super) fn line(&self) -> String {
        let answer = self
            .answer
            .as_ref()
            .map_or_else(|| self.trouble.clone().unwrap_or_else(|| "no answer".to_owned()), |(status, _)| format!("status {status}"));
        format!("{} by {}: {answer}, version {} -> {}", self.kind.words(), self.by(), self.before, self.after)
    }
}

/// Where packages are offered and the version is read.
pub(super) struct Entry {
    bench: Bench,
    component: Component,
    interface: Interface,
    operation: Operation,
    version: Accessor,
    field: Option<String>,
    settle: Duration,
}

impl Entry {
    pub(super) fn of(bench: &Bench, component: &Component, update: &Update) -> Result<Self, Stop> {
        let place = Accessor { interface: update.interface.clone(), operation: update.operation.clone(), pointer: None };
        let (interface, operation) = place_of(component, &place)?;
        if !interface.speaks.is_http() {
            return Err(Stop::missing(format!("packages are offered over http or https, not over {}", interface.speaks.word())));
        }
        let version = component.version.clone();
        Ok(Self {
            bench: bench.clone(),
            interface: interface.clone(),
            operation: operation.clone(),
            version: version.ok_or_else(|| Stop::missing("say in the profile where the version is read: `version` of the component"))?,
            field: update.form_field.clone(),
            settle: Duration::from_secs(update.settle_seconds),
            component: component.clone(),
        })
    }

    pub(super) fn interface(&self) -> &Interface {
        &self.interface
    }

    pub(super) fn operation(&self) -> &Operation {
        &self.operation
    }

    /// The version that is installed now.
    pub(super) async fn version(&self) -> Result<String, Stop> {
        Reader::open(&self.bench, &self.component, &self.version).await?.read().await
    }

    fn pause(&self) -> Duration {
        (self.settle / READS).max(LEAST_PAUSE)
    }

    /// Offers a package as this account, or without a credential, and reads the version before and after. `wanted` says
    /// that the package should be installed, and is waited for; otherwise the wait is short unless the answer is a yes.
    pub(super) async fn offer(&self, package: &Package, account: Option<&Account>, wanted: bool) -> Result<Offer, Stop> {
        let before = self.version().await?;
        let answer = self.send(package, account).await;
        let granted = answer.as_ref().is_ok_and(|(_, access)| access.is_granted());
        let after = self.version_after(&before, wanted || granted).await?;
        let (answer, trouble) = match answer {
            Ok(answer) => (Some(answer), None),
            Err(Stop::Inconclusive(why)) => (None, Some(why)),
            Err(other) => return Err(other),
        };
        Ok(Offer { kind: package.kind, role: account.map(|account| account.role.clone()), answer, trouble, before, after })
    }

    async fn send(&self, package: &Package, account: Option<&Account>) -> Result<(u16, Access), Stop> {
        let (mut client, session) = match account {
            None => (Client::new(self.bench.permit_for(&self.component.id, &self.interface)?), None),
            Some(account) => {
                let (client, session) = sign_in(&self.bench, &self.component.id, &self.interface, account).await?;
                (client, Some(session))
            }
        };
        let answer = http::upload(&mut client, &self.operation, session.as_ref(), self.field.as_deref(), &package.bytes).await?;
        Ok((answer.status, Access::of(&answer)))
    }

    /// The version after an offer: after a short time, or as soon as it changes within the declared time. A product
    /// that restarts meanwhile is waited for.
    async fn version_after(&self, before: &str, patient: bool) -> Result<String, Stop> {
        let mut last = Err(Stop::Inconclusive("the version was not read".to_owned()));
        for _ in 0..READS {
            self.bench.wait(self.pause()).await;
            last = self.version().await;
            match &last {
                Ok(version) if !patient || version != before => return last,
                Err(Stop::Error(_)) => return last,
                _ => {}
            }
        }
        last
    }

    /// The version once nothing offered so far can change it any more.
    pub(super) async fn settled_version(&self, before: &str) -> Result<String, Stop> {
        self.version_after(before, true).await
    }
}
