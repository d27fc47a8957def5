//! A product that goes bad while somebody looks at it.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
    time::{sleep, timeout},
};

use crate::{Misfit, message::Response, misfit};

/// How long a product is away while it starts again.
const AWAY: Duration = Duration::from_secs(3);
/// Between two bytes of a tarpit.
const DRIP: Duration = Duration::from_mins(1);
/// A page that leads away from the product (an address of RFC 5737).
const ELSEWHERE: &str = "<meta http-equiv=\"refresh\" content=\"0; url=http://198.51.100.9/\"><a href=\"http://198.51.100.9/\">on</a>\
    <form method=\"post\" action=\"http://198.51.100.9/login\"><input name=\"user\"><input name=\"password\" type=\"password\"></form>";
/// How long a client may take for its first words.
const HELLO: Duration = Duration::from_millis(200);

/// How a product is once it has turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It is gone, or stands at another address: nothing listens any more.
    Gone,
    /// It starts again, and is as before after some seconds.
    Restarting,
    /// At all its ports it is a misfit.
    Misfit(Misfit),
    /// It answers with a byte a minute.
    Tarpit,
    /// It speaks another protocol than the declared one.
    OtherProtocol,
    /// Its web services have had enough of requests (429).
    RateLimiting,
    /// Its web services let nobody in any more (401).
    LockingOut,
    /// Its web services say yes to everything, and mean nothing by it.
    SayingYes,
    /// Its web services send everybody to an address that is not the product's.
    Elsewhere,
    /// Its web services and its messages to the collector add to whatever they say what breaks the papers of those who
    /// write it down.
    Scribbling,
}

/// What a scribbling product adds to each text: ends of tags, comments and quotes, escapes of a terminal, marks that turn
/// the reading direction, a zero byte, paths that lead out, a formula, a comma.
pub const SCRIBBLE: &str = "]]></system-out></testcase><testcase name=\"forged\"/>--><script>forged()</script>'\";\u{1b}]0;forged\u{7}\u{1b}[2J\u{9b}31m\
    \u{202e}\u{2066}\u{200b}\0\u{fffe}../../../forged/etc/forged\r\n=cmd|'/C forged'!A1,\"\"\"\n[forged]\n{{forged}}\\u0000${forged}";

impl Mood {
    /// All in which it is no longer what it was; one that scribbles is, in other words.
    pub const ALL: &[Self] = &[
        Self::Gone,
        Self::Restarting,
        Self::Misfit(Misfit::Mute),
        Self::Misfit(Misfit::Resetting),
        Self::Misfit(Misfit::Babbling),
        Self::Misfit(Misfit::Endless),
        Self::Tarpit,
        Self::OtherProtocol,
        Self::RateLimiting,
        Self::LockingOut,
        Self::SayingYes,
        Self::Elsewhere,
    ];

    /// Whether only what web services answer changes.
    const fn is_of_web(self) -> bool {
        matches!(self, Self::RateLimiting | Self::LockingOut | Self::SayingYes | Self::Elsewhere | Self::Scribbling)
    }
}

/// When a product turns, and into what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// How it is afterwards.
    pub into: Mood,
    /// Connections that it accepts before.
    pub after: u32,
}

tokio::task_local! {
    static TURNING: Turning;
}

/// Whether a product has turned, for all its listeners. What it sends in datagrams stays as it is.
#[derive(Clone)]
pub(crate) struct Turning(Arc<Inner>);

struct Inner {
    turn: Option<Turn>,
    accepted: AtomicU32,
    turned: watch::Sender<bool>,
    open: watch::Sender<bool>,
}

impl Default for Turning {
    fn default() -> Self {
        Self::new(None)
    }
}

impl Turning {
    pub(crate) fn new(turn: Option<Turn>) -> Self {
        let (turned, open) = (watch::Sender::new(false), watch::Sender::new(true));
        Self(Arc::new(Inner { turn, accepted: AtomicU32::new(0), turned, open }))
    }

