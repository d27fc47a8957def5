//! Sending hellos, each on a connection of its own, and hearing what comes back.

use std::time::Duration;

use assay_wire::{Error, Link, Permit, Result};
use aws_lc_rs::agreement::{self, EphemeralPrivateKey};
use aws_lc_rs::rand::{self, SystemRandom};

use super::records::{self, Heard};
use crate::handshake::{ELLIPTIC, Flight, Hello, SIGNATURES, ask_13, counted};

/// The most bytes that are read after one hello.
const LONGEST_ANSWER: usize = 256 * 1024;
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
    pub(super) permit: &'a Permit,
    pub(super) name: Option<&'a str>,
    pub(super) hellos: u32,
    pub(super) connections: u32,
    random: [u8; 32],
    shares: Vec<(u16, Vec<u8>)>,
    spoke: bool,
    answered: bool,
    last: Option<Error>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(permit: &'a Permit, name: Option<&'a str>) -> Result<Self> {
        let mut random = [0; 32];
        rand::fill(&mut random).map_err(|_| Error::Local("no random numbers".to_owned()))?;
        let shares = vec![(29, public_key(&agreement::X25519)?), (23, public_key(&agreement::ECDH_P256)?)];
        Ok(Self { permit, name, hellos: 0, connections: 0, random, shares, spoke: false, answered: false, last: None })
    }

    /// Whether any hello was answered in TLS.
    pub(super) const fn spoke(&self) -> bool {
        self.spoke
    }

    /// Whether every hello met with silence or a reset.
    pub(super) const fn is_mute(&self) -> bool {
        !self.answered
    }

    /// The last trouble on a connection.
    pub(super) fn trouble(&self) -> Error {
        self.last.clone().unwrap_or_else(|| Error::Closed(self.permit.peer()))
    }

    /// A hello for one version, with everything else as servers expect it.
    pub(super) fn hello(&self, version: u16, suites: &[u16]) -> Hello {
        let curves: Vec<u16> = ELLIPTIC.iter().map(|(id, ..)| *id).collect();
        let groups = if version == 0x0304 { ask_13() } else { curves };
        self.hello_in(version, suites, &groups)
    }

    /// The same with these groups.
    pub(super) fn hello_in(&self, version: u16, suites: &[u16], groups: &[u16]) -> Hello {
        let hello = Hello::new(version.min(0x0303), self.random, suites);
        match version {
            0x0300 => hello,
            0x0301 | 0x0302 => hello.naming(self.name).groups(groups).safeguards(),
            0x0303 => hello.naming(self.name).groups(groups).signatures(SIGNATURES).safeguards(),
            _ => {
                let shares: Vec<_> = self.shares.iter().filter(|(group, _)| groups.contains(group)).cloned().collect();
                let hello = Hello { session: self.random.to_vec(), ..hello };
                hello.naming(self.name).groups(groups).signatures(SIGNATURES).versions(&[version]).key_shares(&shares)
            }
        }
    }

    /// Sends a hello, again when it meets with silence, a reset or a closed connection: a busy server does all three.
    pub(super) async fn ask(&mut self, hello: &Hello) -> Result<Answer> {
        let message = [vec![1], counted(3, &hello.body())].concat();
        let record_version = if hello.version == 0x0300 { [3, 0] } else { [3, 1] };
        let bytes = [vec![22], record_version.to_vec(), counted(2, &message)].concat();
        for attempt in 1..=ATTEMPTS {
            let (raw, end) = self.exchange(&bytes, |raw| records::read(raw).done).await?;
            let answer = judge(&records::read(&raw), &raw, end);
            self.note(&answer);
            match answer {
                Answer::Late | Answer::Reset | Answer::Closed if attempt < ATTEMPTS => self.pause().await,
                answer => return Ok(answer),
            }
        }
        Ok(Answer::Late)
    }

    fn note(&mut self, answer: &Answer) {
        let peer = self.permit.peer();
        self.spoke |= matches!(answer, Answer::Flight(_) | Answer::Alert(_));
        self.answered |= !matches!(answer, Answer::Late | Answer::Reset);
        match answer {
            Answer::Garbled(what) => self.last = Some(Error::Malformed { peer, what: what.clone() }),
            Answer::Late => self.last = Some(self.late()),
            Answer::Reset => self.last = Some(Error::Reset(peer)),
            Answer::Closed => self.last = Some(Error::Closed(peer)),
            Answer::Flight(_) | Answer::Alert(_) => {}
        }
    }

    pub(super) fn late(&self) -> Error {
        let after_ms = u64::try_from(self.permit.deadlines().answer.as_millis()).unwrap_or(u64::MAX);
        Error::TimedOut { peer: self.permit.peer(), what: "answer to a TLS hello", after_ms }
    }

    pub(super) fn malformed(&self, what: &str) -> Error {
        Error::Malformed { peer: self.permit.peer(), what: what.to_owned() }
    }

    pub(super) fn mark_spoken(&mut self) {
        (self.spoke, self.answered) = (true, true);
    }

    /// Sends bytes on a new connection and collects what comes until `enough`.
    pub(super) async fn exchange(&mut self, bytes: &[u8], enough: impl Fn(&[u8]) -> bool) -> Result<(Vec<u8>, End)> {
        let mut link = self.connect().await?;
        self.hellos += 1;
        let mut raw = Vec::new();
        let patience = self.permit.deadlines().answer.saturating_mul(2);
        let end = match link.send(bytes).await {
            Err(error) => end_of(error),
            Ok(()) => tokio::time::timeout(patience, collect(&mut link, &mut raw, enough)).await.unwrap_or(Ok(End::Late)),
        }?;
        Ok((raw, end))
    }

    /// Opens a connection; tries once more after a pause when it does not stand.
    async fn connect(&mut self) -> Result<Link> {
        self.connections += 1;
        match self.permit.tcp().await {
            Err(error) if !error.is_ours() && !matches!(error, Error::Budget(_)) => {
                self.pause().await;
                self.connections += 1;
                self.permit.tcp().await
            }
            other => other,
        }
    }

    /// A short pause, for a server that is busy.
    async fn pause(&self) {
        tokio::time::sleep(self.permit.deadlines().answer.min(Duration::from_secs(1)) / 5).await;
    }
}

async fn collect(link: &mut Link, raw: &mut Vec<u8>, enough: impl Fn(&[u8]) -> bool) -> Result<End> {
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
