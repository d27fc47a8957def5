//! Algorithms and host keys of SSH.

use assay_model::policy::{SshPolicy, Threshold};
use assay_probes::ssh_kex::SshSurvey;

use super::{Judgement, some_of};

/// Where the version is settled; no policy allows another.
const PROTOCOL: &str = "RFC 4253 4.2, 5.1";
const CHACHA: &str = "chacha20-poly1305@openssh.com";

/// Algorithms that are offered and must not be, host keys that are too small, and a missing remedy.
pub(in super::super) fn ssh(survey: &SshSurvey, policy: &SshPolicy) -> Judgement {
    let mut judged = Judgement::default();
    if survey.protocol != "2.0" {
        judged.offend(format!("SSH {} is spoken", survey.protocol), "turn SSH 1 off and announce 2.0", PROTOCOL);
    }
    let both = |one: &[String], other: &[String]| {
        let mut all = one.to_vec();
        all.extend(other.iter().filter(|name| !one.contains(name)).cloned());
        all
    };
    let (ciphers, macs) = (both(&survey.ciphers_c2s, &survey.ciphers_s2c), both(&survey.macs_c2s, &survey.macs_s2c));
    forbid(&mut judged, "key exchanges", &survey.kex, &policy.forbidden_kex);
    forbid(&mut judged, "host-key algorithms", &survey.host_key_algorithms, &policy.forbidden_host_keys);
    forbid(&mut judged, "ciphers", &ciphers, &policy.forbidden_ciphers);
    forbid(&mut judged, "message authentication codes", &macs, &policy.forbidden_macs);
    for key in survey.host_keys.iter().filter(|key| key.algorithm == "ssh-rsa" && key.bits < policy.rsa_min_bits.value) {
        let change = format!("make a host key of at least {} bits", policy.rsa_min_bits.value);
        judged.offend(format!("the RSA host key has {} bits", key.bits), change, &policy.rsa_min_bits.source);
    }
    let exposed = ciphers.iter().any(|name| name == CHACHA)
        || (ciphers.iter().any(|name| name.ends_with("-cbc")) && macs.iter().any(|name| name.contains("-etm@")));
    if policy.strict_kex.value && exposed && !survey.strict_kex {
        let change = "update the server to one that signals strict key exchange, or take those ciphers out";
        judged.offend("ciphers open to prefix truncation are offered without strict key exchange", change, &policy.strict_kex.source);
    }
    for why in &survey.keys_not_read {
        if why.contains("rsa") {
            judged.leave_open(format!("the size of a host key could not be read ({why})"));
        } else {
            judged.note(format!("a host key could not be read ({why})"));
        }
    }
    judged
}

fn forbid(judged: &mut Judgement, kind: &str, offered: &[String], forbidden: &Threshold<Vec<String>>) {
    let names: Vec<_> = offered.iter().filter(|name| forbidden.value.iter().any(|pattern| fits(pattern, name))).collect();
    if !names.is_empty() {
        judged.offend(
            format!("weak {kind} are offered: {}", some_of(&names)),
            "take them out of the server's configuration",
            &forbidden.source,
        );
    }
}

/// Whether a name fits a pattern, where `*` at an end stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => name.ends_with(end),
        (None, Some(start)) => name.starts_with(start),
        (None, None) => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use assay_probes::ssh_kex::HostKey;

    use super::super::policy;
    use super::*;

    fn good() -> SshSurvey {
        let names = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        SshSurvey {
            banner: "SSH-2.0-x".to_owned(),
            protocol: "2.0".to_owned(),
            kex: names("curve25519-sha256 ecdh-sha2-nistp256 diffie-hellman-group14-sha256"),
            host_key_algorithms: names("ssh-ed25519 rsa-sha2-512"),
            ciphers_c2s: names("aes128-gcm@openssh.com aes256-ctr"),
            ciphers_s2c: names("aes128-gcm@openssh.com aes256-ctr"),
            macs_c2s: names("hmac-sha2-256-etm@openssh.com"),
            macs_s2c: names("hmac-sha2-256-etm@openssh.com"),
            host_keys: vec![HostKey { algorithm: "ssh-rsa".to_owned(), bits: 3072, ..HostKey::default() }],
            ..SshSurvey::default()
        }
    }

    fn judged(change: impl Fn(&mut SshSurvey)) -> Judgement {
        let mut survey = good();
        change(&mut survey);
        ssh(&survey, &policy("general").ssh)
    }

    #[test]
    fn each_weakness_offends_once() {
        assert_eq!(judged(|_| {}), Judgement::default());
        let changes: [fn(&mut SshSurvey); 8] = [
            |each| each.protocol = "1.99".to_owned(),
            |each| each.kex.push("diffie-hellman-group1-sha1".to_owned()),
            |each| each.host_key_algorithms.push("ssh-rsa".to_owned()),
            |each| each.ciphers_s2c.push("aes128-cbc".to_owned()),
            |each| each.ciphers_c2s.push("arcfour256".to_owned()),
            |each| each.macs_c2s.push("hmac-md5-96".to_owned()),
            |each| each.host_keys[0].bits = 1024,
            |each| each.ciphers_c2s.push(CHACHA.to_owned()),
        ];
        for (place, change) in changes.into_iter().enumerate() {
            let found = judged(change).offences.len();
            // a cipher with CBC beside encrypt-then-MAC is open to prefix truncation too
            assert_eq!(found, if place == 3 { 2 } else { 1 }, "change {place}");
        }
    }

    #[test]
    fn patterns_and_keys_that_could_not_be_read() {
        assert!(fits("*-cbc", "aes128-cbc") && fits("arcfour*", "arcfour") && fits("none", "none") && !fits("none", "none2"));
        assert_eq!(judged(|each| each.keys_not_read.push("rsa-sha2-256: late".to_owned())).open.len(), 1);
        assert_eq!(judged(|each| each.keys_not_read.push("ssh-dss: late".to_owned())).notes.len(), 1);
    }
}
