//! Anonymous sessions: is anybody served on MQTT, FTP or CoAP without a credential?

use assay_engine::{Bench, Finding, Outcome, Seen, Stop, Test};
use assay_model::profile::Speaks;
use assay_model::safety::{Method, Safety};
use assay_probes::mqtt::{self, Connect, Connected};
use assay_probes::{ftp, outcome::Accepted};
use assay_wire::Error;
use serde::Serialize;

use super::anonymous_coap;
use super::door::{self, Door};

pub(super) const TEST: Test = Test {
    id: "access/anonymous-session",
    title: "Nobody is served without a credential",
    shows: &["LA(AUN).1"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| {
        let speaks = subject.interface().map(|(_, interface)| interface.speaks);
        speaks.is_some_and(|speaks| speaks.is_mqtt() || speaks.is_coap() || speaks == Speaks::Ftp).into()
    },
    run: |bench| Box::pin(run(bench)),
    sources: &[SOURCE],
    limits: "CoAP resources that are neither declared nor listed, methods other than GET, and other protocols than MQTT, FTP and CoAP",
};

const SOURCE: &str = "SP 800-53 IA-2; EN 303 645 5.5-5";

/// What became of an attempt without a credential.
#[derive(Debug, Clone, Serialize)]
pub(super) enum Served {
    /// It was served.
    Yes,
    /// It was turned away, in these words.
    No(String),
    /// Neither can be told, because ...
    Unclear(String),
}

/// What was tried; what is recorded.
#[derive(Debug, Default, Serialize)]
pub(super) struct Facts {
    /// Attempts without a credential, and what became of them.
    pub(super) attempts: Vec<(String, Served)>,
    /// What shows that the same question can be answered, or why nothing does.
    pub(super) control: Option<Result<String, String>>,
}

async fn run(bench: Bench) -> Outcome {
    let interface = bench.interface()?;
    let mut facts = Facts::default();
    let asked = match interface.speaks {
        Speaks::Coap => anonymous_coap::plain(&bench, &mut facts).await,
        Speaks::Coaps => anonymous_coap::secure(&bench, &mut facts).await,
        Speaks::Ftp => ftp_session(&bench, &mut facts).await,
        _ => mqtt_session(&bench, &mut facts).await,
    };
    let seen = bench.record("attempts without a credential", &facts)?;
    judge(facts, asked, seen)
}

fn judge(facts: Facts, asked: Result<(), Stop>, seen: Seen) -> Outcome {
    let finding = |reason: String, observed: String| Finding {
        reason,
        expected: "attempts without a credential are turned away".to_owned(),
        observed,
        source: SOURCE.to_owned(),
    };
    let served: Vec<_> = facts.attempts.iter().filter(|(_, served)| matches!(served, Served::Yes)).map(|(what, _)| what.as_str()).collect();
    if !served.is_empty() {
        let what = served.join(", ");
        let reason = format!("served without a credential: {what}: ask for a log-in there, or declare it as public if it is meant to be");
        return seen.fail(finding(reason, what));
    }
    asked?;
    let words = facts.attempts.iter().map(|(what, served)| match served {
        Served::Yes => what.clone(),
        Served::No(how) | Served::Unclear(how) => format!("{what}: {how}"),
    });
    let observed = words.collect::<Vec<_>>().join("; ");
    if let Some((what, Served::Unclear(why))) = facts.attempts.iter().find(|(_, served)| matches!(served, Served::Unclear(_))) {
        return seen.inconclusive(finding(format!("{what} got no clear answer: {why}"), observed));
    }
    match facts.control {
        Some(Ok(control)) => {
            let control = seen.control(control);
            seen.pass(control, finding("attempts without a credential were turned away".to_owned(), observed))
        }
        Some(Err(why)) => seen.inconclusive(finding(why, observed)),
        None => {
            seen.inconclusive(finding("nothing shows that anybody would be served: add an account of this interface".to_owned(), observed))
        }
    }
}

async fn mqtt_session(bench: &Bench, facts: &mut Facts) -> Result<(), Stop> {
    let served = match mqtt::connect_any(&bench.permit()?, &Connect::anonymous("assay")).await {
        Ok((_, Connected::Accepted(_))) => Served::Yes,
        Ok((_, Connected::Refused(code))) if code.is_about_rights() => Served::No(code.name),
        Ok((_, Connected::Refused(code))) => Served::Unclear(format!("the broker refused with `{}`", code.name)),
        Ok((_, Connected::Closed)) => Served::No("hung up".to_owned()),
        Err(error) => unclear(error)?,
    };
    facts.attempts.push(("an MQTT client without user and password".to_owned(), served));
    facts.control = account(bench).await?;
    Ok(())
}

async fn ftp_session(bench: &Bench, facts: &mut Facts) -> Result<(), Stop> {
    for user in ["anonymous", "ftp"] {
        let served = match ftp::log_in(&bench.permit()?, user, "assay@example.org").await {
            Ok(attempt) => match attempt.accepted {
                Accepted::Accepted => Served::Yes,
                Accepted::Refused => Served::No("refused".to_owned()),
                other => Served::Unclear(door::words(&other)),
            },
            Err(error) => unclear(error)?,
        };
        facts.attempts.push((format!("the FTP user `{user}`"), served));
    }
    facts.control = account(bench).await?;
    Ok(())
}

/// Trouble that is not ours, as an answer that says neither.
pub(super) fn unclear(error: Error) -> Result<Served, Stop> {
    if error.is_ours() { Err(error.into()) } else { Ok(Served::Unclear(error.to_string())) }
}

/// The control: an account of the profile is let in.
async fn account(bench: &Bench) -> Result<Option<Result<String, String>>, Stop> {
    let Some((account, secret)) = door::accounts(bench)?.into_iter().next() else { return Ok(None) };
    if door::service(&bench.interface()?).is_none() {
        return Ok(None);
    }
    let outcome = Door::open(bench)?.attempt(&account.user, &secret).await?;
    let words = format!("account `{}` {} on the same interface", account.id, door::words(&outcome));
    Ok(Some(if outcome.is_accepted() { Ok(words) } else { Err(words) }))
}
