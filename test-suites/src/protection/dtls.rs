//! Which versions and suites does DTLS accept, and does it ask for a cookie?

use assay_engine::{Applies, Bench, Outcome, Seen, Stop, Subject, Test};
use assay_model::safety::{Method, Safety};
use assay_probes::dtls::{DtlsSurvey, Reply};

use super::judge::{self, Words};
use crate::coaps;

pub(super) const TEST: Test = Test {
    id: "protection/dtls",
    title: "Which versions and suites does DTLS accept, and does it ask for a cookie?",
    shows: &["DP(CRY).1", "DP(STX).1.a"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["RFC 9325 3.1.2, 3.3, 3.5, 4.1", "RFC 6347 4.2.1", "RFC 9147 5.1", "RFC 7925 4.2, 4.4", "RFC 9155"],
    limits: "what happens inside a session, and renegotiation in one",
};

fn applies(subject: &Subject<'_>) -> Applies {
    subject.interface().is_some_and(|(_, interface)| interface.speaks.is_dtls()).into()
}

/// The survey of the interface, made once for all tests of this family.
pub(super) async fn survey(bench: &Bench) -> Result<(DtlsSurvey, Seen), Stop> {
    coaps::survey(bench, &bench.component()?, &bench.interface()?).await
}

async fn run(bench: Bench) -> Outcome {
    let (survey, seen) = survey(&bench).await?;
    let (policy, component) = (bench.policy(), bench.component()?);
    let names: Vec<_> = survey.all_suites().iter().map(|suite| suite.name.as_str()).collect();
    let words = Words {
        met: "versions, suites, groups and signatures fit the policy, and a cookie is asked for before anything else".to_owned(),
        expected: format!("DTLS {} or newer only, a cookie first, suites as for TLS", policy.tls.dtls_min_version.value),
        observed: format!("{}; cookie: {}; suites: {}", versions(&survey), word(survey.cookie), judge::some_of(&names)),
        source: policy.tls.dtls_min_version.source.clone(),
    };
    let control = names.first().filter(|_| survey.cookie.is_some()).map(|suite| {
        format!(
            "of {} hellos to this port the server answered those with {suite} in the same run, and its first answer was read",
            survey.hellos
        )
    });
    judge::dtls(&survey, &policy, component.constrained).rule(seen, control, words)
}

fn versions(survey: &DtlsSurvey) -> String {
    let each = survey.versions.iter().map(|(name, reply)| match reply {
        Reply::Accepted => format!("DTLS {name} accepted"),
        Reply::Refused { how } => format!("DTLS {name} refused ({how})"),
        Reply::Silent => format!("DTLS {name} not answered, though other hellos were"),
    });
    each.collect::<Vec<_>>().join(", ")
}

fn word(cookie: Option<bool>) -> &'static str {
    match cookie {
        Some(true) => "asked for",
        Some(false) => "not asked for",
        None => "not seen",
    }
}
