//! Does the product turn away from impostors of its peers?

use assay_engine::{Bench, Finding, Outcome, Test};
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};

use crate::peers::faces::{impostors, look, rule};
use crate::peers::{applies, over_tls};

pub(super) const TEST: Test = Test {
    id: "protection/impostor-peers",
    title: "Does the product turn away from impostors of its peers?",
    shows: &["DP(CRY).2", "DS(COM).6", "DS(COM).7", "LA(XCN).4"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["RFC 9525", "RFC 5280 6", "SP 800-52r2 4.5", "EN 303 645 5.5-1"],
    limits: "peers in whose place the laboratory does not stand, revoked certificates, and signatures with SHA-1",
};

async fn run(bench: Bench) -> Outcome {
    let outbounds: Vec<_> = over_tls(&bench.component()?).cloned().collect();
    let (all, seen) = look(&bench, &outbounds, Purpose::Connect, impostors).await?;
    let words = Finding {
        reason: "the product turned away from every impostor before it sent anything".to_owned(),
        expected: "data for the genuine peer alone, and none for a peer whose certificate is not the right one".to_owned(),
        ..Finding::default()
    };
    rule(seen, &all, &words, "verify the chain, the name, the dates, the purpose and the key of the certificate before anything is sent")
}
