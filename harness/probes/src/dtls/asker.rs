//! Asking with hellos: on a line whose cookie is good, else each from a port of its own.

use std::time::Duration;

use assay_wire::{Error, Permit, Result};
use aws_lc_rs::agreement::{self, EphemeralPrivateKey};
use aws_lc_rs::rand::{self, SystemRandom};

use super::line::{Counts, Line, PARTS};
use super::records::{Heard, Shape};
use crate::handshake::{ELLIPTIC, Flight, Hello, SIGNATURES, alert_name, ask_13, extension};

/// How many times the slowest answer so far is waited for before a hello is sent again.
const PATIENCE: u32 = 2;
/// The least wait for a first answer.
const LEAST_PATIENCE: Duration = Duration::from_millis(200);
/// How often a port may be found closed in a row once the server has answered.
const CLOSED_AFTER_ANSWERS: u32 = 4;
/// Alerts that speak of the hello itself, so that they cannot come late from an exchange before it.
const ABOUT_THE_HELLO: [u8; 4] = [40, 47, 70, 71];
/// The alert that speaks of the version, whatever the suites.
const PROTOCOL_VERSION: u8 = 70;

/// A server's flight.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Accepted {
    pub(super) flight: Flight,
    /// Whether it asked for a cookie first.
    pub(super) cookie: bool,
}

/// What came back after a hello.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    Flight(Box<Accepted>),
    Alert(u8),
    Garbled(String),
    Silent,
}

/// What a server made of an offer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Offer {
    Accepted(Box<Accepted>),
    /// It said no, in these words; whether they speak of the version.
    Refused(String, bool),
    /// It said nothing; whether a hello before and one after were answered.
    Silent(bool),
}

/// Trying again after a pause, longer each time, while the port is closed: some servers serve one client at a time,
/// and close it in between.
pub(super) struct Retries {
    left: u32,
    pause: Duration,
}

impl Retries {
    /// Whether to try again: then the pause is over.
    pub(super) async fn again<T: Sync>(&mut self, answer: &Result<T>) -> bool {
        if self.left == 0 || !matches!(answer, Err(Error::Refused(_))) {
            return false;
        }
        tokio::time::sleep(self.pause).await;
        self.left -= 1;
        self.pause *= 2;
        true
    }
}

/// Asks one server, and keeps count.
pub(super) struct Asker<'a> {
    permit: &'a Permit,
    pub(super) counts: Counts,
    pub(super) shape: Shape,
    /// Bytes of a hello from an address that was not proved, and of the flight that answered it.
    pub(super) unproved: Option<(usize, usize)>,
    /// A hello that was accepted.
    control: Option<Hello>,
    /// Whether a hello with very many suites was accepted.
    pub(super) large: bool,
    random: [u8; 32],
    share: Vec<u8>,
    answered: bool,
    /// The longest wait for any answer, and for a flight, so far.
    slowest: Duration,
    slowest_flight: Duration,
    line: Option<Line>,
    /// Whether a cookie may be good for more than one hello.
    reuse: bool,
}

impl<'a> Asker<'a> {
    pub(super) fn new(permit: &'a Permit) -> Result<Self> {
        let mut random = [0; 32];
        rand::fill(&mut random).map_err(|_| Error::Local("no random numbers".to_owned()))?;
        let key = EphemeralPrivateKey::generate(&agreement::X25519, &SystemRandom::new()).and_then(|key| key.compute_public_key());
        let share = key.map_err(|_| Error::Local("no key pair could be made".to_owned()))?.as_ref().to_vec();
        let (counts, shape, slowest) = (Counts::default(), Shape::default(), Duration::ZERO);
        let (unproved, control, line) = (None, None, None);
        Ok(Self {
            permit,
            counts,
            shape,
            unproved,
            control,
            large: false,
            random,
            share,
            answered: false,
            slowest,
            slowest_flight: slowest,
            line,
            reuse: true,
        })
    }

    /// Whether any hello was answered in DTLS.
    pub(super) const fn answered(&self) -> bool {
        self.answered
    }

    /// Whether a hello was accepted.
    pub(super) const fn has_control(&self) -> bool {
        self.control.is_some()
    }

    pub(super) fn late(&self) -> Error {
        let after_ms = u64::try_from(self.permit.deadlines().answer.as_millis()).unwrap_or(u64::MAX);
        Error::TimedOut { peer: self.permit.peer(), what: "answer to a DTLS hello", after_ms }
    }

    pub(super) fn malformed(&self, what: &str) -> Error {
        Error::Malformed { peer: self.permit.peer(), what: what.to_owned() }
    }

