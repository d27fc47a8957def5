//! Transcripts: what was sent and received, in order, byte for byte.

use std::sync::{Arc, Mutex, PoisonError};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use tokio::time::Instant;

use crate::clock::{ms_since, now};

/// Bytes kept of one exchange; what comes after is counted only.
const KEPT_BYTES: usize = 128 * 1024;
/// Exchanges kept between two records; what comes after is counted only.
const KEPT_EXCHANGES: usize = 1024;

/// The layer at which bytes were recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// On TCP itself.
    Tcp,
    /// Inside TLS.
    Tls,
    /// On UDP itself.
    Udp,
    /// Inside DTLS.
    Dtls,
}

/// One piece of an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Sent by the harness; received otherwise.
    pub sent: bool,
    /// Milliseconds since the exchange began.
    pub at_ms: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Serialize for Frame {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("direction", if self.sent { "sent" } else { "received" })?;
        map.serialize_entry("at_ms", &self.at_ms)?;
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => map.serialize_entry("text", text)?,
            Err(_) => map.serialize_entry("hex", &assay_model::evidence::hex(&self.bytes))?,
        }
        map.end()
    }
}

/// What went over one connection, or to and from one peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// The layer.
    pub transport: Transport,
    /// Address and port of the other side.
    pub peer: String,
    /// What was sent and received, in order.
    pub frames: Vec<Frame>,
    /// Bytes that came after the limit and are not kept.
    pub dropped: usize,
}

/// Collects the exchanges of one test. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Ledger(Arc<Mutex<Book>>);

#[derive(Debug, Default)]
struct Book {
    forgetful: bool,
    first: usize,
    exchanges: Vec<Exchange>,
}

impl Ledger {
    /// A ledger that keeps nothing, for questions whose answer is all that is wanted.
    pub fn forgetful() -> Self {
        Self(Arc::new(Mutex::new(Book { forgetful: true, ..Book::default() })))
    }

    /// Takes out what has been recorded since the last time. A connection that is still open goes on in a new exchange.
    pub fn take(&self) -> Vec<Exchange> {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        book.first += book.exchanges.len();
        std::mem::take(&mut book.exchanges)
    }

    /// Whether nothing was recorded since the last time.
    pub fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).exchanges.is_empty()
    }

    pub(crate) fn page(&self, transport: Transport, peer: &str) -> Page {
        Page { ledger: self.clone(), transport, peer: peer.to_owned(), opened: now(), index: None }
    }
}

/// Where one connection writes.
#[derive(Debug)]
pub(crate) struct Page {
    ledger: Ledger,
    transport: Transport,
    peer: String,
    opened: Instant,
    index: Option<usize>,
}

impl Page {
    pub(crate) fn peer(&self) -> &str {
        &self.peer
    }

    pub(crate) fn write(&mut self, sent: bool, bytes: &[u8]) {
        let mut book = self.ledger.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = self.index.and_then(|index| index.checked_sub(book.first));
        let index = match open {
            Some(index) => index,
            None if book.forgetful || book.exchanges.len() >= KEPT_EXCHANGES => return,
            None => {
                book.exchanges.push(Exchange { transport: self.transport, peer: self.peer.clone(), frames: Vec::new(), dropped: 0 });
                self.index = Some(book.first + book.exchanges.len() - 1);
                book.exchanges.len() - 1
            }
        };
        let Some(exchange) = book.exchanges.get_mut(index) else { return };
        let kept: usize = exchange.frames.iter().map(|frame| frame.bytes.len()).sum();
        let fits = bytes.len().min(KEPT_BYTES.saturating_sub(kept));
        exchange.dropped += bytes.len() - fits;
        if fits > 0 {
            exchange.frames.push(Frame { sent, at_ms: ms_since(self.opened), bytes: bytes[..fits].to_vec() });
        }
    }
}
