//! Does the product offer only strong versions and suites when it connects over TLS, as captures show?

use std::collections::BTreeSet;

use assay_capture::{ClientHello, Detail};
use assay_engine::{Bench, Outcome, Test};
use assay_model::safety::{Method, Safety};

use super::judge::{Judgement, Words, hello, some_of};
use crate::traffic::{Traffic, is_captured};

pub(super) const TEST: Test = Test {
    id: "protection/captured-hellos",
    title: "Does the product offer only strong versions and suites when it connects over TLS, as captures show?",
    shows: &["DP(STX).1.a"],
    method: Method::Document,
    safety: Safety::Passive,
    reads: &["capture"],
    asks: &[],
    applies: is_captured,
    run: |bench| Box::pin(async move { run(&bench) }),
    sources: &["RFC 9325", "RFC 7925", "RFC 9155"],
    limits: "connections that were not captured, and whether the product verifies the certificates of its peers",
};

fn run(bench: &Bench) -> Outcome {
    let (traffic, policy) = (Traffic::read(bench, &[], |_| true)?, bench.policy());
    let mut judged = Judgement { open: traffic.open(), ..Judgement::default() };
    let mut known: Vec<&ClientHello> = Vec::new();
    let mut peers = BTreeSet::new();
    for talk in traffic.talks().filter(|talk| talk.outward) {
        let (tls, datagrams) = match &talk.flow.detail {
            Detail::Tls(tls) => (tls, false),
            Detail::Dtls(tls) => (tls, true),
            _ => continue,
        };
        let Some(offered) = &tls.client else {
            judged.leave_open(format!("the hello of {talk} was not captured: capture the connection from its beginning"));
            continue;
        };
        peers.insert(talk.to_string());
        // the same hello again says nothing new
        if !known.iter().any(|each| each.suites == offered.suites && each.supported_versions == offered.supported_versions) {
            known.push(offered);
            hello(&mut judged, &talk.to_string(), offered, &policy, traffic.component.constrained, datagrams);
        }
    }
    if known.is_empty() {
        judged.leave_open("no hello of the component was captured: capture it while it connects to its peers over TLS");
    }
    judged.open.dedup();
    let suites: Vec<String> = known.iter().flat_map(|each| &each.suites).map(|id| assay_probes::tls::Suite::of(*id).name).collect();
    let control = (!known.is_empty()).then(|| {
        format!(
            "the hellos of {} were read whole, with all {} suites that they offer",
            some_of(&peers.iter().collect::<Vec<_>>()),
            suites.len()
        )
    });
    let words = Words {
        met: "every hello offers versions and suites that the policy allows, and nothing else".to_owned(),
        expected: format!("TLS {} or newer, and none of the forbidden suites", policy.tls.min_version.value),
        observed: some_of(&suites),
        source: policy.tls.min_version.source.clone(),
    };
    judged.rule(traffic.seen.clone(), control, words)
}
