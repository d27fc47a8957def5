//! Questions of one hello or a few: fallback, application protocols, weak signatures, the certificate for no name.

use assay_wire::Result;

use super::asker::{Answer, Asker};
use super::board::Rank;
use super::findings::{Findings, State};
use crate::handshake::{Hello, WEAK_SIGNATURES, extension, has, known};

/// How urgent these hellos are.
const RANK: Rank = 9;
/// `TLS_FALLBACK_SCSV`.
pub(super) const FALLBACK: u16 = 0x5600;
/// The alert that answers it.
const INAPPROPRIATE_FALLBACK: u8 = 86;
/// Application protocols of the registry that devices speak, and those that were in use before them.
pub(super) const PROTOCOLS: [&str; 22] = [
    "h2",
    "http/1.1",
    "http/1.0",
    "mqtt",
    "x-amzn-mqtt-ca",
    "coap",
    "ftp",
    "smtp",
    "imap",
    "pop3",
    "managesieve",
    "xmpp-client",
    "irc",
    "dot",
    "ntske/1",
    "stun.turn",
    "webrtc",
    "sip/2",
    "acme-tls/1",
    "postgresql",
    "radius/1.1",
    "spdy/3.1",
];

/// The small questions about one server.
pub(super) struct Singles<'r, 'a> {
    pub(super) asker: &'r Asker<'a>,
    pub(super) findings: &'r Findings,
}

impl Singles<'_, '_> {
    /// Sends a lower version than the best, marked as a fallback.
    pub(super) async fn fallback(&self) -> Result<()> {
        let Some(version) = self.findings.wait(second_best).await else { return Ok(()) };
        let part = self.asker.crew.enlist(RANK);
        let suites: Vec<u16> = known().into_iter().filter(|id| !has(*id, "psk")).chain([FALLBACK]).collect();
        let honoured = match self.asker.ask(RANK, &self.asker.hello(version, &suites)).await? {
            Answer::Alert(INAPPROPRIATE_FALLBACK) => Some(true),
            Answer::Flight(_) => Some(false),
            _ => None,
        };
        self.findings.change(|state| state.fallback = honoured);
        drop(part);
        Ok(())
    }

    /// Application protocols beside the one that was chosen first.
    pub(super) async fn protocols(&self) -> Result<()> {
        let first = self.findings.wait(|state| {
            let Some(version) = state.best_with_extensions()? else { return Some(None) };
            let found = state.of(version)?;
            let flight = found.flights.first()?;
            // hellos with little in them have not asked yet
            let open = found.plain || flight.hello.protocol.is_some();
            Some(open.then(|| (version, flight.hello.suite, flight.hello.protocol.clone())))
        });
        let Some((version, suite, first)) = first.await else { return Ok(()) };
        let part = self.asker.crew.enlist(RANK);
        let mut chosen: Vec<String> = first.into_iter().collect();
        for _ in 0..PROTOCOLS.len() {
            let left: Vec<&str> = PROTOCOLS.iter().copied().filter(|name| !chosen.iter().any(|each| each == name)).collect();
            let hello = self.asker.hello(version, &[suite]).without(extension::ALPN).protocols(&left);
            let Answer::Flight(flight) = self.asker.ask(RANK, &hello).await? else { break };
            match flight.hello.protocol {
                Some(name) if left.contains(&name.as_str()) => chosen.push(name),
                _ => break,
            }
        }
        self.findings.change(|state| state.protocols = chosen);
        drop(part);
        Ok(())
    }

    /// Offers signatures with MD5 and SHA-1 only, in TLS 1.2.
    pub(super) async fn weak_signatures(&self) -> Result<()> {
        let signed = self.findings.wait(|state| {
            if !state.is_accepted(0x0303)? {
                return Some(None);
            }
            let found = state.of(0x0303)?;
            let signed = found.flights.iter().find(|flight| flight.signature.is_some());
            signed.map(|flight| Some(flight.hello.suite)).or(found.done.then_some(None))
        });
        if signed.await.is_none() {
            return Ok(());
        }
        let part = self.asker.crew.enlist(RANK);
        let suites: Vec<u16> = known().into_iter().filter(|id| has(*id, "forward-secrecy") && is_signed(*id)).collect();
        let hello = self.asker.hello(0x0303, &suites).without(extension::SIGNATURE_ALGORITHMS).signatures(WEAK_SIGNATURES);
        let accepted = match self.asker.ask(RANK, &hello).await? {
            Answer::Flight(flight) => flight.signature.map(|id| WEAK_SIGNATURES.contains(&id)),
            Answer::Alert(_) => Some(false),
            _ => None,
        };
        self.findings.change(|state| state.weak_signatures = accepted);
        drop(part);
        Ok(())
    }

    /// The certificate that is shown where no name is asked for.
    pub(super) async fn unnamed(&self) -> Result<()> {
        if self.asker.name.is_none() {
            return Ok(());
        }
        let Some(version) = self.findings.wait(State::best_with_extensions).await else { return Ok(()) };
        let part = self.asker.crew.enlist(RANK);
        let hello: Hello = self.asker.hello(version, &known()).without(extension::SERVER_NAME);
        if let Answer::Flight(mut flight) = self.asker.ask(RANK, &hello).await? {
            self.findings.change(|state| state.take(false, &mut flight));
        }
        drop(part);
        Ok(())
    }
}

/// The second-best version from 1.0 on that is accepted, or that there is none; `None` while it is not known.
#[expect(clippy::option_option, reason = "not known yet; known that there is none; known")]
fn second_best(state: &State) -> Option<Option<u16>> {
    let mut best = false;
    for version in [0x0304, 0x0303, 0x0302, 0x0301] {
        if state.is_accepted(version)? {
            if best {
                return Some(Some(version));
            }
            best = true;
        }
    }
    Some(None)
}

fn is_signed(id: u16) -> bool {
    !has(id, "psk") && !has(id, "anonymous")
}
