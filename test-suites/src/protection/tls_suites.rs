//! Which cipher suites does TLS accept?

use assay_engine::{Bench, Outcome, Test};
use assay_model::safety::{Method, Safety};

use super::judge::{self, Words, label, some_of};
use super::tls::{accepted_beside, applies, survey};

pub(super) const TEST: Test = Test {
    id: "protection/tls-suites",
    title: "Which cipher suites does TLS accept?",
    shows: &["DP(CRY).1", "DP(CRY).5"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["RFC 9325 4.1, 4.2", "SP 800-52r2 3.3.1", "RFC 7925 4"],
    limits: "suites that no registry and no list in common use knows, and suites given only to clients with a certificate or key of theirs",
};

async fn run(bench: Bench) -> Outcome {
    let (survey, seen) = survey(&bench).await?;
    let (policy, component) = (bench.policy(), bench.component()?);
    let observed = survey.suites.iter().map(|(version, suites)| {
        let names: Vec<_> = suites.iter().map(|suite| suite.name.as_str()).collect();
        format!("{}: {}", label(version), some_of(&names))
    });
    let words = Words {
        met: "every accepted suite has the properties that the policy asks for".to_owned(),
        expected: format!("no suite with {}; at least one with authenticated encryption", policy.tls.forbidden_suites.value.join(", ")),
        observed: observed.collect::<Vec<_>>().join("; "),
        source: policy.tls.forbidden_suites.source.clone(),
    };
    judge::suites(&survey, &policy.tls, component.constrained).rule(seen, accepted_beside(&survey), words)
}
