//! Reading beyond a heartbeat's payload (CVE-2014-0160).
//!
//! First a heartbeat that claims its own padding as payload: who echoes it did not look at the length, and has yet
//! given away nothing but bytes that were sent. Only then is it asked for a few bytes more. A well-formed heartbeat goes
//! before, and its echo is the control; another follows each false one, and its echo shows that that one was dropped.

use std::time::Duration;

use assay_wire::Result;

use super::{Check, Outcome};
use crate::handshake::alert_name;
use crate::tls::session::{Open, Reaction, Tamper, kind};

/// Payload and padding of a heartbeat, in bytes; the padding is the least that is permitted (RFC 6520 section 4).
const PAYLOAD: usize = 16;
const PADDING: usize = 16;
/// The bytes asked for beyond all that was sent.
const BEYOND: usize = 8;
/// What is written before payload and padding: kind and length.
const HEADING: usize = 3;

/// What came back for a false and a true heartbeat.
enum Echo {
    /// The false one, of this many payload bytes.
    False(usize),
    /// Only the true one.
    True,
    /// Neither.
    None(Reaction),
}

/// Looks within a session in which the server has offered heartbeats.
///
/// # Errors
/// What is no answer of the server.
pub(super) async fn look(open: &mut Open, patience: Duration) -> Result<Check> {
    let reaction = alone(open, patience).await?;
    if !matches!(&reaction, Reaction::Heartbeat(content) if content.len() >= HEADING + PAYLOAD) {
        return Ok(unanswered(open.heartbeat, &reaction));
    }
    let (outcome, why) = match ask(open, PAYLOAD + PADDING, patience).await? {
        Echo::True => (Outcome::NotVulnerable, "a heartbeat with a false length was dropped".to_owned()),
        Echo::None(Reaction::Alert(code)) => {
            (Outcome::NotVulnerable, format!("a heartbeat with a false length was answered with alert {}", alert_name(code)))
        }
        Echo::None(reaction) => (Outcome::Unclear, format!("after a heartbeat with a false length: {}", reaction.words())),
        Echo::False(_) => further(ask(open, PAYLOAD + PADDING + BEYOND, patience).await?),
    };
    Ok(Check { outcome, why, control: Some("a well-formed heartbeat was answered".to_owned()) })
}

/// What it comes to when padding was taken as payload, and more was asked for.
fn further(echo: Echo) -> (Outcome, String) {
    let sent = PAYLOAD + PADDING;
    match echo {
        Echo::False(count) if count > sent => (Outcome::Vulnerable, format!("a heartbeat of {sent} bytes was answered with {count} bytes")),
        Echo::False(_) | Echo::True => {
            (Outcome::NotVulnerable, "no more was echoed than was sent, though padding was taken as payload".to_owned())
        }
        Echo::None(reaction) => {
            (Outcome::Unclear, format!("padding was echoed as payload; asked for more, its answer was: {}", reaction.words()))
        }
    }
}

/// Sends a true heartbeat alone.
async fn alone(open: &mut Open, patience: Duration) -> Result<Reaction> {
    let bytes = open.channel.record(kind::HEARTBEAT, &heartbeat(PAYLOAD, 0x63), Tamper::Nothing)?;
    let mut reaction = open.channel.provoke(&bytes, patience).await?;
    while reaction == Reaction::GoesOn {
        reaction = open.channel.reaction(patience).await?;
    }
    Ok(reaction)
}

fn unanswered(mode: Option<u8>, reaction: &Reaction) -> Check {
    if mode == Some(2) {
        return Check::not_applicable("the server sends heartbeats but takes none");
    }
    Check::unclear(format!("heartbeats are offered, but a well-formed one was not answered: {}", reaction.words()))
}

/// Sends a heartbeat that claims a payload of `claimed` bytes, and a true one after it.
async fn ask(open: &mut Open, claimed: usize, patience: Duration) -> Result<Echo> {
    let [false_one, true_one] = [(claimed, 0x61), (PAYLOAD, 0x62)].map(|(claimed, filling)| heartbeat(claimed, filling));
    let mut bytes = open.channel.record(kind::HEARTBEAT, &false_one, Tamper::Nothing)?;
    bytes.extend(open.channel.record(kind::HEARTBEAT, &true_one, Tamper::Nothing)?);
    let mut reaction = open.channel.provoke(&bytes, patience).await?;
    loop {
        let Reaction::Heartbeat(content) = &reaction else {
            if reaction != Reaction::GoesOn {
                return Ok(Echo::None(reaction));
            }
            reaction = open.channel.reaction(patience).await?;
            continue;
        };
        return Ok(match content.get(HEADING) {
            Some(0x61) => {
                // the echo of the true one, so that it is not taken for the next answer
                let _ = open.channel.reaction(patience).await?;
                Echo::False(content.len().saturating_sub(HEADING + PADDING))
            }
            _ => Echo::True,
        });
    }
}

/// A request with payload and padding of one byte value each.
fn heartbeat(claimed: usize, filling: u8) -> Vec<u8> {
    let [high, low] = u16::try_from(claimed).unwrap_or_default().to_be_bytes();
    [vec![1, high, low], vec![filling; PAYLOAD + PADDING]].concat()
}
