//! Are web pages given over TLS only, and are browsers told to insist on it?

use std::net::IpAddr;

use assay_engine::{Applies, Bench, Finding, Outcome, Seen, Stop, Subject, Test};
use assay_model::profile::{Component, Interface, LoginKind, Speaks};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{Client, Request};
use assay_wire::{Error, Permit};

use super::judge::{self, Heard, Judgement, Words};

pub(super) const TEST: Test = Test {
    id: "protection/http-transport",
    title: "Are web pages given over TLS only, and are browsers told to insist on it?",
    shows: &["DP(STX).2"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject: &Subject<'_>| Applies::from(subject.interface().is_some_and(|(_, interface)| interface.speaks.is_http())),
    run: |bench| Box::pin(run(bench)),
    sources: &["RFC 6797 6.1.1, 7", "OMB M-15-13", "SP 800-53 SC-8"],
    limits: "pages that the profile does not name, plain ports other than 80 and the declared ones, and mixed content",
};

/// Where browsers go when nobody says https.
const PLAIN: u16 = 80;
/// The most paths that are asked for.
const MOST_PATHS: usize = 12;

async fn run(bench: Bench) -> Outcome {
    let (component, interface) = (bench.component()?, bench.interface()?);
    if interface.speaks == Speaks::Http { plain(&bench, &interface).await } else { secured(&bench, &component, &interface).await }
}

/// The front page and what the profile names, harmless requests only.
fn paths(interface: &Interface) -> Vec<String> {
    let reading = interface.operations.iter().filter(|operation| operation.method.eq_ignore_ascii_case("GET"));
    let login = interface.login.as_ref().and_then(|login| login.path.clone());
    let mut paths = vec!["/".to_owned()];
    for path in login.into_iter().chain(reading.map(|operation| operation.path.clone())) {
        if !paths.contains(&path) && paths.len() < MOST_PATHS {
            paths.push(path);
        }
    }
    paths
}

/// What was answered, and why it broke off, if it did.
async fn ask(permit: Permit, paths: &[String]) -> (Vec<Heard>, Option<Error>) {
    let mut client = Client::new(permit);
    let mut heard = Vec::new();
    for path in paths {
        match client.send(&Request::get(path)).await {
            Ok(answer) => heard.push(Heard::of(path, &answer)),
            Err(error) => return (heard, Some(error)),
        }
    }
    (heard, None)
}

/// An interface that is declared to be without TLS.
async fn plain(bench: &Bench, interface: &Interface) -> Outcome {
    let (heard, trouble) = ask(bench.permit()?, &paths(interface)).await;
    let seen = bench.record("what the plain port answers", &heard)?;
    let mut judged = Judgement::default();
    judge::in_clear(&mut judged, &format!("port {}", interface.port), &heard);
    let secrets = interface.login.is_some() || interface.operations.iter().any(|operation| !operation.is_public());
    let found = heard.iter().any(|each| each.asks || !each.cookies.is_empty());
    if let Some(error) = trouble.filter(|_| !judged.offends() || (!secrets && !found)) {
        return Err(error.into());
    }
    if !secrets && !found && heard.iter().any(|each| each.access.is_granted()) {
        let reason = "it gives public things only: no log-in is declared or seen, and every declared operation is public".to_owned();
        return seen.not_applicable(Finding { reason, observed: in_words(&heard), ..Finding::default() });
    }
    let login = interface.login.as_ref().and_then(|login| login.path.as_deref());
    for each in heard.iter().filter(|each| login == Some(each.path.as_str()) && !each.leads_to_tls()) {
        let what = format!("the log-in is declared at {} without TLS, and a GET there was {}", each.path, each.access);
        judged.leave_open(format!("{what}: whether it takes a password in clear must be tried by hand"));
    }
    let control = heard.first().map(|_| {
        format!("{} harmless requests to this port were answered, none with more than a refusal or a redirect to https", heard.len())
    });
    judged.rule(seen, control, words(&heard))
}

/// An interface with TLS: what it tells browsers, and what the usual plain port of the same host gives.
async fn secured(bench: &Bench, component: &Component, interface: &Interface) -> Outcome {
    let permit = bench.permit()?;
    let (heard, trouble) = ask(permit.clone(), &paths(interface)).await;
    let mut seen = bench.record("what is answered over TLS", &heard)?;
    if let Some(error) = trouble {
        return Err(error.into());
    }
    let mut judged = Judgement::default();
    let for_browsers = heard.iter().any(|each| each.html && matches!(each.status, 200..=299))
        || interface.login.as_ref().is_some_and(|login| matches!(login.kind, LoginKind::Form | LoginKind::Basic | LoginKind::Digest));
    match permit.declared_name().filter(|name| name.parse::<IpAddr>().is_err()) {
        None => judged.note("Strict-Transport-Security was not looked for: it counts on named hosts only, and no tls_name is declared"),
        Some(_) if !for_browsers => judged.note("Strict-Transport-Security was not looked for: nothing here is made for browsers"),
        Some(_) => judge::strict_transport(&mut judged, &heard, &bench.policy().access),
    }
    if !component.interfaces.iter().any(|each| each.port == PLAIN && !each.speaks.is_udp()) {
        seen = seen.and(usual_port(bench, component, interface, &mut judged).await?);
    }
    let strict = heard
        .iter()
        .find(|each| !each.hsts.is_empty())
        .map_or_else(String::new, |each| format!(", {} with {}", each.path, each.hsts.join(", ")));
    let control = format!("{} requests over TLS were answered and their header fields read{strict}", heard.len());
    judged.rule(seen, Some(control), words(&heard))
}

/// Asks the port that browsers try first. Where nothing answers there, nothing is given in clear.
async fn usual_port(bench: &Bench, component: &Component, interface: &Interface, judged: &mut Judgement) -> Result<Seen, Stop> {
    let (heard, trouble) = ask(bench.permit_port(component, PLAIN)?, &paths(interface)).await;
    judge::in_clear(judged, &format!("port {PLAIN} of the same host"), &heard);
    let seen = bench.record("what port 80 answers", &(&heard, trouble.as_ref().map(ToString::to_string)))?;
    let nothing = format!("port {PLAIN} of the same host gives nothing");
    match trouble {
        Some(error) if !judged.offends() && (error.is_ours() || matches!(error, Error::Budget(_))) => return Err(error.into()),
        None | Some(Error::Refused(_)) => {}
        Some(error @ (Error::Unreachable(..) | Error::Malformed { .. } | Error::TimedOut { what: "connection", .. }))
            if heard.is_empty() =>
        {
            judged.note(format!("{nothing}: {error}"));
        }
        Some(error) => judged.leave_open(format!("it could not be told what port {PLAIN} of the same host gives: {error}")),
    }
    Ok(seen)
}

fn words(heard: &[Heard]) -> Words {
    Words {
        met: "nothing is given or asked for without TLS".to_owned(),
        expected: "plain ports closed, refusing, or redirecting to https; Strict-Transport-Security on named hosts".to_owned(),
        observed: in_words(heard),
        source: "SP 800-53 SC-8; OMB M-15-13".to_owned(),
    }
}

fn in_words(heard: &[Heard]) -> String {
    judge::some_of(&heard.iter().map(|each| format!("{} {}", each.path, each.access)).collect::<Vec<_>>())
}
