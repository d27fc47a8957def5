//! Which suites a version up to 1.2 accepts: all are offered, what the server chooses is struck out, and so on.

use assay_wire::{Error, Result};

use super::asker::{Answer, Asker};
use super::board::Rank;
use super::crew::together;
use super::findings::{Doubt, Findings, Found, State};
use super::{Order, order, rank_of, version_name};
use crate::handshake::{Flight, Hello, alert_name, authentication, batches, extension, has, known};

/// The alert that speaks of the version, whatever the suites.
pub(super) const PROTOCOL_VERSION: u8 = 70;

/// The newest version whose refusal may stand for those before it.
pub(super) const OLD: u16 = 0x0302;

/// What hellos look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// All suites in one hello, with all questions.
    Whole,
    /// Suites in small groups, those with a pre-shared key apart; nothing but what servers expect.
    Small,
}

/// One version that is gone through.
pub(super) struct Row<'r, 'a> {
    pub(super) asker: &'r Asker<'a>,
    pub(super) findings: &'r Findings,
    pub(super) version: u16,
    pub(super) style: Style,
}

/// What to do after an answer.
#[derive(PartialEq, Eq)]
enum Next {
    Go,
    BatchDone,
    VersionDone,
}

impl Row<'_, '_> {
    fn rank(&self) -> Rank {
        rank_of(self.version)
    }

    /// Goes through all suites. `guess`, `groups`: the choices to expect; their hellos go out at once.
    pub(super) async fn eliminate(&self, guess: &[u16], groups: &[u16]) -> Result<()> {
        let part = self.asker.crew.enlist(self.rank());
        let all = known();
        let batches = if self.style == Style::Whole { vec![all.clone()] } else { batches(&all) };
        let whole = self.style == Style::Whole;
        if guess.is_empty() || !whole || !self.guessed(&all, guess, groups).await? {
            for batch in batches {
                if self.strike_out(batch).await? == Next::VersionDone {
                    break;
                }
            }
            if whole && self.accepts_keys_shared_before() {
                // a server may choose its credentials by the mere presence of such a suite
                self.strike_out(all.into_iter().filter(|id| !has(*id, "psk")).collect()).await?;
            }
        }
        self.settle_order().await?;
        self.findings.change_version(self.version, |found| found.done = found.is_accepted() || found.doubt.is_none());
        drop(part);
        Ok(())
    }

    /// Takes the word of [`OLD`]: a hello names the newest version that the client has, and is answered with an older one
    /// that the server has (RFC 5246 appendix E.1), so that the alert about it speaks of those before it too. Anything
    /// else leaves the question open.
    pub(super) async fn follow(&self) -> Result<()> {
        let told = |state: &State| state.of(OLD).filter(|found| found.done || found.doubt.is_some()).map(|found| found.refusal.clone());
        let refusal = self.findings.wait(told).await;
        if refusal.is_none_or(|how| how != alert_name(PROTOCOL_VERSION)) {
            return self.eliminate(&[], &[]).await;
        }
        self.refuse(alert_name(PROTOCOL_VERSION), Next::VersionDone);
        self.findings.change_version(self.version, |found| found.done = true);
        Ok(())
    }

    fn accepts_keys_shared_before(&self) -> bool {
        self.findings.state().of(self.version).is_some_and(|each| each.accepted.iter().any(|id| has(*id, "psk")))
    }

    fn hello(&self, suites: &[u16]) -> Hello {
        self.asker.hello(self.version, suites)
    }

    /// Suites in this order or the other.
    fn turned_hello(&self, suites: &[u16], reversed: bool) -> Hello {
        self.dressed(self.hello(&turned(suites, reversed)), reversed)
    }

    /// In the other order no ticket is asked for, so that sessions with an id are seen. Below TLS 1.2, where that is
    /// accepted, encrypt-then-MAC is not asked for, so that there are records in the older form to look at.
    fn dressed(&self, hello: Hello, reversed: bool) -> Hello {
        let hello = if reversed { hello.without(extension::SESSION_TICKET) } else { hello };
        let is_beside = self.version < 0x0303 && self.findings.state().is_accepted(0x0303) == Some(true);
        if is_beside { hello.without(extension::ENCRYPT_THEN_MAC) } else { hello }
    }

