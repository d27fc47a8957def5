//! Keys and signatures of certificates.

use assay_model::policy::CertificatePolicy;
use assay_probes::x509::{self, Certificate};
use serde::Serialize;

use super::Judgement;

/// A chain as it was shown, with what stands in its certificates.
#[derive(Debug, Clone, Serialize)]
pub(in super::super) struct Shown {
    /// When it was shown: a version, and the kind of key that was asked for.
    pub(in super::super) when: String,
    /// The certificates, leaf first; why not, where one cannot be read.
    pub(in super::super) certificates: Vec<Result<Certificate, String>>,
}

impl Shown {
    /// Reads a chain.
    pub(in super::super) fn read(when: String, chain: &[Vec<u8>]) -> Self {
        Self { when, certificates: chain.iter().map(|der| x509::parse(der)).collect() }
    }
}

/// Keys that are too small, and signatures by weak hashes.
pub(in super::super) fn strength(chains: &[Shown], policy: &CertificatePolicy) -> Judgement {
    let mut judged = Judgement::default();
    for (place, found) in chains.iter().flat_map(|chain| chain.certificates.iter().enumerate()) {
        match found {
            Err(why) => judged.leave_open(format!("a certificate cannot be read: {why}")),
            Ok(found) => {
                judge_key(&mut judged, found, policy);
                // nobody relies on the signature of an anchor that signs itself (RFC 5280 section 6.1)
                if place == 0 || !found.self_signed {
                    judge_signature(&mut judged, found, policy);
                }
            }
        }
    }
    judged.offences.dedup();
    judged
}

fn judge_key(judged: &mut Judgement, found: &Certificate, policy: &CertificatePolicy) {
    let (key, subject) = (&found.key, &found.subject);
    let (least, other) = match key.algorithm.as_str() {
        "RSA" => (&policy.rsa_min_bits, "an RSA"),
        "EC" => (&policy.ec_min_bits, "an EC"),
        "Ed25519" | "Ed448" if policy.eddsa.value => return,
        "Ed25519" | "Ed448" => {
            let change = "use an RSA or EC key";
            return judged.offend(format!("the certificate of `{subject}` has an {} key", key.algorithm), change, &policy.eddsa.source);
        }
        "DSA" => {
            let change = "use an RSA or EC key";
            return judged.offend(format!("the certificate of `{subject}` has a DSA key"), change, &policy.rsa_min_bits.source);
        }
        unknown => return judged.leave_open(format!("the certificate of `{subject}` has a key of an unknown kind ({unknown})")),
    };
    if key.bits == 0 {
        let curve = key.curve.as_deref().unwrap_or("unreadable");
        judged.leave_open(format!("the size of the {} key of `{subject}` is not known ({curve})", key.algorithm));
    } else if key.bits < least.value {
        let change = format!("issue it for a key of at least {} bits", least.value);
        judged.offend(format!("the certificate of `{subject}` has {other} key of {} bits", key.bits), change, &least.source);
    }
}

fn judge_signature(judged: &mut Judgement, found: &Certificate, policy: &CertificatePolicy) {
    let (subject, algorithm) = (&found.subject, &found.signature_algorithm);
    match found.signature_hash.as_str() {
        "unknown" => judged.leave_open(format!("the certificate of `{subject}` is signed with the unknown algorithm {algorithm}")),
        "none" if policy.eddsa.value => {}
        hash if policy.hashes.value.iter().any(|each| each == hash) => {}
        _ => {
            let change = format!("have it signed with one of {}", policy.hashes.value.join(", "));
            judged.offend(format!("the certificate of `{subject}` is signed with {algorithm}"), change, &policy.hashes.source);
        }
    }
}

#[cfg(test)]
mod tests {
    use assay_probes::x509::Key;

    use super::super::policy;
    use super::*;

    fn certificate(key: (&str, u32), hash: &str) -> Certificate {
        Certificate {
            subject: "CN=x".to_owned(),
            issuer: String::new(),
            serial: String::new(),
            not_before: 0,
            not_after: 0,
            key: Key { algorithm: key.0.to_owned(), bits: key.1, curve: None },
            spki_sha256: String::new(),
            signature_algorithm: format!("with-{hash}"),
            signature_hash: hash.to_owned(),
            dns_names: Vec::new(),
            ip_addresses: Vec::new(),
            is_ca: false,
            path_len: None,
            extended_key_usage: Vec::new(),
            key_usage: Vec::new(),
            self_issued: false,
            self_signed: false,
        }
    }

    fn judged(chain: Vec<Certificate>) -> Judgement {
        let shown = Shown { when: String::new(), certificates: chain.into_iter().map(Ok).collect() };
        strength(&[shown], &policy("general").certificate)
    }

    #[test]
    fn small_keys_and_weak_signatures_offend() {
        let good = [("RSA", 2048), ("EC", 256), ("Ed25519", 256)];
        assert_eq!(judged(good.map(|key| certificate(key, "sha256")).to_vec()), Judgement::default());
        assert_eq!(judged(vec![certificate(("Ed25519", 256), "none")]), Judgement::default());
        for key in [("RSA", 1024), ("RSA", 2047), ("EC", 192), ("DSA", 2048)] {
            assert_eq!(judged(vec![certificate(key, "sha256")]).offences.len(), 1, "{key:?}");
        }
        assert_eq!(judged(vec![certificate(("EC", 256), "sha1")]).whats(), ["the certificate of `CN=x` is signed with with-sha1"]);
    }

    #[test]
    fn unknown_algorithms_stay_open_and_an_anchor_is_not_judged_by_its_signature() {
        for odd in [certificate(("1.2.3", 0), "sha256"), certificate(("EC", 0), "sha256"), certificate(("EC", 256), "unknown")] {
            assert_eq!(judged(vec![odd]).open.len(), 1);
        }
        let root = Certificate { self_signed: true, ..certificate(("RSA", 4096), "sha1") };
        assert!(!judged(vec![certificate(("EC", 256), "sha256"), root.clone()]).offends());
        assert!(judged(vec![root]).offends());
        let unreadable = Shown { when: String::new(), certificates: vec![Err("odd".to_owned())] };
        assert_eq!(strength(&[unreadable], &policy("general").certificate).open.len(), 1);
    }
}
