//! Protections beside versions and suites, as the flights show them.

use super::findings::{Found, State};
use super::{Order, Safeguards};
use crate::handshake::{Flight, extension, has};

/// The end of a server's random that marks a downgrade to TLS 1.2, and the one for lower versions.
const MARKER_12: [u8; 8] = *b"DOWNGRD\x01";
const MARKER_11: [u8; 8] = *b"DOWNGRD\x00";

pub(super) fn read(state: &State) -> Safeguards {
    let mut safeguards = Safeguards { downgrade_marker: marker(state), fallback_scsv: state.fallback, ..Safeguards::default() };
    safeguards.server_preference = preference(state);
    let Some(found) = state.best_with_extensions().flatten().and_then(|version| state.of(version)) else { return safeguards };
    let has = |number: u16| Some(found.flights.iter().all(|flight| flight.hello.extensions.contains(&number)));
    let any = |number: u16| Some(found.flights.iter().any(|flight| flight.hello.extensions.contains(&number)));
    safeguards.extended_master_secret = has(extension::EXTENDED_MASTER_SECRET);
    safeguards.renegotiation_info = has(extension::RENEGOTIATION_INFO);
    safeguards.client_certificate_requested = requested(&found.flights);
    if !found.plain {
        safeguards.compression = Some(found.flights.iter().any(|flight| flight.hello.compression != 0));
        safeguards.heartbeat = any(extension::HEARTBEAT);
        safeguards.session_ticket = any(extension::SESSION_TICKET);
        safeguards.ocsp_staple = staple(&found.flights);
        safeguards.encrypt_then_mac = encrypt_then_mac(found);
    }
    safeguards.session_id = Some(found.flights.iter().any(|flight| !flight.hello.session.is_empty()));
    safeguards
}

/// Whether a certificate was asked for in any flight that came whole enough to tell.
fn requested(flights: &[Flight]) -> Option<bool> {
    let asked = flights.iter().any(|flight| flight.certificate_request);
    (asked || flights.iter().any(|flight| flight.whole)).then_some(asked)
}

fn staple(flights: &[Flight]) -> Option<bool> {
    let stapled = flights.iter().any(|flight| flight.staple);
    (stapled || flights.iter().any(|flight| flight.whole)).then_some(stapled)
}

/// It is agreed on only together with a block cipher.
fn encrypt_then_mac(found: &Found) -> Option<bool> {
    let mut blocks = found.flights.iter().filter(|flight| has(flight.hello.suite, "cbc")).peekable();
    blocks.peek()?;
    Some(blocks.all(|flight| flight.hello.extensions.contains(&extension::ENCRYPT_THEN_MAC)))
}

fn marker(state: &State) -> Option<bool> {
    state.of(0x0304).filter(|found| found.is_accepted())?;
    let mut marked = None;
    for (version, expected) in [(0x0303, MARKER_12), (0x0302, MARKER_11), (0x0301, MARKER_11)] {
        for flight in state.of(version).iter().flat_map(|found| &found.flights) {
            marked = Some(marked.unwrap_or(true) && flight.hello.random.ends_with(&expected));
        }
    }
    marked
}

/// The order in the best version where it can be told.
fn preference(state: &State) -> Option<bool> {
    let orders = [0x0303, 0x0302, 0x0301, 0x0304].map(|version| state.of(version).and_then(|found| found.order));
    orders.into_iter().flatten().find_map(|order| match order {
        Order::Server => Some(true),
        Order::Client => Some(false),
        Order::Unclear => None,
    })
}
