//! Transcripts: what was sent and received, in order, byte for byte.

use std::sync::{Arc, Mutex, PoisonError};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use tokio::time::Instant;

use crate::clock::{ms_since, now};

/// Bytes kept of one exchange; what comes after is counted only.
const KEPT_BYTES: usize = 128 * 1024;
/// Frames kept of one exchange, so that bytes that come one by one cost no more than others; those after are counted only.
const KEPT_FRAMES: usize = 2048;
/// Exchanges kept between two records; what comes after is counted only.
const KEPT_EXCHANGES: usize = 1024;
/// What one ledger keeps in all, in bytes, each frame weighing [`FRAME`] more; what comes after is counted only.
const KEPT_IN_ALL: usize = 8 << 20;
/// What a frame weighs beside its bytes: about what it takes to tell its time and direction.
const FRAME: usize = 128;

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
    #[serde(skip)]
    kept: usize,
}

impl Exchange {
    fn new(transport: Transport, peer: &str) -> Self {
        Self { transport, peer: peer.to_owned(), frames: Vec::new(), dropped: 0, kept: 0 }
    }

    /// Bytes of the next frame that may be kept.
    fn room(&self) -> usize {
        if self.frames.len() < KEPT_FRAMES { KEPT_BYTES.saturating_sub(self.kept) } else { 0 }
    }
}

/// Collects the exchanges of one test. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Ledger(Arc<Mutex<Book>>);

#[derive(Debug, Default)]
struct Book {
    forgetful: bool,
    first: usize,
    exchanges: Vec<Exchange>,
    weight: usize,
    dropped: usize,
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

    /// Bytes that are not kept, of all exchanges from the beginning.
    pub fn dropped(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).dropped
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
        let book = &mut *book;
        if book.forgetful {
            return;
        }
        let open = self.index.and_then(|index| index.checked_sub(book.first));
        if open.is_none() && book.exchanges.len() < KEPT_EXCHANGES {
            self.index = Some(book.first + book.exchanges.len());
            book.exchanges.push(Exchange::new(self.transport, &self.peer));
        }
        let index = self.index.and_then(|index| index.checked_sub(book.first));
        let Some(exchange) = index.and_then(|index| book.exchanges.get_mut(index)) else {
            book.dropped += bytes.len();
            return;
        };
        let room = exchange.room().min(KEPT_IN_ALL.saturating_sub(book.weight + FRAME));
        let (kept, dropped) = bytes.split_at(bytes.len().min(room));
        exchange.dropped += dropped.len();
        book.dropped += dropped.len();
        if !kept.is_empty() {
            exchange.kept += kept.len();
            book.weight += kept.len() + FRAME;
            exchange.frames.push(Frame { sent, at_ms: ms_since(self.opened), bytes: kept.to_vec() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(ledger: &Ledger) -> Vec<(usize, usize)> {
        ledger.take().iter().map(|exchange| (exchange.frames.len(), exchange.dropped)).collect()
    }

    #[test]
    fn one_exchange_is_kept_up_to_its_bytes() {
        let ledger = Ledger::default();
        let mut page = ledger.page(Transport::Tcp, "peer");
        page.write(false, &vec![0; KEPT_BYTES]);
        assert_eq!(ledger.dropped(), 0);
        page.write(false, b"beyond");
        assert_eq!((ledger.dropped(), told(&ledger)), (6, vec![(1, 6)]));
    }

    #[test]
    fn bytes_that_come_one_by_one_are_kept_up_to_the_number_of_frames() {
        let ledger = Ledger::default();
        let mut page = ledger.page(Transport::Tcp, "peer");
        for _ in 0..=KEPT_FRAMES {
            page.write(false, b".");
        }
        assert_eq!((ledger.dropped(), told(&ledger)), (1, vec![(KEPT_FRAMES, 1)]));
    }

    #[test]
    fn exchanges_past_their_number_are_counted_and_do_not_write_into_others() {
        let ledger = Ledger::default();
        let mut pages: Vec<_> = (0..=KEPT_EXCHANGES).map(|_| ledger.page(Transport::Udp, "peer")).collect();
        for page in &mut pages {
            page.write(true, b"words");
        }
        assert_eq!((ledger.dropped(), told(&ledger)), (5, vec![(1, 0); KEPT_EXCHANGES]));
        pages.truncate(1);
        pages[0].write(true, b"more");
        assert_eq!((ledger.dropped(), told(&ledger)), (5, vec![(1, 0)]), "after a record there is room again");
    }

    #[test]
    fn an_endless_product_fills_one_ledger_only_so_far() {
        let ledger = Ledger::default();
        let (mut kept, mut sent) = (0, 0);
        for _ in 0..2 * KEPT_IN_ALL / KEPT_BYTES {
            ledger.page(Transport::Tls, "peer").write(false, &vec![0; KEPT_BYTES]);
            sent += KEPT_BYTES;
            kept += ledger.take().iter().flat_map(|exchange| &exchange.frames).map(|frame| frame.bytes.len() + FRAME).sum::<usize>();
        }
        assert!(kept <= KEPT_IN_ALL && kept > KEPT_IN_ALL - KEPT_BYTES, "{kept}");
        assert!(ledger.dropped() >= sent - KEPT_IN_ALL && ledger.dropped() < sent, "{}", ledger.dropped());
    }
}
