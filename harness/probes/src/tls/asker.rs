//! Sending hellos, each on a connection of its own, and hearing what comes back.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use assay_wire::{Error, Link, Permit, Result, Stopwatch};
use aws_lc_rs::agreement::{self, EphemeralPrivateKey};
use aws_lc_rs::rand::{self, SystemRandom};
use tokio::sync::mpsc::UnboundedSender;

use super::Request;
use super::board::{Rank, is_row};
use super::crew::{Crew, Line, Place};
use super::flaws::Rides;
use super::records::{Heard, Reader};
use super::session::Begun;
use super::singles::PROTOCOLS;
use crate::handshake::{ELLIPTIC, FINITE, Flight, Hello, SIGNATURES, ask_13, counted};

/// The most bytes that are read after one hello.
const LONGEST_ANSWER: usize = 256 * 1024;
/// The header of a record, in bytes.
const RECORD_HEADER: usize = 5;
/// How often a hello is sent before silence, a reset or a connection closed without a word counts as the answer.
const ATTEMPTS: u32 = 3;

/// What came back after a hello.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    Flight(Box<Flight>),
    Alert(u8),
    Closed,
    Garbled(String),
    Late,
    Reset,
}

impl Answer {
    /// Whether a busy server does the same.
    pub(super) const fn is_busy(&self) -> bool {
        matches!(self, Self::Closed | Self::Late | Self::Reset)
    }
}

/// How the bytes of an answer came to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Enough,
    Closed,
    Late,
    Reset,
}

/// Asks one server, and keeps count.
pub(super) struct Asker<'a> {
    pub(super) crew: Crew<'a>,
    pub(super) name: Option<&'a str>,
    pub(super) rides: Rides,
    random: [u8; 32],
    /// Groups for hellos up to TLS 1.2. Some servers agree on a finite field only when one is named (RFC 7919).
    groups: Vec<u16>,
    notes: Mutex<Notes>,
    /// Where handshakes go that were begun and that something may still ride along with.
    begun: Mutex<Option<UnboundedSender<(Begun, Place)>>>,
}

/// What the asker keeps count of.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) hellos: u32,
    /// Answers in TLS.
    pub(super) spoken: u32,
    /// Versions in which only hellos with little in them are answered.
    pub(super) plain: Vec<u16>,
    /// Whether anything else than silence or a reset was met.
    answered: bool,
    last: Option<Error>,
}

impl<'a> Asker<'a> {
    /// Asks as `request` says, under this permit.
    pub(super) fn new(permit: &'a Permit, request: &'a Request) -> Result<Self> {
        let mut random = [0; 32];
        rand::fill(&mut random).map_err(|_| Error::Local("no random numbers".to_owned()))?;
        let groups = ELLIPTIC.iter().map(|(id, ..)| *id).chain(FINITE.iter().map(|(id, ..)| *id)).collect();
        let rides = Rides::new(permit.deadlines().answer);
        let crew = Crew::new(permit, request.prelude, request.known.is_some());
        let name = request.name.as_deref();
        Ok(Self { crew, name, rides, random, groups, notes: Mutex::default(), begun: Mutex::default() })
    }

    pub(super) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether any hello was answered in TLS.
    pub(super) fn spoke(&self) -> bool {
        self.notes().spoken > 0
    }

    /// Whether every hello met with silence or a reset.
    pub(super) fn is_mute(&self) -> bool {
        !self.notes().answered
    }

    /// The last trouble on a connection.
    pub(super) fn trouble(&self) -> Error {
        self.notes().last.clone().unwrap_or_else(|| Error::Closed(self.peer()))
    }

    pub(super) fn peer(&self) -> String {
        self.crew.permit.peer()
    }

    /// A hello for one version that brings along all other questions.
    pub(super) fn hello(&self, version: u16, suites: &[u16]) -> Hello {
        let groups = if version == 0x0304 { ask_13() } else { self.groups.clone() };
        self.hello_in(version, suites, &groups)
    }

