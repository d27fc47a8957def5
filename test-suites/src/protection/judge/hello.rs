//! What a client's hello offers.

use assay_capture::ClientHello;
use assay_model::policy::Policy;
use assay_probes::tls::Suite;

use super::{Judgement, some_of};

/// Versions of TLS, then of DTLS, with their numbers, the oldest first.
const TLS: [(u16, &str); 5] = [(0x0300, "SSLv3"), (0x0301, "1.0"), (0x0302, "1.1"), (0x0303, "1.2"), (0x0304, "1.3")];
const DTLS: [(u16, &str); 3] = [(0xfeff, "1.0"), (0xfefd, "1.2"), (0xfefc, "1.3")];
/// Numbers in place of suites that are signals (RFC 5746, RFC 7507).
const SIGNALS: [u16; 2] = [0x00ff, 0x5600];

/// Versions that are too old, suites with forbidden properties, and signatures by weak hashes only.
pub(in super::super) fn hello(
    judged: &mut Judgement,
    place: &str,
    offered: &ClientHello,
    policy: &Policy,
    constrained: bool,
    datagrams: bool,
) {
    versions(judged, place, offered, policy, datagrams);
    let tls = &policy.tls;
    let suites: Vec<Suite> =
        offered.suites.iter().filter(|id| !SIGNALS.contains(id) && !is_filler(**id)).map(|id| Suite::of(*id)).collect();
    let only = tls.constrained_only.value.iter().filter(|_| !constrained).map(|property| (property, &tls.constrained_only.source));
    for (property, source) in tls.forbidden_suites.value.iter().map(|property| (property, &tls.forbidden_suites.source)).chain(only) {
        let bad: Vec<&str> = suites.iter().filter(|suite| suite.has(property)).map(|suite| suite.name.as_str()).collect();
        if !bad.is_empty() {
            judged.offend(
                format!("{place} offers suites with {property}: {}", some_of(&bad)),
                "take them out of the client's list",
                source,
            );
        }
    }
    if tls.aead_required.value && !suites.iter().any(|suite| suite.has("aead")) {
        let change = "add suites with AES-GCM, AES-CCM or ChaCha20-Poly1305";
        judged.offend(format!("{place} offers no suite with authenticated encryption (AEAD)"), change, &tls.aead_required.source);
    }
    // the first byte is the hash where it is 1 (MD5) or 2 (SHA-1)
    let signatures = &offered.signature_algorithms;
    if !signatures.is_empty() && signatures.iter().all(|id| id >> 8 <= 2) {
        let hashes = &policy.certificate.hashes;
        judged.offend(format!("{place} takes signatures with MD5 and SHA-1 only"), "add SHA-256 or better", &hashes.source);
    }
}

fn versions(judged: &mut Judgement, place: &str, offered: &ClientHello, policy: &Policy, datagrams: bool) {
    let (known, least, name) =
        if datagrams { (&DTLS[..], &policy.tls.dtls_min_version, "DTLS") } else { (&TLS[..], &policy.tls.min_version, "TLS") };
    let Some(oldest) = known.iter().position(|(_, version)| *version == least.value) else {
        judged.leave_open(format!("the policy names no known version of {name}: `{}`", least.value));
        return;
    };
    let listed =
        if offered.supported_versions.is_empty() { std::slice::from_ref(&offered.legacy_version) } else { &offered.supported_versions };
    let places: Vec<usize> = listed.iter().filter_map(|id| known.iter().position(|(number, _)| number == id)).collect();
    for place_of in places.iter().filter(|each| **each < oldest) {
        let (_, version) = known[*place_of];
        judged.offend(format!("{place} offers {name} {version}"), format!("offer {name} {} or newer only", least.value), &least.source);
    }
    if places.is_empty() {
        judged.leave_open(format!("{place} offers no version that is known"));
    }
}

/// Values without a meaning that keep servers from relying on lists (RFC 8701).
const fn is_filler(id: u16) -> bool {
    let [high, low] = id.to_be_bytes();
    high == low && low & 15 == 10
}

#[cfg(test)]
mod tests {
    use super::super::policy;
    use super::*;

    fn judged(versions: &[u16], suites: &[u16], constrained: bool) -> Judgement {
        let offered = ClientHello {
            legacy_version: 0x0303,
            supported_versions: versions.to_vec(),
            suites: suites.to_vec(),
            ..ClientHello::default()
        };
        let mut judged = Judgement::default();
        hello(&mut judged, "tls to x", &offered, &policy("general"), constrained, false);
        judged
    }

    #[test]
    fn strong_hellos_pass_and_weak_parts_offend() {
        assert_eq!(judged(&[0x3a3a, 0x0304, 0x0303], &[0x1a1a, 0x1301, 0xc02b, 0x00ff], false), Judgement::default());
        assert_eq!(judged(&[], &[0xc02b], false), Judgement::default());
        assert_eq!(judged(&[0x0304, 0x0302], &[0x1301], false).whats(), ["tls to x offers TLS 1.1"]);
        assert!(judged(&[0x0303], &[0xc02b, 0x000a], false).whats()[0].contains("3des"));
        assert!(judged(&[0x0303], &[0xc013], false).whats()[0].contains("no suite with authenticated encryption"));
        assert!(judged(&[0x0303], &[0xc0ae], false).offends() && !judged(&[0x0303], &[0xc0ae], true).offends());
        assert_eq!(judged(&[0x7f1c], &[0x1301], false).open.len(), 1);
    }
}
