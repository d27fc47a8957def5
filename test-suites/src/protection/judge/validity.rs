//! What certificate chains prove.

use assay_model::policy::CertificatePolicy;
use assay_probes::x509::{Certificate, Validation};
use serde::Serialize;

use super::Judgement;

const DAY: i64 = 86_400;

/// A chain held against name, time and anchors, and against the opposites of each.
#[derive(Debug, Clone, Serialize)]
pub(in super::super) struct Checked {
    /// When it was shown.
    pub(in super::super) when: String,
    /// What stands in the leaf.
    pub(in super::super) leaf: Certificate,
    /// Whether the profile declares anchors at all; where it leads to cannot be judged otherwise.
    pub(in super::super) anchored: bool,
    /// Whether the leaf is itself one of the anchors.
    pub(in super::super) pinned: bool,
    /// The name that it must carry.
    pub(in super::super) name: String,
    /// What it proves now.
    pub(in super::super) now: Validation,
    /// What it proves for another name.
    pub(in super::super) other_name: Validation,
    /// What it proves a day before and a day after its validity.
    pub(in super::super) other_times: [Validation; 2],
    /// What it proves under an anchor that has nothing to do with it.
    pub(in super::super) other_anchor: Validation,
}

impl Checked {
    /// Whether the validator turned the chain down for the wrong name, at the wrong times and under the wrong anchor.
    pub(in super::super) fn opposites_are_seen(&self) -> bool {
        !self.other_name.name_matches && self.other_times.iter().all(|each| !each.in_time) && self.other_anchor.chain_to_anchor.is_err()
    }
}

/// Chains that prove too little.
pub(in super::super) fn validity(chains: &[Checked], policy: &CertificatePolicy) -> Judgement {
    let mut judged = Judgement::default();
    for chain in chains {
        judge_chain(&mut judged, chain, policy);
    }
    judged.offences.dedup();
    judged
}

fn judge_chain(judged: &mut Judgement, chain: &Checked, policy: &CertificatePolicy) {
    let (now, leaf, source) = (&chain.now, &chain.leaf, policy.validation.source.as_str());
    let subject = &leaf.subject;
    match &now.chain_to_anchor {
        Err(_) if !chain.anchored => judged.leave_open(format!(
            "where the chain of `{subject}` leads is not known, because no trust anchor is declared: supply `trust` in the profile (PEM \
             files of the authorities, or of the certificate itself)"
        )),
        // the verifier lacks the algorithm: that says nothing about the chain
        Err(why) if why.contains("cannot be verified here") => {
            judged.leave_open(format!("the chain of `{subject}` cannot be verified: {why}"));
        }
        Err(why) => {
            let change = "have it issued under the declared authority and send the intermediates, or mend `trust` in the profile";
            judged.offend(format!("the chain of `{subject}` does not lead to a declared trust anchor: {why}"), change, source);
        }
        Ok(()) => {}
    }
    if !now.name_matches {
        let names = leaf.dns_names.iter().cloned().chain(leaf.ip_addresses.iter().map(ToString::to_string)).collect::<Vec<_>>();
        let what = format!("the certificate of `{subject}` does not carry the name `{}` but {}", chain.name, super::some_of(&names));
        judged.offend(what, "issue it with that name as subject alternative name, or mend `tls_name` in the profile", source);
    }
    if !now.in_time {
        let what = format!("the certificate of `{subject}`, or one above it, is not valid now ({})", period(leaf));
        judged.offend(what, "renew it before it ends, and check the clock of the issuer", source);
    }
    if !now.server_auth {
        let what = format!("the certificate of `{subject}` may not stand for a TLS server ({})", leaf.extended_key_usage.join(", "));
        judged.offend(what, "issue it with the extended key usage serverAuth", source);
    }
    if now.leaf_is_ca && chain.anchored && !chain.pinned {
        judged.offend(format!("the leaf `{subject}` is a certification authority"), "issue the leaf without the CA flag", source);
    }
    if !now.order_ok {
        judged.note(format!("the chain of `{subject}` is not in order, or has certificates that do not belong to it"));
    }
    let days = leaf.not_after.saturating_sub(leaf.not_before) / DAY;
    if let Some(most) = policy.leaf_max_days.as_ref().filter(|most| days > i64::from(most.value)) {
        let what = format!("the certificate of `{subject}` is valid for {days} days");
        judged.offend(what, format!("issue it for {} days at most", most.value), &most.source);
    }
}

