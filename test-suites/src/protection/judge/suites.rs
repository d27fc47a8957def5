//! Cipher suites of TLS.

use assay_model::policy::TlsPolicy;
use assay_probes::tls::{Suite, Survey};

use super::{Judgement, label, some_of, unclear};

/// Suites accepted in each version, by its name as people write it.
pub(super) type ByVersion<'a> = Vec<(String, &'a [Suite])>;

/// The suites of a survey of TLS.
pub(super) fn by_version(survey: &Survey) -> ByVersion<'_> {
    survey.suites.iter().map(|(version, suites)| (label(version), suites.as_slice())).collect()
}

/// Suites that are accepted and have a forbidden property, and the lack of any authenticated encryption.
pub(in super::super) fn suites(survey: &Survey, policy: &TlsPolicy, constrained: bool) -> Judgement {
    let mut judged = Judgement::default();
    judge_suites(&mut judged, &by_version(survey), policy, constrained);
    judged.open.extend(unclear(survey));
    if survey.suites.is_empty() {
        judged.leave_open("no suite was accepted, so none could be looked at: does the server ask for a name (tls_name)?");
    }
    judged
}

/// The same for suites from any survey.
pub(super) fn judge_suites(judged: &mut Judgement, accepted: &ByVersion<'_>, policy: &TlsPolicy, constrained: bool) {
    for property in &policy.forbidden_suites.value {
        forbid(judged, accepted, property, &policy.forbidden_suites.source, "take them out of the list of suites");
    }
    let only = &policy.constrained_only;
    for property in only.value.iter().filter(|_| !constrained) {
        let change = "take them out of the list, or declare the component as constrained if it is (RFC 7228)";
        forbid(judged, accepted, property, &only.source, change);
    }
    let mut all = accepted.iter().flat_map(|(_, suites)| suites.iter()).peekable();
    if policy.aead_required.value && all.peek().is_some() && !all.any(|suite| suite.has("aead")) {
        let change = "add suites with AES-GCM, AES-CCM or ChaCha20-Poly1305";
        judged.offend("no suite with authenticated encryption (AEAD) is accepted", change, &policy.aead_required.source);
    }
    if accepted.iter().flat_map(|(_, suites)| suites.iter()).any(|suite| suite.has("cbc")) {
        judged.note("suites with CBC are accepted; RFC 9325 4.2 advises against them where encrypt-then-MAC is not agreed on as well");
    }
}

fn forbid(judged: &mut Judgement, accepted: &ByVersion<'_>, property: &str, source: &str, change: &str) {
    let mut names: Vec<&str> = Vec::new();
    let mut versions: Vec<&str> = Vec::new();
    for (version, suites) in accepted {
        for suite in suites.iter().filter(|suite| suite.has(property)) {
            if !names.contains(&suite.name.as_str()) {
                names.push(&suite.name);
            }
            if !versions.contains(&version.as_str()) {
                versions.push(version);
            }
        }
    }
    if !names.is_empty() {
        judged.offend(format!("suites with {property} are accepted in {}: {}", versions.join(", "), some_of(&names)), change, source);
    }
}

#[cfg(test)]
mod tests {
    use super::super::policy;
    use super::*;

    fn survey(suites: &[(&str, &str, &str)]) -> Survey {
        let mut survey = Survey::default();
        for (version, name, traits) in suites {
            let suite = Suite { id: 0, name: (*name).to_owned(), traits: traits.split(' ').map(str::to_owned).collect() };
            survey.suites.entry((*version).to_owned()).or_default().push(suite);
        }
        survey
    }

    #[test]
    fn forbidden_properties_offend() {
        let general = policy("general").tls;
        let good = survey(&[("1.3", "GOOD", "aead forward-secrecy aes"), ("1.2", "CBC", "ecdhe aes cbc not-aead")]);
        let judged = suites(&good, &general, false);
        assert_eq!((judged.offends(), judged.open.len(), judged.notes.len()), (false, 0, 1));
        let bad = survey(&[("1.2", "A", "aead static-rsa"), ("1.2", "B", "3des static-rsa not-aead"), ("1.0", "B", "3des static-rsa")]);
        let whats =
            ["suites with 3des are accepted in TLS 1.0, TLS 1.2: B", "suites with static-rsa are accepted in TLS 1.0, TLS 1.2: B, A"];
        assert_eq!(suites(&bad, &general, false).whats(), whats);
    }

    #[test]
    fn short_tags_are_for_constrained_devices_and_chacha_is_not_federal() {
        let (general, federal) = (policy("general").tls, policy("federal").tls);
        let short = survey(&[("1.2", "CCM8", "aead psk ccm8 aes")]);
        assert!(suites(&short, &general, false).offends() && !suites(&short, &general, true).offends());
        let chacha = survey(&[("1.3", "CHACHA", "aead chacha20 forward-secrecy")]);
        assert!(suites(&chacha, &federal, false).offends() && !suites(&chacha, &general, false).offends());
    }

    #[test]
    fn at_least_one_suite_is_authenticated_encryption() {
        let general = policy("general").tls;
        assert!(suites(&survey(&[("1.2", "CBC", "ecdhe aes cbc not-aead")]), &general, false).offends());
        assert_eq!(suites(&Survey::default(), &general, false).open.len(), 1);
    }
}
