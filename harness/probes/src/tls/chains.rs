//! The certificate chains that were shown.

use assay_model::evidence::hex;
use assay_wire::{Result, TlsOptions};

use super::asker::Asker;
use super::board::Rank;
use super::findings::{Findings, Shown, State};
use super::version_name;
use crate::handshake::{Chain, authentication};

/// How urgent the handshake is.
const RANK: Rank = 7;

/// The chain of a whole TLS 1.3 handshake, or why it cannot be read.
pub(super) async fn sealed(asker: &Asker<'_>, findings: &Findings) -> Result<()> {
    if !findings.wait(|state| state.is_accepted(0x0304)).await {
        return Ok(());
    }
    let part = asker.crew.enlist(RANK);
    let options = TlsOptions { name: asker.name.map(str::to_owned), ..TlsOptions::default() };
    let mut line = asker.crew.line(RANK).await?;
    asker.notes().hellos += 1;
    let opened = asker.crew.permit.start_tls(line.take()?, &options).await;
    findings.change(|state| match opened {
        Ok(link) => {
            let chain = link.session().map(|session| session.chain.clone()).unwrap_or_default();
            if !chain.is_empty() {
                state.shown.push(Shown { version: 0x0304, suite: 0x1301, named: asker.name.is_some(), chain });
            }
            link.abandon();
        }
        Err(error) => state.sealed = Some(error.to_string()),
    });
    drop(part);
    Ok(())
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
