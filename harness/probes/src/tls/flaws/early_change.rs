//! Taking a change of cipher before keys are agreed on (CVE-2014-0224).
//!
//! After the server's flight a change of cipher is sent, and a record in clear after it. A right server says no to the
//! first; one with the flaw has taken keys made of nothing into use, and cannot open the second.

use std::time::Duration;

use assay_wire::Result;

use super::{Check, Outcome};
use crate::tls::session::{Begun, Channel, Reaction, kind};

/// Alerts of a record that could not be opened: bad MAC, decryption failed, overflow, decode error, decrypt error.
const SEALED: [u8; 5] = [20, 21, 22, 50, 51];

/// Looks on a handshake of which nothing more is wanted.
///
/// # Errors
/// What is no answer of the server.
pub(super) async fn look(begun: Begun, version: u16, patience: Duration) -> Result<Check> {
    let mut channel = Channel::new(begun.link, Vec::new());
    channel.set_version(version);
    let change = channel.record(kind::CHANGE, &[1], crate::tls::session::Tamper::Nothing)?;
    let first = channel.provoke(&change, patience).await?;
    let (reaction, after) = match first {
        Reaction::Silent => (channel.provoke(&change, patience).await?, "the second of two early changes of cipher"),
        other => (other, "an early change of cipher"),
    };
    channel.link.abandon();
    Ok(judge(&reaction, after == "an early change of cipher"))
}

fn judge(reaction: &Reaction, at_once: bool) -> Check {
    let which = if at_once { "an early change of cipher" } else { "what follows an early change of cipher" };
    let why = format!("{which} was answered with: {}", reaction.words());
    match reaction {
        Reaction::Alert(code) if !at_once && SEALED.contains(code) => Check::of(Outcome::Vulnerable, why),
        Reaction::Alert(_) | Reaction::Closed | Reaction::Reset => Check::of(Outcome::NotVulnerable, why),
        _ => Check::unclear(why),
    }
}
