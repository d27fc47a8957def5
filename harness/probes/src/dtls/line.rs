//! One socket towards the server: hellos sent, and sent again while nothing comes, as RFC 6347 section 4.2.4 has it.

use std::time::Duration;

use assay_wire::{Datagrams, Error, Permit, Result};

use super::records::{self, Heard};
use crate::handshake::Hello;

/// How often a hello is sent before silence counts as the answer; each wait is twice the one before.
const ATTEMPTS: u32 = 3;
/// The parts of a whole wait: 1 + 2 + 4.
pub(super) const PARTS: u32 = 7;
/// The first wait of RFC 6347 section 4.2.4.1; none is longer here.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The most datagrams that are read after one hello, and that are passed over before one.
const MOST_DATAGRAMS: usize = 256;
/// How long an answer may take to come in full.
const SETTLING: Duration = Duration::from_millis(100);
/// How often a new cookie is taken in place of one that was not good enough.
const MOST_COOKIES: u32 = 2;

/// What was sent.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) hellos: u32,
    pub(super) repeats: u32,
    pub(super) sockets: u32,
    /// Whether an answer came only after a hello was sent again.
    pub(super) lossy: bool,
}

/// A socket, and the cookie that is good on it.
#[derive(Debug)]
pub(super) struct Line {
    datagrams: Datagrams,
    sequence: u32,
    pub(super) cookie: Option<Vec<u8>>,
    /// The random of the last server's hello: an old flight that comes again is known by it.
    pub(super) random: Option<[u8; 32]>,
    /// The wait for a first answer.
    wait: Duration,
    fragments: usize,
    pub(super) counts: Counts,
}

impl Line {
    pub(super) async fn open(permit: &Permit, wait: Duration) -> Result<Self> {
        let datagrams = permit.udp().await?;
        let counts = Counts { sockets: 1, ..Counts::default() };
        Ok(Self { datagrams, sequence: 0, cookie: None, random: None, wait: wait.min(FIRST_WAIT), fragments: 1, counts })
    }

    /// Waits this long for a first answer from now on.
    pub(super) fn set_wait(&mut self, wait: Duration) {
        self.wait = wait.min(FIRST_WAIT);
    }

    /// Sends hellos in so many fragments from now on.
    pub(super) fn set_fragments(&mut self, fragments: usize) {
        self.fragments = fragments;
    }

    /// The longest that an answer let itself be waited for.
    pub(super) fn slowest_answer(&self) -> Duration {
        self.datagrams.slowest_answer()
    }

    /// Sends a hello without a cookie, and listens until the answer is whole or a cookie is asked for.
    pub(super) async fn first(&mut self, hello: &Hello) -> Result<Heard> {
        self.drain().await?;
        self.talk(0, hello).await
    }

    /// Sends a hello with the cookie that the server gave, and once more if it gives another.
    pub(super) async fn with_cookie(&mut self, hello: &Hello) -> Result<Heard> {
        let mut heard = Heard::default();
        for _ in 0..MOST_COOKIES {
            heard = self.talk(1, &Hello { cookie: self.cookie.clone(), ..hello.clone() }).await?;
            match heard.cookie() {
                None => break,
                Some(cookie) => self.cookie = Some(cookie),
            }
        }
        Ok(heard)
    }

    /// Sends a hello with a cookie that the server did not give; no other is taken in its place.
    pub(super) async fn with_false_cookie(&mut self, hello: &Hello) -> Result<Heard> {
        self.talk(1, &Hello { cookie: self.cookie.clone(), ..hello.clone() }).await
    }

    /// Passes over what came since the last answer.
    pub(super) async fn drain(&mut self) -> Result<()> {
        self.datagrams.set_patience(Duration::ZERO);
        for _ in 0..MOST_DATAGRAMS {
            match self.datagrams.receive().await {
                Ok(_) => {}
                Err(Error::TimedOut { .. }) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Sends one hello, again while nothing comes, and collects the answer.
    async fn talk(&mut self, number: u16, hello: &Hello) -> Result<Heard> {
        let body = hello.body();
        let mut heard = Heard::default();
        self.counts.hellos += 1;
        for round in 0..ATTEMPTS {
            self.counts.repeats += u32::from(round > 0);
            // a record that is sent again has a number of its own, or the server takes it for a replay
            for datagram in records::hello(self.sequence, number, &body, self.fragments) {
                self.datagrams.send(&datagram).await?;
                self.sequence = self.sequence.wrapping_add(1);
            }
            let wait = self.wait * 2_u32.pow(round);
            if let Ok(listened) = tokio::time::timeout(wait, self.listen(&mut heard, wait)).await
                && listened?
            {
                self.counts.lossy |= round > 0;
                break;
            }
        }
        Ok(heard)
    }

    /// Listens until the answer is whole; `false` when nothing more comes.
    async fn listen(&mut self, heard: &mut Heard, wait: Duration) -> Result<bool> {
        self.datagrams.set_patience(wait);
        for _ in 0..MOST_DATAGRAMS {
            match self.datagrams.receive().await {
                Ok(datagram) => heard.push(&datagram),
                Err(Error::TimedOut { .. }) => return Ok(false),
                Err(error) => return Err(error),
            }
            if heard.is_done() || heard.cookie().is_some() {
                return Ok(true);
            }
        }
        Ok(true)
    }

    /// Says nothing and waits; how long it took until the server said something again.
    ///
    /// Datagrams that follow at once belong to the last answer, or were doubled on the way.
    pub(super) async fn watch(&mut self, limit: Duration) -> Result<Option<Duration>> {
        let settling = SETTLING.min(limit / 4);
        tokio::time::sleep(settling).await;
        self.drain().await?;
        self.datagrams.set_patience(limit.saturating_sub(settling));
        match self.datagrams.receive().await {
            Ok(_) => Ok(Some(settling + self.datagrams.waited())),
            Err(Error::TimedOut { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Ends the exchange, so that the server has room for the next; it matters little whether that arrives.
    pub(super) async fn leave(&mut self) {
        let farewell = records::farewell(self.sequence);
        self.sequence = self.sequence.wrapping_add(1);
        let _ = self.datagrams.send(&farewell).await;
    }
}
