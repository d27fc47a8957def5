//! Is TLS protected against splicing, compression leaks and downgrade?

use assay_engine::{Bench, Outcome, Test};
use assay_model::safety::{Method, Safety};
use assay_probes::tls::Survey;

use super::judge::{self, Words};
use super::tls::{accepted_beside, applies, survey};

pub(super) const TEST: Test = Test {
    id: "protection/tls-safeguards",
    title: "Is TLS protected against splicing, compression leaks and downgrade?",
    shows: &["DP(STX).3"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["RFC 7627", "RFC 5746", "RFC 7507", "RFC 8446 4.1.3", "RFC 9325 3.3, 3.4, 3.5"],
    limits: "whether a client may renegotiate in a standing session, and flaws of the implementation",
};

async fn run(bench: Bench) -> Outcome {
    let (survey, seen) = survey(&bench).await?;
    let policy = bench.policy();
    let words = Words {
        met: "the safeguards that the accepted versions need are there".to_owned(),
        expected: "extended master secret and secure renegotiation, no compression, a downgrade marker where TLS 1.3 is accepted"
            .to_owned(),
        observed: in_words(&survey),
        source: policy.tls.extended_master_secret.source.clone(),
    };
    judge::safeguards(&survey, &policy.tls).rule(seen, accepted_beside(&survey), words)
}

fn in_words(survey: &Survey) -> String {
    let found = &survey.safeguards;
    let each = [
        ("extended master secret", found.extended_master_secret),
        ("renegotiation info", found.renegotiation_info),
        ("compression", found.compression),
        ("fallback value honoured", found.fallback_scsv),
        ("downgrade marker", found.downgrade_marker),
    ];
    let word = |value: Option<bool>| value.map_or("not asked", |yes| if yes { "yes" } else { "no" });
    each.map(|(name, value)| format!("{name}: {}", word(value))).join(", ")
}