    /// Offers a batch until nothing of it is accepted any more. Every turn strikes out one suite, so that it ends.
    async fn strike_out(&self, batch: Vec<u16>) -> Result<Next> {
        let mut remaining = self.unfound(batch);
        while !remaining.is_empty() {
            let reversed = self.findings.state().of(self.version).is_some_and(|found| found.accepted.len() % 2 == 1);
            let hello = self.turned_hello(&remaining, reversed);
            let first = self.style == Style::Whole && self.is_unanswered();
            let answer = if first { self.asker.ask_once(self.rank(), &hello).await? } else { self.asker.ask(self.rank(), &hello).await? };
            match self.take(answer, &mut remaining, reversed).await? {
                Next::Go => {}
                end => return Ok(end),
            }
        }
        Ok(Next::BatchDone)
    }

    fn unfound(&self, batch: Vec<u16>) -> Vec<u16> {
        let state = self.findings.state();
        let accepted = state.of(self.version).map(|found| found.accepted.as_slice()).unwrap_or_default();
        batch.into_iter().filter(|id| !accepted.contains(id)).collect()
    }

    fn is_unanswered(&self) -> bool {
        self.findings.state().of(self.version).is_none_or(|found| found.accepted.is_empty())
    }

    /// Notes an answer.
    async fn take(&self, answer: Answer, remaining: &mut Vec<u16>, reversed: bool) -> Result<Next> {
        let fresh = self.is_unanswered();
        let hung_up = match &answer {
            Answer::Closed => "closed",
            Answer::Reset => "reset",
            _ => "",
        };
        match answer {
            Answer::Flight(flight) if flight.hello.version != self.version => {
                Ok(self.refuse(format!("negotiated {}", version_name(flight.hello.version)), Next::BatchDone))
            }
            Answer::Flight(mut flight) => {
                let suite = flight.hello.suite;
                if !remaining.contains(&suite) {
                    return Err(self.asker.malformed("the server chose a suite that was not offered"));
                }
                remaining.retain(|each| *each != suite);
                self.findings.change(|state| {
                    state.take(self.asker.name.is_some(), &mut flight);
                    state.found.entry(self.version).or_default().take(suite, reversed, *flight);
                });
                Ok(Next::Go)
            }
            Answer::Alert(PROTOCOL_VERSION) if fresh => Ok(self.refuse(alert_name(PROTOCOL_VERSION), Next::VersionDone)),
            Answer::Alert(code) if fresh && self.style == Style::Whole => Ok(self.doubt(Doubt::Alert(code))),
            Answer::Alert(code) => Ok(self.refuse(alert_name(code), Next::BatchDone)),
            Answer::Closed | Answer::Reset if fresh => Ok(self.doubt(Doubt::HungUp(hung_up))),
            Answer::Late if fresh => Ok(self.doubt(Doubt::Silent)),
            Answer::Garbled(what) if fresh => Ok(self.doubt(Doubt::Odd(what))),
            Answer::Closed | Answer::Reset => self.confirm(hung_up).await,
            Answer::Late => Err(self.asker.late()),
            Answer::Garbled(what) => Err(self.asker.malformed(&what)),
        }
    }

    fn refuse(&self, how: String, next: Next) -> Next {
        self.findings.change_version(self.version, |found| found.refusal = found.refusal.take().or(Some(how)));
        next
    }

    fn doubt(&self, doubt: Doubt) -> Next {
        self.findings.change_version(self.version, |found| found.doubt = Some(doubt));
        Next::VersionDone
    }

    /// A reset or a connection closed without a word says no only where another hello is answered right after it:
    /// servers with too many clients do the same.
    async fn confirm(&self, how: &str) -> Result<Next> {
        let own = self.findings.state().of(self.version).and_then(|found| found.accepted.first().copied());
        let hello = self.hello(&own.into_iter().collect::<Vec<u16>>());
        match self.asker.ask_once(self.rank(), &hello).await? {
            Answer::Flight(_) => Ok(self.refuse(how.to_owned(), Next::BatchDone)),
            _ => Err(Error::Reset(self.asker.peer())),
        }
    }

