//! Algorithms, host keys and groups of SSH.

use assay_model::policy::{Forbidden, SshPolicy, Threshold};
use assay_probes::ssh_kex::SshSurvey;

use super::remedy::{self, List};
use super::{Judgement, some_of};

/// Where the version is settled; no policy allows another.
const PROTOCOL: &str = "RFC 4253 4.2, 5.1";

/// Algorithms that are offered and must not be, host keys and groups that are too small, and a missing remedy.
pub(in super::super) fn ssh(survey: &SshSurvey, policy: &SshPolicy) -> Judgement {
    let mut judged = Judgement::default();
    if survey.protocol != "2.0" {
        judged.offend(format!("SSH {} is spoken", survey.protocol), remedy::protocol(&survey.software), PROTOCOL);
    }
    let ciphers = both(&survey.ciphers_c2s, &survey.ciphers_s2c);
    let macs = both(&survey.macs_c2s, &survey.macs_s2c);
    let mut each = |list, offered: &[String], forbidden: &[Forbidden], approved: &Option<Threshold<Vec<String>>>| {
        algorithms(&mut judged, survey, list, offered, forbidden, approved.as_ref());
    };
    each(List::Kex, &survey.kex, &policy.forbidden_kex, &policy.approved_kex);
    each(List::HostKeys, &survey.host_key_algorithms, &policy.forbidden_host_keys, &policy.approved_host_keys);
    each(List::Ciphers, &ciphers, &policy.forbidden_ciphers, &policy.approved_ciphers);
    each(List::Macs, &macs, &policy.forbidden_macs, &policy.approved_macs);
    keys(&mut judged, survey, policy);
    groups(&mut judged, survey, policy);
    if policy.strict_kex.value && survey.is_truncatable() {
        let what = format!("strict key exchange is not signalled, and {} are open to prefix truncation", some_of(&survey.truncatable));
        judged.offend(what, remedy::strict(&survey.software, &survey.truncatable), &policy.strict_kex.source);
    }
    judged
}

/// Each name of both lists once.
fn both(one: &[String], other: &[String]) -> Vec<String> {
    let mut all = one.to_vec();
    all.extend(other.iter().filter(|name| !one.contains(name)).cloned());
    all
}

/// What is forbidden offends by its first reason; what is left must be approved, where only some are.
fn algorithms(
    judged: &mut Judgement,
    survey: &SshSurvey,
    list: List,
    offered: &[String],
    forbidden: &[Forbidden],
    approved: Option<&Threshold<Vec<String>>>,
) {
    let mut left: Vec<&String> = offered.iter().collect();
    let kind = list.words();
    for rule in forbidden {
        let (bad, good): (Vec<_>, Vec<_>) = left.into_iter().partition(|name| rule.names.iter().any(|pattern| fits(pattern, name)));
        left = good;
        if !bad.is_empty() {
            let what = format!("weak {kind} are offered: {} ({})", some_of(&bad), rule.why);
            judged.offend(what, remedy::take_out(&survey.software, list, &bad), &rule.source);
        }
    }
    let Some(approved) = approved else { return };
    left.retain(|name| !approved.value.iter().any(|pattern| fits(pattern, name)));
    if !left.is_empty() {
        let what = format!("{kind} are offered that are not approved: {}", some_of(&left));
        judged.offend(what, remedy::take_out(&survey.software, list, &left), &approved.source);
    }
}

/// Host keys, and the keys that signed their certificates.
fn keys(judged: &mut Judgement, survey: &SshSurvey, policy: &SshPolicy) {
    let least = &policy.rsa_min_bits;
    for key in &survey.host_keys {
        if key.algorithm.contains("rsa") && key.bits < least.value {
            let what = format!("the RSA host key has {} bits", key.bits);
            judged.offend(what, remedy::larger_key(&survey.software, least.value), &least.source);
        }
        let small = |certificate: &&assay_probes::ssh_kex::HostCertificate| {
            certificate.authority.contains("rsa") && certificate.authority_bits < least.value
        };
        if let Some(certificate) = key.certificate.as_ref().filter(small) {
            let what = format!("the RSA key that signed the host certificate has {} bits", certificate.authority_bits);
            judged.offend(what, format!("sign it with a key of at least {} bits", least.value), &least.source);
        }
    }
    for kind in &survey.keys_absent {
        judged.note(format!("{kind} is offered, but the server has no such key"));
    }
    for why in &survey.keys_not_read {
        if why.contains("rsa") {
            judged.leave_open(format!("the size of a host key could not be read ({why})"));
        } else {
            judged.note(format!("a host key could not be read ({why})"));
        }
    }
}

/// Groups that the server chooses.
fn groups(judged: &mut Judgement, survey: &SshSurvey, policy: &SshPolicy) {
    let least = &policy.group_min_bits;
    let came = || survey.groups.iter().filter_map(|answer| Some((answer.bits?, answer)));
    if let Some((bits, answer)) = came().filter(|(bits, _)| *bits < least.value).min_by_key(|(bits, _)| *bits) {
        let [from, _, to] = answer.asked;
        let what = format!("asked for a group of {from} to {to} bits, the server chose one of {bits} bits");
        judged.offend(what, remedy::larger_groups(&survey.software, least.value), &least.source);
    }
    let unnamed: Vec<_> = came().filter(|(_, answer)| answer.group == "custom").map(|(bits, _)| format!("{bits} bits")).collect();
    if policy.named_groups.value && !unnamed.is_empty() {
        let what = format!("the server chooses groups that no standard names: {}", some_of(&unnamed));
        judged.offend(what, remedy::named_groups(&survey.software), &policy.named_groups.source);
    }
    for why in &survey.groups_not_read {
        judged.leave_open(format!("what comes of a request for a group could not be told ({why})"));
    }
}

