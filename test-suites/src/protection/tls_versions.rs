//! Which versions of TLS are accepted?

use assay_engine::{Bench, Outcome, Test};
use assay_model::safety::{Method, Safety};

use super::judge::{self, Words, label};
use super::tls::{accepted_beside, applies, survey, versions_in_words};

pub(super) const TEST: Test = Test {
    id: "protection/tls-versions",
    title: "Which versions of TLS are accepted?",
    shows: &["DP(CRY).1", "DP(STX).1.a"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["RFC 9325 3.1.1", "SP 800-52r2 3.1"],
    limits: "what the server accepts from clients that know something this one does not, such as a certificate of theirs",
};

async fn run(bench: Bench) -> Outcome {
    let (survey, seen) = survey(&bench).await?;
    let policy = bench.policy();
    let least = label(&policy.tls.min_version.value);
    let must = policy.tls.must_offer.value.iter().map(|version| label(version)).collect::<Vec<_>>();
    let words = Words {
        met: format!("no version older than {least} is accepted"),
        expected: format!(
            "{least} or newer only; to be accepted in any case: {}",
            if must.is_empty() { "none".to_owned() } else { must.join(", ") }
        ),
        observed: versions_in_words(&survey),
        source: policy.tls.min_version.source.clone(),
    };
    judge::versions(&survey, &policy.tls).rule(seen, accepted_beside(&survey), words)
}