fn period(leaf: &Certificate) -> String {
    let date =
        |seconds: i64| time::OffsetDateTime::from_unix_timestamp(seconds).map_or_else(|_| seconds.to_string(), |at| at.date().to_string());
    format!("it runs from {} to {}", date(leaf.not_before), date(leaf.not_after))
}

#[cfg(test)]
mod tests {
    use assay_probes::x509::Key;

    use super::super::policy;
    use super::*;

    fn good() -> Checked {
        let now =
            Validation { chain_to_anchor: Ok(()), name_matches: true, in_time: true, server_auth: true, leaf_is_ca: false, order_ok: true };
        let leaf = Certificate {
            subject: "CN=x".to_owned(),
            issuer: String::new(),
            serial: String::new(),
            not_before: 0,
            not_after: 300 * DAY,
            key: Key { algorithm: "EC".to_owned(), bits: 256, curve: None },
            spki_sha256: String::new(),
            signature_algorithm: String::new(),
            signature_hash: String::new(),
            dns_names: vec!["other.example".to_owned()],
            ip_addresses: Vec::new(),
            is_ca: false,
            path_len: None,
            extended_key_usage: Vec::new(),
            key_usage: Vec::new(),
            self_issued: false,
            self_signed: false,
        };
        Checked {
            when: String::new(),
            leaf,
            anchored: true,
            pinned: false,
            name: "x.example".to_owned(),
            other_name: Validation { name_matches: false, ..now.clone() },
            other_times: [Validation { in_time: false, ..now.clone() }, Validation { in_time: false, ..now.clone() }],
            other_anchor: Validation { chain_to_anchor: Err("foreign".to_owned()), ..now.clone() },
            now,
        }
    }

    fn judged(change: impl Fn(&mut Checked), policy_id: &str) -> Judgement {
        let mut chain = good();
        change(&mut chain);
        validity(&[chain], &policy(policy_id).certificate)
    }

    #[test]
    fn each_lack_offends() {
        assert_eq!(judged(|_| {}, "federal"), Judgement::default());
        let changes: [fn(&mut Checked); 5] = [
            |each| each.now.chain_to_anchor = Err("foreign".to_owned()),
            |each| each.now.name_matches = false,
            |each| each.now.in_time = false,
            |each| each.now.server_auth = false,
            |each| each.now.leaf_is_ca = true,
        ];
        for change in changes {
            assert_eq!(judged(change, "general").offences.len(), 1);
        }
        let long = |each: &mut Checked| each.leaf.not_after = 1200 * DAY;
        assert_eq!((judged(long, "general").offends(), judged(long, "federal").offends()), (false, true));
    }

    #[test]
    fn what_the_verifier_lacks_stays_open_and_order_is_only_noted() {
        let unknown = judged(|each| each.now.chain_to_anchor = Err("signatures by x cannot be verified here".to_owned()), "general");
        assert_eq!((unknown.offends(), unknown.open.len()), (false, 1));
        let unanchored = |each: &mut Checked| (each.anchored, each.now.chain_to_anchor) = (false, Err("no anchor".to_owned()));
        let open = judged(unanchored, "general");
        assert_eq!((open.offends(), open.open.len()), (false, 1));
        let expired = |each: &mut Checked| {
            unanchored(each);
            each.now.in_time = false;
        };
        assert!(judged(expired, "general").offends(), "an expired certificate is one under any anchor");
        let order = judged(|each| each.now.order_ok = false, "general");
        assert_eq!((order.offends(), order.notes.len()), (false, 1));
        assert!(!judged(|each| (each.now.leaf_is_ca, each.pinned) = (true, true), "general").offends());
        assert!(good().opposites_are_seen());
    }
}
