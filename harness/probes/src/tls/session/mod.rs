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

pub(crate) use begin::{Choice, Wish, begin, hello};
pub(crate) use channel::{Channel, kind};
pub(crate) use exchange::RsaKey;
pub(crate) use handshake::{Begun, Open, Resumed, Saved, finish, resume};
pub(crate) use hellos::Client;
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

#[cfg(test)]
mod tests;
