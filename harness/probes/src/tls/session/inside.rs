//! What is asked within a session that stands: a new handshake, heartbeats.

use std::time::Duration;

use assay_wire::{Error, Result};
use aws_lc_rs::rand;

use super::channel::{Channel, Event, kind};
use super::handshake::Open;
use super::hellos::TICKET;
use crate::handshake::{alert_name, counted, extension};

/// The most events that are looked at for one answer.
const MOST_EVENTS: usize = 32;

/// What a server does when something unusual comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reaction {
    /// An alert that ends the connection, or says no in passing.
    Alert(u8),
    /// A handshake message of this kind.
    Message(u8),
    /// Anything else of the protocol: it goes on.
    GoesOn,
    /// A heartbeat with this content.
    Heartbeat(Vec<u8>),
    Closed,
    Reset,
    /// Nothing for as long as was waited.
    Silent,
    /// Something that cannot be read.
    Garbled,
}

impl Reaction {
    /// In words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Alert(code) => format!("alert {}", alert_name(*code)),
            Self::Message(kind) => format!("handshake message {kind}"),
            Self::GoesOn => "it goes on".to_owned(),
            Self::Heartbeat(content) => format!("a heartbeat of {} bytes", content.len()),
            Self::Closed => "closed".to_owned(),
            Self::Reset => "reset".to_owned(),
            Self::Silent => "silence".to_owned(),
            Self::Garbled => "bytes that cannot be read".to_owned(),
        }
    }
}

impl Channel {
    /// What comes within this time.
    ///
    /// # Errors
    /// `Local`, `Budget` and the like: what is no answer of the server.
    pub(crate) async fn reaction(&mut self, patience: Duration) -> Result<Reaction> {
        match tokio::time::timeout(patience, self.next()).await {
            Err(_) | Ok(Err(Error::TimedOut { .. })) => Ok(Reaction::Silent),
            Ok(Ok(Event::Alert(_, code))) => Ok(Reaction::Alert(code)),
            Ok(Ok(Event::Message(message))) => Ok(Reaction::Message(message.kind)),
            Ok(Ok(Event::Heartbeat(content))) => Ok(Reaction::Heartbeat(content)),
            Ok(Ok(Event::Change | Event::Data)) => Ok(Reaction::GoesOn),
            Ok(Err(Error::Closed(_))) => Ok(Reaction::Closed),
            Ok(Err(Error::Reset(_))) => Ok(Reaction::Reset),
            Ok(Err(Error::Malformed { .. } | Error::TooLong { .. })) => Ok(Reaction::Garbled),
            Ok(Err(error)) => Err(error),
        }
    }

    /// Sends bytes as they are, and hears what comes within this time. A connection that ends meanwhile is the answer.
    ///
    /// # Errors
    /// As [`Channel::reaction`].
    pub(crate) async fn provoke(&mut self, bytes: &[u8], patience: Duration) -> Result<Reaction> {
        match self.link.send(bytes).await {
            // what it said before it went may still be there
            Ok(()) | Err(Error::Reset(_)) => self.reaction(patience).await,
            Err(Error::TimedOut { .. }) => Ok(Reaction::Silent),
            Err(error) => Err(error),
        }
    }
}

/// Starts a new handshake within a session, tied to the first where the server ties them.
///
/// # Errors
/// As [`Channel::reaction`].
pub(crate) async fn renegotiate(open: &mut Open, patience: Duration) -> Result<Reaction> {
    let mut random = [0; 32];
    rand::fill(&mut random).map_err(|_| Error::Local("no random numbers".to_owned()))?;
    let tie = counted(1, &open.check);
    let tie = (extension::RENEGOTIATION_INFO, open.tied.then_some(tie.as_slice()));
    let hello = open.saved.hello().renewed(random, &[], &[tie, (TICKET, None)]);
    let record = open.channel.record(kind::HANDSHAKE, &hello, super::seal::Tamper::Nothing)?;
    let mut reaction = open.channel.provoke(&record, patience).await?;
    for _ in 0..MOST_EVENTS {
        // a request for a new handshake, a ticket, and data may be under way
        if !matches!(reaction, Reaction::Message(0 | 4) | Reaction::GoesOn | Reaction::Heartbeat(_)) {
            break;
        }
        reaction = open.channel.reaction(patience).await?;
    }
    Ok(reaction)
}
