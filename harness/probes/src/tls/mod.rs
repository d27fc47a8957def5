//! What a TLS server accepts: versions, suites, groups, certificates and safeguards, found by hellos written by hand.
//!
//! No library stands between: a library would refuse to offer what a product should refuse to accept. Each hello
//! goes out on a connection of its own, which ends when the server has said all that it says in clear.

mod asker;
mod chains;
mod facts;
mod flaws;
mod groups;
pub(crate) mod records;
mod safeguards;
mod session;
pub(crate) mod ssl2;
mod suites;

use std::collections::BTreeMap;

use assay_wire::{Permit, Result};

pub use crate::handshake::{Chain, Group, Signature, Suite};
pub use facts::{Order, Safeguards, Support, Survey};
pub use flaws::{Check, Flaws, Outcome, Tolerance};
pub use session::Sessions;

use asker::Asker;
use suites::Found;

/// The versions, by the names used here, in the order in which they are asked for.
const VERSIONS: [(&str, u16); 5] = [("1.2", 0x0303), ("1.3", 0x0304), ("1.1", 0x0302), ("1.0", 0x0301), ("SSLv3", 0x0300)];

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
