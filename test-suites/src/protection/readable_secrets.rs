//! Do exports, settings and other answers show passwords or private keys?

use assay_engine::{Bench, Finding, Outcome, Ruling, Stop, Test};
use assay_model::profile::{Account, Component, ComponentRole, Interface, Operation, Profile};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access};
use serde::Serialize;

use super::secrets::{SHORTEST, holds, private_key};
use crate::support::{accounts, sign_in};

pub(super) const TEST: Test = Test {
    id: "protection/readable-secrets",
    title: "Do exports, settings and other answers show passwords or private keys?",
    shows: &["DP(STO).2.a"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| holds_data(component) && readable(component).next().is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 SC-28, IA-5", "EN 303 645 5.4-1"],
    limits: "answers that are encrypted or compressed, secrets that the profile does not name, and what the storage itself holds",
};

/// One answer that was searched.
#[derive(Debug, Serialize)]
struct Searched {
    operation: String,
    access: Access,
    bytes: usize,
    /// What it shows that it should not, without the secret itself.
    shows: Vec<String>,
    /// Whether the search found something that is no secret and is there.
    found_known: bool,
}

fn holds_data(component: &Component) -> bool {
    matches!(component.role, ComponentRole::Device | ComponentRole::Hub)
}

/// What may be read over HTTP by somebody who is logged in.
fn readable(component: &Component) -> impl Iterator<Item = (&Interface, &Operation)> {
    let web = component.interfaces.iter().filter(|interface| interface.speaks.is_http());
    let all = web.flat_map(|interface| interface.operations.iter().map(move |operation| (interface, operation)));
    all.filter(|(_, operation)| operation.method == "GET" && !operation.is_public())
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let (secrets, short) = secrets(&bench, &component)?;
    let known = known(&bench, &component);
    let mut all = Vec::new();
    for interface in component.interfaces.iter().filter(|interface| interface.speaks.is_http()) {
        let Some(account) = accounts(&bench, &component.id, interface).into_iter().next() else { continue };
        let (mut client, session) = sign_in(&bench, &component.id, interface, &account).await?;
        for (_, operation) in readable(&component).filter(|(each, operation)| each.id == interface.id && operation.permits(&account)) {
            let answer = http::call(&mut client, operation, Some(&session), None).await?;
            let text = answer.text();
            let named = secrets.iter().filter(|(_, secret)| holds(&text, secret)).map(|(id, _)| format!("the secret of account `{id}`"));
            let shows = named.chain(private_key(&text).map(str::to_owned)).collect();
            let found_known = known.iter().any(|word| holds(&text, word));
            let access = Access::of(&answer);
            all.push(Searched { operation: format!("{}.{}", interface.id, operation.id), access, bytes: text.len(), shows, found_known });
        }
    }
    let seen = bench.record("what answers to somebody who may read them show", &all)?;
    let granted = all.iter().filter(|each| each.access.is_granted()).count();
    let finding = |reason: String| Finding {
        reason,
        expected: "no password, pre-shared key or private key in any answer".to_owned(),
        observed: format!("{granted} answers of {} were searched for {} secrets", all.len(), secrets.len()),
        ..Finding::default()
    };
    let ruling = if let Some(bad) = all.iter().find(|each| !each.shows.is_empty()) {
        seen.fail(finding(format!("`{}` shows {}: leave it out, or put a mask in its place", bad.operation, bad.shows.join(" and "))))
    } else if !all.iter().any(|each| each.found_known) || secrets.is_empty() {
        seen.inconclusive(finding(
            "the search found nothing that is known to be there: add an account, or declare operations that tell of users".to_owned(),
        ))
    } else {
        let control = seen.control("the same search found an identifier or user name that is no secret, in the same answers");
        seen.pass(control, finding("no answer shows a secret".to_owned()))
    };
    let note =
        (!short.is_empty()).then(|| format!("not searched for, because too short to be told from other words: {}", short.join(", ")));
    Ok(note.into_iter().fold(ruling?, Ruling::note))
}

/// An account, and its secret.
type Held = (String, String);

/// The secrets of the accounts, and the accounts whose secret is too short.
fn secrets(bench: &Bench, component: &Component) -> Result<(Vec<Held>, Vec<String>), Stop> {
    let profile = bench.profile();
    let own = own_accounts(&profile, component);
    let all = own.map(|account| Ok((account.id.clone(), bench.secret(account)?))).collect::<Result<Vec<_>, Stop>>()?;
    let (long, short): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, secret)| secret.trim().len() >= SHORTEST);
    Ok((long.into_iter().map(|(id, secret)| (id, secret.trim().to_owned())).collect(), short.into_iter().map(|(id, _)| id).collect()))
}

/// Words that are no secret and should stand somewhere: the identifier, the model, names of users.
fn known(bench: &Bench, component: &Component) -> Vec<String> {
    let profile = bench.profile();
    let users = own_accounts(&profile, component).map(|account| account.user.clone());
    let identifier = component.identifier.iter().map(|declared| declared.expect.clone());
    users.chain(identifier).chain([profile.product.model.clone()]).filter(|word| !word.is_empty()).collect()
}

fn own_accounts<'p>(profile: &'p Profile, component: &'p Component) -> impl Iterator<Item = &'p Account> {
    profile.accounts.iter().filter(move |account| account.components.is_empty() || account.components.contains(&component.id))
}