    /// A hello for one version that offers every group and signature.
    pub(super) fn hello(&self, version: u16, suites: &[u16]) -> Hello {
        let curves: Vec<u16> = ELLIPTIC.iter().map(|(id, ..)| *id).collect();
        match version {
            0xfefc => self.hello_with(version, suites, &ask_13(), SIGNATURES),
            _ => self.hello_with(version, suites, &curves, SIGNATURES),
        }
    }

    /// A hello for one version. That of 1.3 sends no key ahead.
    pub(super) fn hello_with(&self, version: u16, suites: &[u16], groups: &[u16], signatures: &[u16]) -> Hello {
        let hello = Hello { cookie: Some(Vec::new()), ..Hello::new(version.max(0xfefd), self.random, suites) };
        let hello = hello.naming(self.permit.declared_name()).groups(groups);
        match version {
            0xfeff => hello.safeguards().with(extension::ENCRYPT_THEN_MAC, Vec::new()),
            0xfefd => hello.signatures(signatures).safeguards().with(extension::ENCRYPT_THEN_MAC, Vec::new()),
            _ => hello.signatures(signatures).versions(&[version]).key_shares(&[]),
        }
    }

    /// The same with a key sent ahead, for 1.3.
    pub(super) fn with_share(&self, hello: Hello) -> Hello {
        hello.without(extension::KEY_SHARE).key_shares(&[(29, self.share.clone())])
    }

    /// Offers a hello. Silence after all repetitions is a refusal only beside a hello that is accepted right after it,
    /// and on a lossy way only when it comes twice.
    pub(super) async fn offer(&mut self, hello: &Hello) -> Result<Offer> {
        let answer = self.ask(hello).await?;
        if let Some(offer) = self.sort(hello, answer)? {
            return Ok(offer);
        }
        let Some(control) = self.control.clone() else { return Ok(Offer::Silent(false)) };
        let Answer::Flight(_) = self.ask(&control).await? else { return Err(self.late()) };
        if !self.counts.lossy {
            return Ok(Offer::Silent(true));
        }
        let answer = self.ask(hello).await?;
        Ok(self.sort(hello, answer)?.unwrap_or(Offer::Silent(true)))
    }

    /// What an answer means for the hello; `None` when there was none.
    fn sort(&self, hello: &Hello, answer: Answer) -> Result<Option<Offer>> {
        match answer {
            Answer::Flight(accepted) if !hello.suites.contains(&accepted.flight.hello.suite) => {
                Err(self.malformed("the server chose a suite that was not offered"))
            }
            Answer::Flight(accepted) => Ok(Some(Offer::Accepted(accepted))),
            Answer::Alert(code) => Ok(Some(Offer::Refused(alert_name(code), code == PROTOCOL_VERSION))),
            Answer::Garbled(what) => Err(self.malformed(&what)),
            Answer::Silent => Ok(None),
        }
    }

    /// Takes a hello that was accepted as the control of those that are not.
    pub(super) fn keep_control(&mut self, hello: Hello) {
        self.control = Some(hello);
    }

    /// Opens a line of its own, for a question that needs one.
    pub(super) async fn open(&mut self) -> Result<Line> {
        self.line = None;
        Line::open(self.permit, self.whole()).await
    }

    /// The whole first wait.
    pub(super) fn whole(&self) -> Duration {
        self.permit.deadlines().answer / PARTS
    }

    /// The time that an answer may take.
    pub(super) fn deadline(&self) -> Duration {
        self.permit.deadlines().answer
    }

    /// Adds what a line sent.
    pub(super) fn count(&mut self, line: &mut Line) {
        let sent = std::mem::take(&mut line.counts);
        self.counts.hellos += sent.hellos;
        self.counts.repeats += sent.repeats;
        self.counts.sockets += sent.sockets;
        self.counts.lossy |= sent.lossy;
    }

    /// Sends a hello: on the line that is open if its cookie may be used again, else on a new one; again after a
    /// pause when the port is closed, since some servers serve one client at a time.
    async fn ask(&mut self, hello: &Hello) -> Result<Answer> {
        match self.line.take() {
            Some(line) if line.cookie.is_some() => {
                if let Some(answer) = self.ask_again(line, hello).await {
                    return Ok(answer);
                }
            }
            // some servers hold on to the port that they know, and are closed to others
            Some(mut line) => {
                line.set_wait(self.patience(self.slowest));
                match self.ask_anew(line, hello).await {
                    Ok(Answer::Silent) | Err(_) => self.line = None,
                    answer => return answer,
                }
            }
            None => {}
        }
        let mut retries = self.retries();
        loop {
            let line = Line::open(self.permit, self.patience(self.slowest)).await?;
            let answer = self.ask_anew(line, hello).await;
            if !retries.again(&answer).await {
                return answer;
            }
        }
    }

