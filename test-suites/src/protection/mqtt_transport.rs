//! Does the MQTT broker speak over TLS only?

use assay_engine::{Applies, Bench, Outcome, Stop, Subject, Test};
use assay_model::profile::{Account, Component, Interface, Speaks};
use assay_model::safety::{Method, Safety};
use assay_probes::mqtt::{self, Code, Connect, Connected};
use assay_wire::{Error, Permit};
use serde::Serialize;

use super::judge::{Judgement, Words};

pub(super) const TEST: Test = Test {
    id: "protection/mqtt-transport",
    title: "Does the MQTT broker speak over TLS only?",
    shows: &["DP(STX).2"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject: &Subject<'_>| {
        Applies::from(subject.component().is_some_and(|component| component.interfaces.iter().any(|interface| interface.speaks.is_mqtt())))
    },
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 SC-8", "MQTT 5 section 5.4"],
    limits: "brokers on ports that are neither declared nor 1883, and MQTT over WebSocket",
};

/// The port of MQTT without TLS.
const PLAIN: u16 = 1883;
const SOURCE: &str = "SP 800-53 SC-8; MQTT 5 5.4";
const CLIENT: &str = "assay-transport";

/// What a port made of a CONNECT without a credential.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Reply {
    /// The broker answered it, in clear.
    Answered(String),
    /// The connection was refused: nothing listens.
    Closed,
    /// It took the connection and ended it after the CONNECT, as some brokers do when they do not know a client.
    HungUp,
    /// Nothing that speaks MQTT can be reached.
    NoMqtt(String),
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let mut judged = Judgement::default();
    let mut seen = bench.record("the ports to try", &ports(&component))?;
    let mut told = Vec::new();
    for port in ports(&component) {
        let reply = knock(&bench.permit_port(&component, port)?).await?;
        seen = seen.and(bench.record(&format!("what port {port} makes of a CONNECT without TLS and credential"), &reply)?);
        told.push(format!("port {port}: {}", in_words(&reply)));
        match reply {
            Reply::Answered(code) => {
                let what =
                    format!("the broker speaks MQTT without TLS on port {port} ({code}): user names, passwords and messages can be read");
                judged.offend(what, "close that port, or put TLS in front of it", SOURCE);
            }
            Reply::Closed | Reply::HungUp | Reply::NoMqtt(_) if declared(&component, port) => {
                judged.leave_open(format!("port {port} is declared to speak MQTT but does not answer: {}", in_words(&reply)));
            }
            Reply::Closed => {}
            Reply::HungUp => judged.leave_open(format!(
                "port {port} takes a connection and hangs up after a CONNECT without a credential: find out by hand what listens there, or close it"
            )),
            Reply::NoMqtt(why) => judged.note(format!("nothing that speaks MQTT can be reached on port {port}: {why}")),
        }
    }
    let mut control = None;
    for interface in component.interfaces.iter().filter(|interface| interface.speaks == Speaks::Mqtts && !judged.offends()) {
        let (what, reply) = over_tls(&bench, &component, interface).await?;
        seen = seen.and(bench.record(&what, &reply)?);
        told.push(format!("port {} with TLS: {reply}", interface.port));
        control = Some(format!("{what} was answered on port {} in the same run ({reply})", interface.port));
    }
    let words = Words {
        met: "the broker answers over TLS, and not without it".to_owned(),
        expected: "no port that answers CONNECT without TLS".to_owned(),
        observed: told.join("; "),
        source: SOURCE.to_owned(),
    };
    judged.rule(seen, control, words)
}

fn declared(component: &Component, port: u16) -> bool {
    component.interfaces.iter().any(|interface| interface.speaks == Speaks::Mqtt && interface.port == port)
}

/// The declared plain ports, and the usual one.
fn ports(component: &Component) -> Vec<u16> {
    let plain = component.interfaces.iter().filter(|interface| interface.speaks == Speaks::Mqtt).map(|interface| interface.port);
    let mut ports: Vec<u16> = plain.chain([PLAIN]).collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// Says CONNECT in clear, without any credential: none is ever sent where it could be read.
async fn knock(permit: &Permit) -> Result<Reply, Stop> {
    match mqtt::connect_any(permit, &Connect::anonymous(CLIENT)).await {
        Ok((_, Connected::Accepted(_))) => Ok(Reply::Answered("it lets a client in without a credential".to_owned())),
        Ok((_, Connected::Refused(code))) => Ok(Reply::Answered(answer(&code))),
        Ok((_, Connected::Closed)) => Ok(Reply::HungUp),
        Err(Error::Refused(_)) => Ok(Reply::Closed),
        // a filter swallows what it does not let through; a broker that was reached answers
        Err(error @ (Error::Malformed { .. } | Error::TimedOut { what: "connection", .. })) => Ok(Reply::NoMqtt(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

fn answer(code: &Code) -> String {
    format!("it answers CONNECT with {:#04x}, {}", code.code, code.name)
}

/// The control: the same question over TLS, with the declared account where there is one.
async fn over_tls(bench: &Bench, component: &Component, interface: &Interface) -> Result<(String, String), Stop> {
    let permit = bench.permit_for(&component.id, interface)?;
    let account = account(bench, component, interface);
    let (what, connect) = match &account {
        Some(account) => {
            (format!("a CONNECT over TLS as account `{}`", account.id), Connect::password(CLIENT, &account.user, &bench.secret(account)?))
        }
        None => ("a CONNECT over TLS without a credential".to_owned(), Connect::anonymous(CLIENT)),
    };
    match mqtt::connect_any(&permit, &connect).await?.1 {
        Connected::Accepted(session) => {
            let _said = session.disconnect().await;
            Ok((what, "let in".to_owned()))
        }
        Connected::Refused(code) if account.is_none() => Ok((what, answer(&code))),
        Connected::Refused(code) => Err(Stop::missing(format!("{what} was refused ({}): mend the account in the profile", code.name))),
        Connected::Closed => Err(Stop::Inconclusive(format!("{what} met with silence: supply an account for `{}`", interface.id))),
    }
}

/// The account to ask with: one that the profile names for this interface before one that exists everywhere.
fn account(bench: &Bench, component: &Component, interface: &Interface) -> Option<Account> {
    let profile = bench.profile();
    let mut all: Vec<_> = profile.accounts_on(&component.id, &interface.id).cloned().collect();
    all.sort_by_key(|account| account.interfaces.is_empty());
    all.into_iter().next().filter(|_| interface.login.as_ref().is_some_and(|login| login.kind == assay_model::profile::LoginKind::Password))
}

fn in_words(reply: &Reply) -> String {
    match reply {
        Reply::Answered(code) => code.clone(),
        Reply::Closed => "closed".to_owned(),
        Reply::HungUp => "hangs up after a CONNECT".to_owned(),
        Reply::NoMqtt(why) => format!("no MQTT ({why})"),
    }
}
