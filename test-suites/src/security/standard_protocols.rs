//! Does the product speak standard protocols in current versions, as captures of its traffic show?

use std::collections::BTreeSet;

use assay_capture::{Detail, Protocol};
use assay_engine::{Bench, Outcome, Test};
use assay_model::policy::TlsPolicy;
use assay_model::profile::Speaks;
use assay_model::safety::{Method, Safety};

use crate::traffic::{Judged, Match, Talk, Traffic, Words, is_captured, word};

pub(super) const TEST: Test = Test {
    id: "security/standard-protocols",
    title: "Does the product speak standard protocols in current versions, as captures of its traffic show?",
    shows: &["DS(COM).2", "DS(COM).3", "DS(COM).7"],
    method: Method::Document,
    safety: Safety::Passive,
    reads: &["capture"],
    asks: &[],
    applies: is_captured,
    run: |bench| Box::pin(async move { run(&bench) }),
    sources: &["SP 800-53 SC-8", "EN 303 645 5.5-1", "RFC 9325 3.1"],
    limits: "whether the protocols are followed to the letter, and what is spoken inside protected connections",
};

/// The version of NTP that is current (RFC 5905), and the one before, whose clients ask in the same form.
const NTP: [u8; 2] = [3, 4];
/// The version of SNMP that is current (STD 62).
const SNMP: u8 = 3;
/// Versions of QUIC (RFC 9000, RFC 9369); 0 is a negotiation.
const QUIC: [u32; 3] = [0, 1, 0x6b33_43cf];
/// The level of MQTT from which on it is a standard (3.1.1).
const MQTT: u8 = 4;

fn run(bench: &Bench) -> Outcome {
    let (traffic, profile, policy) = (Traffic::read(bench, &[], |_| true)?, bench.profile(), bench.policy());
    let mut judged = Judged::with(traffic.open());
    let (mut spoken, mut begun, mut protected) = (BTreeSet::new(), 0, 0);
    for talk in traffic.talks().filter(Talk::has_content) {
        if talk.flow.protocol == Protocol::Unclassified {
            let own = Match::of(&talk, &traffic.component, &profile);
            if !own.is_some_and(is_proprietary) {
                let what = "was not recognised: declare it as tcp or udp if it is a protocol of its own";
                judged.leave_open(format!("what is spoken in {talk} {what}"));
            }
            continue;
        }
        match old(&talk, &policy.tls) {
            Some(what) => judged.offend(format!("{talk} is in {what}: use a current version")),
            None => {
                spoken.insert(word(&talk.flow.protocol));
            }
        }
        begun += usize::from(talk.outward && talk.flow.received.bytes > 0);
        protected += usize::from(talk.flow.protects);
    }
    for (count, what) in [(begun, "connection that the component began and that was answered"), (protected, "protected connection")] {
        if count == 0 {
            judged.leave_open(format!("no {what} was captured: capture the component while it talks to its peers"));
        }
    }
    let spoken = spoken.into_iter().collect::<Vec<_>>().join(", ");
    let control = traffic
        .seen
        .control(format!("protocols were told by the form of what was sent, not by ports, and their versions read from it: {spoken}"));
    let words = Words {
        met: format!("all flows speak standard protocols; the component began {begun} that were answered, and {protected} are protected"),
        expected: "standard protocols in current versions, or protocols of its own that are declared",
        observed: spoken,
    };
    judged.rule(traffic.seen.clone(), control, words)
}

/// Whether a protocol that Assay does not know was declared as such.
fn is_proprietary(found: Match<'_>) -> bool {
    let own = |speaks: Speaks| matches!(speaks, Speaks::Tcp | Speaks::Udp);
    match found {
        Match::Outbound(outbound) => own(outbound.speaks),
        Match::Interface(interface) => own(interface.speaks),
        Match::Upkeep | Match::Unclear => false,
    }
}

/// The version of a flow, if it is not current.
fn old(talk: &Talk<'_>, policy: &TlsPolicy) -> Option<String> {
    match &talk.flow.detail {
        // versions of TLS grow with their numbers, those of DTLS shrink
        Detail::Tls(tls) => {
            let least = if policy.min_version.value == "1.3" { 0x0304 } else { 0x0303 };
            let version = tls.server?.version;
            (version < least).then(|| match version {
                0x0302 => "TLS 1.1".to_owned(),
                0x0301 => "TLS 1.0".to_owned(),
                _ => "SSL".to_owned(),
            })
        }
        Detail::Dtls(dtls) => dtls.server.filter(|hello| hello.version > 0xfefd).map(|_| "DTLS 1.0".to_owned()),
        Detail::Ntp(ntp) => (!NTP.contains(&ntp.version)).then(|| format!("version {}", ntp.version)),
        Detail::Snmp(snmp) => (snmp.version != SNMP).then(|| format!("version {}", snmp.version)),
        Detail::Quic(version) => (!QUIC.contains(version)).then(|| format!("the unpublished version {version:#x}")),
        Detail::Mqtt(mqtt) => (mqtt.level < MQTT).then(|| "version 3.1".to_owned()),
        // 1.99 stands for 2 that also speaks 1 (RFC 4253, section 5.1)
        Detail::Ssh(ssh) => {
            let is_first = |greeting: &&String| greeting.starts_with("SSH-1.") && !greeting.starts_with("SSH-1.99");
            [&ssh.client, &ssh.server].into_iter().flatten().find(is_first).map(|_| "version 1".to_owned())
        }
        _ => None,
    }
}
