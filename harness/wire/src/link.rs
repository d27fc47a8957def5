//! Streams: TCP, and TLS on it, with a deadline on every wait and a transcript of every byte.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::clock::{now, within};
use crate::error::{Error, Result};
use crate::ledger::Page;
use crate::tls::TlsSession;

/// The bytes asked for in one read.
const CHUNK: usize = 16 * 1024;
/// Between two looks at bytes that are not taken yet.
const PEEK_AGAIN: Duration = Duration::from_millis(5);

/// An open stream. It occupies one connection of the host's budget until it is dropped.
///
/// It also is an [`AsyncRead`] and [`AsyncWrite`], for libraries that bring their own protocol; deadlines are then
/// the caller's.
#[derive(Debug)]
pub struct Link {
    stream: Stream,
    page: Page,
    answer: Duration,
    slot: Option<OwnedSemaphorePermit>,
    asked: Option<Instant>,
    took: Option<Duration>,
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Client(Box<tokio_rustls::client::TlsStream<TcpStream>>, TlsSession),
    Server(Box<tokio_rustls::server::TlsStream<TcpStream>>, TlsSession),
}

impl Link {
    pub(crate) fn plain(stream: TcpStream, page: Page, answer: Duration, slot: OwnedSemaphorePermit) -> Self {
        Self { stream: Stream::Plain(stream), page, answer, slot: Some(slot), asked: None, took: None }
    }

    pub(crate) fn accepted(stream: TcpStream, page: Page, answer: Duration) -> Self {
        Self { stream: Stream::Plain(stream), page, answer, slot: None, asked: None, took: None }
    }

    /// Takes a plain link apart, to put TLS on it.
    pub(crate) fn into_tcp(self) -> Result<(TcpStream, Page, Duration, Option<OwnedSemaphorePermit>)> {
        match self.stream {
            Stream::Plain(stream) => Ok((stream, self.page, self.answer, self.slot)),
            Stream::Client(..) | Stream::Server(..) => Err(Error::Local("TLS inside TLS was asked for".to_owned())),
        }
    }

    pub(crate) fn tls_client(
        stream: tokio_rustls::client::TlsStream<TcpStream>,
        session: TlsSession,
        page: Page,
        answer: Duration,
        slot: Option<OwnedSemaphorePermit>,
    ) -> Self {
        Self { stream: Stream::Client(Box::new(stream), session), page, answer, slot, asked: None, took: None }
    }

    pub(crate) fn tls_server(
        stream: tokio_rustls::server::TlsStream<TcpStream>,
        session: TlsSession,
        page: Page,
        answer: Duration,
    ) -> Self {
        Self { stream: Stream::Server(Box::new(stream), session), page, answer, slot: None, asked: None, took: None }
    }

    /// Address and port of the other side.
    pub fn peer(&self) -> &str {
        self.page.peer()
    }

    /// What TLS agreed on, if this is TLS.
    pub fn session(&self) -> Option<&TlsSession> {
        match &self.stream {
            Stream::Plain(_) => None,
            Stream::Client(_, session) | Stream::Server(_, session) => Some(session),
        }
    }

    /// How long the other side took to answer what was sent last, as far as [`Link::receive`] saw it.
    pub const fn took(&self) -> Option<Duration> {
        self.took
    }

    /// Waits this long for an answer from now on.
    pub fn set_patience(&mut self, answer: Duration) {
        self.answer = answer;
    }

    /// Closes the connection with a reset, so that the other side is free of it at once. What it still had to say is
    /// lost.
    pub fn abandon(self) {
        let stream = match &self.stream {
            Stream::Plain(stream) => stream,
            Stream::Client(stream, _) => stream.get_ref().0,
            Stream::Server(stream, _) => stream.get_ref().0,
        };
        // where the system refuses this, the connection is closed in the usual way
        let _ = stream.set_zero_linger();
    }

