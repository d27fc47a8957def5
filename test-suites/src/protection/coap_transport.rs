//! Does CoAP give private resources over DTLS only?

use std::collections::BTreeSet;

use assay_engine::{Applies, Bench, Outcome, Seen, Stop, Subject, Test};
use assay_model::profile::{Component, Interface, Operation, Speaks};
use assay_model::safety::{Method, Safety};
use assay_probes::coap::{Client, Request};
use assay_wire::{Error, Permit};
use serde::Serialize;

use super::judge::{self, Judgement, Words};
use crate::coaps;

pub(super) const TEST: Test = Test {
    id: "protection/coap-transport",
    title: "Does CoAP give private resources over DTLS only?",
    shows: &["DP(STX).2"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject: &Subject<'_>| {
        Applies::from(subject.component().is_some_and(|component| component.interfaces.iter().any(|interface| interface.speaks.is_coap())))
    },
    run: |bench| Box::pin(run(bench)),
    sources: &["RFC 7252 9", "RFC 7925 4", "SP 800-53 SC-8"],
    limits: "resources that are neither declared nor listed, methods other than GET, and object security (OSCORE)",
};

/// The port of CoAP without DTLS.
const PLAIN: u16 = 5683;
const DISCOVERY: &str = "/.well-known/core";
const SOURCE: &str = "RFC 7252 9; SP 800-53 SC-8";
/// The most resources that are asked for.
const MOST: usize = 64;

/// What a port without DTLS answers.
#[derive(Debug, Clone, Default, Serialize)]
struct Plain {
    port: u16,
    /// Why nothing can be asked there: the port is closed or silent.
    absent: Option<String>,
    /// The code that answers discovery.
    discovery: String,
    /// Paths, with the code that answers a GET of each; some resources answer late or never.
    answers: Vec<(String, String)>,
    /// Why not all was asked.
    #[serde(skip)]
    trouble: Option<Stop>,
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let mut judged = Judgement::default();
    let mut seen = bench.record("the declared private resources", &private(&component))?;
    let (mut controls, mut told) = (Vec::new(), Vec::new());
    for port in ports(&component) {
        let plain = ask_plain(&bench.permit_port(&component, port)?, &component).await?;
        seen = seen.and(bench.record(&format!("what port {port} answers without DTLS"), &plain)?);
        judge_plain(&mut judged, &plain, &component);
        told.push(in_words(&plain));
        if let Some(trouble) = plain.trouble.filter(|_| !judged.offends()) {
            return Err(trouble);
        }
        // only a resource that was given shows that one would have been seen
        if plain.discovery.starts_with('2') {
            controls.push(format!("discovery on port {port} was answered with {}", plain.discovery));
        }
    }
    for interface in component.interfaces.iter().filter(|each| each.speaks == Speaks::Coaps && !judged.offends()) {
        let (answer, record) = over_dtls(&bench, &component, interface).await?;
        seen = seen.and(record);
        controls.push(answer);
    }
    let words = Words {
        met: "private resources are given over DTLS only".to_owned(),
        expected: "without DTLS only discovery and declared public resources".to_owned(),
        observed: told.join("; "),
        source: SOURCE.to_owned(),
    };
    judged.rule(seen, (!controls.is_empty()).then(|| controls.join("; ")), words)
}

/// The declared plain ports, else the usual one.
fn ports(component: &Component) -> BTreeSet<u16> {
    let plain = component.interfaces.iter().filter(|interface| interface.speaks == Speaks::Coap).map(|interface| interface.port);
    let declared: BTreeSet<u16> = plain.collect();
    if declared.is_empty() { [PLAIN].into() } else { declared }
}

fn operations(component: &Component) -> impl Iterator<Item = &Operation> {
    component.interfaces.iter().filter(|interface| interface.speaks.is_coap()).flat_map(|interface| &interface.operations)
}

/// Declared resources that can be read and are not public.
fn private(component: &Component) -> BTreeSet<String> {
    operations(component)
        .filter(|each| each.method.eq_ignore_ascii_case("GET") && !each.is_public())
        .map(|each| each.path.clone())
        .collect()
}

