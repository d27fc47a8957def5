//! Versions, cookies, suites and groups of DTLS.

use assay_model::policy::{CertificatePolicy, Policy, TlsPolicy};
use assay_probes::dtls::{DtlsSurvey, Reply};

use super::groups::{forward_secrecy, judge_groups};
use super::suites::judge_suites;
use super::{Judgement, some_of};

/// From the oldest to the newest, as probes and policies name them.
const ORDER: [&str; 3] = ["1.0", "1.2", "1.3"];
/// What RFC 7925 has a constrained device speak: a pre-shared key or ECDHE-ECDSA, with AES-128-CCM-8.
const CONSTRAINED: [u32; 2] = [0xc0a8, 0xc0ae];

/// What a DTLS server accepts and should not, and how it deals with cookies.
pub(in super::super) fn dtls(survey: &DtlsSurvey, policy: &Policy, constrained: bool) -> Judgement {
    let mut judged = Judgement::default();
    let tls = &policy.tls;
    versions(&mut judged, survey, tls);
    cookies(&mut judged, survey, tls);
    let named = survey.suites.iter().map(|(version, suites)| (format!("DTLS {version}"), suites.as_slice()));
    let suites: Vec<_> = named.collect();
    judge_suites(&mut judged, &suites, tls, constrained);
    forward_secrecy(&mut judged, &suites, tls, constrained);
    for (version, groups) in &survey.groups {
        let place = if version == "1.3" { "DTLS 1.3" } else { "DTLS up to 1.2" };
        judge_groups(&mut judged, place, groups, tls);
    }
    signatures(&mut judged, survey, &policy.certificate);
    safeguards(&mut judged, survey, tls);
    notes(&mut judged, survey, constrained);
    judged
}

fn versions(judged: &mut Judgement, survey: &DtlsSurvey, policy: &TlsPolicy) {
    let age = |version: &str| ORDER.iter().position(|each| *each == version);
    let least = &policy.dtls_min_version;
    let accepted: Vec<&str> = survey.versions.iter().filter(|(_, reply)| reply.is_accepted()).map(|(name, _)| name.as_str()).collect();
    let Some(oldest) = age(&least.value) else {
        judged.leave_open(format!("the policy names no known version of DTLS: `{}`", least.value));
        return;
    };
    for version in accepted.iter().filter(|version| age(version).is_none_or(|age| age < oldest)) {
        let change = format!("turn it off and accept DTLS {} or newer only", least.value);
        judged.offend(format!("DTLS {version} is accepted"), change, &least.source);
    }
    if accepted.is_empty() {
        judged.leave_open("no hello was accepted in any version, so the refusals show nothing: does the server ask for a name (tls_name)?");
    }
}

fn cookies(judged: &mut Judgement, survey: &DtlsSurvey, policy: &TlsPolicy) {
    if !policy.dtls_cookie.value {
        return;
    }
    let source = &policy.dtls_cookie.source;
    if survey.cookie == Some(false) {
        let sizes = survey.amplification.map(|seen| format!("; {} bytes were answered with {}", seen.sent, seen.received));
        let what = format!("the server answers a first hello without asking for a cookie{}", sizes.unwrap_or_default());
        judged.offend(what, "answer the first hello with a HelloVerifyRequest (a HelloRetryRequest with a cookie in DTLS 1.3)", source);
    }
    let Some(cookies) = &survey.cookies else { return };
    if cookies.checked == Some(false) {
        let change = "compare the cookie with the one that was given to this address, and ask again when it differs";
        judged.offend("the server asks for a cookie, but accepts one that it did not give", change, source);
    }
}

/// Signatures with MD5 and SHA-1 (RFC 9155).
fn signatures(judged: &mut Judgement, survey: &DtlsSurvey, policy: &CertificatePolicy) {
    let hashes = &policy.hashes;
    let is_old = |name: &str| {
        ["md5", "sha1"].iter().any(|old| name.split(['_', '+']).any(|part| part == *old) && !hashes.value.iter().any(|each| each == old))
    };
    let old: Vec<&str> = survey.signatures.iter().map(|each| each.name.as_str()).filter(|name| is_old(name)).collect();
    if !old.is_empty() {
        let what = format!("the server signs its part of the key exchange with {} when it is asked to", some_of(&old));
        judged.offend(what, "sign with SHA-256 or better, and refuse clients that ask for less", &hashes.source);
    }
}

fn safeguards(judged: &mut Judgement, survey: &DtlsSurvey, policy: &TlsPolicy) {
    if policy.extended_master_secret.value && survey.extended_master_secret == Some(false) {
        let change = "turn on the extended master secret, or update the DTLS library";
        judged.offend("the extended master secret is not agreed on", change, &policy.extended_master_secret.source);
    }
    if policy.secure_renegotiation.value && survey.secure_renegotiation == Some(false) {
        let change = "answer renegotiation_info even where renegotiation is turned off";
        judged.offend("secure renegotiation is not confirmed", change, &policy.secure_renegotiation.source);
    }
    if policy.no_compression.value && survey.extensions.as_ref().and_then(|found| found.compression) == Some(true) {
        judged.offend("compression is agreed on", "turn compression off", &policy.no_compression.source);
    }
}

