//! What CoAP gives without a credential.

use std::collections::BTreeSet;

use assay_engine::{Bench, Stop};
use assay_model::profile::{Account, Interface};
use assay_probes::coap::{Client, Request};
use assay_probes::dtls;
use assay_wire::{DtlsIdentity, Error};

use super::anonymous_session::{Facts, Served, unclear};
use crate::coaps;

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

/// Tries sessions with a wrong credential and with none, between two with the right one.
pub(super) async fn secure(bench: &Bench, facts: &mut Facts) -> Result<(), Stop> {
    let (component, interface) = (bench.component()?, bench.interface()?);
    let (account, right) = coaps::credential(bench, &component, &interface)?;
    coaps::open(bench, &component, &interface, &right).await?;
    if matches!(right, DtlsIdentity::Psk { .. }) {
        wrong_keys(bench, &account, facts).await?;
        without_key(bench, &interface, facts).await?;
    } else {
        let served = impostor(bench, &interface).await?;
        facts.attempts.push(("a DTLS session with a certificate that nobody issued".to_owned(), served));
    }
    let after = Client::open(&bench.permit()?, Some(&right)).await;
    let control = format!("account `{}` had a DTLS session before and after", account.id);
    facts.control = Some(after.map(|_| control).map_err(|error| format!("account `{}` had no session afterwards: {error}", account.id)));
    Ok(())
}

/// Sessions with a wrong key and with an unknown identity.
async fn wrong_keys(bench: &Bench, account: &Account, facts: &mut Facts) -> Result<(), Stop> {
    for user in [account.user.as_str(), NOBODY] {
        let wrong = DtlsIdentity::Psk { identity: user.as_bytes().to_vec(), key: WRONG_KEY.to_vec() };
        let served = match Client::open(&bench.permit()?, Some(&wrong)).await {
            Ok(_) => Served::Yes,
            Err(error) => turned_away(error)?,
        };
        facts.attempts.push((format!("a DTLS session of `{user}` with a key that nobody gave out"), served));
    }
    Ok(())
}

/// Suites that rest on no pre-shared key, where one is the only declared credential.
async fn without_key(bench: &Bench, interface: &Interface, facts: &mut Facts) -> Result<(), Stop> {
    let served = match dtls::without_key(&bench.permit()?).await? {
        None => Served::No("no suite without a pre-shared key is accepted".to_owned()),
        Some(suite) if coaps::speaks(&suite) => impostor(bench, interface).await?,
        Some(suite) => Served::Unclear(format!("the server accepts {}, which the harness does not speak", suite.name)),
    };
    facts.attempts.push(("a DTLS session without a pre-shared key".to_owned(), served));
    Ok(())
}

/// A session with a certificate that nobody issued; where one stands, a private resource must not be given in it.
async fn impostor(bench: &Bench, interface: &Interface) -> Result<Served, Stop> {
    let mut client = match Client::open(&bench.permit()?, Some(&coaps::impostor()?)).await {
        Ok(client) => client,
        Err(error) => return turned_away(error),
    };
    let Some(operation) = coaps::private(interface) else {
        return Ok(Served::Unclear("a session stands, but no private resource is declared that could be asked for in it".to_owned()));
    };
    match client.request(&Request::new("GET", &operation.path)).await {
        Ok(answer) if answer.is_success() => Ok(Served::Yes),
        Ok(answer) if answer.is_denied() => Ok(Served::No(answer.code)),
        Ok(answer) => Ok(Served::Unclear(format!("a session stands, and {} is answered with {}", operation.path, answer.code))),
        Err(error) => turned_away(error),
    }
}

/// How a session did not come about.
fn turned_away(error: Error) -> Result<Served, Stop> {
    match error {
        Error::Handshake(_, why) => Ok(Served::No(why)),
        // DTLS passes over what it cannot decrypt (RFC 6347 section 4.1.2.7)
        Error::TimedOut { .. } | Error::Closed(_) => Ok(Served::No("silence".to_owned())),
        error => unclear(error),
    }
}
