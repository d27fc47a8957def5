//! The certificate chains that were shown.

use assay_model::evidence::hex;
use assay_wire::{Error, Result};

use super::asker::Asker;
use super::board::Rank;
use super::findings::{Findings, Shown, State};
use super::session::{Sessions, Thirteen};
use super::version_name;
use crate::handshake::{Chain, authentication};

/// How urgent the handshakes of TLS 1.3 are: two, one after the other, of more than one answer each.
const RANK: Rank = 1;

/// The chain of a whole TLS 1.3 handshake, or why it cannot be read; and a second one with a ticket, where that is
/// wanted.
pub(super) async fn thirteen(asker: &Asker<'_>, findings: &Findings, deep: bool) -> Result<()> {
    if !findings.wait(|state| state.is_accepted(0x0304)).await {
        return Ok(());
    }
    let part = asker.crew.enlist(RANK);
    let (session, mut found) = (Thirteen::new(asker.name), Sessions::default());
    let quiet = if deep { asker.rides.quiet() } else { std::time::Duration::ZERO };
    let (link, place) = asker.crew.line(RANK).await?.split()?;
    asker.notes().hellos += 1;
    let first = session.first(asker.crew.permit, link, quiet, &mut found).await;
    drop(place);
    findings.change(|state| match &first {
        Ok(chain) if chain.is_empty() => {}
        Ok(chain) => state.shown.push(Shown { version: 0x0304, suite: 0x1301, named: asker.name.is_some(), chain: chain.clone() }),
        Err(error) => state.sealed = Some(error.to_string()),
    });
    if deep && first.is_ok() && session.has_ticket() {
        let (link, place) = asker.crew.line(RANK).await?.split()?;
        asker.notes().hellos += 1;
        let second = session.second(asker.crew.permit, link, &mut found).await;
        note(&mut found, second.err());
        drop(place);
    }
    note(&mut found, first.err());
    findings.change(|state| state.sessions_13 = Some(found));
    drop(part);
    Ok(())
}

fn note(found: &mut Sessions, trouble: Option<Error>) {
    if let Some(error) = trouble {
        found.unclear.insert("thirteen".to_owned(), error.to_string());
    }
}

/// The chains, each once: those of the newest version first, those of TLS 1.3 at the end.
pub(super) fn collect(state: &State) -> Vec<Chain> {
    let mut shown: Vec<&Shown> = state.shown.iter().collect();
    shown.sort_by_key(|each| (!each.named, each.version == 0x0304, std::cmp::Reverse(each.version)));
    let mut all: Vec<Chain> = Vec::new();
    for each in shown {
        let der: Vec<String> = each.chain.iter().map(|one| hex(one)).collect();
        if !all.iter().any(|known| known.der == der) {
            let (version, asked) = (version_name(each.version), authentication(each.suite).to_owned());
            all.push(Chain { version, asked, named: each.named, der });
        }
    }
    all
}
