//! Does the component end connections on which nothing is said, and serve others meanwhile and afterwards?

use std::time::Duration;

use assay_engine::{Applies, Bench, Finding, Outcome, Stop, Subject, Test};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{Client, Request};
use assay_wire::{Error, Link, Permit};
use serde::Serialize;

/// What an end may be late by.
const SLACK: Duration = Duration::from_secs(1);
/// What is waited for an end that is later still, so that a busy machine is not taken for a connection that is kept.
const LATE: Duration = Duration::from_secs(5);
/// A request that is never finished.
const HALF: &[u8] = b"GET / HTTP/1.1\r\nHost: ";

pub(super) const TEST: Test = Test {
    id: "security/connection-release",
    title: "Does the component end connections on which nothing is said, and serve others meanwhile and afterwards?",
    shows: &["DS(COM).4", "DS(COM).5"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 SC-10"],
    limits: "connections before TLS stands, and more of them than the budget allows",
};

fn applies(subject: &Subject<'_>) -> Applies {
    let Some((_, interface)) = subject.interface() else { return Applies::Elsewhere };
    (interface.speaks.is_http() && interface.idle_seconds.is_some()).into()
}

/// A connection on which nothing more was said, and when the component ended it.
#[derive(Debug, Clone, Serialize)]
struct Left {
    how: &'static str,
    /// Milliseconds after the last byte was sent; none when it still stood at the end.
    ended_after_ms: Option<i128>,
}

async fn run(bench: Bench) -> Outcome {
    let idle = Duration::from_secs(bench.interface()?.idle_seconds.unwrap_or_default());
    let permit = bench.permit()?;
    let first = status(&permit).await?;
    let (silent, half) =
        tokio::join!(leave(&bench, &permit, "idle", b"", idle), leave(&bench, &permit, "in the middle of a request", HALF, idle));
    let left = [silent?, half?];
    let seen = bench.record("connections that were left alone", &left)?;
    for _ in 1..permit.most_connections() {
        connect(&permit).await?.abandon();
    }
    let last = status(&permit).await;
    let seen = seen.and(bench.record("a request after clients that vanished", &(first, last.as_ref().ok()))?);
    let finding = |reason: String| Finding {
        reason,
        expected: format!("ended within the declared {} s, and a new client served", idle.as_secs()),
        observed: left.iter().map(told).collect::<Vec<_>>().join("; "),
        ..Finding::default()
    };
    if let Some(kept) = left.iter().find(|each| each.ended_after_ms.is_none()) {
        return seen.fail(finding(format!(
            "a connection left {} still stood {} s after the declared time: end it",
            kept.how,
            (idle + LATE).as_secs()
        )));
    }
    if last? >= 500 {
        return seen.fail(finding("after clients that vanished a new one was not served: give connections free at once".to_owned()));
    }
    let due = 100..=i128::try_from((idle + SLACK).as_millis()).unwrap_or(i128::MAX);
    if left.iter().any(|each| each.ended_after_ms.is_some_and(|after| !due.contains(&after))) {
        let what = "a connection ended at once, or later than declared: it may have ended for another reason, or the machine was busy";
        return seen.inconclusive(finding(what.to_owned()));
    }
    let control =
        seen.control("requests on new connections were answered before and after, so that the end was not one of the whole service");
    seen.pass(control, finding("idle and half-open connections were ended, and new ones were served".to_owned()))
}

async fn status(permit: &Permit) -> Result<u16, Stop> {
    Ok(Client::new(permit.clone()).send(&Request::get("/")).await?.status)
}

async fn connect(permit: &Permit) -> Result<Link, Stop> {
    Ok(permit.stream().await?)
}

/// Sends these bytes, and waits until the component ends the connection, or for longer than declared.
async fn leave(bench: &Bench, permit: &Permit, how: &'static str, bytes: &[u8], idle: Duration) -> Result<Left, Stop> {
    let mut link = connect(permit).await?;
    if !bytes.is_empty() {
        link.send(bytes).await?;
    }
    let from = bench.now();
    link.set_patience(idle * 2 + LATE);
    let ended_after_ms = loop {
        match link.receive().await {
            // a farewell, such as status 408, comes before the end
            Ok(_) => {}
            Err(Error::Closed(_) | Error::Reset(_)) => break Some((bench.now() - from).whole_milliseconds()),
            Err(Error::TimedOut { .. }) => break None,
            Err(error) => return Err(error.into()),
        }
        if bench.now() - from > idle * 2 + LATE {
            break None;
        }
    };
    Ok(Left { how, ended_after_ms })
}

fn told(each: &Left) -> String {
    let end = each.ended_after_ms.map_or_else(|| "not ended".to_owned(), |after| format!("ended after {after} ms"));
    format!("{}: {end}", each.how)
}
