//! TLS 1.3: suites and groups together. A hello without a key is answered by one that asks for another and names suite
//! and group; it costs the server no signature.

use assay_wire::{Error, Result};

use super::asker::{Answer, Asker, shares};
use super::crew::together;
use super::findings::{Doubt, Findings};
use super::suites::{PROTOCOL_VERSION, turned};
use super::{Order, order, rank_of, version_name};
use crate::handshake::{Flight, Hello, alert_name, ask_13, extension, known_13};

const VERSION: u16 = 0x0304;
/// The suites that most servers have: once all are seen, there are seldom more.
const USUAL: [u16; 3] = [0x1301, 0x1302, 0x1303];

/// What is still to be found.
#[expect(clippy::struct_excessive_bools, reason = "each is a state of its own, and they combine freely")]
#[derive(Debug, Clone)]
struct Left {
    suites: Vec<u16>,
    groups: Vec<u16>,
    suites_done: bool,
    groups_done: bool,
    /// Whether suites and groups are asked for in hellos of their own: a refusal of both tells nothing of either.
    apart: bool,
    /// Whether keys are sent ahead, for servers that cannot ask for another hello.
    shares: bool,
}

impl Left {
    fn asks_suites(&self) -> bool {
        !self.suites_done
    }

    fn asks_groups(&self) -> bool {
        !self.groups_done && (!self.apart || self.suites_done)
    }
}

/// Goes through TLS 1.3.
pub(super) struct Thirteen<'r, 'a> {
    pub(super) asker: &'r Asker<'a>,
    pub(super) findings: &'r Findings,
    /// Whether the first hello is sent again when it is not answered.
    pub(super) patient: bool,
}

impl Thirteen<'_, '_> {
    /// Finds all suites and groups. `suites`, `groups`: the choices to expect; their hellos go out at once.
    pub(super) async fn eliminate(&self, suites: &[u16], groups: &[u16]) -> Result<()> {
        let part = self.asker.crew.enlist(rank_of(VERSION));
        if suites.is_empty() || groups.is_empty() || !self.guessed(suites, groups).await? {
            self.strike_out().await?;
        }
        self.settle_order().await?;
        self.findings.change_version(VERSION, |found| found.done = found.is_accepted() || found.refusal.is_some());
        drop(part);
        Ok(())
    }

    async fn strike_out(&self) -> Result<()> {
        let (suites, groups) = (known_13(), ask_13());
        let mut left = Left { suites, groups, suites_done: false, groups_done: false, apart: false, shares: false };
        while !(left.suites_done && left.groups_done) {
            let accepted = self.accepted();
            left.apart |= USUAL.iter().all(|usual| accepted.contains(usual)) && !left.suites_done;
            let reversed = accepted.len() % 2 == 1;
            let answer = self.ask(&self.hello(&left, reversed)?, accepted.is_empty()).await?;
            let is_first = accepted.is_empty();
            if is_first {
                self.findings.change_version(VERSION, |found| found.doubt = None);
            }
            match self.take(answer, &mut left, reversed).await? {
                true => {}
                false if is_first && !left.shares && self.may_lack_retries() => left.shares = true,
                false if is_first => return Ok(()),
                false if left.asks_suites() && left.asks_groups() => left.apart = true,
                false if left.asks_suites() => (left.suites_done, left.apart) = (true, false),
                false => left.groups_done = true,
            }
            left.suites_done |= left.suites.is_empty();
            left.groups_done |= left.groups.is_empty();
        }
        Ok(())
    }

    fn accepted(&self) -> Vec<u16> {
        self.findings.state().of(VERSION).map(|found| found.accepted.clone()).unwrap_or_default()
    }

    async fn ask(&self, hello: &Hello, first: bool) -> Result<Answer> {
        if first && !self.patient {
            self.asker.ask_once(rank_of(VERSION), hello).await
        } else {
            self.asker.ask(rank_of(VERSION), hello).await
        }
    }

    fn hello(&self, left: &Left, reversed: bool) -> Result<Hello> {
        let suites = if left.asks_suites() { left.suites.clone() } else { self.accepted() };
        let groups = if left.asks_groups() { left.groups.clone() } else { ask_13() };
        let hello = self.asker.hello_in(VERSION, &turned(&suites, reversed), &groups);
        if !left.shares {
            return Ok(hello);
        }
        let keys: Vec<_> = shares()?.into_iter().filter(|(group, _)| groups.contains(group)).collect();
        Ok(hello.without(extension::KEY_SHARE).key_shares(&keys))
    }

    /// Whether the refusal may be one of hellos without a key.
    fn may_lack_retries(&self) -> bool {
        let doubt = self.findings.state().of(VERSION).and_then(|found| found.doubt.clone());
        doubt.is_some_and(|doubt| doubt != Doubt::Silent)
    }