    /// Looks at what comes first and leaves it there: until `enough` says so of it, the other side closes, or an answer
    /// should have come. Nothing is seen inside TLS.
    pub async fn peek(&mut self, enough: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let Stream::Plain(stream) = &self.stream else { return Vec::new() };
        let (mut seen, mut count) = (vec![0; CHUNK], 0);
        let looking = async {
            while let Ok(more @ 1..) = stream.peek(&mut seen).await {
                count = more;
                if count == CHUNK || enough(&seen[..count]) {
                    break;
                }
                tokio::time::sleep(PEEK_AGAIN).await;
            }
        };
        // what was seen until then counts
        let _late = tokio::time::timeout(self.answer, looking).await;
        seen.truncate(count);
        self.page.write(false, &seen);
        seen
    }

    /// Sends all bytes.
    ///
    /// # Errors
    /// [`Error::Reset`], [`Error::TimedOut`].
    pub async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        let (peer, answer) = (self.peer().to_owned(), self.answer);
        let sending = async {
            self.write_all(bytes).await?;
            self.flush().await
        };
        within(&peer, "progress in sending", answer, sending).await?.map_err(|error| Error::from_io(&peer, &error))?;
        self.asked = Some(now());
        Ok(())
    }

    /// Receives what comes next, at least one byte.
    ///
    /// # Errors
    /// [`Error::Closed`] at the end of the stream, [`Error::Reset`], [`Error::TimedOut`].
    pub async fn receive(&mut self) -> Result<Vec<u8>> {
        let (peer, answer) = (self.peer().to_owned(), self.answer);
        let mut chunk = vec![0; CHUNK];
        let count = within(&peer, "answer", answer, self.read(&mut chunk)).await?.map_err(|error| Error::from_io(&peer, &error))?;
        if count == 0 {
            return Err(Error::Closed(peer));
        }
        if let Some(asked) = self.asked.take() {
            self.took = Some(now().saturating_duration_since(asked));
        }
        chunk.truncate(count);
        Ok(chunk)
    }

    /// Receives exactly `count` bytes.
    ///
    /// # Errors
    /// As [`Link::receive`]; [`Error::TimedOut`] also when they trickle in for longer than an answer may take.
    pub async fn receive_exactly(&mut self, count: usize) -> Result<Vec<u8>> {
        let (peer, answer) = (self.peer().to_owned(), self.answer);
        let mut bytes = vec![0; count];
        within(&peer, "whole answer", answer, self.read_exact(&mut bytes)).await?.map_err(|error| Error::from_io(&peer, &error))?;
        Ok(bytes)
    }

    /// Receives until `enough` says so of all bytes so far, or the other side closes.
    ///
    /// # Errors
    /// [`Error::TooLong`] past `limit` bytes; [`Error::TimedOut`] when the whole takes longer than an answer may;
    /// [`Error::Closed`] when the other side closes without a byte.
    pub async fn receive_until(&mut self, limit: usize, mut enough: impl FnMut(&[u8]) -> bool) -> Result<Vec<u8>> {
        let (peer, answer) = (self.peer().to_owned(), self.answer);
        let collecting = async {
            let mut all = Vec::new();
            loop {
                match self.receive().await {
                    Ok(chunk) => all.extend_from_slice(&chunk),
                    Err(Error::Closed(_)) if !all.is_empty() => return Ok(all),
                    Err(error) => return Err(error),
                }
                if enough(&all) {
                    return Ok(all);
                }
                if all.len() > limit {
                    return Err(Error::TooLong { peer: self.peer().to_owned(), limit });
                }
            }
        };
        within(&peer, "whole answer", answer, collecting).await?
    }
}

impl AsyncRead for Link {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Stream::Client(stream, _) => Pin::new(stream).poll_read(cx, buf),
            Stream::Server(stream, _) => Pin::new(stream).poll_read(cx, buf),
        };
        if buf.filled().len() > before {
            self.page.write(false, &buf.filled()[before..]);
        }
        polled
    }
}

impl AsyncWrite for Link {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Stream::Client(stream, _) => Pin::new(stream).poll_write(cx, bytes),
            Stream::Server(stream, _) => Pin::new(stream).poll_write(cx, bytes),
        };
        if let Poll::Ready(Ok(count)) = polled {
            self.page.write(true, bytes.get(..count).unwrap_or(bytes));
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Client(stream, _) => Pin::new(stream).poll_flush(cx),
            Stream::Server(stream, _) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Client(stream, _) => Pin::new(stream).poll_shutdown(cx),
            Stream::Server(stream, _) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
