//! What a TLS server accepts: versions, suites, groups, certificates and safeguards, found by hellos written by hand.
//!
//! No library stands between: a library would refuse to offer what a product should refuse to accept. Each hello
//! goes out on a connection of its own, which ends when the server has said all that it says in clear.

mod asker;
mod board;
mod chains;
mod crew;
mod deeper;
mod doubts;
mod facts;
mod findings;
mod flaws;
mod groups;
mod known;
mod order;
mod prelude;
pub(crate) mod records;
mod safeguards;
pub(crate) mod session;
mod singles;
pub(crate) mod ssl2;
mod suites;
mod thirteen;
mod verdict;

use std::future::Future;
use std::pin::Pin;

use assay_wire::{Permit, Result};

pub use crate::handshake::{Chain, Group, Signature, Suite};
pub use facts::{Order, Safeguards, Support, Survey};
pub use flaws::{Check, Flaws, Outcome, Tolerance, look_deeper};
pub use known::Known;
pub use prelude::Prelude;
pub use session::Sessions;
pub use verdict::{Limits, Reply, Verdict, verdict};

use crate::handshake::{describe, signature};
use asker::Asker;
use board::Rank;
use crew::together;
use findings::{Findings, State};

/// The versions, by the names used here, in the order in which they are asked for.
const VERSIONS: [(&str, u16); 5] = [("1.2", 0x0303), ("1.3", 0x0304), ("1.1", 0x0302), ("1.0", 0x0301), ("SSLv3", 0x0300)];

/// What a survey asks for, and how.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The name to ask for.
    pub name: Option<String>,
    /// What is said before TLS starts.
    pub prelude: Prelude,
    /// What an earlier survey of the same firmware found.
    pub known: Option<Known>,
    /// Whether whole sessions are held and known flaws looked for as well.
    pub deep: bool,
}

/// Finds out all of it; `name` is the name to ask for.
///
/// # Errors
/// As [`survey_as`].
pub async fn survey(permit: &Permit, name: Option<&str>) -> Result<Survey> {
    survey_as(permit, &Request { name: name.map(str::to_owned), ..Request::default() }).await
}

/// Finds out all of it. At most as many connections are open at a time as the permit allows.
///
/// # Errors
/// When connections are refused, reset or late again and again; when no hello at all is answered in TLS; when the
/// server falls silent in the midst of an enumeration; `Malformed` when it chooses what was not offered.
pub async fn survey_as(permit: &Permit, request: &Request) -> Result<Survey> {
    let asker = Asker::new(permit, request)?;
    let (findings, known) = (Findings::default(), request.known.clone().unwrap_or_default());
    let work = async {
        together(parts(&asker, &findings, &known, request.deep)).await?;
        if !asker.spoke() {
            return Err(asker.trouble());
        }
        ssl2::settle(&asker, &findings).await
    };
    let (support, suites) = tokio::select! {
        done = work => done?,
        () = asker.crew.open() => return Err(asker.trouble()),
    };
    let mut survey = findings.state().survey();
    survey.versions.insert("SSLv2".to_owned(), support);
    if !suites.is_empty() {
        survey.suites.insert("SSLv2".to_owned(), suites);
    }
    survey.hellos = asker.notes().hellos;
    let board = asker.crew.board();
    (survey.connections, survey.refusals) = (board.connections, board.refusals);
    drop(board);
    Ok(survey)
}

/// A part of a survey: a row of hellos of which each waits for the one before.
type Part<'p> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'p>>;

fn parts<'p>(asker: &'p Asker<'p>, findings: &'p Findings, known: &'p Known, deep: bool) -> Vec<Part<'p>> {
    let singles = || singles::Singles { asker, findings };
    let groups = || groups::Groups { asker, findings };
    let mut all: Vec<Part<'p>> = vec![
        Box::pin(async move {
            let thirteen = thirteen::Thirteen { asker, findings, patient: false };
            thirteen.eliminate(known.suites(0x0304), known.groups_13()).await
        }),
        Box::pin(async move { groups().curves(known.groups_12()).await }),
        Box::pin(async move { groups().fields().await }),
        Box::pin(async move { singles().fallback().await }),
        Box::pin(async move { singles().protocols().await }),
        Box::pin(async move { singles().weak_signatures().await }),
        Box::pin(async move { singles().unnamed().await }),
        Box::pin(ssl2::ask(asker, findings)),
        Box::pin(chains::thirteen(asker, findings, deep)),
        Box::pin(doubts::settle(asker, findings)),
    ];
    if deep {
        let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
        asker.pass_to(Some(sender));
        let expected = (!known.suites(0x0303).is_empty()).then_some(0x0303);
        all.push(Box::pin(deeper::look(asker, findings, expected, receiver)));
    }
    for version in [0x0303, 0x0302, 0x0301, 0x0300] {
        all.push(Box::pin(async move {
            let row = suites::Row { asker, findings, version, style: suites::Style::Whole };
            if known.lacks_up_to(suites::OLD) && version < suites::OLD {
                return row.follow().await;
            }
            let groups = if version == 0x0303 { known.groups_12() } else { &[] };
            row.eliminate(known.suites(version), groups).await
        }));
    }
    all
}

impl State {
    fn survey(&self) -> Survey {
        let mut survey = Survey { groups_12: self.groups_12.clone(), groups_13: self.groups_13.clone(), ..Survey::default() };
        for (version, found) in &self.found {
            let name = version_name(*version);
            survey.versions.insert(name.clone(), found.support());
            if found.is_accepted() {
                survey.suites.insert(name.clone(), found.accepted.iter().map(|id| describe(*id)).collect());
                survey.order.insert(name, found.order.unwrap_or_default());
            }
        }
        for id in self.found.values().flat_map(|found| &found.flights).filter_map(|flight| flight.signature) {
            if !survey.signatures.iter().any(|known| known.id == id) {
                survey.signatures.push(signature(id));
            }
        }
        survey.weak_signatures = self.weak_signatures;
        survey.safeguards = safeguards::read(self);
        survey.alpn.clone_from(&self.protocols);
        survey.chains = chains::collect(self);
        survey.sealed_chain.clone_from(&self.sealed);
        survey.flaws.clone_from(&self.flaws);
        survey.sessions = self.flaws.is_some().then(|| self.all_sessions());
        survey
    }
}

impl State {
    fn all_sessions(&self) -> Sessions {
        let mut all = self.sessions.clone().unwrap_or_default();
        if let Some(newer) = &self.sessions_13 {
            all.finished.extend(newer.finished.iter().cloned());
            all.unclear.extend(newer.unclear.clone());
            (all.tickets_13, all.psk_resumption_13) = (newer.tickets_13, newer.psk_resumption_13);
            all.early_data_13 = newer.early_data_13;
        }
        all
    }
}

/// How urgent the hellos of a version are: those that are likely to be many go first.
const fn rank_of(version: u16) -> Rank {
    match version {
        0x0303 => 0,
        0x0302 => 2,
        0x0301 => 3,
        0x0300 => 4,
        _ => 5,
    }
}

/// The name of a version number.
fn version_name(version: u16) -> String {
    let known = VERSIONS.iter().find(|(_, number)| *number == version);
    known.map_or_else(|| format!("{version:04x}"), |(name, _)| (*name).to_owned())
}

#[cfg(test)]
pub(crate) mod peers;
#[cfg(test)]
mod tests;
