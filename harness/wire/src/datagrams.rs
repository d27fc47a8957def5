//! Datagrams: UDP, and DTLS on it, with a deadline on every wait and a transcript of every byte.

use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::OwnedSemaphorePermit;

use crate::clock::{now, within};
use crate::dtls::DtlsSession;
use crate::error::{Error, Result};
use crate::ledger::Page;

/// The longest datagram that is read.
const LONGEST: usize = 65_535;

/// A socket that speaks to one address. It occupies one connection of the host's budget until it is dropped.
#[derive(Debug)]
pub struct Datagrams {
    socket: UdpSocket,
    page: Page,
    answer: Duration,
    slowest: Duration,
    waited: Duration,
    layer: Layer,
    _slot: OwnedSemaphorePermit,
}

/// What lies between the caller and the socket. While a session works it is taken out; if its work is broken off
/// half-way, it is gone for good, and nothing may ever be sent in clear in its place.
#[derive(Debug)]
enum Layer {
    Clear,
    Secured(Box<DtlsSession>),
    BrokenOff,
}

impl Datagrams {
    pub(crate) fn plain(socket: UdpSocket, page: Page, answer: Duration, slot: OwnedSemaphorePermit) -> Self {
        Self { socket, page, answer, slowest: Duration::ZERO, waited: Duration::ZERO, layer: Layer::Clear, _slot: slot }
    }

    pub(crate) fn secured(self, page: Page, session: DtlsSession) -> Self {
        Self { page, layer: Layer::Secured(Box::new(session)), ..self }
    }

    /// Address and port of the other side.
    pub fn peer(&self) -> &str {
        self.page.peer()
    }

    /// What DTLS agreed on, if this is DTLS.
    pub fn session(&self) -> Option<&DtlsSession> {
        match &self.layer {
            Layer::Secured(session) => Some(session),
            Layer::Clear | Layer::BrokenOff => None,
        }
    }

    /// Waits this long for an answer from now on.
    pub fn set_patience(&mut self, answer: Duration) {
        self.answer = answer;
    }

    /// The longest that a datagram let itself be waited for so far; zero when none came.
    pub fn slowest_answer(&self) -> Duration {
        self.slowest
    }

    /// How long the last datagram let itself be waited for; zero when none came.
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// Sends one datagram.
    ///
    /// # Errors
    /// [`Error::Refused`] when an earlier one was answered by "port unreachable"; [`Error::Reset`].
    pub async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.page.write(true, bytes);
        match self.take_layer() {
            Layer::Clear => self.send_raw(bytes).await,
            Layer::Secured(mut session) => {
                let sent = session.send(self, bytes).await;
                self.layer = Layer::Secured(session);
                sent
            }
            Layer::BrokenOff => Err(Error::Closed(self.peer().to_owned())),
        }
    }

    /// Receives one datagram.
    ///
    /// # Errors
    /// [`Error::Refused`] on "port unreachable"; [`Error::TimedOut`]; [`Error::Closed`] when DTLS was closed.
    pub async fn receive(&mut self) -> Result<Vec<u8>> {
        let (peer, answer, asked) = (self.peer().to_owned(), self.answer, now());
        let bytes = match self.take_layer() {
            Layer::Clear => within(&peer, "answer", answer, self.receive_raw()).await??,
            Layer::Secured(mut session) => {
                let received = within(&peer, "answer", answer, session.receive(self)).await;
                self.layer = Layer::Secured(session);
                received??
            }
            Layer::BrokenOff => return Err(Error::Closed(peer)),
        };
        self.waited = now().saturating_duration_since(asked);
        self.slowest = self.slowest.max(self.waited);
        self.page.write(false, &bytes);
        Ok(bytes)
    }

    /// Takes a session out to work with it; a clear layer stays where it is.
    fn take_layer(&mut self) -> Layer {
        match self.layer {
            Layer::Clear => Layer::Clear,
            Layer::Secured(_) | Layer::BrokenOff => std::mem::replace(&mut self.layer, Layer::BrokenOff),
        }
    }

    pub(crate) async fn send_raw(&self, bytes: &[u8]) -> Result<()> {
        self.socket.send(bytes).await.map(drop).map_err(|error| Error::from_io(self.peer(), &error))
    }

    pub(crate) async fn receive_raw(&self) -> Result<Vec<u8>> {
        let mut buffer = vec![0; LONGEST];
        let count = self.socket.recv(&mut buffer).await.map_err(|error| Error::from_io(self.peer(), &error))?;
        buffer.truncate(count);
        Ok(buffer)
    }
}