    /// Whether ports are to be open.
    pub(crate) fn open(&self) -> watch::Receiver<bool> {
        self.0.open.subscribe()
    }

    /// Counts a connection that was accepted.
    pub(crate) fn count(&self) {
        let Some(turn) = self.0.turn else { return };
        if self.0.accepted.fetch_add(1, Ordering::Relaxed) != turn.after {
            return;
        }
        self.0.turned.send_replace(true);
        if matches!(turn.into, Mood::Gone | Mood::Restarting) {
            self.0.open.send_replace(false);
        }
        if turn.into == Mood::Restarting {
            let inner = Arc::clone(&self.0);
            tokio::spawn(async move {
                sleep(AWAY).await;
                inner.turned.send_replace(false);
                inner.open.send_replace(true);
            });
        }
    }

    /// What is added to messages, which are sent outside of connections that are served.
    pub(crate) fn scribble(&self) -> &'static str {
        if self.0.turn.is_some_and(|turn| turn.into == Mood::Scribbling) { SCRIBBLE } else { "" }
    }

    fn mood(&self) -> Option<Mood> {
        self.0.turn.filter(|_| *self.0.turned.borrow()).map(|turn| turn.into)
    }

    /// Serves a connection as it was to be served, until the product turns; then, or when it has turned already, the
    /// connection ends or is served as the product is in the mood to.
    pub(crate) async fn serve<F: Future<Output = ()>>(self, stream: TcpStream, handler: impl FnOnce(TcpStream) -> F) {
        if let Some(mood) = self.mood().filter(|mood| !mood.is_of_web()) {
            return sulk(mood, stream).await;
        }
        let mut turned = self.0.turned.subscribe();
        let changes = self.0.turn.is_some_and(|turn| !turn.into.is_of_web());
        let served = TURNING.scope(self.clone(), handler(stream));
        tokio::select! {
            () = served => {}
            _ = turned.wait_for(|turned| *turned && changes) => {}
        }
    }
}

/// What a web service in a mood answers instead.
pub(crate) fn instead() -> Option<Response> {
    let mood = TURNING.try_with(Turning::mood).ok().flatten()?;
    match mood {
        Mood::RateLimiting => Some(Response::error(429, "too many requests").with("Retry-After", "3600")),
        Mood::LockingOut => Some(Response::error(401, "not now")),
        Mood::SayingYes => Some(Response::error(200, "yes")),
        Mood::Elsewhere => Some(Response::new(307, "text/html", ELSEWHERE).with("Location", "http://198.51.100.9/")),
        _ => None,
    }
}

/// What a web service in a mood makes of its answer.
pub(crate) fn coloured(response: Response) -> Response {
    let mood = TURNING.try_with(Turning::mood).ok().flatten();
    if mood == Some(Mood::Scribbling) { response.scribbled(SCRIBBLE) } else { response }
}

async fn sulk(mood: Mood, mut stream: TcpStream) {
    let port = stream.local_addr().map_or(0, |address| address.port());
    match mood {
        Mood::Misfit(misfit) => misfit::connection(misfit, port, stream).await,
        Mood::Tarpit => {
            let _ = timeout(HELLO, stream.read(&mut [0; 4096])).await;
            for byte in b"HTTP/1.1 200 OK".iter().cycle() {
                if stream.write_all(&[*byte]).await.is_err() {
                    return;
                }
                sleep(DRIP).await;
            }
        }
        Mood::OtherProtocol => {
            let _ = timeout(HELLO, stream.read(&mut [0; 4096])).await;
            let words: &[u8] = if port == 2222 { b"220 mail.example ESMTP\r\n" } else { b"SSH-2.0-other\r\n" };
            let _ = stream.write_all(words).await;
            let _ = timeout(DRIP, stream.read(&mut [0; 4096])).await;
        }
        // on its way out; the ports close
        _ => drop(stream.set_zero_linger()),
    }
}