    /// The same with these groups.
    pub(super) fn hello_in(&self, version: u16, suites: &[u16], groups: &[u16]) -> Hello {
        let hello = self.plain(version, suites, groups);
        match version {
            0x0301..=0x0303 if !self.notes().plain.contains(&version) => {
                Hello { compression: vec![1, 0], ..hello.extras().protocols(&PROTOCOLS) }
            }
            _ => hello,
        }
    }

    /// The same without these groups.
    pub(super) fn hello_without(&self, version: u16, suites: &[u16], struck: &[u16]) -> Hello {
        let groups: Vec<u16> = self.groups.iter().copied().filter(|id| !struck.contains(id)).collect();
        self.hello_in(version, suites, &groups)
    }

    /// A hello for one version with nothing but what servers expect. In TLS 1.3 no key is sent ahead.
    pub(super) fn plain(&self, version: u16, suites: &[u16], groups: &[u16]) -> Hello {
        let hello = Hello::new(version.min(0x0303), self.random, suites);
        match version {
            0x0300 => hello,
            0x0301 | 0x0302 => hello.naming(self.name).groups(groups).safeguards(),
            0x0303 => hello.naming(self.name).groups(groups).signatures(SIGNATURES).safeguards(),
            _ => {
                let hello = Hello { session: self.random.to_vec(), ..hello };
                hello.naming(self.name).groups(groups).signatures(SIGNATURES).versions(&[version]).key_shares(&[])
            }
        }
    }

    /// Sends a hello, again when it meets with silence, a reset or a closed connection: a busy server does all three.
    /// Later tries are made with fewer connections at a time, the last with one.
    pub(super) async fn ask(&self, rank: Rank, hello: &Hello) -> Result<Answer> {
        for attempt in 1..ATTEMPTS {
            let answer = self.ask_once(rank, hello).await?;
            if !answer.is_busy() {
                return Ok(answer);
            }
            self.crew.busy(attempt + 1 == ATTEMPTS);
            self.pause().await;
        }
        self.ask_once(rank, hello).await
    }

    /// Sends a hello.
    pub(super) async fn ask_once(&self, rank: Rank, hello: &Hello) -> Result<Answer> {
        let bytes = wrap(hello);
        let mut reader = Reader::default();
        let (raw, end, line) = self.exchange(rank, &bytes, |raw| reader.take(raw)).await?;
        let answer = judge(&reader.heard(), &raw, end);
        self.note(&answer);
        if end == End::Enough && is_row(rank) && matches!(&answer, Answer::Flight(flight) if flight.whole) {
            self.pass_on(line, &bytes, raw)?;
        }
        Ok(answer)
    }

    /// From now on, handshakes that were begun go there.
    pub(super) fn pass_to(&self, begun: Option<UnboundedSender<(Begun, Place)>>) {
        *self.begun.lock().unwrap_or_else(PoisonError::into_inner) = begun;
    }

