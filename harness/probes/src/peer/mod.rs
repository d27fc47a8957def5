//! The laboratory in the place of a product's peer: who comes, what it offers, and how far it goes.

mod flight;
mod manner;
mod names;
mod offer;
mod short_key;
mod times;

use std::time::Duration;

use assay_wire::{Error, Link, Listener, Result, ServerIdentity, Stopwatch};
use serde::{Deserialize, Serialize};

use crate::text::escaped;

pub use flight::Flight;
pub use manner::{Manner, Page, Site};
pub use names::{Query, resolve};
pub use offer::{Offer, Opening};
pub use short_key::{short_key, short_key_signs};
pub use times::tell_time;

/// Bytes of what a client says that are shown.
const SHOWN: usize = 200;
/// Bytes taken from one client.
const MOST_BYTES: usize = 256 * 1024;

/// What the laboratory shows of itself.
#[derive(Debug, Clone)]
pub enum Face {
    /// TLS with this certificate.
    Secure(ServerIdentity),
    /// A server that no good library would be, as far as its first flight.
    Bad(Flight),
    /// No TLS.
    Clear,
}

/// How far a client went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conduct {
    /// It went away before it had said anything inside.
    Left {
        /// How, as far as it told.
        how: String,
    },
    /// It said something inside, or went on with the key exchange.
    WentOn,
    /// Neither, as long as it was waited for.
    Undecided,
}

/// One connection of the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Address and port that it came from.
    pub from: String,
    /// What it offered, if it began TLS.
    pub offer: Option<Offer>,
    /// How far it went.
    pub conduct: Conduct,
    /// What it said inside, or in clear: the first bytes, made safe to show.
    pub said: String,
    /// What it asked for by HTTP: methods and paths.
    pub asked: Vec<String>,
}

impl Visit {
    /// Whether it said something, or went on with the key exchange.
    pub fn went_on(&self) -> bool {
        self.conduct == Conduct::WentOn
    }

    /// Whether it went away without.
    pub fn left(&self) -> bool {
        matches!(self.conduct, Conduct::Left { .. })
    }
}

/// Receives the product for `limit`; less, once it came `most` times. That nobody comes is no error.
///
/// # Errors
/// [`Error::Local`] when the listener itself fails.
pub async fn receive(listener: &Listener, face: &Face, manner: &Manner, limit: Duration, most: usize) -> Result<Vec<Visit>> {
    let (watch, mut visits) = (Stopwatch::start(), Vec::new());
    while visits.len() < most {
        match listener.accept_plain(limit.saturating_sub(watch.elapsed())).await {
            Ok(link) => visits.push(attend(listener, link, face, manner).await?),
            Err(Error::TimedOut { .. }) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(visits)
}

/// Attends to one connection.
async fn attend(listener: &Listener, mut link: Link, face: &Face, manner: &Manner) -> Result<Visit> {
    let from = link.peer().to_owned();
    let mut visit = Visit { from, offer: None, conduct: Conduct::Undecided, said: String::new(), asked: Vec::new() };
    if let Face::Clear = face {
        visit.conduct = converse(&mut link, manner, &mut visit).await?;
        return Ok(visit);
    }
    match Opening::of(&link.peek(|bytes| Opening::of(bytes) != Opening::Part).await) {
        Opening::Hello(offer) => visit.offer = Some(*offer),
        Opening::Part => {
            visit.conduct = Conduct::Left { how: "it sent no whole hello".to_owned() };
            return Ok(visit);
        }
        // not TLS: what it says in clear is what counts
        Opening::Other => {
            visit.conduct = converse(&mut link, manner, &mut visit).await?;
            return Ok(visit);
        }
    }
    visit.conduct = match (face, &visit.offer) {
        (Face::Bad(flight), Some(offer)) => flight::send(&mut link, flight, offer).await?,
        (Face::Secure(identity), _) => match listener.secure(link, identity).await {
            Ok(mut link) => converse(&mut link, manner, &mut visit).await?,
            Err(error) => flight::left(error)?,
        },
        _ => Conduct::Undecided,
    };
    Ok(visit)
}

/// Hears what the client says and answers it, until either has done.
async fn converse(link: &mut Link, manner: &Manner, visit: &mut Visit) -> Result<Conduct> {
    let (mut all, mut total) = (Vec::new(), 0);
    let ended = loop {
        match link.receive().await {
            Ok(bytes) => {
                total += bytes.len();
                all.extend(bytes);
            }
            Err(error) => break error,
        }
        if visit.said.len() < SHOWN {
            visit.said = escaped(&all, SHOWN);
        }
        if let Opening::Hello(offer) = Opening::of(&all) {
            visit.offer = Some(*offer);
            return Ok(Conduct::Left { how: "it began TLS".to_owned() });
        }
        match manner.answer(&all, visit) {
            Some((answer, more)) => {
                all.clear();
                let sent = link.send(&answer).await;
                if !more || sent.is_err() {
                    return Ok(Conduct::WentOn);
                }
            }
            None if total > MOST_BYTES => return Ok(Conduct::WentOn),
            None => {}
        }
    };
    match ended {
        _ if total > 0 => Ok(Conduct::WentOn),
        Error::TimedOut { .. } => Ok(Conduct::Undecided),
        error => flight::left(error),
    }
}

/// Reads any bytes as what a client says, for the tests that drive every reader: a hello, a request of HTTP, a query for a name.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn read_anything(bytes: &[u8]) {
    let _ = (Opening::of(bytes), manner::request(bytes));
    if let Some((query, question)) = names::read(bytes, 53) {
        let _ = names::answer(&query, question, std::net::Ipv4Addr::LOCALHOST);
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "stand-ins for products open their own sockets")]
mod tests;