/// Asks for discovery, then for every private or listed resource.
async fn ask_plain(permit: &Permit, component: &Component) -> Result<Plain, Stop> {
    let mut plain = Plain { port: permit.address().port(), ..Plain::default() };
    let mut client = Client::open(permit, None).await?;
    let discovery = match client.discover().await {
        Err(error @ (Error::Refused(_) | Error::TimedOut { .. })) => {
            plain.absent = Some(error.to_string());
            return Ok(plain);
        }
        other => other?,
    };
    plain.discovery = discovery.answer.code.clone();
    let public: BTreeSet<_> = operations(component).filter(|each| each.is_public()).map(|each| each.path.as_str()).collect();
    let listed = discovery.links.iter().filter(|link| link.is_local()).map(|link| link.path.clone());
    let paths: BTreeSet<String> = private(component).into_iter().chain(listed).collect();
    for path in paths.into_iter().filter(|path| path != DISCOVERY && !public.contains(path.as_str())).take(MOST) {
        match client.request(&Request::new("GET", &path)).await {
            Ok(answer) => plain.answers.push((path, answer.code)),
            Err(Error::TimedOut { .. }) => plain.answers.push((path, "silence".to_owned())),
            Err(error) => {
                plain.trouble = Some(error.into());
                break;
            }
        }
    }
    Ok(plain)
}

fn judge_plain(judged: &mut Judgement, plain: &Plain, component: &Component) {
    let declared = component.interfaces.iter().any(|each| each.speaks == Speaks::Coap && each.port == plain.port);
    match &plain.absent {
        Some(why) if declared => judged.leave_open(format!("CoAP is declared on port {} but does not answer: {why}", plain.port)),
        Some(why) => judged.note(format!("without DTLS nothing answers on port {}: {why}", plain.port)),
        None => {}
    }
    let with = |holds: fn(&str) -> bool| -> Vec<String> {
        plain.answers.iter().filter(|(_, code)| holds(code)).map(|(path, code)| format!("{path} ({code})")).collect()
    };
    let given = with(|code| code.starts_with('2'));
    if !given.is_empty() {
        let what = format!("port {} gives private resources without DTLS: {}", plain.port, judge::some_of(&given));
        judged.offend(what, "answer 4.01 there, or declare the resource as public if it is", SOURCE);
    }
    let odd = with(|code| code == "4.05" || !code.starts_with(['2', '4']));
    if !odd.is_empty() {
        let what = format!("it cannot be told whether port {} would give {} without DTLS", plain.port, judge::some_of(&odd));
        judged.leave_open(format!("{what}: a GET shows nothing there"));
    }
}

/// The control: a private resource over DTLS, with the declared credential.
async fn over_dtls(bench: &Bench, component: &Component, interface: &Interface) -> Result<(String, Seen), Stop> {
    let (account, identity) = coaps::credential(bench, component, interface)?;
    let named = interface.login.as_ref().and_then(|login| login.check.as_deref()).and_then(|id| interface.operation(id));
    let check = named.or_else(|| interface.operations.first());
    let path = check.map_or(DISCOVERY, |operation| operation.path.as_str());
    let mut client = coaps::open(bench, component, interface, &identity).await?;
    let answer = client.request(&Request::new("GET", path)).await?;
    let seen = bench.record("a private resource over DTLS with the declared credential", &answer)?;
    if !answer.is_success() {
        let what = format!("{path} over DTLS with account `{}` is answered with {}", account.id, answer.code);
        return Err(Stop::missing(format!("{what}: mend the account or login.check in the profile")));
    }
    Ok((format!("{path} was given over DTLS with the declared credential ({})", answer.code), seen))
}

fn in_words(plain: &Plain) -> String {
    let answers: Vec<_> = plain.answers.iter().map(|(path, code)| format!("{path} {code}")).collect();
    match &plain.absent {
        Some(why) => format!("port {}: {why}", plain.port),
        None => format!("port {}: {DISCOVERY} {}, {}", plain.port, plain.discovery, judge::some_of(&answers)),
    }
}
