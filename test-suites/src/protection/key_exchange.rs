//! How does TLS agree on keys?

use assay_engine::{Bench, Outcome, Test};
use assay_model::safety::{Method, Safety};
use assay_probes::tls::{Group, Survey};

use super::judge::{self, Words};
use super::tls::{accepted_beside, applies, survey};

pub(super) const TEST: Test = Test {
    id: "protection/key-exchange",
    title: "How does TLS agree on keys?",
    shows: &["DP(CRY).1"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["RFC 9325 4.1, 4.2.1, 4.5", "RFC 7919", "SP 800-52r2 3.4.2.2"],
    limits: "whether the server makes a new key for each connection, and groups that have no number in the registry",
};

async fn run(bench: Bench) -> Outcome {
    let (survey, seen) = survey(&bench).await?;
    let (policy, component) = (bench.policy(), bench.component()?);
    let words = Words {
        met: "keys are agreed anew for each session, in groups of the policy".to_owned(),
        expected: format!("ephemeral keys; finite fields of {} bits or more; groups of the policy only", policy.tls.dh_min_bits.value),
        observed: groups_in_words(&survey),
        source: policy.tls.groups.source.clone(),
    };
    judge::key_exchange(&survey, &policy.tls, component.constrained).rule(seen, accepted_beside(&survey), words)
}

fn groups_in_words(survey: &Survey) -> String {
    let names = |groups: &[Group]| match groups {
        [] => "none".to_owned(),
        groups => groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>().join(", "),
    };
    format!("groups up to TLS 1.2: {}; in TLS 1.3: {}", names(&survey.groups_12), names(&survey.groups_13))
}