fn notes(judged: &mut Judgement, survey: &DtlsSurvey, constrained: bool) {
    if survey.cookies.as_ref().and_then(|cookies| cookies.repeated_unasked) == Some(true) {
        judged.note(
            "the server repeats its request for a cookie unasked, so it keeps state before the cookie has come back; \
             RFC 6347 4.2.1 would have it keep none",
        );
    }
    let silent = |reply: &Reply| *reply == Reply::Silent;
    if survey.fragments.as_ref().and_then(|found| found.hello.as_ref()).is_some_and(silent) {
        judged.note("a hello in two fragments is not answered; RFC 6347 4.2.3 wants fragments put together once state is kept");
    }
    if survey.extensions.as_ref().and_then(|found| found.heartbeat) == Some(true) {
        judged.note("heartbeats are accepted: turn them off if nothing needs them to keep a session alive (RFC 7925 10)");
    }
    let suites = survey.all_suites();
    if constrained && !suites.is_empty() && !suites.iter().any(|suite| CONSTRAINED.contains(&suite.id)) {
        judged.note("none of the suites that RFC 7925 4.2 and 4.4 have a constrained device speak is accepted (AES-128-CCM-8 with a pre-shared key or ECDHE-ECDSA)");
    }
}

#[cfg(test)]
mod tests {
    use assay_probes::dtls::{Amplification, Cookies, Signature, Suite};

    use super::super::policy;
    use super::*;

    fn survey(accepted: &[&str], cookie: Option<bool>, traits: &str) -> DtlsSurvey {
        let reply = |name: &str| if accepted.contains(&name) { Reply::Accepted } else { Reply::Silent };
        let suite = Suite { id: 0xc0a8, name: "S".to_owned(), traits: traits.split(' ').map(str::to_owned).collect() };
        DtlsSurvey {
            versions: ORDER.iter().map(|name| ((*name).to_owned(), reply(name))).collect(),
            cookie,
            suites: [("1.2".to_owned(), vec![suite])].into(),
            ..DtlsSurvey::default()
        }
    }

    const GOOD: &str = "ecdhe forward-secrecy aead";

    #[test]
    fn old_versions_missing_cookies_and_weak_suites_offend() {
        let policy = policy("general");
        assert_eq!(dtls(&survey(&["1.2"], Some(true), GOOD), &policy, false), Judgement::default());
        assert_eq!(dtls(&survey(&["1.2", "1.0"], Some(true), GOOD), &policy, false).whats(), ["DTLS 1.0 is accepted"]);
        assert_eq!(dtls(&survey(&["1.2"], Some(false), GOOD), &policy, false).offences.len(), 1);
        assert_eq!(dtls(&survey(&["1.2"], Some(true), "psk ccm8 aead"), &policy, false).offences.len(), 2);
        assert!(!dtls(&survey(&["1.2"], Some(true), "psk ccm8 aead"), &policy, true).offends());
        assert_eq!(dtls(&survey(&[], None, GOOD), &policy, false).open.len(), 1);
        let told = dtls(&survey(&["1.2"], Some(true), "null"), &policy, false);
        assert!(told.whats().iter().any(|what| what.contains("null are accepted in DTLS 1.2: S")), "{told:?}");
    }

    #[test]
    fn cookies_must_be_checked() {
        let policy = policy("general");
        let good = survey(&["1.2"], Some(true), GOOD);
        let with = |checked, repeated_unasked| DtlsSurvey {
            cookies: Some(Cookies { bytes: Some(20), checked: Some(checked), repeated_unasked: Some(repeated_unasked) }),
            ..good.clone()
        };
        assert!(!dtls(&with(true, false), &policy, false).offends());
        let told = dtls(&with(false, true), &policy, false);
        assert_eq!((told.offences.len(), told.notes.len()), (1, 1));
        let amplification = Some(Amplification { sent: 100, received: 2000 });
        let told = dtls(&DtlsSurvey { amplification, ..survey(&["1.2"], Some(false), GOOD) }, &policy, false);
        assert!(told.whats()[0].ends_with("100 bytes were answered with 2000"), "{told:?}");
    }

    #[test]
    fn weak_signatures_and_missing_safeguards_offend() {
        let policy = policy("federal");
        let signature = |name: &str| Signature { id: 0, name: name.to_owned() };
        let names = ["rsa_pkcs1_sha1", "rsa_pss_rsae_sha256", "md5+rsa"].map(signature);
        let found = DtlsSurvey {
            signatures: names.to_vec(),
            extended_master_secret: Some(false),
            secure_renegotiation: Some(false),
            ..survey(&["1.2"], Some(true), GOOD)
        };
        let told = dtls(&found, &policy, false);
        assert_eq!(told.offences.len(), 3);
        assert!(told.whats()[0].contains("with rsa_pkcs1_sha1, md5+rsa when"), "{told:?}");
    }
}
