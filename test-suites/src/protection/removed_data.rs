//! Is data that was removed gone, also from the exported configuration?

use assay_engine::{Bench, Finding, Outcome, Ruling, Seen, Stop, Subject, Test};
use assay_model::profile::{Component, ComponentRole, Interface, Operation, Purpose};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Answer, Client, Session};
use serde::Serialize;

use super::secrets::holds;
use crate::support::{account_for, sign_in};

pub(super) const TEST: Test = Test {
    id: "protection/removed-data",
    title: "Is data that was removed gone, also from the exported configuration?",
    shows: &["DP(STO).3"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies: |subject| applies(subject).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 MP-6", "SP 800-88"],
    limits: "what remains in the storage itself, copies elsewhere, and data that the profile does not declare",
};

fn applies(subject: &Subject<'_>) -> bool {
    let Some((component, interface)) = subject.interface() else { return false };
    component.role == ComponentRole::Device && interface.speaks.is_http() && Store::of(interface).is_some()
}

/// The operations of one object.
struct Store<'i> {
    read: &'i Operation,
    put: &'i Operation,
    remove: &'i Operation,
    export: Option<&'i Operation>,
}

impl<'i> Store<'i> {
    fn of(interface: &'i Interface) -> Option<Self> {
        let doing = |purpose| interface.doing(purpose).next();
        let export = doing(Purpose::ExportConfiguration);
        Some(Self { read: doing(Purpose::ReadObject)?, put: doing(Purpose::StoreObject)?, remove: doing(Purpose::RemoveObject)?, export })
    }
}

/// What was seen of the object.
#[derive(Debug, Serialize)]
struct Facts {
    stored: Access,
    read_back: bool,
    removed: Access,
    read_after: Access,
    /// The operations that still gave the planted words.
    still_in: Vec<String>,
    restored: bool,
}

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let store = Store::of(&interface).ok_or_else(|| Stop::missing("declare operations that store, read and remove an object"))?;
    let (facts, seen) = look(&bench, &component, &interface, &store).await?;
    let finding = |reason: String| Finding {
        reason,
        expected: "the object is not there after it was removed".to_owned(),
        observed: format!("removing {}, reading it afterwards {}", facts.removed, facts.read_after),
        ..Finding::default()
    };
    let ruling = if !facts.stored.is_granted() || !facts.read_back {
        seen.inconclusive(finding(format!("what was stored was not read back: storing was {}", facts.stored)))
    } else if !facts.removed.is_granted() {
        seen.inconclusive(finding(format!("`{}` was {}: nothing was removed", store.remove.id, facts.removed)))
    } else if let Some(place) = facts.still_in.first() {
        seen.fail(finding(format!("`{place}` still gives the object after it was removed: remove the data itself")))
    } else if facts.read_after == Access::NotFound {
        let control = seen.control("the same request gave the object with the planted words before it was removed");
        seen.pass(control, finding("the object is gone once it was removed".to_owned()))
    } else {
        seen.inconclusive(finding("after the removal the answer was neither the object nor that there is none".to_owned()))
    };
    let left = (!facts.restored).then(|| format!("what `{}` gave before could not be stored again: store it by hand", store.read.id));
    Ok(left.into_iter().fold(ruling?, Ruling::note))
}

async fn look(bench: &Bench, component: &Component, interface: &Interface, store: &Store<'_>) -> Result<(Facts, Seen), Stop> {
    let account = account_for(bench, &component.id, interface, store.put)?;
    let (mut client, session) = sign_in(bench, &component.id, interface, &account).await?;
    let original = ask(&mut client, &session, store.read).await?;
    let planted = format!("planted-{:09}-{}", bench.now().nanosecond(), bench.now().unix_timestamp());
    let stored = put(&mut client, &session, store, planted.as_bytes()).await;
    let read = ask(&mut client, &session, store.read).await;
    let removed = ask(&mut client, &session, store.remove).await;
    let after = ask(&mut client, &session, store.read).await;
    let exported = match store.export {
        Some(export) => ask(&mut client, &session, export).await.map(|answer| holds(&answer.text(), &planted).then(|| export.id.clone())),
        None => Ok(None),
    };
    let restored = if Access::of(&original).is_granted() {
        let again = put(&mut client, &session, store, &original.body).await;
        again.is_ok() && ask(&mut client, &session, store.read).await.is_ok_and(|answer| answer.body == original.body)
    } else {
        ask(&mut client, &session, store.remove).await.is_ok()
    };
    let after = after?;
    let facts = Facts {
        stored: stored?,
        read_back: holds(&read?.text(), &planted),
        removed: Access::of(&removed?),
        read_after: Access::of(&after),
        still_in: holds(&after.text(), &planted).then(|| store.read.id.clone()).into_iter().chain(exported?).collect(),
        restored,
    };
    let seen = bench.record("an object that was stored, read, removed and asked for again", &facts)?;
    Ok((facts, seen))
}

async fn ask(client: &mut Client, session: &Session, operation: &Operation) -> Result<Answer, Stop> {
    Ok(http::call(client, operation, Some(session), None).await?)
}

async fn put(client: &mut Client, session: &Session, store: &Store<'_>, bytes: &[u8]) -> Result<Access, Stop> {
    Ok(Access::of(&http::upload(client, store.put, Some(session), None, bytes).await?))
}
