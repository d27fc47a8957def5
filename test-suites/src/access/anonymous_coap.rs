//! What CoAP gives without a credential.

use std::collections::BTreeSet;

use assay_engine::{Bench, Stop};
use assay_model::profile::{Interface, LoginKind};
use assay_probes::coap::{Client, Request};
use assay_wire::{DtlsIdentity, Error};

use super::anonymous_session::{Facts, Served, unclear};
use crate::support;

const DISCOVERY: &str = "/.well-known/core";
/// The most resources that are asked for.
const MOST: usize = 64;
/// A key that nobody gave out, and an identity that nobody has.
const WRONG_KEY: &[u8; 16] = b"assay-wrong-key!";
const NOBODY: &str = "assay-nobody";

/// Asks for every resource that is declared or listed, and not public.
pub(super) async fn plain(bench: &Bench, facts: &mut Facts) -> Result<(), Stop> {
    let interface = bench.interface()?;
    let mut client = Client::open(&bench.permit()?, None).await?;
    let discovery = client.discover().await?;
    let answered = format!("{DISCOVERY} was answered without a credential ({})", discovery.answer.code);
    facts.control = Some(if discovery.answer.is_success() { Ok(answered) } else { Err(answered) });
    let listed = discovery.links.iter().filter(|link| link.is_local()).map(|link| link.path.clone());
    let public = paths(&interface, true);
    let wanted: BTreeSet<String> = paths(&interface, false).into_iter().chain(listed).collect();
    for path in wanted.into_iter().filter(|path| path != DISCOVERY && !public.contains(path)).take(MOST) {
        let served = match client.request(&Request::new("GET", &path)).await {
            Ok(answer) if answer.is_success() => Served::Yes,
            Ok(answer) if answer.is_denied() || answer.code == "4.04" => Served::No(answer.code),
            Ok(answer) => Served::Unclear(format!("code {}", answer.code)),
            Err(error) => unclear(error)?,
        };
        facts.attempts.push((format!("GET {path}"), served));
    }
    Ok(())
}

/// Declared paths that can be read: the public or the others.
fn paths(interface: &Interface, public: bool) -> BTreeSet<String> {
    let readable = interface.operations.iter().filter(|each| each.method.eq_ignore_ascii_case("GET"));
    readable.filter(|each| each.is_public() == public).map(|each| each.path.clone()).collect()
}

/// Tries sessions with a wrong key and with an unknown identity, between two with the right one.
pub(super) async fn secure(bench: &Bench, facts: &mut Facts) -> Result<(), Stop> {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let by_key = interface.login.as_ref().is_some_and(|login| login.kind == LoginKind::Psk);
    // an account that names its interfaces is the likelier holder of a key
    let account = bench.profile().accounts_on(&component.id, &interface.id).min_by_key(|each| each.interfaces.is_empty()).cloned();
    let Some(account) = account.filter(|_| by_key) else {
        return Err(Stop::missing("no pre-shared key is known: add login.kind = \"psk\" and an account of this interface to the profile"));
    };
    let right = support::psk(bench, &account)?;
    let permit = bench.permit()?;
    Client::open(&permit, Some(&right)).await?;
    for user in [account.user.as_str(), NOBODY] {
        let wrong = DtlsIdentity::Psk { identity: user.as_bytes().to_vec(), key: WRONG_KEY.to_vec() };
        let served = match Client::open(&permit, Some(&wrong)).await {
            Ok(_) => Served::Yes,
            Err(Error::Handshake(_, why)) => Served::No(why),
            // DTLS passes over what it cannot decrypt (RFC 6347 section 4.1.2.7)
            Err(Error::TimedOut { .. }) => Served::No("silence".to_owned()),
            Err(error) => unclear(error)?,
        };
        facts.attempts.push((format!("a DTLS session of `{user}` with a key that nobody gave out"), served));
    }
    let after = Client::open(&permit, Some(&right)).await;
    let control = format!("account `{}` had a DTLS session before and after", account.id);
    facts.control = Some(after.map(|_| control).map_err(|error| format!("account `{}` had no session afterwards: {error}", account.id)));
    Ok(())
}
