//! Does TLS have flaws that are known by name?

use assay_engine::{Bench, Outcome, Test};
use assay_model::safety::{Method, Safety};
use assay_probes::tls::{Request, Survey, look_deeper};

use super::judge::{self, Words};
use super::tls::{accepted_beside, applies, survey};

const SOURCES: &[&str] = &["CVE-2009-3555", "CVE-2014-0160", "CVE-2014-0224", "CVE-2016-9244", "RFC 5246 6.2.3.2, 7.4.7.1", "RFC 7457 2"];

pub(super) const TEST: Test = Test {
    id: "protection/tls-flaws",
    title: "Does TLS have flaws that are known by name?",
    shows: &["DP(CRY).1"],
    method: Method::Probe,
    safety: Safety::Disruptive,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: SOURCES,
    limits: "flaws that show in the time an answer takes, and CBC suites with other ciphers than AES",
};

async fn run(bench: Bench) -> Outcome {
    let (mut survey, seen) = survey(&bench).await?;
    let permit = bench.permit()?;
    let request = Request { name: permit.declared_name().map(str::to_owned), ..Request::default() };
    look_deeper(&permit, &request, &mut survey).await?;
    let looked = bench.record("sessions and known flaws", &survey)?;
    let words = Words {
        met: "none of the known flaws was seen".to_owned(),
        expected: "no heartbeat, session id or change of cipher is taken amiss, and no malformed message is told from another".to_owned(),
        observed: judge::flaws_in_words(&survey),
        source: SOURCES.join("; "),
    };
    judge::flaws(&survey).rule(looked.and(seen), control(&survey), words)
}

/// What the server answered after all looks, or beside them.
fn control(survey: &Survey) -> Option<String> {
    let flaws = survey.flaws.as_ref()?;
    let checks = [&flaws.heartbleed, &flaws.ccs_injection, &flaws.robot, &flaws.ticketbleed, &flaws.padding_oracle];
    checks.into_iter().find_map(|check| check.control.clone()).or_else(|| accepted_beside(survey))
}