    /// Sends the hellos for all expected choices at once, and the one that should be refused. Groups are struck out with
    /// the suites. `false` when an answer is not the expected one: then nothing is learned.
    async fn guessed(&self, all: &[u16], guess: &[u16], groups: &[u16]) -> Result<bool> {
        if self.version < 0x0303 {
            let told = |state: &State| state.of(0x0303).is_some_and(|found| found.is_accepted() || found.done || found.doubt.is_some());
            self.findings.wait(|state| told(state).then_some(())).await;
        }
        let groups = expected_groups(guess, groups);
        let group = |count: usize| groups.get(count).copied().unwrap_or_default();
        let hellos = (0..=guess.len()).map(|count| {
            let struck = guess.get(..count).unwrap_or(guess);
            let remaining: Vec<u16> = all.iter().copied().filter(|id| !struck.contains(id)).collect();
            let reversed = count % 2 == 1;
            let hello = self.asker.hello_without(self.version, &turned(&remaining, reversed), group(count).0);
            let hello = self.dressed(hello, reversed);
            Box::pin(async move { self.asker.ask(self.rank(), &hello).await }) as _
        });
        let answers: Vec<Answer> = together(hellos.collect()).await?;
        let fits = |index: usize, flight: &Flight| {
            let right_group = |wanted| flight.group.as_ref().is_some_and(|group| group.id == wanted);
            flight.hello.version == self.version && guess.get(index) == Some(&flight.hello.suite) && group(index).1.is_none_or(right_group)
        };
        let expected = |index: usize, answer: &Answer| match answer {
            Answer::Flight(flight) => fits(index, flight),
            Answer::Alert(_) => index == guess.len(),
            _ => false,
        };
        let holds = answers.iter().enumerate().all(|(index, answer)| expected(index, answer));
        let flights = answers.into_iter().enumerate().filter_map(|(index, answer)| match answer {
            Answer::Flight(flight) if holds => Some((index, flight)),
            _ => None,
        });
        for (index, mut flight) in flights {
            self.findings.change(|state| {
                state.take(self.asker.name.is_some(), &mut flight);
                state.found.entry(self.version).or_default().take(flight.hello.suite, index % 2 == 1, *flight);
            });
        }
        Ok(holds)
    }

    /// Tells whose order counts, with one more hello where the choices leave it open: all accepted suites, the one
    /// that was chosen first at the end.
    async fn settle_order(&self) -> Result<()> {
        let found = self.findings.state().of(self.version).cloned().unwrap_or_default();
        if !found.is_accepted() {
            return Ok(());
        }
        let offered: Vec<u16> = found.accepted.iter().copied().take(64).rev().collect();
        let order = match order::infer(&known(), &found.choices()) {
            Some(order) => order,
            None => match self.asker.ask(self.rank(), &self.hello(&offered)).await? {
                Answer::Flight(flight) if offered.first() == Some(&flight.hello.suite) => Order::Client,
                Answer::Flight(flight) if offered.last() == Some(&flight.hello.suite) => Order::Server,
                _ => Order::Unclear,
            },
        };
        self.findings.change_version(self.version, |found| found.order = Some(order));
        Ok(())
    }
}

impl Found {
    pub(super) fn take(&mut self, suite: u16, reversed: bool, flight: Flight) {
        self.accepted.push(suite);
        self.reversed.push(reversed);
        self.flights.push(flight);
    }

    pub(super) fn choices(&self) -> Vec<(u16, bool)> {
        self.accepted.iter().copied().zip(self.reversed.iter().copied()).collect()
    }
}

/// For each expected suite: the groups that are struck out with it, and the one to expect. A certificate on a curve goes
/// with hellos that offer that curve alone: suites with one strike out none.
fn expected_groups<'g>(suites: &[u16], groups: &'g [u16]) -> Vec<(&'g [u16], Option<u16>)> {
    let is_free = |id: u16| has(id, "ecdhe") && !has(id, "psk") && authentication(id) != "ecdsa";
    let left = (0..groups.len()).filter_map(|count| Some((groups.get(..count)?, groups.get(count).copied())));
    let mut left = left.peekable();
    suites.iter().map(|id| left.next_if(|_| is_free(*id)).unwrap_or_default()).collect()
}

/// The suites, from the last to the first if so wished.
pub(super) fn turned(suites: &[u16], reversed: bool) -> Vec<u16> {
    if reversed { suites.iter().rev().copied().collect() } else { suites.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_struck_out_with_suites_that_take_any() {
        // ECDHE with an ECDSA key, with an RSA key, DHE, ECDHE without a certificate
        let expected: [(&[u16], Option<u16>); 4] = [(&[], None), (&[], Some(29)), (&[], None), (&[29], Some(23))];
        assert_eq!(expected_groups(&[0xc02c, 0xc030, 0x009f, 0xc018], &[29, 23, 24]), expected);
        assert_eq!(expected_groups(&[0xc030], &[]), [(&[][..], None)]);
    }
}
