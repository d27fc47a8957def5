//! Does the product turn away from peers that speak only old or weak TLS?

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};
use assay_probes::peer::{Face, Flight};

use crate::peers::faces::{look, rule};
use crate::peers::{Mint, applies, over_tls};

/// RSA key exchange with AES in CBC mode: what servers of TLS 1.1 have.
const OLD_SUITES: [u16; 2] = [0x002f, 0x0035];
/// RSA key exchange with 3DES, RC4 or no encryption: no policy allows them.
const WEAK_SUITES: [u16; 5] = [0x000a, 0x0005, 0x0004, 0x003b, 0x0002];

pub(super) const TEST: Test = Test {
    id: "protection/weak-peers",
    title: "Does the product turn away from peers that speak only old or weak TLS?",
    shows: &["LA(XCN).4", "DP(STX).1.a"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["RFC 9325 3.1.1, 4.1", "RFC 8996", "SP 800-53 SC-8(1)"],
    limits: "old versions and weak suites with another key exchange than RSA; peers in whose place the laboratory does not stand",
};

async fn run(bench: Bench) -> Outcome {
    let outbounds: Vec<_> = over_tls(&bench.component()?).cloned().collect();
    let (all, seen) = look(&bench, &outbounds, Purpose::Connect, weak_ones).await?;
    let words = Finding {
        reason: "the product turned away from old versions and weak suites".to_owned(),
        expected: "a handshake of at least the least version of the policy, with a suite that it does not forbid".to_owned(),
        source: bench.policy().tls.min_version.source.clone(),
        ..Finding::default()
    };
    rule(seen, &all, &words, "turn TLS 1.1 and suites with 3DES, RC4 or without encryption off in the product's client")
}

fn weak_ones(mint: &Mint) -> Result<Vec<(String, Face)>, Stop> {
    let chain = mint.rsa_chain()?;
    let face = |what: &str, version, suites: &[u16]| {
        let flight = Flight { version, suites: suites.to_vec(), chain: chain.clone() };
        (format!("a peer that speaks {what} only"), Face::Bad(flight))
    };
    Ok(vec![face("TLS 1.1", 0x0302, &OLD_SUITES), face("weak suites", 0x0303, &WEAK_SUITES)])
}
