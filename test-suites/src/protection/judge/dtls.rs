//! Versions, cookies, suites and groups of DTLS.

use assay_model::policy::TlsPolicy;
use assay_probes::dtls::DtlsSurvey;

use super::Judgement;
use super::groups::{forward_secrecy, judge_groups};
use super::suites::judge_suites;

/// From the oldest to the newest, as probes and policies name them.
const ORDER: [&str; 3] = ["1.0", "1.2", "1.3"];

/// What a DTLS server accepts and should not, and whether it asks for a cookie.
pub(in super::super) fn dtls(survey: &DtlsSurvey, policy: &TlsPolicy, constrained: bool) -> Judgement {
    let mut judged = Judgement::default();
    let age = |version: &str| ORDER.iter().position(|each| *each == version);
    let least = &policy.dtls_min_version;
    let accepted: Vec<&str> = survey.versions.iter().filter(|(_, reply)| reply.is_accepted()).map(|(name, _)| name.as_str()).collect();
    let Some(oldest) = age(&least.value) else {
        judged.leave_open(format!("the policy names no known version of DTLS: `{}`", least.value));
        return judged;
    };
    for version in accepted.iter().filter(|version| age(version).is_none_or(|age| age < oldest)) {
        let change = format!("turn it off and accept DTLS {} or newer only", least.value);
        judged.offend(format!("DTLS {version} is accepted"), change, &least.source);
    }
    match survey.cookie {
        Some(false) if policy.dtls_cookie.value => {
            let change = "answer the first hello with a HelloVerifyRequest (a HelloRetryRequest with a cookie in DTLS 1.3)";
            judged.offend("the server answers a first hello without asking for a cookie", change, &policy.dtls_cookie.source);
        }
        _ => {}
    }
    let suites = vec![("DTLS".to_owned(), survey.suites.as_slice())];
    judge_suites(&mut judged, &suites, policy, constrained);
    forward_secrecy(&mut judged, &suites, policy, constrained);
    judge_groups(&mut judged, "DTLS", &survey.groups, policy);
    if accepted.is_empty() {
        judged.leave_open("no hello was accepted in any version, so the refusals show nothing: does the server ask for a name (tls_name)?");
    }
    judged
}

#[cfg(test)]
mod tests {
    use assay_probes::dtls::{Reply, Suite};

    use super::super::policy;
    use super::*;

    fn survey(accepted: &[&str], cookie: Option<bool>, traits: &str) -> DtlsSurvey {
        let reply = |name: &str| if accepted.contains(&name) { Reply::Accepted } else { Reply::Silent };
        DtlsSurvey {
            versions: ORDER.iter().map(|name| ((*name).to_owned(), reply(name))).collect(),
            cookie,
            suites: vec![Suite { id: 1, name: "S".to_owned(), traits: traits.split(' ').map(str::to_owned).collect() }],
            ..DtlsSurvey::default()
        }
    }

    #[test]
    fn old_versions_missing_cookies_and_weak_suites_offend() {
        let policy = policy("general").tls;
        let good = "ecdhe forward-secrecy aead";
        assert_eq!(dtls(&survey(&["1.2"], Some(true), good), &policy, false), Judgement::default());
        assert_eq!(dtls(&survey(&["1.2", "1.0"], Some(true), good), &policy, false).whats(), ["DTLS 1.0 is accepted"]);
        assert_eq!(dtls(&survey(&["1.2"], Some(false), good), &policy, false).offences.len(), 1);
        assert_eq!(dtls(&survey(&["1.2"], Some(true), "psk ccm8 aead"), &policy, false).offences.len(), 2);
        assert!(!dtls(&survey(&["1.2"], Some(true), "psk ccm8 aead"), &policy, true).offends());
        assert_eq!(dtls(&survey(&[], None, good), &policy, false).open.len(), 1);
    }
}
