//! Sending hellos, each from a port of its own, and hearing what comes back.

use std::time::Duration;

use assay_wire::{Datagrams, Error, Permit, Result};
use aws_lc_rs::agreement::{self, EphemeralPrivateKey};
use aws_lc_rs::rand::{self, SystemRandom};

use super::records::{self, Heard};
use crate::handshake::{ELLIPTIC, Flight, Hello, SIGNATURES, ask_13, extension};

/// How often a hello is sent before silence counts as the answer.
const ATTEMPTS: u32 = 3;
/// How many times the slowest answer so far is waited for before a hello is sent again.
const PATIENCE: u32 = 10;
/// The least wait for a first answer.
const LEAST_PATIENCE: Duration = Duration::from_millis(200);
/// The most datagrams that are read after one hello.
const MOST_DATAGRAMS: usize = 256;

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

/// Asks one server, and keeps count.
pub(super) struct Asker<'a> {
    permit: &'a Permit,
    pub(super) hellos: u32,
    /// A hello that was accepted.
    pub(super) control: Option<Hello>,
    random: [u8; 32],
    share: Vec<u8>,
    answered: bool,
    /// The longest wait for an answer so far.
    slowest: Duration,
}

impl<'a> Asker<'a> {
    pub(super) fn new(permit: &'a Permit) -> Result<Self> {
        let mut random = [0; 32];
        rand::fill(&mut random).map_err(|_| Error::Local("no random numbers".to_owned()))?;
        let key = EphemeralPrivateKey::generate(&agreement::X25519, &SystemRandom::new()).and_then(|key| key.compute_public_key());
        let share = key.map_err(|_| Error::Local("no key pair could be made".to_owned()))?.as_ref().to_vec();
        Ok(Self { permit, hellos: 0, control: None, random, share, answered: false, slowest: Duration::ZERO })
    }

    /// Whether any hello was answered in DTLS.
    pub(super) const fn answered(&self) -> bool {
        self.answered
    }

    pub(super) fn late(&self) -> Error {
        let after_ms = u64::try_from(self.permit.deadlines().answer.as_millis()).unwrap_or(u64::MAX);
        Error::TimedOut { peer: self.permit.peer(), what: "answer to a DTLS hello", after_ms }
    }

    pub(super) fn malformed(&self, what: &str) -> Error {
        Error::Malformed { peer: self.permit.peer(), what: what.to_owned() }
    }

    /// A hello for one version.
    pub(super) fn hello(&self, version: u16, suites: &[u16]) -> Hello {
        let curves: Vec<u16> = ELLIPTIC.iter().map(|(id, ..)| *id).collect();
        let hello = Hello { cookie: Some(Vec::new()), ..Hello::new(version.max(0xfefd), self.random, suites) };
        let hello = hello.naming(self.permit.declared_name());
        match version {
            0xfeff => hello.groups(&curves).safeguards(),
            0xfefd => hello.groups(&curves).signatures(SIGNATURES).safeguards(),
            _ => hello.groups(&ask_13()).signatures(SIGNATURES).versions(&[version]).key_shares(&[(29, self.share.clone())]),
        }
    }

    /// Sends a hello; again after a pause when the port is closed, since some servers serve one client at a time.
    pub(super) async fn ask(&mut self, hello: &Hello) -> Result<Answer> {
        match self.ask_once(hello).await {
            Err(Error::Refused(_)) => {
                tokio::time::sleep(self.permit.deadlines().answer.min(Duration::from_secs(1)) / 5).await;
                self.ask_once(hello).await
            }
            other => other,
        }
    }

    /// How long to wait for a first answer: a share of the whole deadline while the server's pace is not known, then
    /// a multiple of its slowest answer. Silence is how some servers refuse, so waiting in full each time would take long.
    fn patience(&self) -> Duration {
        let whole = self.permit.deadlines().answer / ATTEMPTS;
        if self.slowest.is_zero() { whole } else { whole.min((self.slowest * PATIENCE).max(LEAST_PATIENCE)) }
    }

    /// Sends a hello, once more with the cookie when one is asked for, each up to three times.
    async fn ask_once(&mut self, hello: &Hello) -> Result<Answer> {
        let mut datagrams = self.permit.udp().await?;
        datagrams.set_patience(self.patience());
        self.hellos += 1;
        let mut heard = talk(&mut datagrams, 0, hello).await?;
        let asked = heard.cookie();
        let mut sequence = 1;
        if let Some(cookie) = &asked {
            self.hellos += 1;
            self.answered = true;
            // a first answer is cheap for the server; what comes after the cookie may cost it a signature
            datagrams.set_patience(self.permit.deadlines().answer / ATTEMPTS);
            heard = talk(&mut datagrams, 1, &Hello { cookie: Some(cookie.clone()), ..hello.clone() }).await?;
            sequence = 2;
        }
        self.slowest = self.slowest.max(datagrams.slowest_answer());
        let answer = judge(&heard, asked.is_some());
        self.answered |= matches!(answer, Answer::Flight(_) | Answer::Alert(_));
        if matches!(answer, Answer::Flight(_)) {
            datagrams.send(&records::farewell(sequence)).await?;
        }
        Ok(answer)
    }
}

/// Sends one hello, again while nothing comes, and collects the answer.
async fn talk(datagrams: &mut Datagrams, sequence: u8, hello: &Hello) -> Result<Heard> {
    let bytes = records::hello(sequence, &hello.body());
    let mut heard = Heard::default();
    for _ in 0..ATTEMPTS {
        datagrams.send(&bytes).await?;
        for _ in 0..MOST_DATAGRAMS {
            match datagrams.receive().await {
                Ok(datagram) => heard.push(&datagram),
                Err(Error::TimedOut { .. }) => break,
                Err(error) => return Err(error),
            }
            if heard.is_done() || (sequence == 0 && heard.cookie().is_some()) {
                return Ok(heard);
            }
        }
    }
    Ok(heard)
}

fn judge(heard: &Heard, cookie: bool) -> Answer {
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
