//! The public keys that servers show before anybody logs in, with the numbers of RSA keys.

use std::collections::BTreeMap;

use assay_engine::{Bench, Seen, Stop};
use assay_model::profile::{Component, Interface, Speaks};
use assay_probes::ssh_kex::{HostKey, SshSurvey};
use assay_probes::{dtls, ssh_kex, tls, x509};
use serde::Serialize;

use super::judge::{self, PublicKey};

/// The most keys that are taken from one server.
const MOST_KEYS: usize = 64;

/// The keys that one server shows.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Shown {
    pub(super) keys: Vec<PublicKey>,
    /// Why there may be others.
    pub(super) open: Vec<String>,
}

/// Where a server stands, in words.
pub(super) fn place(component: &Component, interface: &Interface, sample: &str) -> String {
    let sample = if sample.is_empty() || sample == component.sample { String::new() } else { format!(" of sample {sample}") };
    format!("{}/{}{sample}", component.id, interface.id)
}

/// The keys of one server, found out once for all tests: at the component's own sample from the survey that others use.
pub(super) async fn read_keys(bench: &Bench, component: &Component, interface: &Interface, sample: &str) -> Result<(Shown, Seen), Stop> {
    let permit = bench.permit_sample(&component.id, sample, interface)?;
    let further = if sample == component.sample { String::new() } else { format!("/{sample}") };
    let fact = |kind: &str| format!("{kind}/{}/{}{further}", component.id, interface.id);
    let place = place(component, interface, sample);
    if interface.speaks == Speaks::Ssh {
        let (survey, seen) = bench.once(&fact("ssh"), async { Ok(ssh_kex::survey(&permit).await?) }).await?;
        return Ok((of_ssh(&survey, &place), seen));
    }
    if interface.speaks.is_dtls() {
        let (survey, seen) = bench.once(&fact("dtls"), async { Ok(dtls::survey(&permit).await?) }).await?;
        let chains: Vec<_> = survey.chains.iter().flat_map(dtls::Chain::to_der).collect();
        let suites = survey.all_suites();
        let needs_none = !suites.is_empty() && suites.iter().all(|suite| suite.has("psk"));
        return Ok((of_certificates(&chains, &place, needs_none), seen));
    }
    let name = permit.declared_name().map(str::to_owned);
    let (survey, seen) = bench.once(&fact("tls"), async { Ok(tls::survey(&permit, name.as_deref()).await?) }).await?;
    let chains: Vec<_> = survey.chains.iter().flat_map(tls::Chain::to_der).collect();
    let mut suites = survey.suites.values().flatten().peekable();
    let needs_none = suites.peek().is_some() && suites.all(|suite| suite.has("psk"));
    let mut shown = of_certificates(&chains, &place, needs_none);
    shown.open.extend(judge::unclear(&survey).chain(judge::sealed(&survey)));
    Ok((shown, seen))
}

/// The keys in certificates, each once: those of the server and of the authorities above it.
fn of_certificates(chains: &[Vec<u8>], place: &str, needs_none: bool) -> Shown {
    let (mut keys, mut open) = (BTreeMap::new(), Vec::new());
    for der in chains {
        match x509::parse(der).and_then(|read| Ok((read, x509::rsa_numbers(der)?))) {
            Err(why) => open.push(format!("a certificate of {place} cannot be read: {why}")),
            Ok((read, rsa)) => {
                let kind = format!("{} of {} bits", read.key.algorithm, read.key.bits);
                let key = PublicKey { place: place.to_owned(), kind, sha256: read.spki_sha256.clone(), rsa };
                let _ = keys.insert(read.spki_sha256, key);
            }
        }
    }
    if keys.is_empty() && open.is_empty() && !needs_none {
        open.push(format!("no certificate of {place} was shown: does it ask for a name (tls_name) or a client certificate?"));
    }
    Shown { keys: keys.into_values().take(MOST_KEYS).collect(), open }
}

fn of_ssh(survey: &SshSurvey, place: &str) -> Shown {
    let mut open: Vec<_> = survey.keys_not_read.iter().map(|why| format!("a host key of {place} could not be read ({why})")).collect();
    if survey.host_keys.is_empty() && open.is_empty() {
        open.push(format!("no host key of {place} could be read"));
    }
    Shown { keys: survey.host_keys.iter().filter_map(|key| host_key(key, place)).take(MOST_KEYS).collect(), open }
}

fn host_key(key: &HostKey, place: &str) -> Option<PublicKey> {
    let kind = if key.rsa.is_some() { "RSA" } else { key.algorithm.as_str() };
    let rsa = key.rsa.as_ref().map(|numbers| (numbers.modulus.clone(), numbers.exponent.clone()));
    Some(PublicKey { place: place.to_owned(), kind: format!("{kind} of {} bits", key.bits), sha256: judge::plain(&key.sha256)?, rsa })
}
