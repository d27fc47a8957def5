//! Key exchange of TLS: forward secrecy, and the groups.

use assay_model::policy::TlsPolicy;
use assay_probes::tls::{Group, Suite, Survey};

use super::suites::{ByVersion, by_version};
use super::{Judgement, some_of, unclear};

/// Key exchanges that are not ephemeral, and groups that are too small or not in the policy's list.
pub(in super::super) fn key_exchange(survey: &Survey, policy: &TlsPolicy, constrained: bool) -> Judgement {
    let mut judged = Judgement::default();
    forward_secrecy(&mut judged, &by_version(survey), policy, constrained);
    judge_groups(&mut judged, "TLS up to 1.2", &survey.groups_12, policy);
    if survey.groups_12.iter().any(|group| group.finite) {
        judged.note("key exchange in finite fields is accepted up to TLS 1.2; RFC 9325 4.1 advises ECDHE in its place");
    }
    judge_groups(&mut judged, "TLS 1.3", &survey.groups_13, policy);
    judged.open.extend(unclear(survey));
    judged.open.extend(hidden(survey));
    if survey.suites.is_empty() {
        judged.leave_open("no suite was accepted, so no key exchange was seen: does the server ask for a name (tls_name)?");
    }
    judged
}

/// Suites without an ephemeral key exchange.
pub(super) fn forward_secrecy(judged: &mut Judgement, accepted: &ByVersion<'_>, policy: &TlsPolicy, constrained: bool) {
    if !policy.forward_secrecy.value {
        return;
    }
    let excused = |suite: &Suite| constrained && suite.has("psk");
    for (version, suites) in accepted {
        let lacking: Vec<_> = suites.iter().filter(|suite| !suite.has("forward-secrecy")).collect();
        let names: Vec<_> = lacking.iter().filter(|suite| !excused(suite)).map(|suite| &suite.name).collect();
        if !names.is_empty() {
            let what = format!("suites without an ephemeral key exchange are accepted in {version}: {}", some_of(&names));
            judged.offend(what, "accept suites with ECDHE or DHE only", &policy.forward_secrecy.source);
        } else if !lacking.is_empty() {
            judged.note("suites with a pre-shared key alone have no forward secrecy; RFC 7925 allows them on a constrained device");
        }
    }
}

/// Groups that are too small or not in the policy's list.
pub(super) fn judge_groups(judged: &mut Judgement, place: &str, groups: &[Group], policy: &TlsPolicy) {
    for group in groups {
        let name = format!("{} ({} bits)", group.name, group.bits);
        if group.finite && group.bits < policy.dh_min_bits.value {
            let change = format!("use a group of at least {} bits, such as ffdhe2048", policy.dh_min_bits.value);
            judged.offend(format!("keys are agreed in the finite field {name} in {place}"), change, &policy.dh_min_bits.source);
        } else if !policy.groups.value.contains(&group.name) {
            let what = format!("keys are agreed in the group {name} in {place}, which the policy does not list");
            judged.offend(what, "take it out of the list of groups", &policy.groups.source);
        }
    }
}

/// Ephemeral suites were accepted, but no group of theirs was seen.
fn hidden(survey: &Survey) -> impl Iterator<Item = String> {
    let older = survey.suites.iter().filter(|(version, _)| version.as_str() != "1.3").flat_map(|(_, suites)| suites);
    let older = older.filter(|suite| suite.has("dhe") || suite.has("ecdhe")).count() > 0 && survey.groups_12.is_empty();
    let newer = survey.suites.contains_key("1.3") && survey.groups_13.is_empty();
    let told = |which: &str| format!("the groups of {which} could not be seen, though suites with ephemeral keys are accepted");
    [(older, "TLS 1.2 and before"), (newer, "TLS 1.3")].into_iter().filter(|(holds, _)| *holds).map(move |(_, which)| told(which))
}

#[cfg(test)]
mod tests {
    use super::super::policy;
    use super::*;

    fn group(name: &str, bits: u32, finite: bool) -> Group {
        Group { id: 0, name: name.to_owned(), bits, finite }
    }

    fn survey(traits: &str, groups: Vec<Group>) -> Survey {
        let suite = Suite { id: 0, name: "S".to_owned(), traits: traits.split(' ').map(str::to_owned).collect() };
        Survey { suites: [("1.2".to_owned(), vec![suite])].into(), groups_12: groups, ..Survey::default() }
    }

    #[test]
    fn small_and_unlisted_groups_offend() {
        let (general, federal) = (policy("general").tls, policy("federal").tls);
        let with = |groups| survey("ecdhe forward-secrecy aead", groups);
        let judged = |groups, policy| key_exchange(&with(groups), policy, false);
        assert_eq!(judged(vec![group("x25519", 255, false)], &general), Judgement::default());
        assert!(!judged(vec![group("custom", 2048, true)], &general).offends());
        assert!(judged(vec![group("custom", 1024, true)], &general).whats()[0].contains("custom (1024 bits) in TLS up to 1.2"));
        assert!(judged(vec![group("secp192r1", 192, false)], &general).offends());
        assert!(judged(vec![group("x25519", 255, false)], &federal).offends());
        assert!(judged(vec![group("custom", 2048, true)], &federal).offends());
        assert!(!judged(vec![group("modp2048", 2048, true)], &federal).offends());
        assert_eq!(judged(Vec::new(), &general).open.len(), 1);
    }

    #[test]
    fn keys_are_ephemeral_but_for_constrained_devices_with_a_shared_key() {
        let general = policy("general").tls;
        assert!(key_exchange(&survey("static-rsa aead", Vec::new()), &general, true).offends());
        let shared = survey("psk aead ccm8", Vec::new());
        assert!(key_exchange(&shared, &general, false).offends());
        let excused = key_exchange(&shared, &general, true);
        assert_eq!((excused.offends(), excused.notes.len()), (false, 1));
    }
}
