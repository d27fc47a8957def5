//! Syslog as a collector: what a product sends to the laboratory's own listener.

mod framing;
mod message;

use std::time::Duration;

use assay_wire::{Error, Link, Listener, Result, UdpListener};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

pub use framing::{Framer, Framing};
pub use message::{Element, Format, Message, parse};

/// Connections that are read at the same time, and in all.
const CONNECTIONS: usize = 64;
/// Messages that wait between the connections and the reader.
const WAITING: usize = 64;

/// One message as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// Address and port of the sender.
    pub from: String,
    /// How it was marked off from the next.
    pub framing: Framing,
    /// The message as text; bytes that are not UTF-8 are replaced.
    pub raw: String,
    /// What it says.
    pub parsed: Message,
}

/// A sender that ended the TLS handshake: it did not take the listener's certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerRefused {
    /// Address and port of the sender.
    pub from: String,
    /// Why, as far as it told.
    pub reason: String,
}

/// All that came in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reception {
    /// The messages, in the order of their arrival.
    pub messages: Vec<Received>,
    /// Connections that were set up, TLS included.
    pub connections: usize,
    /// Senders that would not go through with TLS.
    pub refused: Vec<PeerRefused>,
}

/// Receives over TCP or TLS for `limit`; less, once `most` messages came or `enough` holds of one. Silence is an empty
/// reception, not an error.
///
/// # Errors
/// [`Error::Local`] when the listener itself fails.
pub async fn receive(listener: &Listener, limit: Duration, most: usize, mut enough: impl FnMut(&Received) -> bool) -> Result<Reception> {
    let mut reception = Reception::default();
    let (sender, mut incoming) = mpsc::channel(WAITING);
    let mut readers = JoinSet::new();
    let gathering = async {
        // kept over the turns of the loop: a TLS handshake must not be broken off by a message of another sender
        let mut accepting = Box::pin(listener.accept(limit));
        while reception.messages.len() < most {
            tokio::select! {
                accepted = &mut accepting, if reception.connections < CONNECTIONS => {
                    accepting = Box::pin(listener.accept(limit));
                    if let Some(link) = welcome(accepted, &mut reception)? {
                        readers.spawn(read(link, limit, sender.clone()));
                    }
                }
                Some(message) = incoming.recv() => {
                    let last = enough(&message);
                    reception.messages.push(message);
                    if last {
                        break;
                    }
                }
            }
        }
        Ok(())
    };
    tokio::time::timeout(limit, gathering).await.unwrap_or(Ok(()))?;
    Ok(reception)
}

/// Receives over UDP; otherwise as [`receive`].
///
/// # Errors
/// [`Error::Local`] when the listener itself fails.
pub async fn receive_udp(
    listener: &UdpListener,
    limit: Duration,
    most: usize,
    mut enough: impl FnMut(&Received) -> bool,
) -> Result<Reception> {
    let mut reception = Reception::default();
    let gathering = async {
        while reception.messages.len() < most {
            let (from, bytes) = match listener.receive(limit).await {
                Err(Error::TimedOut { .. }) => break,
                other => other?,
            };
            let message = received(from.to_string(), Framing::Datagram, &bytes);
            let last = enough(&message);
            reception.messages.push(message);
            if last {
                break;
            }
        }
        Ok(())
    };
    tokio::time::timeout(limit, gathering).await.unwrap_or(Ok(()))?;
    Ok(reception)
}

/// Sorts what came of an accepted connection: a link to read, or a sender that refused.
fn welcome(accepted: Result<Link>, reception: &mut Reception) -> Result<Option<Link>> {
    match accepted {
        Ok(link) => {
            reception.connections += 1;
            return Ok(Some(link));
        }
        Err(Error::Handshake(from, reason)) => refused(reception, from, reason),
        Err(Error::TimedOut { peer, what, .. }) if what != "connection" => refused(reception, peer, format!("no end of the {what} came")),
        Err(Error::TimedOut { .. }) => {}
        Err(error) => return Err(error),
    }
    Ok(None)
}

fn refused(reception: &mut Reception, from: String, reason: String) {
    if reception.refused.len() < CONNECTIONS {
        reception.refused.push(PeerRefused { from, reason });
    }
}

/// Reads one connection to its end, or until nobody wants more of it.
async fn read(mut link: Link, patience: Duration, sender: mpsc::Sender<Received>) {
    link.set_patience(patience);
    let from = link.peer().to_owned();
    let mut framer = Framer::default();
    while let Ok(bytes) = link.receive().await {
        let Ok(messages) = framer.push(&bytes) else { return };
        for (framing, bytes) in messages {
            if sender.send(received(from.clone(), framing, &bytes)).await.is_err() {
                return;
            }
        }
    }
    if let Some(rest) = framer.finish() {
        sender.send(received(from, Framing::Lines, &rest)).await.ok();
    }
}

fn received(from: String, framing: Framing, bytes: &[u8]) -> Received {
    Received { from, framing, raw: String::from_utf8_lossy(bytes).into_owned(), parsed: parse(bytes) }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "stand-ins for products open their own sockets")]
mod tests;
