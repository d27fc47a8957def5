//! Is no more stored than the declared quota, and does the component stay manageable when it is used up?

use assay_engine::{Applies, Bench, Finding, Outcome, Ruling, Stop, Subject, Test};
use assay_model::profile::{Component, Interface, Operation, Purpose};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Client, Session};
use serde::Serialize;

use crate::support::{account_for, is_alive, sign_in};

/// Objects that fill the quota.
const PARTS: u64 = 4;
/// Objects that are tried beyond it.
const BEYOND: u64 = 2;
/// The largest quota that is filled: more would wear out the memory of a component.
const MOST: u64 = 1 << 22;

pub(super) const TEST: Test = Test {
    id: "security/storage-quota",
    title: "Is no more stored than the declared quota, and does the component stay manageable when it is used up?",
    shows: &["DS(RSC).5"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 SC-5, SC-6"],
    limits: "quotas that are not declared, and quotas of several users",
};

fn applies(subject: &Subject<'_>) -> Applies {
    subject.component().is_some_and(|component| limited(component).next().is_some()).into()
}

/// Where objects are stored up to a declared quota.
fn limited(component: &Component) -> impl Iterator<Item = (&Interface, &Operation)> {
    component.doing(Purpose::StoreObject).filter(|(interface, operation)| interface.speaks.is_http() && operation.quota_bytes.is_some())
}

/// What removes the objects that this operation stores.
fn removal<'i>(interface: &'i Interface, store: &Operation) -> Option<&'i Operation> {
    interface.doing(Purpose::RemoveObject).find(|operation| operation.path == store.path)
}

/// What became of storing one object after the other.
#[derive(Debug, Serialize)]
struct Stored {
    /// Bytes of one object.
    size: u64,
    answers: Vec<Access>,
    /// Whether an operation that needs a log-in answered while the quota was used up.
    manageable: bool,
}

impl Stored {
    fn bytes(&self) -> u64 {
        self.size * u64::try_from(self.answers.iter().filter(|access| access.is_granted()).count()).unwrap_or_default()
    }
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let missing = || Stop::missing("declare an operation that does `remove-object` at the path where objects are stored");
    let (interface, operation) = limited(&component).next().ok_or_else(missing)?;
    let removal = removal(interface, operation).ok_or_else(missing)?;
    let quota = operation.quota_bytes.unwrap_or_default();
    if !(PARTS..=MOST).contains(&quota) {
        return Err(Stop::missing(format!("a quota of {quota} bytes is not filled: up to {MOST} bytes are stored")));
    }
    let account = account_for(&bench, &component.id, interface, operation)?;
    let (mut client, session) = sign_in(&bench, &component.id, interface, &account).await?;
    let stored = store(&mut client, &session, operation, quota).await;
    let manageable = is_alive(&mut client, interface, &session).await;
    let left = remove(&mut client, &session, removal, &component).await;
    let stored = Stored { manageable: manageable?, ..stored? };
    let seen = bench.record("objects that were stored until there was no more room", &stored)?;
    let refused = stored.answers.iter().find(|access| !access.is_granted());
    let finding = |reason: String| Finding {
        reason,
        expected: format!("up to {quota} bytes taken, more refused, and the component manageable"),
        observed: format!(
            "{} of {} objects of {} bytes taken; first refusal: {refused:?}",
            stored.bytes() / stored.size,
            stored.answers.len(),
            stored.size
        ),
        ..Finding::default()
    };
    let ruling = if stored.bytes() > quota {
        seen.fail(finding(format!("{} bytes were stored, though the quota is {quota}: refuse what goes beyond it", stored.bytes())))
    } else if !stored.manageable {
        seen.fail(finding("with the quota used up, the component no longer answers an account that may manage it".to_owned()))
    } else if stored.bytes() == 0 {
        seen.inconclusive(finding("not even one object was stored, so that the refusals show nothing".to_owned()))
    } else {
        let control = seen.control("the same requests were granted as long as there was room");
        seen.pass(control, finding("what goes beyond the quota is refused, and the component stays manageable".to_owned()))
    };
    Ok(left.into_iter().fold(ruling?, Ruling::note))
}

async fn store(client: &mut Client, session: &Session, operation: &Operation, quota: u64) -> Result<Stored, Stop> {
    let size = quota / PARTS;
    let object = vec![b'a'; usize::try_from(size).unwrap_or_default()];
    let mut answers = Vec::new();
    for turn in 0..PARTS + BEYOND {
        let answer = http::upload(client, &named(operation, turn), Some(session), None, &object).await?;
        answers.push(Access::of(&answer));
    }
    Ok(Stored { size, answers, manageable: false })
}

/// Removes all that may have been stored, and tells if that does not work.
async fn remove(client: &mut Client, session: &Session, removal: &Operation, component: &Component) -> Option<String> {
    let mut left = None;
    for turn in 0..PARTS + BEYOND {
        let answer = http::call(client, &named(removal, turn), Some(session), None).await;
        let gone = answer.is_ok_and(|answer| matches!(Access::of(&answer), Access::Granted | Access::NotFound));
        if !gone {
            left = Some(format!("`{}` may still hold objects named assay-0 and following: remove them by hand", component.id));
        }
    }
    left
}

/// The operation for the object of this turn.
fn named(operation: &Operation, turn: u64) -> Operation {
    let name = |text: &str| text.replace("{object}", &format!("assay-{turn}"));
    Operation { path: name(&operation.path), ..operation.clone() }
}