/// Whether a name fits a pattern, where one `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => name.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use assay_probes::ssh_kex::{GroupAnswer, HostKey};

    use super::super::policy;
    use super::*;

    const CHACHA: &str = "chacha20-poly1305@openssh.com";

    fn good() -> SshSurvey {
        let names = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        SshSurvey {
            banner: "SSH-2.0-x".to_owned(),
            protocol: "2.0".to_owned(),
            kex: names("ecdh-sha2-nistp256 diffie-hellman-group14-sha256"),
            host_key_algorithms: names("ssh-ed25519 rsa-sha2-512"),
            ciphers_c2s: names("aes128-gcm@openssh.com aes256-ctr"),
            ciphers_s2c: names("aes128-gcm@openssh.com aes256-ctr"),
            macs_c2s: names("hmac-sha2-256-etm@openssh.com"),
            macs_s2c: names("hmac-sha2-256-etm@openssh.com"),
            host_keys: vec![HostKey { algorithm: "ssh-rsa".to_owned(), bits: 3072, ..HostKey::default() }],
            ..SshSurvey::default()
        }
    }

    fn judged(id: &str, change: impl Fn(&mut SshSurvey)) -> Judgement {
        let mut survey = good();
        change(&mut survey);
        ssh(&survey, &policy(id).ssh)
    }

    fn chosen(bits: u32, group: &str) -> GroupAnswer {
        GroupAnswer { kex: "x".to_owned(), asked: [512, 1024, 1536], bits: Some(bits), group: group.to_owned(), refused: None }
    }

    #[test]
    fn each_weakness_offends_once() {
        let changes: [fn(&mut SshSurvey); 10] = [
            |each| each.protocol = "1.99".to_owned(),
            |each| each.kex.push("diffie-hellman-group1-sha1".to_owned()),
            |each| each.host_key_algorithms.push("ssh-rsa".to_owned()),
            |each| each.ciphers_s2c.push("aes128-cbc".to_owned()),
            |each| each.ciphers_s2c.push("3des-cbc".to_owned()),
            |each| each.ciphers_c2s.push("arcfour256".to_owned()),
            |each| each.macs_c2s.push("hmac-md5-96".to_owned()),
            |each| each.host_keys[0].bits = 1024,
            |each| each.truncatable.push(CHACHA.to_owned()),
            |each| each.groups.push(chosen(1536, "modp1536")),
        ];
        for id in ["general", "federal"] {
            assert_eq!(judged(id, |_| {}), Judgement::default());
            for (place, change) in changes.into_iter().enumerate() {
                assert_eq!(judged(id, change).offences.len(), 1, "{id} {place}");
            }
        }
    }

    #[test]
    fn what_is_not_approved_offends_where_only_some_are() {
        for (list, name) in [(0, "curve25519-sha256"), (0, "new-kex"), (1, CHACHA), (2, "umac-64@openssh.com")] {
            let change = |each: &mut SshSurvey| match list {
                0 => each.kex.push(name.to_owned()),
                1 => each.ciphers_c2s.push(name.to_owned()),
                _ => each.macs_c2s.push(name.to_owned()),
            };
            assert_eq!((judged("general", change).offences.len(), judged("federal", change).offences.len()), (0, 1), "{name}");
        }
        let custom = |each: &mut SshSurvey| each.groups.push(chosen(4096, "custom"));
        assert_eq!((judged("general", custom).offences.len(), judged("federal", custom).offences.len()), (0, 1));
        let strict = |each: &mut SshSurvey| {
            each.truncatable.push(CHACHA.to_owned());
            each.strict_kex = true;
        };
        assert_eq!(judged("general", strict), Judgement::default());
    }

    #[test]
    fn patterns_and_what_could_not_be_read() {
        assert!(fits("*-cbc", "aes128-cbc") && fits("arcfour*", "arcfour") && fits("aes*-ctr", "aes192-ctr"));
        assert!(fits("none", "none") && !fits("none", "none2") && !fits("ab*ba", "aba"));
        assert_eq!(judged("general", |each| each.keys_not_read.push("rsa-sha2-256: late".to_owned())).open.len(), 1);
        assert_eq!(judged("general", |each| each.keys_not_read.push("ssh-dss: late".to_owned())).notes.len(), 1);
        assert_eq!(judged("general", |each| each.groups_not_read.push("2048: late".to_owned())).open.len(), 1);
    }

    #[test]
    fn words_name_the_option() {
        let weak = judged("general", |each| {
            each.software = "OpenSSH_9.2p1".to_owned();
            each.kex.push("diffie-hellman-group1-sha1".to_owned());
        });
        assert!(weak.offences[0].change.contains("KexAlgorithms -diffie-hellman-group1-sha1"), "{weak:?}");
    }
}
