//! Single questions, where a whole survey would be too much.

use assay_model::evidence::hex;
use assay_wire::{Permit, Result};

use super::asker::{Asker, Offer};
use super::suites::FEW;
use super::{Chain, Suite, VERSIONS, version_name};
use crate::handshake::{authentication, describe, known};

/// The versions that show certificates in clear.
const IN_CLEAR: [u16; 2] = [0xfefd, 0xfeff];

/// The suite that the server chooses when no suite with a pre-shared key is offered; `None` when it accepts none.
///
/// # Errors
/// As [`super::survey`], but silence is no error: see to it that the server is known to answer.
pub async fn without_key(permit: &Permit) -> Result<Option<Suite>> {
    let mut asker = Asker::new(permit)?;
    let suites: Vec<u16> = known().into_iter().filter(|id| !describe(*id).has("psk")).collect();
    for few in suites.chunks(FEW) {
        if let Offer::Accepted(accepted) = asker.offer(&asker.hello(IN_CLEAR[0], few)).await? {
            return Ok(Some(describe(accepted.flight.hello.suite)));
        }
    }
    Ok(None)
}

/// The certificate chains that the server shows, one for each kind of key.
///
/// # Errors
/// As [`super::survey`].
pub async fn chains(permit: &Permit) -> Result<Vec<Chain>> {
    let mut asker = Asker::new(permit)?;
    let mut chains: Vec<Chain> = Vec::new();
    for (name, version) in VERSIONS.into_iter().filter(|(_, version)| IN_CLEAR.contains(version)) {
        for kind in ["ecdsa", "rsa", "dss", "any"] {
            let suites: Vec<u16> = known().into_iter().filter(|id| authentication(*id) == kind && !describe(*id).has("psk")).collect();
            let Offer::Accepted(accepted) = asker.offer(&asker.hello(version, &suites)).await? else { continue };
            let der: Vec<String> = accepted.flight.chain.iter().map(|each| hex(each)).collect();
            asker.keep_control(asker.hello(accepted.flight.hello.version, &suites));
            if !der.is_empty() && !chains.iter().any(|chain| chain.der == der) {
                let version = version_name(accepted.flight.hello.version);
                chains.push(Chain { version, asked: kind.to_owned(), named: permit.declared_name().is_some(), der });
            }
        }
        if !chains.is_empty() || (name == "1.0" && asker.answered()) {
            return Ok(chains);
        }
    }
    Err(asker.late())
}
