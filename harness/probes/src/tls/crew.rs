//! The connections of a survey: a few at a time, opened ahead of need, given to whoever needs one most.
//!
//! A connection that does not come about, or is torn down, says that the server is busy: then fewer are open at a time.
//! So does an answer that takes three times as long as usual.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use assay_wire::{Error, Link, Permit, Result};
use tokio::sync::{Notify, oneshot};

use super::board::{Board, Rank, Waiter};
use super::prelude::Prelude;

/// A connection that stands, and how long it took.
type Opened = Result<(Link, Duration)>;
type Opening<'a> = Pin<Box<dyn Future<Output = Opened> + Send + 'a>>;

/// The connections of one survey.
pub(super) struct Crew<'a> {
    pub(super) permit: &'a Permit,
    prelude: Prelude,
    shared: Arc<Shared>,
}

/// What those see who have a connection.
#[derive(Debug)]
struct Shared {
    board: Mutex<Board>,
    news: Notify,
}

impl Shared {
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Crew<'a> {
    /// `foreseen`: whether all hellos are known ahead.
    pub(super) fn new(permit: &'a Permit, prelude: Prelude, foreseen: bool) -> Self {
        let board = Mutex::new(Board::new(permit.most_connections(), permit.deadlines(), foreseen));
        Self { permit, prelude, shared: Arc::new(Shared { board, news: Notify::new() }) }
    }

    pub(super) fn board(&self) -> MutexGuard<'_, Board> {
        self.shared.board()
    }

    /// Opens connections for as long as it is polled. It never ends.
    pub(super) async fn open(&self) {
        let mut opening: Vec<(u32, Opening<'_>)> = Vec::new();
        loop {
            while let Some(plan) = self.board().plan() {
                opening.push((plan.number, Box::pin(self.connect(plan.pause, plan.limit))));
            }
            let finished = poll_fn(|cx| {
                let mut each = opening.iter_mut().enumerate();
                each.find_map(|(index, (_, one))| match one.as_mut().poll(cx) {
                    Poll::Ready(opened) => Some(Poll::Ready((index, opened))),
                    Poll::Pending => None,
                })
                .unwrap_or(Poll::Pending)
            });
            tokio::select! {
                biased;
                (index, opened) = finished => {
                    let (number, _) = opening.swap_remove(index);
                    self.board().opened(number, opened);
                }
                () = self.shared.news.notified() => {}
            }
            self.board().hand_out();
        }
    }

    async fn connect(&self, pause: Duration, limit: Duration) -> Opened {
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        let (mut link, took) = self.permit.tcp_within(limit).await?;
        self.prelude.speak(&mut link).await?;
        Ok((link, took))
    }

    /// Takes part in the survey: as long as this lives, connections are opened ahead for it.
    pub(super) fn enlist(&self, rank: Rank) -> Part<'_, 'a> {
        self.board().enlist(rank);
        self.shared.news.notify_one();
        Part { crew: self, rank }
    }

    /// Waits for a connection of one's own.
    pub(super) async fn line(&self, rank: Rank) -> Result<Line> {
        let (reply, answer) = oneshot::channel();
        self.board().waiting.push(Waiter { rank, reply });
        self.shared.news.notify_one();
        let link = answer.await.unwrap_or_else(|_| Err(Error::Local("the survey's connections are gone".to_owned())))?;
        Ok(Line { link: Some(link), place: Some(Place(Arc::clone(&self.shared))) })
    }

    /// An answer came, after this time.
    pub(super) fn answered(&self, took: Duration) {
        self.board().answered(took);
    }

    /// A hello met with a reset, silence or a closed connection, and will be sent again: with fewer connections.
    pub(super) fn busy(&self, alone: bool) {
        self.board().busy(alone);
        self.shared.news.notify_one();
    }

    /// How long to wait for an answer.
    pub(super) fn patience(&self) -> Duration {
        self.board().patience()
    }
}

/// A part of the survey that is under way.
pub(super) struct Part<'c, 'a> {
    crew: &'c Crew<'a>,
    rank: Rank,
}

impl Drop for Part<'_, '_> {
    fn drop(&mut self) {
        self.crew.board().leave(self.rank);
        self.crew.shared.news.notify_one();
    }
}

/// The place of a connection among those that may be open. It is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place(Arc<Shared>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.board().returned();
        self.0.news.notify_one();
    }
}

/// A connection on loan. It is reset when it is given back: the server is free of it at once.
#[derive(Debug)]
pub(super) struct Line {
    link: Option<Link>,
    place: Option<Place>,
}

impl Line {
    /// The connection.
    pub(super) fn link(&mut self) -> Result<&mut Link> {
        self.link.as_mut().ok_or_else(gone)
    }

    /// The connection and its place, apart.
    pub(super) fn split(mut self) -> Result<(Link, Place)> {
        self.link.take().zip(self.place.take()).ok_or_else(gone)
    }
}

fn gone() -> Error {
    Error::Local("a connection was used after its end".to_owned())
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(link) = self.link.take() {
            link.abandon();
        }
    }
}

/// Polls all of them until each has ended, or one has failed.
pub(super) async fn together<T>(mut all: Vec<Pin<Box<dyn Future<Output = Result<T>> + Send + '_>>>) -> Result<Vec<T>> {
    let mut ended: Vec<Option<T>> = all.iter().map(|_| None).collect();
    poll_fn(|cx| {
        for (future, end) in all.iter_mut().zip(&mut ended).filter(|(_, end)| end.is_none()) {
            match future.as_mut().poll(cx) {
                Poll::Ready(Ok(value)) => *end = Some(value),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {}
            }
        }
        if ended.iter().all(Option::is_some) { Poll::Ready(Ok(())) } else { Poll::Pending }
    })
    .await?;
    Ok(ended.into_iter().flatten().collect())
}
