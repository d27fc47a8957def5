//! Listening, and the tasks behind it.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use anyhow::Context as _;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream, UdpSocket},
    sync::{Semaphore, watch},
    task::JoinSet,
};

use crate::turn::{Turn, Turning};

/// How many connections one listener serves at a time.
const CONNECTIONS: usize = 256;
/// How long to wait after a failed accept (out of descriptors, mostly).
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// All tasks of one product; none outlives [`Tasks::stop`].
#[derive(Clone, Default)]
pub(crate) struct Tasks {
    running: Arc<Mutex<Running>>,
    turning: Turning,
}

#[derive(Default)]
struct Running {
    stopped: bool,
    set: JoinSet<()>,
}

impl Tasks {
    /// The tasks of a product that turns bad, if it does.
    pub(crate) fn of(turn: Option<Turn>) -> Self {
        Self { running: Arc::default(), turning: Turning::new(turn) }
    }

    /// What a product that scribbles adds to its messages.
    pub(crate) fn scribble(&self) -> &'static str {
        self.turning.scribble()
    }

    /// Runs a task until it ends or the product stops.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        while running.set.try_join_next().is_some() {}
        if !running.stopped {
            running.set.spawn(task);
        }
    }

    /// Tells all tasks to end, without waiting; no task starts afterwards.
    pub(crate) fn abort(&self) -> JoinSet<()> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.stopped = true;
        running.set.abort_all();
        std::mem::take(&mut running.set)
    }

    /// Ends all tasks and waits until they are gone.
    pub(crate) async fn stop(&self) {
        let mut set = self.abort();
        while set.join_next().await.is_some() {}
    }

    /// Binds a TCP port and serves each connection in a task of its own.
    pub(crate) async fn listen<H, F>(&self, at: SocketAddr, handler: H) -> anyhow::Result<()>
    where
        H: Fn(TcpStream, SocketAddr) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.listen_while(at, self.turning.open(), handler).await
    }

    /// The same as long as `open` says so: meanwhile the port is closed, and no connection stands.
    pub(crate) async fn listen_while<H, F>(&self, at: SocketAddr, mut open: watch::Receiver<bool>, handler: H) -> anyhow::Result<()>
    where
        H: Fn(TcpStream, SocketAddr) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let mut bound = Some(TcpListener::bind(at).await.with_context(|| format!("cannot listen at tcp {at}"))?);
        let (tasks, follower) = (self.clone(), open.clone());
        let ending = Arc::new(move |stream, peer| {
            let (served, mut open) = (handler(stream, peer), follower.clone());
            async move {
                tokio::select! {
                    () = served => {}
                    _ = open.wait_for(|open| !open) => {}
                }
            }
        });
        self.spawn(async move {
            loop {
                if let Some(listener) = bound.take() {
                    tokio::select! {
                        () = tasks.accept(&listener, &ending) => {}
                        _ = open.wait_for(|open| !open) => {}
                    }
                }
                if open.wait_for(|open| *open).await.is_err() {
                    return;
                }
                bound = TcpListener::bind(at).await.ok();
                if bound.is_none() {
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        });
        Ok(())
    }

    async fn accept<H, F>(&self, listener: &TcpListener, handler: &Arc<H>)
    where
        H: Fn(TcpStream, SocketAddr) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, peer)) => {
                    let _ = stream.set_nodelay(true);
                    self.turning.count();
                    let served = {
                        let handler = Arc::clone(handler);
                        self.turning.clone().serve(stream, move |stream| handler(stream, peer))
                    };
                    self.spawn(async move {
                        served.await;
                        drop(place);
                    });
                }
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
        }
    }
}

/// Binds a UDP port.
pub(crate) async fn bind_udp(at: SocketAddr) -> anyhow::Result<UdpSocket> {
    UdpSocket::bind(at).await.with_context(|| format!("cannot listen at udp {at}"))
}

/// A stream of which the first bytes were read already; they are read again.
pub(crate) struct Prefixed<S> {
    prefix: Vec<u8>,
    used: usize,
    stream: S,
}

impl<S> Prefixed<S> {
    /// Puts `prefix` in front of what `stream` still has to say.
    pub(crate) fn new(prefix: Vec<u8>, stream: S) -> Self {
        Self { prefix, used: 0, stream }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Prefixed<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let rest = this.prefix.get(this.used..).unwrap_or_default();
        if rest.is_empty() {
            return Pin::new(&mut this.stream).poll_read(context, out);
        }
        let now = rest.get(..out.remaining()).unwrap_or(rest);
        out.put_slice(now);
        this.used += now.len();
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Prefixed<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
