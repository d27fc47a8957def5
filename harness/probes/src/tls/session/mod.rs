//! Whole TLS sessions: handshakes that were begun by hand are finished, gone on with, and renegotiated.

mod begin;
mod channel;
mod derive;
mod exchange;
mod handshake;
mod hellos;
mod inside;
mod seal;
mod suite;
mod thirteen;

pub(crate) use begin::{Choice, Wish, begin, begin_as, hello};
pub(crate) use channel::{Channel, kind};
pub(crate) use exchange::RsaKey;
pub(crate) use handshake::{Begun, Open, Resumed, Saved, finish, finish_and, resume};
pub(crate) use hellos::{Client, wrap};
pub(crate) use inside::{Reaction, renegotiate};
pub(crate) use seal::Tamper;
pub(crate) use suite::{Exchange, Parts};
pub(crate) use thirteen::Thirteen;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What whole sessions showed. `None` where the question does not arise or the answer is not clear: `unclear` then
/// says why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sessions {
    /// The versions in which a handshake came to its end.
    pub finished: Vec<String>,
    /// Whether the extended master secret was agreed on in a handshake that came to its end (RFC 7627), up to TLS 1.2.
    pub extended_master_secret: Option<bool>,
    /// Whether a session is gone on with by its id (RFC 5246 section 7.3), up to TLS 1.2.
    pub id_resumption: Option<bool>,
    /// Whether a session is gone on with by a ticket (RFC 5077), up to TLS 1.2.
    pub ticket_resumption: Option<bool>,
    /// The lifetime that the server gives its tickets, in seconds, up to TLS 1.2; 0 is "not said".
    pub ticket_lifetime_s: Option<u32>,
    /// Whether the server takes a new handshake that the client starts within a session, where both sides tie it to
    /// the first (RFC 5746), up to TLS 1.2.
    pub client_renegotiation: Option<bool>,
    /// The same without that tie, which lets a stranger put bytes in front of the client's.
    pub insecure_renegotiation: Option<bool>,
    /// Whether heartbeats are offered by the server (RFC 6520).
    pub heartbeat: Option<bool>,
    /// Tickets sent after a handshake of TLS 1.3.
    pub tickets_13: Option<u32>,
    /// Whether a session of TLS 1.3 is gone on with by a ticket.
    pub psk_resumption_13: Option<bool>,
    /// Whether early data was accepted in TLS 1.3 (RFC 8446 section 2.3).
    pub early_data_13: Option<bool>,
    /// By question: why there is no answer.
    #[serde(default)]
    pub unclear: BTreeMap<String, String>,
}

/// Reads any bytes as what a server sends in a whole session, for the tests that drive every reader: records in clear
/// and sealed, its hello, its part of the key exchange.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn read_anything(bytes: &[u8]) {
    use suite::{Bulk, Hash};
    let mut rest = bytes.to_vec();
    while let Ok(Some(((kind, body), after))) = channel::split(&rest) {
        for bulk in [Bulk::Cbc(16, Hash::Sha1), Bulk::Cbc(32, Hash::Sha256), Bulk::Gcm(16), Bulk::Chacha] {
            let (mac, key, start) = seal::sizes(bulk);
            for (version, outside) in [(0x0301, false), (0x0303, false), (0x0303, true)] {
                let half = seal::Half::new(version, bulk, outside, [&vec![1; mac], &vec![2; key], &vec![3; start]]);
                let _ = half.map(|mut half| half.open(kind, &body));
            }
        }
        let _ = (hellos::Parts::of_server(&body), Client::read(&body));
        rest = after;
    }
    for exchange in [Exchange::Ecdhe, Exchange::Dhe] {
        let _ = exchange::agree(exchange, 0x0303, Some(bytes), None);
    }
    let _ = exchange::agree(Exchange::Rsa, 0x0303, None, Some(bytes));
}

#[cfg(test)]
pub(crate) mod responder;
#[cfg(test)]
mod tests;