    fn pass_on(&self, line: Line, sent: &[u8], heard: Vec<u8>) -> Result<()> {
        if let Some(begun) = self.begun.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            let (link, place) = line.split()?;
            // where nobody takes it, the connection is closed
            let _ = begun.send((Begun { link, hello: sent.get(RECORD_HEADER..).unwrap_or_default().to_vec(), heard }, place));
        }
        Ok(())
    }

    fn note(&self, answer: &Answer) {
        let peer = self.peer();
        let late = self.late();
        let mut notes = self.notes();
        notes.spoken += u32::from(matches!(answer, Answer::Flight(_) | Answer::Alert(_)));
        notes.answered |= !matches!(answer, Answer::Late | Answer::Reset);
        match answer {
            Answer::Garbled(what) => notes.last = Some(Error::Malformed { peer, what: what.clone() }),
            Answer::Late => notes.last = Some(late),
            Answer::Reset => notes.last = Some(Error::Reset(peer)),
            Answer::Closed => notes.last = Some(Error::Closed(peer)),
            Answer::Flight(_) | Answer::Alert(_) => {}
        }
    }

    pub(super) fn late(&self) -> Error {
        let after_ms = u64::try_from(self.crew.permit.deadlines().answer.as_millis()).unwrap_or(u64::MAX);
        Error::TimedOut { peer: self.peer(), what: "answer to a TLS hello", after_ms }
    }

    pub(super) fn malformed(&self, what: &str) -> Error {
        Error::Malformed { peer: self.peer(), what: what.to_owned() }
    }

    pub(super) fn mark_spoken(&self) {
        let mut notes = self.notes();
        notes.spoken += 1;
        notes.answered = true;
    }

    /// Sends bytes on a new connection and collects what comes until `enough`.
    pub(super) async fn exchange(&self, rank: Rank, bytes: &[u8], enough: impl FnMut(&[u8]) -> bool) -> Result<(Vec<u8>, End, Line)> {
        let mut line = self.crew.line(rank).await?;
        let link = line.link()?;
        self.notes().hellos += 1;
        let mut raw = Vec::new();
        let watch = Stopwatch::start();
        let end = match link.send(bytes).await {
            Err(error) => end_of(error),
            Ok(()) => tokio::time::timeout(self.crew.patience(), collect(link, &mut raw, enough)).await.unwrap_or(Ok(End::Late)),
        }?;
        if end == End::Enough {
            self.crew.answered(watch.elapsed());
        }
        Ok((raw, end, line))
    }

    /// A short pause, for a server that is busy.
    async fn pause(&self) {
        tokio::time::sleep(self.crew.permit.deadlines().answer.min(Duration::from_secs(1)) / 5).await;
    }
}

/// A hello in its record.
pub(super) fn wrap(hello: &Hello) -> Vec<u8> {
    let message = [vec![1], counted(3, &hello.body())].concat();
    let record_version = if hello.version == 0x0300 { [3, 0] } else { [3, 1] };
    [vec![22], record_version.to_vec(), counted(2, &message)].concat()
}

/// Keys of the client for the groups that most servers have.
pub(super) fn shares() -> Result<Vec<(u16, Vec<u8>)>> {
    Ok(vec![(29, public_key(&agreement::X25519)?), (23, public_key(&agreement::ECDH_P256)?)])
}

async fn collect(link: &mut Link, raw: &mut Vec<u8>, mut enough: impl FnMut(&[u8]) -> bool) -> Result<End> {
    while raw.len() < LONGEST_ANSWER {
        match link.receive().await {
            Ok(chunk) => raw.extend_from_slice(&chunk),
            Err(error) => return end_of(error),
        }
        if enough(raw) {
            break;
        }
    }
    Ok(End::Enough)
}

fn end_of(error: Error) -> Result<End> {
    match error {
        Error::Closed(_) => Ok(End::Closed),
        Error::Reset(_) | Error::Refused(_) => Ok(End::Reset),
        Error::TimedOut { .. } => Ok(End::Late),
        other => Err(other),
    }
}

/// What the bytes and their end mean.
fn judge(heard: &Heard, raw: &[u8], end: End) -> Answer {
    if let Some(flight) = heard.flight() {
        return Answer::Flight(Box::new(flight));
    }
    match (heard.alert, &heard.odd, end) {
        (Some(code), ..) => Answer::Alert(code),
        (_, Some(odd), _) => Answer::Garbled(odd.clone()),
        (_, _, End::Enough) => Answer::Garbled("no server hello can be read".to_owned()),
        (_, _, End::Late) => Answer::Late,
        (_, _, End::Reset) => Answer::Reset,
        (_, _, End::Closed) if raw.is_empty() => Answer::Closed,
        (_, _, End::Closed) => Answer::Garbled("closed in the midst of an answer".to_owned()),
    }
}

fn public_key(algorithm: &'static agreement::Algorithm) -> Result<Vec<u8>> {
    let key = EphemeralPrivateKey::generate(algorithm, &SystemRandom::new()).and_then(|key| key.compute_public_key());
    key.map(|key| key.as_ref().to_vec()).map_err(|_| Error::Local("no key pair could be made".to_owned()))
}