    /// How often a port that is found closed is tried again.
    pub(super) fn retries(&self) -> Retries {
        let left = if self.answered { CLOSED_AFTER_ANSWERS } else { 1 };
        Retries { left, pause: self.permit.deadlines().answer.min(Duration::from_secs(1)) / 10 }
    }

    /// How long to wait for a first answer: a share of the whole deadline while the server's pace is not known, then
    /// a multiple of its slowest answer. Silence is how some servers refuse, so waiting in full each time would take long.
    fn patience(&self, slowest: Duration) -> Duration {
        if slowest.is_zero() { self.whole() } else { self.whole().min((slowest * PATIENCE).max(LEAST_PATIENCE)) }
    }

    /// The same for a flight, which may cost the server a signature.
    pub(super) fn flight_patience(&self) -> Duration {
        self.patience(self.slowest_flight)
    }

    /// Asks on a line that was used before. `None` when the answer may belong to an earlier exchange, or is none.
    async fn ask_again(&mut self, mut line: Line, hello: &Hello) -> Option<Answer> {
        let old = line.cookie.clone();
        line.set_wait(self.flight_patience());
        let heard = match line.drain().await {
            Ok(()) => line.with_cookie(hello).await,
            Err(error) => Err(error),
        };
        self.count(&mut line);
        let Ok(heard) = heard else {
            self.reuse = false;
            return None;
        };
        let answer = judge(&heard, true);
        let fresh = match &answer {
            Answer::Flight(accepted) => {
                line.random != Some(accepted.flight.hello.random) && hello.suites.contains(&accepted.flight.hello.suite)
            }
            Answer::Alert(code) => ABOUT_THE_HELLO.contains(code),
            Answer::Garbled(_) | Answer::Silent => false,
        };
        // a new cookie for every hello saves nothing
        self.reuse = fresh && line.cookie == old;
        if !fresh {
            line.leave().await;
            return None;
        }
        self.settle(line, &heard, &answer).await;
        Some(answer)
    }

    /// Sends a hello on a line without a cookie, once more with the cookie when one is asked for.
    async fn ask_anew(&mut self, mut line: Line, hello: &Hello) -> Result<Answer> {
        let first = line.first(hello).await;
        let answered = match first {
            Ok(heard) if heard.cookie().is_some() => {
                self.answered = true;
                line.cookie = heard.cookie();
                line.set_wait(self.flight_patience());
                line.with_cookie(hello).await
            }
            other => other,
        };
        self.count(&mut line);
        let heard = answered?;
        self.slowest = self.slowest.max(line.slowest_answer());
        let answer = judge(&heard, line.cookie.is_some());
        if let (Answer::Flight(_), None) = (&answer, &line.cookie) {
            self.unproved.get_or_insert((hello.body().len() + 25, heard.shape.bytes));
        }
        self.settle(line, &heard, &answer).await;
        Ok(answer)
    }

    /// Takes note of an answer, and keeps the line where its cookie may serve again.
    async fn settle(&mut self, mut line: Line, heard: &Heard, answer: &Answer) {
        self.answered |= matches!(answer, Answer::Flight(_) | Answer::Alert(_));
        let Answer::Flight(accepted) = answer else {
            if *answer == Answer::Silent {
                line.leave().await;
                line.cookie = None;
                self.line = Some(line);
            } else {
                self.line = Some(line).filter(|line| self.reuse && line.cookie.is_some());
            }
            return;
        };
        self.shape.add(heard.shape);
        self.slowest_flight = self.slowest_flight.max(line.slowest_answer());
        if accepted.flight.hello.retry {
            return;
        }
        line.leave().await;
        line.random = Some(accepted.flight.hello.random);
        self.line = Some(line).filter(|line| self.reuse && line.cookie.is_some());
    }
}

/// What an answer is.
pub(super) fn judge(heard: &Heard, cookie: bool) -> Answer {
    if let Some(flight) = heard.flight() {
        let asked = cookie || (flight.hello.retry && flight.hello.extensions.contains(&extension::COOKIE));
        return Answer::Flight(Box::new(Accepted { flight, cookie: asked }));
    }
    match (heard.alert, &heard.odd) {
        (Some(code), _) => Answer::Alert(code),
        (None, Some(odd)) => Answer::Garbled(odd.clone()),
        (None, None) => Answer::Silent,
    }
}
