//! What a DTLS server accepts, found by hellos written by hand, each from a port of its own.

mod asker;
pub(crate) mod records;
mod suites;

use std::collections::BTreeMap;

use assay_model::evidence::hex;
use assay_wire::{Permit, Result};
use serde::{Deserialize, Serialize};

pub use crate::handshake::{Chain, Group, Suite};
use crate::handshake::{authentication, describe};
use asker::Asker;
use suites::Found;

/// The versions, in the order in which they are asked for.
const VERSIONS: [(&str, u16); 3] = [("1.2", 0xfefd), ("1.0", 0xfeff), ("1.3", 0xfefc)];

/// What a server made of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// It chose the version and a suite.
    Accepted,
    /// It said no.
    Refused {
        /// How: the name of an alert, or `negotiated 1.0`.
        how: String,
    },
    /// It said nothing, though other hellos were answered. Servers may drop what they do not like.
    Silent,
}

impl Reply {
    /// Whether it was accepted.
    pub fn is_accepted(&self) -> bool {
        *self == Self::Accepted
    }
}

/// All that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DtlsSurvey {
    /// By version: `1.0`, `1.2`, `1.3`.
    pub versions: BTreeMap<String, Reply>,
    /// Whether the server asked for a cookie before it said anything else, in every hello that led to an accepted
    /// suite (RFC 6347 section 4.2.1, RFC 9147 section 5.1). `None` when none did.
    pub cookie: Option<bool>,
    /// The suites accepted in any version, in the order in which the server chose them.
    pub suites: Vec<Suite>,
    /// The hint for a pre-shared key.
    pub psk_hint: Option<String>,
    /// The groups of the key exchanges that were seen with the suites; others may be accepted as well.
    pub groups: Vec<Group>,
    /// The certificate chains shown, each once (none in 1.3, which hides them).
    pub chains: Vec<Chain>,
    /// Whether the server asked for a client certificate; `None` when no flight came whole.
    pub client_certificate_requested: Option<bool>,
    /// Hellos sent, repetitions left out.
    pub hellos: u32,
}

/// Finds out all of it.
///
/// # Errors
/// `Refused` when the port is closed; `TimedOut` when no hello at all is answered, or the server falls silent in the
/// midst of an enumeration; `Malformed` when what comes is not DTLS, or it chooses what was not offered.
pub async fn survey(permit: &Permit) -> Result<DtlsSurvey> {
    let mut asker = Asker::new(permit)?;
    let mut survey = DtlsSurvey::default();
    for (name, version) in VERSIONS {
        let found = suites::eliminate(&mut asker, version).await?;
        survey.take(name, &found);
    }
    if !asker.answered() {
        return Err(asker.late());
    }
    survey.hellos = asker.hellos;
    Ok(survey)
}

impl DtlsSurvey {
    fn take(&mut self, name: &str, found: &Found) {
        self.versions.insert(name.to_owned(), found.reply());
        for heard in &found.flights {
            let flight = &heard.flight;
            self.cookie = Some(self.cookie.unwrap_or(true) && heard.cookie);
            let suite = describe(flight.hello.suite);
            if !self.suites.contains(&suite) {
                self.suites.push(suite);
            }
            self.psk_hint = self.psk_hint.take().or_else(|| flight.psk_hint.clone().filter(|hint| !hint.is_empty()));
            if let Some(group) = flight.group.clone().filter(|group| !self.groups.contains(group)) {
                self.groups.push(group);
            }
            if flight.certificate_request || flight.whole && name != "1.3" {
                self.client_certificate_requested = Some(self.client_certificate_requested == Some(true) || flight.certificate_request);
            }
            let der: Vec<String> = flight.chain.iter().map(|each| hex(each)).collect();
            if !der.is_empty() && !self.chains.iter().any(|known| known.der == der) {
                self.chains.push(Chain {
                    version: name.to_owned(),
                    asked: authentication(flight.hello.suite).to_owned(),
                    named: false,
                    der,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests;
