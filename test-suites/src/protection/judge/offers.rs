//! What the product offers as a client of TLS.

use assay_model::policy::{CertificatePolicy, TlsPolicy};
use assay_probes::peer::Offer;

use super::groups::{forward_secrecy, judge_groups};
use super::suites::judge_suites;
use super::versions::too_old;
use super::{Judgement, label, some_of};

/// Versions, suites, groups and signatures in a hello that the policy does not allow.
pub(in super::super) fn offers(
    judged: &mut Judgement,
    place: &str,
    offer: &Offer,
    policy: &TlsPolicy,
    certificates: &CertificatePolicy,
    constrained: bool,
) {
    let old: Vec<_> = offer.versions.iter().filter(|version| too_old(version, policy)).map(|version| label(version)).collect();
    if !old.is_empty() {
        let change = format!("offer {} or newer only", label(&policy.min_version.value));
        judged.offend(format!("{} offers {}", place, old.join(" and ")), change, &policy.min_version.source);
    }
    if !offer.lists_versions {
        judged.note(format!(
            "{place} does not list its versions, so that older ones than it says may be spoken: protection/weak-peers tries"
        ));
    }
    let offered = vec![(place.to_owned(), offer.suites.as_slice())];
    judge_suites(judged, &offered, policy, constrained);
    forward_secrecy(judged, &offered, policy, constrained);
    judge_groups(judged, place, &offer.groups, policy);
    let weak = |name: &str| {
        let hash = ["md5", "sha1"].iter().any(|hash| name.contains(hash));
        hash && !certificates.hashes.value.iter().any(|allowed| name.contains(allowed.as_str()))
    };
    let names: Vec<_> = offer.signatures.iter().map(|signature| signature.name.as_str()).collect();
    let weak_ones: Vec<_> = names.iter().copied().filter(|name| weak(name)).collect();
    if !names.is_empty() && weak_ones.len() == names.len() {
        let what = format!("{place} offers signatures with {} alone", some_of(&weak_ones));
        judged.offend(what, "offer signatures with SHA-256 or better", &certificates.hashes.source);
    } else if !weak_ones.is_empty() {
        judged.note(format!("{place} still offers {}", some_of(&weak_ones)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::policy;
    use super::*;
    use assay_probes::tls::{Signature, Suite};

    fn offer(versions: &[&str], suite: &str, signatures: &[&str]) -> Offer {
        let traits = suite.split(' ').map(str::to_owned).collect();
        let signature = |name: &&str| Signature { id: 0, name: (*name).to_owned() };
        Offer {
            versions: versions.iter().map(|version| (*version).to_owned()).collect(),
            lists_versions: true,
            suites: vec![Suite { id: 0, name: "S".to_owned(), traits }],
            signatures: signatures.iter().map(signature).collect(),
            ..Offer::default()
        }
    }

    fn judged(offer: &Offer) -> Judgement {
        let (general, mut judged) = (policy("general"), Judgement::default());
        offers(&mut judged, "a hello", offer, &general.tls, &general.certificate, false);
        judged
    }

    #[test]
    fn old_versions_weak_suites_and_weak_signatures_offend() {
        let good = "aead forward-secrecy aes";
        assert!(!judged(&offer(&["1.3", "1.2"], good, &["ecdsa_secp256r1_sha256", "rsa_pkcs1_sha1"])).offends());
        assert!(judged(&offer(&["1.2", "1.1"], good, &[])).offends());
        assert!(judged(&offer(&["1.2"], "3des static-rsa", &[])).offends());
        assert!(judged(&offer(&["1.2"], good, &["rsa_pkcs1_sha1", "md5+rsa"])).offends());
    }
}
