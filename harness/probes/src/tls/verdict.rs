//! The fewest hellos that answer a policy's questions: one for each kind of thing that should be refused, and controls.

use assay_wire::{Permit, Result};
use serde::{Deserialize, Serialize};

use super::asker::{Answer, Asker};
use super::crew::together;
use super::{Chain, Request, singles, ssl2, version_name};
use crate::handshake::{ELLIPTIC, Flight, Hello, Suite, alert_name, ask_13, authentication, by_id, describe, has, known, known_13};

/// What a policy forbids.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// Properties that no accepted suite may have.
    pub forbidden_suites: Vec<String>,
    /// Whether every suite must exchange keys anew.
    pub forward_secrecy: bool,
    /// The groups that may be accepted, by name.
    pub groups: Vec<String>,
    /// The least size of a finite field, in bits.
    pub dh_min_bits: u32,
}

impl Limits {
    fn forbids(&self, suite: &Suite) -> bool {
        let has = |property: &String| suite.has(property);
        self.forbidden_suites.iter().any(has) || (self.forward_secrecy && !suite.has("forward-secrecy"))
    }

    fn suites(&self, all: Vec<u16>, forbidden: bool) -> Vec<u16> {
        all.into_iter().filter(|id| self.forbids(&describe(*id)) == forbidden).collect()
    }

    fn unlisted(&self, all: Vec<u16>) -> Vec<u16> {
        all.into_iter().filter(|id| !self.groups.contains(&by_id(*id).name)).collect()
    }
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// What was offered.
    pub offered: String,
    /// Whether the server agreed to something that the policy forbids; `None` where that cannot be told, and for controls.
    pub offends: Option<bool>,
    /// What it said.
    pub answer: String,
}

/// The answers to all questions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether something forbidden was agreed to; `None` where no control was answered or an answer cannot be told.
    pub offends: Option<bool>,
    /// By question.
    pub replies: Vec<Reply>,
    /// The certificate chains shown.
    pub chains: Vec<Chain>,
    /// Hellos sent.
    pub hellos: u32,
    /// Connections opened.
    pub connections: u32,
    /// What was refused and tried again.
    pub refusals: u32,
}

/// One question: a hello, and whether any agreement to it offends.
struct Question {
    offered: &'static str,
    hello: Hello,
    forbidden: bool,
}

/// Answers what a policy asks, in eight hellos where nothing needs to be asked twice.
///
/// # Errors
/// When connections are refused, reset or late again and again.
pub async fn verdict(permit: &Permit, request: &Request, limits: &Limits) -> Result<Verdict> {
    let asker = Asker::new(permit, request)?;
    let questions = questions(&asker, limits);
    let work = async {
        let asked = questions.iter().map(|question| Box::pin(ask(&asker, question)) as _);
        let parts = tokio::join!(ssl2::ask_once(&asker), together(asked.collect()));
        Ok::<_, assay_wire::Error>((parts.0?, parts.1?))
    };
    let (old, answers) = tokio::select! {
        done = work => done?,
        () = asker.crew.open() => return Err(asker.trouble()),
    };
    let mut verdict = Verdict::default();
    verdict.replies.push(old_reply(&old));
    for (question, answer) in questions.iter().zip(answers) {
        verdict.replies.push(reply(question, &answer, limits));
        if let Answer::Flight(flight) = answer {
            verdict.take(&flight, request.name.is_some());
        }
    }
    verdict.conclude();
    verdict.hellos = asker.notes().hellos;
    let board = asker.crew.board();
    (verdict.connections, verdict.refusals) = (board.connections, board.refusals);
    drop(board);
    Ok(verdict)
}

