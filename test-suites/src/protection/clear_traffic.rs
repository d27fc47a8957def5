//! Is everything that the product sends and receives protected, as captures of its traffic show?

use assay_capture::{Canary, Detail, Form, Protocol};
use assay_engine::{Bench, Outcome, Test};
use assay_model::profile::Activity;
use assay_model::safety::{Method, Safety};
use assay_probes::tls::Suite;

use crate::traffic::{Judged, Talk, Traffic, Words, is_captured, is_harmless, plant, word};

pub(super) const TEST: Test = Test {
    id: "protection/clear-traffic",
    title: "Is everything that the product sends and receives protected, as captures of its traffic show?",
    shows: &["DP(STX).2"],
    method: Method::Document,
    safety: Safety::Passive,
    reads: &["capture"],
    asks: &[],
    applies: is_captured,
    run: |bench| Box::pin(async move { run(&bench) }),
    sources: &["SP 800-53 SC-8", "EN 303 645 5.5-1", "EN 303 645 5.8-1"],
    limits: "traffic that was not captured, who verifies whom in the protected connections, and what is sent in names and times",
};

/// What a capture must show at least, of all captures together.
const WANTED: [Activity; 3] = [Activity::Boot, Activity::SetUp, Activity::Use];

fn run(bench: &Bench) -> Outcome {
    let canaries = secrets(bench)?;
    let traffic = Traffic::read(bench, &canaries, |_| true)?;
    let planted = plant(bench, &canaries)?;
    let mut judged = Judged::with(traffic.open());
    traffic.uncovered(&WANTED).into_iter().for_each(|missing| judged.leave_open(missing));
    let (mut protected, mut harmless) = (0, 0);
    for talk in traffic.talks() {
        for hit in talk.taken.capture.hits.iter().filter(|hit| hit.flow == talk.number) {
            judged.offend(format!("{} is in clear{} in {talk}: protect the connection", hit.canary, form(hit.form)));
        }
        match judge(&talk) {
            Said::Protected => protected += 1,
            Said::Harmless => harmless += 1,
            Said::Offence(what) => judged.offend(what),
            Said::Open(why) => judged.leave_open(why),
        }
    }
    if protected == 0 {
        judged.leave_open("no protected connection of the component was captured: capture it while it talks to its peers");
    }
    let control = planted.control(format!(
        "planted copies of all {} secrets were found by the same search, and {protected} protected connections of the component are in the captures",
        canaries.len()
    ));
    let words = Words {
        met: "no secret is in clear, and whatever carries content is protected or a service of the network".to_owned(),
        expected: "no secret in clear; content in TLS, DTLS, QUIC or SSH, beside names, times and addresses",
        observed: format!("{protected} protected flows, {harmless} of services of the network"),
    };
    judged.rule(traffic.seen.and(planted), control, words)
}

/// The secrets of all accounts, named after them.
fn secrets(bench: &Bench) -> Result<Vec<Canary>, assay_engine::Stop> {
    let profile = bench.profile();
    let each = profile.accounts.iter().map(|account| {
        let id = format!("the secret of account `{}`", account.id);
        Ok(Canary { id, bytes: bench.secret(account)?.into_bytes() })
    });
    each.collect()
}

/// What is said of one flow.
enum Said {
    Protected,
    Harmless,
    Offence(String),
    Open(String),
}

fn judge(talk: &Talk<'_>) -> Said {
    let flow = talk.flow;
    match (flow.protocol, &flow.detail) {
        (Protocol::Empty, _) => Said::Harmless,
        (protocol, _) if flow.strangers > 0 => Said::Open(format!("{talk} holds content that is not {}", word(&protocol))),
        (_, Detail::Tls(tls) | Detail::Dtls(tls)) => match tls.server.map(|hello| Suite::of(hello.suite)) {
            Some(suite) if suite.has("null") || suite.has("anonymous") => {
                Said::Offence(format!("{talk} agrees on {}, which protects nothing: take it out of the product's list", suite.name))
            }
            _ => Said::Protected,
        },
        (protocol, _) if protocol.protects() => Said::Protected,
        (protocol, _) if is_harmless(protocol) => Said::Harmless,
        (Protocol::Unclassified, _) => {
            Said::Open(format!("whether {talk} is protected cannot be told: it speaks nothing that is recognised"))
        }
        (Protocol::Telnet | Protocol::Ftp, _) => Said::Offence(format!("{talk} logs in in clear: use a protected protocol")),
        (_, Detail::Http(http)) if http.requests.iter().any(|request| !request.credentials.is_empty()) => {
            Said::Offence(format!("{talk} shows credentials in clear: use https"))
        }
        (_, Detail::Mqtt(mqtt)) if mqtt.password => Said::Offence(format!("{talk} shows a password in clear: use mqtts")),
        _ => Said::Open(format!("{talk} is in clear, and whether its content needs protection cannot be told: protect it")),
    }
}

fn form(form: Form) -> String {
    if form == Form::Plain { String::new() } else { format!(" ({})", word(&form)) }
}
