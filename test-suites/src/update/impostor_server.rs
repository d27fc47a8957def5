//! Does the product ask impostors of its update server for updates?

use assay_engine::{Bench, Finding, Outcome, Test};
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};

use crate::peers::faces::{impostors, look, rule};
use crate::peers::for_updates;

pub(super) const TEST: Test = Test {
    id: "update/impostor-server",
    title: "Does the product ask impostors of its update server for updates?",
    shows: &["SU(UPD).5"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| for_updates(component).next().is_some()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 SC-8", "EN 303 645 5.3-7", "RFC 9525"],
    limits: "whether what a genuine server sends is verified by itself (update/altered-package looks at that), and revoked certificates",
};

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let outbounds: Vec<_> = for_updates(&component).cloned().collect();
    let (all, seen) = look(&bench, &outbounds, Purpose::CheckForUpdate, impostors).await?;
    let words = Finding {
        reason: "the product asked no impostor for updates".to_owned(),
        expected: "updates are asked for at the genuine server alone".to_owned(),
        ..Finding::default()
    };
    rule(seen, &all, &words, "verify the certificate of the update server in full before anything is asked for")
}
