//! Telling a wrong padding from a wrong MAC in CBC suites, or not looking at the padding at all.
//!
//! Each session that stands is given one record that is wrong in one way. A right server answers every one with the
//! same alert (RFC 5246 section 6.2.3.2). How long it takes is not looked at.

use std::time::Duration;

use assay_wire::{Error, Result};

use super::{Check, Outcome};
use crate::tls::session::{Begun, Channel, Open, Reaction, Tamper, finish_and, kind};

/// The ways in which records are wrong, in the order in which they are sent: what is tampered with, and the content.
/// An empty line does no harm where it is taken.
pub(super) const WAYS: [(Tamper, &[u8], &str); 5] = [
    (Tamper::Mac, b"\r\n", "wrong MAC"),
    (Tamper::PaddingBytes, b"\r\n", "wrong padding bytes"),
    (Tamper::PaddingLength, b"\r\n", "padding longer than the record"),
    (Tamper::Both, b"\r\n", "wrong MAC and padding bytes"),
    (Tamper::Mac, b"", "wrong MAC on nothing"),
];

/// What a server did with one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) way: usize,
    pub(super) reaction: Reaction,
}

impl Seen {
    fn words(&self) -> String {
        let way = WAYS.get(self.way).map_or("", |(.., words)| words);
        format!("{way}: {}", self.reaction.words())
    }
}

/// Sends one record that is wrong, on a session in a CBC suite.
///
/// # Errors
/// What is no answer of the server.
pub(super) async fn send(mut open: Open, way: usize, patience: Duration) -> Result<Seen> {
    let record = record(&mut open.channel, way)?;
    let reaction = open.channel.provoke(&record, patience).await?;
    hear(open, way, reaction, patience).await
}

/// The same on a handshake that is not finished yet: the record goes right behind the client's check value.
///
/// # Errors
/// As [`send`]; `TimedOut` when nothing comes back: the server may have lost what came so early.
pub(super) async fn send_ahead(begun: Begun, way: usize, patience: Duration) -> Result<Seen> {
    let mut open = finish_and(begun, |channel| record(channel, way)).await?;
    let peer = open.channel.link.peer().to_owned();
    let reaction = open.channel.reaction(patience).await?;
    let seen = hear(open, way, reaction, patience).await?;
    if seen.reaction == Reaction::Silent {
        let after_ms = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
        return Err(Error::TimedOut { peer, what: "answer to a wrong record", after_ms });
    }
    Ok(seen)
}

fn record(channel: &mut Channel, way: usize) -> Result<Vec<u8>> {
    let (tamper, content, _) = WAYS.get(way).copied().unwrap_or(WAYS[0]);
    channel.record(kind::DATA, content, tamper)
}

/// Hears on where a server that speaks first sends data.
async fn hear(mut open: Open, way: usize, mut reaction: Reaction, patience: Duration) -> Result<Seen> {
    for _ in 0..8 {
        if reaction != Reaction::GoesOn {
            break;
        }
        reaction = open.channel.reaction(patience).await?;
    }
    open.channel.link.abandon();
    Ok(Seen { way, reaction })
}

/// Whether all were treated alike.
pub(super) fn all_alike(seen: &[Seen]) -> bool {
    seen.windows(2).all(|pair| matches!(pair, [left, right] if left.reaction == right.reaction))
}

/// What it comes to: `rounds` are the answers to all ways, once where all were alike, else repeated.
pub(super) fn judge(rounds: &[Vec<Seen>]) -> Check {
    let Some((first, rest)) = rounds.split_first().filter(|(first, _)| first.len() == WAYS.len()) else {
        return Check::unclear("not every wrong record could be sent");
    };
    let words = first.iter().map(Seen::words).collect::<Vec<_>>().join("; ");
    if rounds.iter().any(|round| all_alike(round)) {
        if first.iter().all(|seen| seen.reaction == Reaction::Silent) {
            return Check::unclear("no wrong record was answered at all");
        }
        return Check::of(Outcome::NotVulnerable, format!("all wrong records were treated alike: {words}"));
    }
    if rest.is_empty() || !rest.iter().all(|round| round == first) {
        return Check::unclear(format!("wrong records were treated in different ways, but not the same way each time: {words}"));
    }
    Check::of(Outcome::Vulnerable, format!("wrong records are told apart, each time in the same way: {words}"))
}