    /// Notes an answer: whether it was a choice.
    async fn take(&self, answer: Answer, left: &mut Left, reversed: bool) -> Result<bool> {
        let fresh = self.accepted().is_empty();
        let doubt = |doubt| self.findings.change_version(VERSION, |found| found.doubt = Some(doubt));
        let refuse = |how| self.findings.change_version(VERSION, |found| found.refusal = found.refusal.take().or(Some(how)));
        match answer {
            Answer::Flight(flight) if flight.hello.version == VERSION => return self.choice(*flight, left, reversed),
            Answer::Flight(flight) => refuse(format!("negotiated {}", version_name(flight.hello.version))),
            Answer::Alert(code) if !fresh || code == PROTOCOL_VERSION => refuse(alert_name(code)),
            Answer::Alert(code) => doubt(Doubt::Alert(code)),
            Answer::Closed if fresh => doubt(Doubt::HungUp("closed")),
            Answer::Reset if fresh => doubt(Doubt::HungUp("reset")),
            Answer::Late if fresh => doubt(Doubt::Silent),
            Answer::Garbled(what) if fresh => doubt(Doubt::Odd(what)),
            Answer::Closed | Answer::Reset => self.confirm().await?,
            Answer::Late => return Err(self.asker.late()),
            Answer::Garbled(what) => return Err(self.asker.malformed(&what)),
        }
        Ok(false)
    }

    fn choice(&self, mut flight: Flight, left: &mut Left, reversed: bool) -> Result<bool> {
        let (suite, group) = (flight.hello.suite, flight.group.as_ref().map(|group| group.id));
        let offered = |id: u16| !left.asks_suites() || left.suites.contains(&id);
        if !offered(suite) {
            return Err(self.asker.malformed("the server chose a suite that was not offered"));
        }
        let fresh_group = group.is_some_and(|group| left.groups.contains(&group));
        if left.asks_groups() && !left.asks_suites() && !fresh_group {
            return Ok(false);
        }
        self.findings.change(|state| {
            state.take(self.asker.name.is_some(), &mut flight);
            if left.asks_suites() {
                state.found.entry(VERSION).or_default().take(suite, reversed, flight);
            }
        });
        left.suites.retain(|id| *id != suite);
        left.groups.retain(|id| Some(*id) != group);
        Ok(true)
    }

    /// Whether a hello that was accepted before still is.
    async fn confirm(&self) -> Result<()> {
        let suites = self.accepted();
        match self.ask(&self.asker.hello(VERSION, &suites), true).await? {
            Answer::Flight(_) => Ok(()),
            _ => Err(Error::Reset(self.asker.peer())),
        }
    }

    /// Sends all hellos at once: those that show choices, and the two that should be refused.
    async fn guessed(&self, suites: &[u16], groups: &[u16]) -> Result<bool> {
        let (all_suites, all_groups) = (known_13(), ask_13());
        let without = |all: &[u16], struck: &[u16]| -> Vec<u16> { all.iter().copied().filter(|id| !struck.contains(id)).collect() };
        let last = suites.len().max(groups.len());
        let offers =
            (0..last).map(|count| (suites.get(..count).unwrap_or_default(), groups.get(..count).unwrap_or_default(), count % 2 == 1));
        let offers = offers.chain([(suites, [].as_slice(), suites.len() % 2 == 1), ([].as_slice(), groups, false)]);
        let hellos = offers.map(|(no_suites, no_groups, reversed)| {
            let offered = turned(&without(&all_suites, no_suites), reversed);
            let hello = self.asker.hello_in(VERSION, &offered, &without(&all_groups, no_groups));
            Box::pin(async move { self.asker.ask(rank_of(VERSION), &hello).await }) as _
        });
        let answers: Vec<Answer> = together(hellos.collect()).await?;
        let expected = |index: usize, answer: &Answer| match answer {
            Answer::Flight(flight) if index < last && flight.hello.version == VERSION => {
                let fits = |wanted: Option<&u16>, got: Option<u16>| wanted.is_none() || wanted.copied() == got;
                fits(suites.get(index), Some(flight.hello.suite)) && fits(groups.get(index), flight.group.as_ref().map(|group| group.id))
            }
            Answer::Alert(_) => index >= last,
            _ => false,
        };
        if !answers.iter().enumerate().all(|(index, answer)| expected(index, answer)) {
            return Ok(false);
        }
        for (index, answer) in answers.into_iter().enumerate() {
            let Answer::Flight(mut flight) = answer else { continue };
            self.findings.change(|state| {
                state.take(self.asker.name.is_some(), &mut flight);
                if index < suites.len() {
                    state.found.entry(VERSION).or_default().take(flight.hello.suite, index % 2 == 1, *flight);
                }
            });
        }
        Ok(true)
    }

    async fn settle_order(&self) -> Result<()> {
        let found = self.findings.state().of(VERSION).cloned().unwrap_or_default();
        if !found.is_accepted() {
            return Ok(());
        }
        let offered: Vec<u16> = found.accepted.iter().rev().copied().collect();
        let order = match order::infer(&known_13(), &found.choices()) {
            Some(order) => order,
            None => match self.ask(&self.asker.hello(VERSION, &offered), false).await? {
                Answer::Flight(flight) if offered.first() == Some(&flight.hello.suite) => Order::Client,
                Answer::Flight(flight) if offered.last() == Some(&flight.hello.suite) => Order::Server,
                _ => Order::Unclear,
            },
        };
        self.findings.change_version(VERSION, |found| found.order = Some(order));
        Ok(())
    }
}
