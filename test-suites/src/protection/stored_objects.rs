//! Are stored objects given only to those who may have them, and links to them only as long as they hold?

use std::time::Duration;

use assay_engine::{Bench, Finding, Outcome, Ruling, Stop, Subject, Test};
use assay_model::profile::{Account, Component, ComponentRole, Interface, Operation, Purpose};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access, Client, Request};
use serde::Serialize;
use serde_json::Value;

use crate::support::{account_for, accounts, sign_in};

/// How long the link that is asked for holds, and what is waited beyond it.
const SECONDS: u64 = 2;
const MARGIN: Duration = Duration::from_secs(1);

pub(super) const TEST: Test = Test {
    id: "protection/stored-objects",
    title: "Are stored objects given only to those who may have them, and links to them only as long as they hold?",
    shows: &["DP(STO).2.b"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| applies(subject).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AC-3, SC-28"],
    limits: "objects that the profile does not declare, and in which form they are stored",
};

fn applies(subject: &Subject<'_>) -> bool {
    let Some((component, interface)) = subject.interface() else { return false };
    component.role != ComponentRole::Device && interface.speaks.is_http() && doing(interface, Purpose::ReadObject).is_some()
}

fn doing(interface: &Interface, purpose: Purpose) -> Option<&Operation> {
    interface.doing(purpose).find(|operation| !operation.is_public())
}

/// What came of asking for the object, and by whom.
#[derive(Debug, Serialize)]
struct Asked {
    by: String,
    access: Access,
}

/// What came of a link while it held, and after its end.
#[derive(Debug, Serialize)]
struct Link {
    before_end: Access,
    after_end: Access,
}

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let object = doing(&interface, Purpose::ReadObject).ok_or_else(|| Stop::missing("declare an operation that reads a stored object"))?;
    let owner = account_for(&bench, &component.id, &interface, object)?;
    let granted = ask(&bench, &component, &interface, object, Some(&owner)).await?;
    let mut strangers =
        vec![Asked { by: "somebody without a credential".to_owned(), access: ask(&bench, &component, &interface, object, None).await? }];
    for account in accounts(&bench, &component.id, &interface).iter().filter(|account| !object.permits(account)) {
        let access = ask(&bench, &component, &interface, object, Some(account)).await?;
        strangers.push(Asked { by: format!("account `{}`", account.id), access });
    }
    let mut link = None;
    if let Some(share) = doing(&interface, Purpose::ShareObject) {
        link = Some(try_link(&bench, &component, &interface, share).await?);
    }
    let seen = bench.record("a stored object, asked for by its owner, by others, and by a link", &(&granted, &strangers, &link))?;
    let observed = strangers.iter().map(|each| format!("{}: {}", each.by, each.access)).collect::<Vec<_>>().join("; ");
    let finding = |reason: String| Finding {
        reason,
        expected: "a refusal to everybody but the owner, and to everybody once a link has ended".to_owned(),
        observed: format!("owner: {granted}; {observed}"),
        ..Finding::default()
    };
    if let Some(bad) = strangers.iter().find(|each| each.access.is_granted()) {
        return seen.fail(finding(format!("the stored object of `{}` was given to {}: check whose it is", object.id, bad.by)));
    }
    if link.as_ref().is_some_and(|link| link.after_end.is_granted()) {
        return seen.fail(finding(format!("a link for {SECONDS} s still gives the object after its end: look at its end each time")));
    }
    if let Some(doubt) = doubt(&granted, &strangers, link.as_ref()) {
        return seen.inconclusive(finding(doubt.to_owned()));
    }
    let control = seen.control("the same request by the owner was granted, and so was the link before its end");
    let note = link.is_none().then_some("links were not tried: none are declared (share-object)");
    Ok(note.into_iter().fold(seen.pass(control, finding("only the owner was given the object".to_owned()))?, Ruling::note))
}

/// Why refusals show nothing, if they do not.
fn doubt(granted: &Access, strangers: &[Asked], link: Option<&Link>) -> Option<&'static str> {
    match link {
        _ if !granted.is_granted() => Some("the owner was not given the object"),
        _ if strangers.iter().any(|each| !each.access.is_withheld()) => Some("a refusal was not clear"),
        Some(link) if !link.before_end.is_granted() => Some("the link did not give the object while it should have held"),
        _ if strangers.len() < 2 => Some("no account of somebody else was tried: add an account of another customer"),
        _ => None,
    }
}

/// What comes of asking for the object as this account, or without a credential.
async fn ask(
    bench: &Bench,
    component: &Component,
    interface: &Interface,
    object: &Operation,
    account: Option<&Account>,
) -> Result<Access, Stop> {
    let (mut client, session) = match account {
        None => (Client::new(bench.permit()?), None),
        Some(account) => {
            let (client, session) = sign_in(bench, &component.id, interface, account).await?;
            (client, Some(session))
        }
    };
    Ok(Access::of(&http::call(&mut client, object, session.as_ref(), None).await?))
}

/// Makes a link, follows it while it holds, and once it has ended.
async fn try_link(bench: &Bench, component: &Component, interface: &Interface, share: &Operation) -> Result<Link, Stop> {
    let account = account_for(bench, &component.id, interface, share)?;
    let (mut client, session) = sign_in(bench, &component.id, interface, &account).await?;
    let answer = http::invoke(&mut client, share, Some(&session), &[("seconds", &SECONDS.to_string())]).await?;
    client.close();
    let link = answer.json().as_ref().and_then(|value| link_in(value, &client.permit().authority_text()));
    let path = link.ok_or_else(|| Stop::missing(format!("the answer of `{}` holds no link to this interface", share.id)))?;
    let mut stranger = Client::new(bench.permit()?);
    let before_end = Access::of(&stranger.send(&Request::get(&path)).await?);
    stranger.close();
    bench.wait(Duration::from_secs(SECONDS) + MARGIN).await;
    let after_end = Access::of(&stranger.send(&Request::get(&path)).await?);
    Ok(Link { before_end, after_end })
}

/// The first path in a value, or the path of the first address that leads to this authority.
fn link_in(value: &Value, authority: &str) -> Option<String> {
    match value {
        Value::Object(fields) => fields.values().find_map(|field| link_in(field, authority)),
        Value::Array(items) => items.iter().find_map(|item| link_in(item, authority)),
        Value::String(text) if text.starts_with('/') => Some(text.clone()),
        Value::String(text) => {
            let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
            rest.strip_prefix(authority).filter(|path| path.starts_with('/')).map(str::to_owned)
        }
        _ => None,
    }
}
