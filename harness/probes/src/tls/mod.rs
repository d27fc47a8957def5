//! What a TLS server accepts: versions, suites, groups, certificates and safeguards, found by hellos written by hand.
//!
//! No library stands between: a library would refuse to offer what a product should refuse to accept. Each hello
//! goes out on a connection of its own, which ends when the server has said all that it says in clear.

mod asker;
mod chains;
mod flaws;
mod groups;
mod records;
mod safeguards;
mod session;
mod ssl2;
mod suites;

use std::collections::BTreeMap;

use assay_wire::{Permit, Result};
use serde::{Deserialize, Serialize};

pub use crate::handshake::{Chain, Group, Suite};
pub use flaws::{Check, Flaws, Outcome, Tolerance};
pub use session::Sessions;

use asker::Asker;
use suites::Found;

/// The versions, by the names used here, in the order in which they are asked for.
const VERSIONS: [(&str, u16); 5] = [("1.2", 0x0303), ("1.3", 0x0304), ("1.1", 0x0302), ("1.0", 0x0301), ("SSLv3", 0x0300)];

/// What a server made of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Support {
    /// It chose the version and a suite.
    Accepted,
    /// It said no.
    Refused {
        /// How: the name of an alert, `negotiated 1.0`, or `closed` or `reset` (these only where other hellos, sent
        /// before and after on connections of their own, were answered).
        how: String,
    },
    /// Its answer cannot be told.
    Unclear {
        /// Why not.
        why: String,
    },
}

impl Support {
    /// Whether it was accepted.
    pub fn is_accepted(&self) -> bool {
        *self == Self::Accepted
    }
}

/// Protections beside versions and suites. `None` where the question does not arise or the answer is not clear.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Safeguards {
    /// Whether the extended master secret is supported (RFC 7627), up to TLS 1.2.
    pub extended_master_secret: Option<bool>,
    /// Whether secure renegotiation is indicated (RFC 5746), up to TLS 1.2.
    pub renegotiation_info: Option<bool>,
    /// Whether DEFLATE compression was accepted, up to TLS 1.2.
    pub compression: Option<bool>,
    /// Whether a hello with a lower version than the best and `TLS_FALLBACK_SCSV` is turned down (RFC 7507). Asked
    /// where two versions from TLS 1.0 on are accepted.
    pub fallback_scsv: Option<bool>,
    /// Whether a server that speaks TLS 1.3 marks its random when an older version is agreed on (RFC 8446 section 4.1.3).
    pub downgrade_marker: Option<bool>,
    /// Whether the server asks for a client certificate, up to TLS 1.2 (TLS 1.3 hides it).
    pub client_certificate_requested: Option<bool>,
    /// Whether the server's order of suites counts, not the client's. Asked where two suites are accepted.
    pub server_preference: Option<bool>,
}

/// All that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// By version: `SSLv2`, `SSLv3`, `1.0`, `1.1`, `1.2`, `1.3`.
    pub versions: BTreeMap<String, Support>,
    /// The suites accepted in each accepted version, in the order in which the server chose them.
    pub suites: BTreeMap<String, Vec<Suite>>,
    /// Groups of key exchanges up to TLS 1.2.
    pub groups_12: Vec<Group>,
    /// Groups of key exchanges in TLS 1.3.
    pub groups_13: Vec<Group>,
    /// The certificate chains shown, each once.
    pub chains: Vec<Chain>,
    /// Why the chain of TLS 1.3, which is sealed, could not be read, where that version is accepted.
    #[serde(default)]
    pub sealed_chain: Option<String>,
    /// Protections beside versions and suites.
    pub safeguards: Safeguards,
    /// Hellos sent.
    pub hellos: u32,
    /// Connections opened.
    pub connections: u32,
}

impl Survey {
    /// The names of the accepted versions.
    pub fn accepted(&self) -> impl Iterator<Item = &str> {
        self.versions.iter().filter(|(_, support)| support.is_accepted()).map(|(name, _)| name.as_str())
    }
}

/// Finds out all of it; `name` is the name to ask for.
///
/// # Errors
/// When a connection is refused, reset or late twice; when no hello at all is answered in TLS; when the server
/// falls silent in the midst of an enumeration; `Malformed` when it chooses what was not offered.
pub async fn survey(permit: &Permit, name: Option<&str>) -> Result<Survey> {
    let mut asker = Asker::new(permit, name)?;
    let mut found = BTreeMap::new();
    for (name, version) in VERSIONS {
        let each = suites::eliminate(&mut asker, version).await?;
        found.insert(name, each);
        if found.len() == 2 && asker.is_mute() {
            return Err(asker.trouble());
        }
    }
    suites::ask_again_after_resets(&mut asker, &mut found).await?;
    let old = ssl2::ask(&mut asker).await?;
    if !asker.spoke() {
        return Err(asker.trouble());
    }
    let mut survey = Survey::default();
    survey.take_versions(&found);
    survey.versions.insert("SSLv2".to_owned(), old.0);
    if !old.1.is_empty() {
        survey.suites.insert("SSLv2".to_owned(), old.1);
    }
    survey.groups_12 = groups::up_to_12(&mut asker, &found).await?;
    survey.groups_13 = groups::of_13(&mut asker, &found).await?;
    survey.safeguards = safeguards::ask(&mut asker, &found).await?;
    (survey.chains, survey.sealed_chain) = chains::collect(&mut asker, &found).await;
    (survey.hellos, survey.connections) = (asker.hellos, asker.connections);
    Ok(survey)
}

impl Survey {
    fn take_versions(&mut self, found: &BTreeMap<&str, Found>) {
        for (name, each) in found {
            self.versions.insert((*name).to_owned(), each.support());
            if !each.accepted.is_empty() {
                self.suites.insert((*name).to_owned(), each.accepted.iter().map(|id| crate::handshake::describe(*id)).collect());
            }
        }
    }
}

/// The name of a version number.
fn version_name(version: u16) -> String {
    let known = VERSIONS.iter().find(|(_, number)| *number == version);
    known.map_or_else(|| format!("{version:04x}"), |(name, _)| (*name).to_owned())
}

#[cfg(test)]
mod tests;
