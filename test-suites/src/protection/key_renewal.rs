//! Is a new key shown once it was renewed, and the old one no more?

use std::collections::BTreeSet;
use std::time::Duration;

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::{Component, Interface, Operation, Purpose, Speaks};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{self, Access};
use assay_probes::x509;
use assay_wire::{Permit, TlsOptions};
use serde_json::json;

use super::unique_keys::keys;
use crate::support::{account_for, sign_in};

/// Looks until the new key must be shown, and the time between two of them.
const LOOKS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(250);
/// Looks in which the old key must not be shown again.
const AGAIN: u32 = 5;

pub(super) const TEST: Test = Test {
    id: "protection/key-renewal",
    title: "Is a new key shown once it was renewed, and the old one no more?",
    shows: &["DP(KEY).3"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| renewals(component).next().is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 SC-12"],
    limits: "keys that no interface shows, how the new key is made, and what becomes of the old one inside the product",
};

/// Where keys are renewed, and the interfaces that show them.
fn renewals(component: &Component) -> impl Iterator<Item = (&Interface, &Operation, &Interface)> {
    component.doing(Purpose::RenewKey).filter_map(move |(interface, operation)| {
        let governed = operation.governs.as_deref().map_or(Some(interface), |id| component.interface(id))?;
        let shows = governed.speaks.is_tls() || governed.speaks == Speaks::Ssh;
        (interface.speaks.is_http() && shows).then_some((interface, operation, governed))
    })
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let (interface, operation, governed) =
        renewals(&component).next().ok_or_else(|| Stop::missing("declare an operation that renews a key, and what it governs"))?;
    let permit = bench.permit_for(&component.id, governed)?;
    let (before, again) = (keys(&permit).await?, keys(&permit).await?);
    let account = account_for(&bench, &component.id, interface, operation)?;
    let (mut client, session) = sign_in(&bench, &component.id, interface, &account).await?;
    let access = Access::of(&http::call(&mut client, operation, Some(&session), None).await?);
    client.close();
    let (after, later) = renewed(&bench, &permit, &before).await?;
    let trouble = chain_trouble(&bench, &component, governed).await?;
    let facts = json!({ "before": before, "access": access, "after": after, "later": later, "chain": trouble });
    let seen = bench.record("the public keys before and after they were renewed", &facts)?;
    let finding = |reason: String| Finding {
        reason,
        expected: "other public keys within 5 s, and none of the old ones afterwards".to_owned(),
        observed: format!("{} keys before, {} after, renewing was {access}", before.len(), after.len()),
        ..Finding::default()
    };
    if !access.is_granted() || before != again || before.is_empty() {
        return seen
            .inconclusive(finding(format!("`{}` was {access}, or the keys were not the same at two reads before it", operation.id)));
    }
    if let Some(old) = after.intersection(&before).chain(later.intersection(&before)).next() {
        return seen
            .fail(finding(format!("`{}` still shows the public key {old} after its renewal: make a new pair of keys", governed.id)));
    }
    if let Some(what) = trouble {
        return seen.fail(finding(format!("the certificate of the new key cannot be trusted: {what}")));
    }
    let control = seen.control("two reads before the renewal showed the same public keys: a key that stays is seen to stay");
    seen.pass(control, finding("new public keys are shown after the renewal, and the old ones no more".to_owned()))
}

/// The keys once they are other than before, or after the patience for that; and all that are shown at further looks.
async fn renewed(bench: &Bench, permit: &Permit, before: &BTreeSet<String>) -> Result<(BTreeSet<String>, BTreeSet<String>), Stop> {
    let mut after = before.clone();
    for _ in 0..LOOKS {
        after = keys(permit).await?;
        if after.is_disjoint(before) {
            break;
        }
        bench.wait(PAUSE).await;
    }
    let mut later = BTreeSet::new();
    for _ in 0..AGAIN {
        later.extend(keys(permit).await?);
    }
    Ok((after, later))
}

/// Why a client that knows the declared anchors would turn the new certificate down.
async fn chain_trouble(bench: &Bench, component: &Component, interface: &Interface) -> Result<Option<String>, Stop> {
    if !interface.speaks.is_tls() || interface.trust.is_empty() {
        return Ok(None);
    }
    let mut anchors = Vec::new();
    for name in &interface.trust {
        anchors.extend(
            x509::pem_to_der(&bench.file(name)?).map_err(|why| Stop::Error(format!("{name}: {why}: mend `trust` in the profile")))?,
        );
    }
    let permit = bench.permit_for(&component.id, interface)?;
    let link = permit.tls(&TlsOptions::default()).await?;
    let chain = link.session().map(|session| session.chain.clone()).unwrap_or_default();
    let validity = x509::validate(&chain, &anchors, &permit.tls_name(), bench.now().unix_timestamp());
    Ok(match validity.chain_to_anchor {
        Err(why) => Some(why),
        Ok(()) if !validity.name_matches => Some("it does not carry the name of the interface".to_owned()),
        Ok(()) => (!validity.in_time).then(|| "it is not valid now".to_owned()),
    })
}
