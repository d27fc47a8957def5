//! Protections beside versions and suites.

use std::collections::BTreeMap;

use assay_wire::Result;

use super::asker::{Answer, Asker};
use super::groups::best_with_extensions;
use super::suites::Found;
use super::{Safeguards, VERSIONS};
use crate::handshake::{Flight, Hello, extension};

/// `TLS_FALLBACK_SCSV`.
const FALLBACK: u16 = 0x5600;
/// The alert that answers it.
const INAPPROPRIATE_FALLBACK: u8 = 86;
/// The end of a server's random that marks a downgrade to TLS 1.2, and the one for lower versions.
const MARKER_12: [u8; 8] = *b"DOWNGRD\x01";
const MARKER_11: [u8; 8] = *b"DOWNGRD\x00";

pub(super) async fn ask(asker: &mut Asker<'_>, found: &BTreeMap<&str, Found>) -> Result<Safeguards> {
    let mut safeguards = Safeguards { downgrade_marker: marker(found), ..Safeguards::default() };
    if let Some((version, each)) = best_with_extensions(found) {
        let has = |number: u16| Some(each.flights.iter().all(|flight| flight.hello.extensions.contains(&number)));
        safeguards.extended_master_secret = has(extension::EXTENDED_MASTER_SECRET);
        safeguards.renegotiation_info = has(extension::RENEGOTIATION_INFO);
        safeguards.client_certificate_requested = requested(&each.flights);
        let hello = Hello { compression: vec![1, 0], ..asker.hello(version, &each.accepted) };
        safeguards.compression = match asker.ask(&hello).await? {
            Answer::Flight(flight) => Some(flight.hello.compression != 0),
            Answer::Alert(_) => Some(false),
            _ => None,
        };
    }
    safeguards.fallback_scsv = fallback(asker, found).await?;
    safeguards.server_preference = preference(asker, found).await?;
    Ok(safeguards)
}

/// Whether a certificate was asked for in any flight that came whole enough to tell.
fn requested(flights: &[Flight]) -> Option<bool> {
    let asked = flights.iter().any(|flight| flight.certificate_request);
    (asked || flights.iter().any(|flight| flight.whole)).then_some(asked)
}

fn marker(found: &BTreeMap<&str, Found>) -> Option<bool> {
    found.get("1.3").filter(|each| !each.accepted.is_empty())?;
    let older = [("1.2", MARKER_12), ("1.1", MARKER_11), ("1.0", MARKER_11)];
    let mut marked = None;
    for (name, expected) in older {
        for flight in found.get(name).iter().flat_map(|each| &each.flights) {
            marked = Some(marked.unwrap_or(true) && flight.hello.random.ends_with(&expected));
        }
    }
    marked
}

/// Sends a lower version than the best, marked as a fallback.
async fn fallback(asker: &mut Asker<'_>, found: &BTreeMap<&str, Found>) -> Result<Option<bool>> {
    let mut accepted: Vec<_> = VERSIONS
        .iter()
        .filter(|(_, version)| *version >= 0x0301)
        .filter_map(|(name, version)| found.get(name).filter(|each| !each.accepted.is_empty()).map(|each| (*version, each)))
        .collect();
    accepted.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    let Some((version, each)) = accepted.get(1) else { return Ok(None) };
    let suites: Vec<u16> = each.accepted.iter().copied().take(64).chain([FALLBACK]).collect();
    Ok(match asker.ask(&asker.hello(*version, &suites)).await? {
        Answer::Alert(INAPPROPRIATE_FALLBACK) => Some(true),
        Answer::Flight(_) => Some(false),
        _ => None,
    })
}

/// Offers the accepted suites with the server's first choice at the end: does it choose that again?
async fn preference(asker: &mut Asker<'_>, found: &BTreeMap<&str, Found>) -> Result<Option<bool>> {
    let thirteen = found.get("1.3").map(|each| (0x0304, each));
    let candidates = [best_with_extensions(found), thirteen];
    let Some((version, each)) = candidates.into_iter().flatten().find(|(_, each)| each.accepted.len() > 1) else { return Ok(None) };
    let offered: Vec<u16> = each.accepted.iter().copied().take(64).rev().collect();
    let (first, last) = (offered.first().copied(), offered.last().copied());
    Ok(match asker.ask(&asker.hello(version, &offered)).await? {
        Answer::Flight(flight) if Some(flight.hello.suite) == first => Some(false),
        Answer::Flight(flight) if Some(flight.hello.suite) == last => Some(true),
        _ => None,
    })
}
