//! Does the log reach the collector over TLS, and only the right one?

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use assay_engine::{Applies, Bench, Finding, Outcome, Seen, Stop, Subject, Test};
use assay_model::profile::{Collector, CollectorTransport};
use assay_model::safety::{Method, Safety};
use assay_probes::http::{Accepted, Client};
use assay_probes::syslog::{self, Format, Received, Reception};
use assay_wire::ServerIdentity;
use serde::Serialize;

use super::impostor;
use super::stimuli::{Door, door};

/// Messages taken in of one listening.
const MOST: usize = 2_000;
/// The least time for a message to come.
const LEAST: Duration = Duration::from_secs(1);

pub(super) const TEST: Test = Test {
    id: "awareness/log-export",
    title: "Does the log reach the collector over TLS, and only the right one?",
    shows: &["CS(AUP).4", "CS(AUP).6.c"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 AU-9(2)", "RFC 5425"],
    limits: "whether every record is sent, what happens while no collector is there, and other flaws of a certificate than an unknown issuer",
};

fn applies(subject: &Subject<'_>) -> Applies {
    let named = subject.profile().collector.as_ref().map(|collector| collector.component.as_str());
    subject.component().is_some_and(|component| Some(component.id.as_str()) == named).into()
}

/// What one listening heard.
#[derive(Debug, Serialize)]
struct Heard {
    reception: Reception,
    /// How many messages came before the event that counts.
    before: usize,
    /// The message of that event.
    found: Option<Received>,
}

/// The laboratory's collector, and a way to make the product send.
pub(super) struct Lab {
    pub(super) bench: Bench,
    component: String,
    pub(super) door: Door,
    pub(super) at: SocketAddr,
    pub(super) delay: Duration,
}

async fn run(bench: Bench) -> Outcome {
    let collector = bench.profile().collector.clone().ok_or_else(|| Stop::missing("add [collector] to the profile"))?;
    if collector.transport != CollectorTransport::Tls {
        let seen = bench.record("the declared transport of the log", &collector)?;
        let what = "the log is sent in clear, as declared: send it as syslog over TLS (RFC 5425)";
        return seen.fail(finding(what, format!("transport {:?}", collector.transport)));
    }
    let (lab, chain, right) = prepare(&bench, &collector)?;
    let first = lab.listen(Some(&right)).await?;
    let seen = bench.record("what came at the right collector", &first)?;
    if first.found.is_none() {
        return nothing_came(&bench, &lab, &first, seen).await;
    }
    let second = lab.listen(Some(&impostor::identity(&chain)?)).await?;
    let seen = seen.and(bench.record("what came at a collector with a certificate of its own making", &second)?);
    if let Some(message) = second.reception.messages.first() {
        let what =
            "the log is sent to a collector whose certificate nobody issued: verify the collector's certificate before anything is sent";
        return seen.fail(finding(what, shown(message)));
    }
    let third = lab.listen(Some(&right)).await?;
    let again = bench.record("what came at the right collector afterwards", &third)?;
    let heard = format!("right collector: {}; impostor: {}; right one again: {}", counts(&first), counts(&second), counts(&third));
    if second.reception.connections == 0 && second.reception.refused.is_empty() {
        let what = "the product did not connect to the impostor at all within the time, so nothing is shown";
        return seen.and(again).inconclusive(finding(what, heard));
    }
    if third.found.is_none() {
        let what = "after the impostor nothing came at the right collector either, so the silence shows nothing";
        return seen.and(again).inconclusive(finding(what, heard));
    }
    let control = again.control("before and after the impostor, a log-in brought a message to the collector with the right certificate");
    seen.and(again).pass(control, finding("the log arrives over TLS, and an impostor gets nothing", heard))
}

/// Nothing readable came over TLS: perhaps the product does not speak it.
async fn nothing_came(bench: &Bench, lab: &Lab, first: &Heard, seen: Seen) -> Outcome {
    let clear = lab.listen(None).await?;
    let seen = seen.and(bench.record("what came at a collector without TLS", &clear)?);
    if let Some(message) = clear.reception.messages.iter().find(|message| message.parsed.format != Format::Text) {
        let what = "the log is sent in clear, though TLS is declared: send it as syslog over TLS (RFC 5425)";
        return seen.fail(finding(what, shown(message)));
    }
    let what =
        "no message of a log-in came at the collector: point the product at collector.listen, and let it trust collector.certificate";
    seen.inconclusive(finding(what, counts(first)))
}

fn finding(reason: &str, observed: String) -> Finding {
    let expected = "the log arrives over TLS at the collector that the product trusts, and at no other".to_owned();
    Finding { reason: reason.to_owned(), expected, observed, ..Finding::default() }
}

/// The laboratory, the chain of the right certificate in PEM, and what the right collector shows.
pub(super) fn prepare(bench: &Bench, collector: &Collector) -> Result<(Lab, Vec<u8>, ServerIdentity), Stop> {
    let component = bench.component()?;
    let file = |name: &Option<String>, what: &str| match name {
        Some(name) => bench.file(name),
        None => Err(Stop::missing(format!("supply collector.{what} in the profile: the product must trust the collector"))),
    };
    let chain = file(&collector.certificate, "certificate")?;
    let right = ServerIdentity::from_pem(&chain, &file(&collector.key, "key")?)?;
    let at = collector.listen.parse().map_err(|_| Stop::missing("collector.listen is no address with a port: mend it in the profile"))?;
    let delay = collector.delay_seconds.unwrap_or(bench.policy().awareness.log_delay_seconds.value);
    let door = door(bench, &component)?;
    Ok((Lab { bench: bench.clone(), component: component.id, door, at, delay: Duration::from_secs(delay).max(LEAST) }, chain, right))
}

impl Lab {
    /// Listens with this certificate, or without TLS, while somebody logs in twice. The first log-in makes the product
    /// connect and send what it had kept; a message after the second one counts.
    async fn listen(&self, identity: Option<&ServerIdentity>) -> Result<Heard, Stop> {
        let (authority, ledger) = self.bench.listening();
        let listener = authority.listen(self.at, identity.cloned(), ledger, self.delay).await?;
        let (counting, mut before, mut found) = (AtomicBool::new(false), 0, None);
        let user = self.door.account.user.to_lowercase();
        let receiving = syslog::receive(&listener, self.delay * 2, MOST, |message| {
            let counts = counting.load(Ordering::Relaxed) && tells_of_login(message, &user);
            if counts {
                found = Some(message.clone());
            } else {
                before += 1;
            }
            counts
        });
        let (reception, provoked) = tokio::join!(receiving, self.provoke(&counting));
        provoked?;
        Ok(Heard { reception: reception?, before, found })
    }

    async fn provoke(&self, counting: &AtomicBool) -> Result<(), Stop> {
        self.log_in().await?;
        self.bench.wait(self.delay / 2).await;
        counting.store(true, Ordering::Relaxed);
        self.log_in().await
    }

    /// Somebody logs in.
    pub(super) async fn log_in(&self) -> Result<(), Stop> {
        let mut client = Client::new(self.bench.permit_for(&self.component, &self.door.interface)?);
        match self.door.log_in(&self.bench, &mut client, true).await? {
            Accepted::Accepted => Ok(()),
            other => Err(Stop::missing(format!("the secret of account `{}` was not accepted: {other:?}", self.door.account.id))),
        }
    }
}

/// Whether a message can be about a log-in of this user.
pub(super) fn tells_of_login(message: &Received, user: &str) -> bool {
    let text = message.raw.to_lowercase();
    (!user.is_empty() && text.contains(user))
        || ["login", "log-in", "logged", "logon", "auth", "session"].iter().any(|word| text.contains(word))
}

fn shown(message: &Received) -> String {
    format!("`{}`", message.raw.chars().take(120).collect::<String>())
}

fn counts(heard: &Heard) -> String {
    let Reception { messages, connections, refused } = &heard.reception;
    format!("{} messages, {connections} connections, {} broken off in the handshake", messages.len(), refused.len())
}
