//! Log-ins on interfaces with DTLS: what the harness holds, what it can speak, and who must not get in.

use assay_engine::{Bench, Seen, Stop};
use assay_model::profile::{Account, Component, Interface, LoginKind, Operation};
use assay_probes::coap::Client;
use assay_probes::dtls::{self, DtlsSurvey, Suite};
use assay_wire::{DtlsIdentity, Error};
use rcgen::{CertificateParams, KeyPair};

use crate::support;

/// The suites in which the harness can hold a session of DTLS 1.2: with a pre-shared key, and with certificates.
const WITH_KEY: [u32; 1] = [0xc0a8];
const WITH_CERTIFICATE: [u32; 3] = [0xc02b, 0xc02c, 0xcca9];

/// What DTLS accepts on an interface, found out once for all tests.
pub(crate) async fn survey(bench: &Bench, component: &Component, interface: &Interface) -> Result<(DtlsSurvey, Seen), Stop> {
    let permit = bench.permit_for(&component.id, interface)?;
    bench.once(&format!("dtls/{}/{}", component.id, interface.id), async { Ok(dtls::survey(&permit).await?) }).await
}

/// The account that logs in here, and what it identifies itself with.
pub(crate) fn credential(bench: &Bench, component: &Component, interface: &Interface) -> Result<(Account, DtlsIdentity), Stop> {
    let kind = interface.login.as_ref().map(|login| login.kind);
    // an account that names its interfaces is the likelier holder of a key
    let account = bench.profile().accounts_on(&component.id, &interface.id).min_by_key(|account| account.interfaces.is_empty()).cloned();
    match (kind, account) {
        (Some(LoginKind::Psk), Some(account)) => {
            let identity = support::psk(bench, &account)?;
            Ok((account, identity))
        }
        (Some(LoginKind::Certificate), Some(account)) => {
            let identity = DtlsIdentity::Certificate(bench.secret(&account)?.into_bytes());
            Ok((account, identity))
        }
        _ => Err(Stop::missing(format!(
            "no credential is known for `{}`: add login.kind = \"psk\" or \"certificate\" and an account of this interface to the profile",
            interface.id
        ))),
    }
}

/// Opens a session with the declared credential. When none stands, and the server accepts only what the harness does
/// not speak, that is said.
pub(crate) async fn open(bench: &Bench, component: &Component, interface: &Interface, identity: &DtlsIdentity) -> Result<Client, Stop> {
    let permit = bench.permit_for(&component.id, interface)?;
    match Client::open(&permit, Some(identity)).await {
        Ok(client) => Ok(client),
        Err(error @ (Error::Handshake(..) | Error::TimedOut { .. })) => {
            let (found, _) = survey(bench, component, interface).await?;
            match out_of_reach(&found, matches!(identity, DtlsIdentity::Psk { .. })) {
                Some(why) => Err(Stop::Inconclusive(format!("whether the declared credential is accepted is unclear: {why}"))),
                None => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// Why the harness cannot hold a session with this server, if so.
pub(crate) fn out_of_reach(survey: &DtlsSurvey, by_key: bool) -> Option<String> {
    let known: &[u32] = if by_key { &WITH_KEY } else { &WITH_CERTIFICATE };
    let accepted = survey.suites.get("1.2").map(Vec::as_slice).unwrap_or_default();
    if accepted.iter().any(|suite| known.contains(&suite.id)) {
        return None;
    }
    let spoken =
        if by_key { "TLS_PSK_WITH_AES_128_CCM_8" } else { "ECDHE-ECDSA with AES-GCM or ChaCha20-Poly1305 (no certificates of RSA keys)" };
    let all = survey.all_suites();
    let fit: Vec<&str> = all.iter().filter(|suite| suite.has("psk") == by_key).map(|suite| suite.name.as_str()).collect();
    let offered = match fit.as_slice() {
        [] => "nothing of this kind".to_owned(),
        [first] => (*first).to_owned(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
    };
    Some(format!(
        "the server accepts {offered}, but the harness logs in only with {spoken} in DTLS 1.2; log in with another client, and record it"
    ))
}

/// Whether the harness can hold a session in this suite with a certificate.
pub(crate) fn speaks(suite: &Suite) -> bool {
    WITH_CERTIFICATE.contains(&suite.id)
}

/// A certificate that nobody issued, with its key.
pub(crate) fn impostor() -> Result<DtlsIdentity, Stop> {
    let failed = |error: rcgen::Error| Stop::Error(format!("no certificate could be made: {error}"));
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = CertificateParams::new(vec!["assay-nobody".to_owned()]).map_err(failed)?.self_signed(&key).map_err(failed)?;
    Ok(DtlsIdentity::Certificate(format!("{}{}", certificate.pem(), key.serialize_pem()).into_bytes()))
}

/// A resource that is not public and can be read: that of `login.check`, else the first.
pub(crate) fn private(interface: &Interface) -> Option<&Operation> {
    let fit = |operation: &&Operation| operation.method.eq_ignore_ascii_case("GET") && !operation.is_public();
    let named = interface.login.as_ref().and_then(|login| login.check.as_deref()).and_then(|id| interface.operation(id));
    named.filter(fit).or_else(|| interface.operations.iter().find(fit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(suites: &[(u32, &str)]) -> DtlsSurvey {
        let suite = |(id, name): &(u32, &str)| Suite {
            id: *id,
            name: (*name).to_owned(),
            traits: name.contains("PSK").then(|| "psk".to_owned()).into_iter().collect(),
        };
        DtlsSurvey { suites: [("1.2".to_owned(), suites.iter().map(suite).collect())].into(), ..DtlsSurvey::default() }
    }

    #[test]
    fn what_cannot_be_spoken_is_said() {
        assert_eq!(out_of_reach(&survey(&[(0xc0a8, "TLS_PSK_WITH_AES_128_CCM_8")]), true), None);
        assert_eq!(out_of_reach(&survey(&[(0xc02b, "E")]), false), None);
        let why = out_of_reach(&survey(&[(0x00a8, "TLS_PSK_WITH_AES_128_GCM_SHA256"), (0xc02f, "R")]), true).unwrap();
        assert!(why.contains("accepts TLS_PSK_WITH_AES_128_GCM_SHA256, but"), "{why}");
        assert!(out_of_reach(&survey(&[(0xc02f, "R"), (0xc030, "S")]), false).unwrap().contains("R and 1 more"));
    }

    #[test]
    fn an_impostor_can_be_made() {
        assert!(matches!(impostor(), Ok(DtlsIdentity::Certificate(pem)) if pem.starts_with(b"-----BEGIN CERTIFICATE")));
    }
}
