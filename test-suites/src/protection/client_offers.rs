//! What does the product offer as a client of TLS?

use assay_engine::{Bench, Outcome, Stop, Test};
use assay_model::profile::Purpose;
use assay_model::safety::{Method, Safety};
use assay_probes::peer::{Face, Offer};

use super::judge::{self, Judgement, Words};
use crate::peers::{Stand, applies, over_tls};

pub(super) const TEST: Test = Test {
    id: "protection/client-offers",
    title: "What does the product offer as a client of TLS?",
    shows: &["DP(CRY).1", "DP(CRY).5"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["RFC 9325 3.1.1, 4", "SP 800-52r2 4", "RFC 7925 4"],
    limits: "peers in whose place the laboratory does not stand, and what the product would offer only after a first hello had failed",
};

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let mut all: Vec<(String, Offer)> = Vec::new();
    let (mut spoken, mut absent) = (true, Vec::new());
    for outbound in over_tls(&component) {
        let mut stand = Stand::open(&bench, &component, outbound, Purpose::Connect).await?;
        let mint = stand.mint()?;
        let round = stand.show(&Face::Secure(mint.genuine()?)).await?;
        spoken &= round.went_on().is_some();
        let offers: Vec<_> = round.visits.into_iter().filter_map(|visit| visit.offer).collect();
        if offers.is_empty() {
            absent.push(stand.absent());
        }
        for offer in offers {
            let named = (format!("the hello to `{}`", outbound.id), offer);
            if !all.contains(&named) {
                all.push(named);
            }
        }
    }
    let seen = bench.record("what the product offers", &all)?;
    if all.is_empty() {
        return Err(Stop::Inconclusive(absent.join("; ")));
    }
    let (policy, mut judged) = (bench.policy(), Judgement::default());
    for (place, offer) in &all {
        judge::offers(&mut judged, place, offer, &policy.tls, &policy.certificate, component.constrained);
    }
    for why in absent {
        judged.leave_open(why);
    }
    let words = Words {
        met: "what the product offers is what the policy allows".to_owned(),
        expected: format!("TLS {} or newer; no suite with {}", policy.tls.min_version.value, policy.tls.forbidden_suites.value.join(", ")),
        observed: all.iter().map(|(place, offer)| in_words(place, offer)).collect::<Vec<_>>().join("; "),
        source: policy.tls.forbidden_suites.source.clone(),
    };
    let control = "with such an offer the product came to terms with the laboratory's own peer and sent data: the hello is its real one";
    judged.rule(seen, spoken.then(|| control.to_owned()), words)
}

fn in_words(place: &str, offer: &Offer) -> String {
    let suites: Vec<_> = offer.suites.iter().map(|suite| suite.name.as_str()).collect();
    format!("{place}: TLS {}; {}", offer.versions.join(", "), judge::some_of(&suites))
}
