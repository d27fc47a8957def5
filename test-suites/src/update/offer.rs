//! Offering one package and reading the version back.

use std::time::Duration;

use assay_engine::{Bench, Stop};
use assay_model::profile::{Accessor, Account, Component, Interface, Operation, Update};
use assay_probes::http::{self, Access, Answer, Client};
use assay_wire::Error;
use serde::{Deserialize, Serialize};

use super::packages::{Kind, Package};
use crate::support::{Reader, place_of, sign_in};

/// Reads of the version while it may still change.
const READS: u32 = 10;
/// The least time between two of them.
const LEAST_PAUSE: Duration = Duration::from_millis(100);
/// What is offered to see whether somebody listens: no package of any kind.
const CRUMB: &[u8] = b"no package";

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
    /// Whether the upload was broken off again when it was repeated, while a few bytes were answered before and after it.
    pub(super) broken_off: bool,
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
        self.was_heard() && (self.role.is_none() || self.answer.as_ref().is_none_or(|(status, _)| *status != 401))
    }

    /// Whether the product looked at who offers: it answered, and not because it was busy; or it breaks off this upload
    /// and no other, as a product does that reads a package while it arrives and has seen enough.
    pub(super) fn was_heard(&self) -> bool {
        self.broken_off || self.answer.as_ref().is_some_and(|(status, _)| is_heard(*status))
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
        let again = if self.broken_off { ", broken off each time" } else { "" };
        format!("{} by {}: {answer}{again}, version {} -> {}", self.kind.words(), self.by(), self.before, self.after)
    }
}

/// Whether a status comes from who looked at the offer.
fn is_heard(status: u16) -> bool {
    !matches!(status, 408 | 409 | 423 | 425 | 429 | 502..=504)
}

/// What became of an upload.
#[derive(Debug, Clone)]
enum Upload {
    /// An answer: its status, and what it says about access.
    Answered(u16, Access),
    /// Torn down by the product, or by a front before it whose updater tore it down.
    BrokenOff(Option<u16>, String),
    /// No answer, for another reason.
    Silent(String),
}

impl Upload {
    fn of(answer: assay_wire::Result<Answer>) -> Result<Self, Stop> {
        match answer {
            Ok(answer) if answer.status == 502 => Ok(Self::BrokenOff(Some(502), String::new())),
            Ok(answer) => Ok(Self::Answered(answer.status, Access::of(&answer))),
            Err(error @ (Error::Reset(_) | Error::Closed(_))) => Ok(Self::BrokenOff(None, error.to_string())),
            Err(error) => match Stop::from(error) {
                Stop::Inconclusive(why) => Ok(Self::Silent(why)),
                other => Err(other),
            },
        }
    }

    /// Whether it was answered by who looks at packages, in a session that counts.
    fn is_heard(&self, signed_in: bool) -> bool {
        matches!(self, Self::Answered(status, _) if is_heard(*status) && !(signed_in && *status == 401))
    }

    /// Whether trying again later tells more: it was broken off, or the product was busy, or says so in no clear words.
    fn deserves_repeat(&self) -> bool {
        match self {
            Self::Answered(status, _) => *status == 500 || !is_heard(*status),
            Self::BrokenOff(..) => true,
            Self::Silent(_) => false,
        }
    }

    fn is_granted(&self) -> bool {
        matches!(self, Self::Answered(_, access) if access.is_granted())
    }

    /// The answer, or why there is none.
    fn told(self) -> (Option<(u16, Access)>, Option<String>) {
        match self {
            Self::Answered(status, access) => (Some((status, access)), None),
            Self::BrokenOff(Some(status), _) => (Some((status, Access::Other(status))), None),
            Self::BrokenOff(None, why) | Self::Silent(why) => (None, Some(why)),
        }
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
        let mut upload = self.send(&package.bytes, account).await?;
        let mut after = self.version_after(&before, wanted || upload.is_granted()).await?;
        let mut broken_off = false;
        if after == before && upload.deserves_repeat() {
            after = self.settled_version(&before).await?;
            if after == before {
                (upload, broken_off) = self.repeat(package, account).await?;
                after = self.settled_version(&before).await?;
            }
        }
        let (answer, trouble) = upload.told();
        Ok(Offer { kind: package.kind, role: account.map(|account| account.role.clone()), answer, trouble, broken_off, before, after })
    }

    /// Offers a package once more, with a few bytes before and after it, to tell a product that breaks this upload off
    /// from one that does not listen just now.
    async fn repeat(&self, package: &Package, account: Option<&Account>) -> Result<(Upload, bool), Stop> {
        let first = self.send(CRUMB, account).await?;
        self.bench.wait(self.pause()).await;
        let upload = self.send(&package.bytes, account).await?;
        self.bench.wait(self.pause()).await;
        let last = self.send(CRUMB, account).await?;
        let listens = |crumb: &Upload| crumb.is_heard(account.is_some());
        let broken_off = matches!(upload, Upload::BrokenOff(..)) && listens(&first) && listens(&last);
        Ok((upload, broken_off))
    }

    async fn send(&self, bytes: &[u8], account: Option<&Account>) -> Result<Upload, Stop> {
        let (mut client, session) = match account {
            None => (Client::new(self.bench.permit_for(&self.component.id, &self.interface)?), None),
            Some(account) => match sign_in(&self.bench, &self.component.id, &self.interface, account).await {
                Ok((client, session)) => (client, Some(session)),
                Err(Stop::Inconclusive(why)) => return Ok(Upload::Silent(why)),
                Err(other) => return Err(other),
            },
        };
        Upload::of(http::upload(&mut client, &self.operation, session.as_ref(), self.field.as_deref(), bytes).await)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_at() {
        let offer = |status: Option<u16>, broken_off| Offer {
            kind: Kind::Altered,
            role: Some("admin".to_owned()),
            answer: status.map(|status| (status, Access::Other(status))),
            trouble: None,
            broken_off,
            before: "1".to_owned(),
            after: "1".to_owned(),
        };
        for (status, broken_off, judged) in [
            (Some(200), false, true),
            (Some(401), false, false),
            (Some(502), false, false),
            (None, false, false),
            (Some(502), true, true),
            (None, true, true),
        ] {
            assert_eq!(offer(status, broken_off).was_judged(), judged, "{status:?} {broken_off}");
        }
    }

    #[test]
    fn what_is_tried_again() {
        let again = |status| Upload::Answered(status, Access::Other(status)).deserves_repeat();
        assert_eq!([200, 400, 401, 403, 409, 500, 503].map(again), [false, false, false, false, true, true, true]);
        assert!(Upload::BrokenOff(None, String::new()).deserves_repeat() && !Upload::Silent(String::new()).deserves_repeat());
        assert!(!Upload::Answered(401, Access::Denied).is_heard(true) && Upload::Answered(401, Access::Denied).is_heard(false));
    }
}