fn questions(asker: &Asker<'_>, limits: &Limits) -> Vec<Question> {
    let curves: Vec<u16> = ELLIPTIC.iter().map(|(id, ..)| *id).collect();
    let good_12 = limits.suites(known(), false);
    let good_13 = limits.suites(known_13(), false);
    let certified: Vec<u16> = good_12.iter().copied().filter(|id| !has(*id, "psk")).collect();
    let marked: Vec<u16> = certified.iter().copied().chain([singles::FALLBACK]).collect();
    let all = |offered, hello| Question { offered, hello, forbidden: true };
    let control = |offered, hello| Question { offered, hello, forbidden: false };
    vec![
        all("TLS 1.1 and older", asker.hello(0x0302, &known())),
        all("forbidden suites of TLS 1.2", asker.hello(0x0303, &limits.suites(known(), true))),
        all("groups of TLS 1.2 that are not listed", asker.hello_in(0x0303, &certified, &limits.unlisted(curves))),
        control("other suites of TLS 1.2, marked as a fallback", asker.hello(0x0303, &marked)),
        control("TLS 1.3", asker.hello(0x0304, &good_13)),
        all("forbidden suites of TLS 1.3", asker.hello(0x0304, &limits.suites(known_13(), true))),
        all("groups of TLS 1.3 that are not listed", asker.hello_in(0x0304, &good_13, &limits.unlisted(ask_13()))),
    ]
}

async fn ask(asker: &Asker<'_>, question: &Question) -> Result<Answer> {
    let part = asker.crew.enlist(RANK);
    let answer = asker.ask(RANK, &question.hello).await;
    drop(part);
    answer
}

/// How urgent these hellos are.
const RANK: super::Rank = 5;

fn old_reply(old: &ssl2::Answer) -> Reply {
    let (offends, answer) = match old {
        ssl2::Answer::Choice(_) => (Some(true), "accepted".to_owned()),
        ssl2::Answer::Refused(how) => (Some(false), format!("refused ({how})")),
        ssl2::Answer::HungUp(how) => (Some(false), format!("refused ({how})")),
        ssl2::Answer::Silent => (None, "no answer".to_owned()),
        ssl2::Answer::Odd(what) => (None, what.clone()),
    };
    Reply { offered: "SSLv2".to_owned(), offends, answer }
}

fn reply(question: &Question, answer: &Answer, limits: &Limits) -> Reply {
    let (offends, answer) = match answer {
        Answer::Flight(flight) => (Some(question.forbidden && is_bad(question, flight, limits)), in_words(flight)),
        Answer::Alert(code) => (Some(false), format!("refused ({})", alert_name(*code))),
        Answer::Closed | Answer::Reset | Answer::Late => (None, "no answer to three hellos".to_owned()),
        Answer::Garbled(what) => (None, what.clone()),
    };
    Reply { offered: question.offered.to_owned(), offends, answer }
}

/// A flight with a good group in answer to a hello about groups shows a finite field that is large enough.
fn is_bad(question: &Question, flight: &Flight, limits: &Limits) -> bool {
    if !question.offered.starts_with("groups") {
        return true;
    }
    flight
        .group
        .as_ref()
        .is_none_or(|group| if group.finite { group.bits < limits.dh_min_bits } else { !limits.groups.contains(&group.name) })
}

fn in_words(flight: &Flight) -> String {
    let group = flight.group.as_ref().map(|group| format!(", {} ({} bits)", group.name, group.bits)).unwrap_or_default();
    format!("agreed to {} with {}{group}", version_name(flight.hello.version), describe(flight.hello.suite).name)
}

impl Verdict {
    fn take(&mut self, flight: &Flight, named: bool) {
        let der: Vec<String> = flight.chain.iter().map(|one| assay_model::evidence::hex(one)).collect();
        if !der.is_empty() && !self.chains.iter().any(|known| known.der == der) {
            let (version, asked) = (version_name(flight.hello.version), authentication(flight.hello.suite).to_owned());
            self.chains.push(Chain { version, asked, named, der });
        }
    }

    fn conclude(&mut self) {
        let bad = self.replies.iter().any(|reply| reply.offends == Some(true));
        let open = self.replies.iter().any(|reply| reply.offends.is_none());
        let controlled = self.replies.iter().any(|reply| reply.answer.starts_with("agreed"));
        self.offends = if bad { Some(true) } else { (!open && controlled).then_some(false) };
    }
}
