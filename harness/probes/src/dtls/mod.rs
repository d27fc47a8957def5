//! What a DTLS server accepts and how it behaves, found by hellos written by hand.
//!
//! A datagram that is lost is no answer: hellos are repeated (RFC 6347 section 4.2.4), and silence says no only
//! beside a hello that is answered. A cookie that is good for more than one hello is used for more than one.

mod asker;
mod facts;
mod keys;
mod line;
mod manners;
mod quick;
pub(crate) mod records;
mod suites;

use assay_model::evidence::hex;
use assay_wire::{Error, Permit, Result};

pub use crate::handshake::{Chain, Group, Signature, Suite};
use crate::handshake::{authentication, describe, extension, signature};
use asker::{Accepted, Asker};
pub use facts::{Amplification, Cookies, DtlsSurvey, Extensions, Fragments, Repetition, Reply};
pub use quick::{chains, without_key};
use suites::Found;

const DTLS_13: u16 = 0xfefc;
/// The versions, in the order in which they are asked for.
const VERSIONS: [(&str, u16); 3] = [("1.2", 0xfefd), ("1.0", 0xfeff), ("1.3", DTLS_13)];

fn version_name(number: u16) -> String {
    let known = VERSIONS.iter().find(|(_, known)| *known == number);
    known.map_or_else(|| format!("{number:04x}"), |(name, _)| (*name).to_owned())
}

/// Finds out all of it.
///
/// # Errors
/// `Refused` when the port is closed; `TimedOut` when no hello at all is answered, or the server falls silent in the
/// midst of an enumeration; `Malformed` when what comes is not DTLS, or it chooses what was not offered.
pub async fn survey(permit: &Permit) -> Result<DtlsSurvey> {
    let mut asker = Asker::new(permit)?;
    let mut survey = DtlsSurvey { named: permit.declared_name().is_some(), ..DtlsSurvey::default() };
    let mut all = versions(&mut asker).await?;
    if !asker.answered() {
        return Err(asker.late());
    }
    for (name, version, found) in &mut all {
        if *version != DTLS_13 && !found.flights.is_empty() && !survey.versions.values().any(Reply::is_accepted) {
            let more = keys::find(&mut asker, *version, &found.flights).await?;
            found.flights.extend(more);
        }
        survey.take(name, found);
    }
    behaviour(&mut asker, &mut survey).await?;
    survey.amplification = asker.unproved.map(|(sent, received)| Amplification { sent, received });
    (survey.hellos, survey.repeats, survey.sockets) = (asker.counts.hellos, asker.counts.repeats, asker.counts.sockets);
    Ok(survey)
}

/// What each version accepts. One that met with silence before any hello was accepted is asked again when one was.
async fn versions(asker: &mut Asker<'_>) -> Result<Vec<(&'static str, u16, Found)>> {
    let mut all = Vec::new();
    for (name, version) in VERSIONS {
        all.push((name, version, suites::eliminate(asker, version).await?));
    }
    for (_, version, found) in &mut all {
        if found.doubtful && found.flights.is_empty() && asker.has_control() {
            *found = suites::eliminate(asker, *version).await?;
        }
    }
    Ok(all)
}

/// Asks, and again while the port is closed in between; what is not answered stays unknown.
macro_rules! patiently {
    ($asker:ident, $question:expr) => {{
        let mut retries = $asker.retries();
        loop {
            let answer = $question.await;
            if !retries.again(&answer).await {
                break match answer {
                    Ok(facts) => Some(facts),
                    Err(Error::Refused(_) | Error::TimedOut { .. }) => None,
                    Err(error) => return Err(error),
                };
            }
        }
    }};
}

/// How the server behaves, asked with a hello that it accepts: of 1.2 or 1.0 if there is one.
async fn behaviour(asker: &mut Asker<'_>, survey: &mut DtlsSurvey) -> Result<()> {
    let accepted = |name: &str| survey.versions.get(name).is_some_and(Reply::is_accepted);
    let version = ["1.2", "1.0", "1.3"].into_iter().find(|name| accepted(name));
    let Some(version) = version.and_then(|name| VERSIONS.iter().find(|(known, _)| *known == name)) else { return Ok(()) };
    let suites: Vec<u16> = survey.suites.get(version.0).into_iter().flatten().filter_map(|suite| u16::try_from(suite.id).ok()).collect();
    let Some(suite) = suites.last() else { return Ok(()) };
    let control = asker.hello(version.1, &[*suite]);
    asker.keep_control(control.clone());
    if version.1 != DTLS_13 {
        survey.extensions = patiently!(asker, manners::extensions(asker, &control));
        if survey.cookie == Some(true) {
            survey.cookies = patiently!(asker, manners::cookies(asker, &control));
        }
        survey.repetition = patiently!(asker, manners::repetition(asker, &control));
    }
    let asks_cookie = version.1 != DTLS_13 && survey.cookie == Some(true);
    survey.fragments = patiently!(asker, manners::fragments(asker, &control, asks_cookie));
    Ok(())
}

impl DtlsSurvey {
    fn take(&mut self, name: &str, found: &Found) {
        self.versions.insert(name.to_owned(), found.reply());
        let suites = found.suites();
        if !suites.is_empty() {
            self.suites.insert(name.to_owned(), suites.into_iter().map(describe).collect());
        }
        for accepted in &found.flights {
            self.take_flight(name, accepted);
        }
    }

    fn take_flight(&mut self, name: &str, accepted: &Accepted) {
        let flight = &accepted.flight;
        let version = if name == "1.3" { "1.3" } else { "1.2" };
        self.cookie = Some(self.cookie.unwrap_or(true) && accepted.cookie);
        self.psk_hint = self.psk_hint.take().or_else(|| flight.psk_hint.clone().filter(|hint| !hint.is_empty()));
        if let Some(group) = &flight.group {
            keys::add_group(self.groups.entry(version.to_owned()).or_default(), Some(group));
        }
        if let Some(signature) = flight.signature.map(signature).filter(|signature| !self.signatures.contains(signature)) {
            self.signatures.push(signature);
        }
        if flight.certificate_request || flight.whole && name != "1.3" {
            self.client_certificate_requested = Some(self.client_certificate_requested == Some(true) || flight.certificate_request);
        }
        if name != "1.3" {
            let has = |number: u16| flight.hello.extensions.contains(&number);
            let both = |known: Option<bool>, now: bool| Some(known.unwrap_or(true) && now);
            self.extended_master_secret = both(self.extended_master_secret, has(extension::EXTENDED_MASTER_SECRET));
            self.secure_renegotiation = both(self.secure_renegotiation, has(extension::RENEGOTIATION_INFO));
            if describe(flight.hello.suite).has("cbc") {
                self.encrypt_then_mac = both(self.encrypt_then_mac, has(extension::ENCRYPT_THEN_MAC));
            }
        }
        let der: Vec<String> = flight.chain.iter().map(|each| hex(each)).collect();
        if !der.is_empty() && !self.chains.iter().any(|known| known.der == der) {
            let asked = authentication(flight.hello.suite).to_owned();
            self.chains.push(Chain { version: name.to_owned(), asked, named: self.named, der });
        }
    }
}

#[cfg(test)]
mod tests;
