//! Handshakes that were begun for another reason are carried on: whatever is still to be looked at rides along.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use assay_wire::{Error, Result};

use super::conclude::Accepted;
use super::words::newest;
use super::{Check, early_change, heartbleed, padding, rsa};
use crate::handshake::has;
use crate::tls::session::{Begun, Choice, Exchange, Open, Parts, Reaction, Saved, Sessions, finish, renegotiate};
use crate::tls::version_name;

/// Alerts that refuse a new handshake within a session: `close_notify`, `unexpected_message`, `handshake_failure`,
/// `no_renegotiation` (RFC 5246 section 7.2.2). Others find fault with the hello, and say nothing about the next one.
const REFUSALS: [u8; 4] = [0, 10, 40, NO_RENEGOTIATION];
/// The alert that refuses it in passing: the session goes on.
const NO_RENEGOTIATION: u8 = 100;

/// The least and the most that is waited to see that nothing comes.
const QUIET: (Duration, Duration) = (Duration::from_millis(60), Duration::from_millis(1500));

/// How many whole handshakes may fail before no more is tried: some servers want a certificate first.
const MOST_FAILED: u32 = 2;

/// What a begun handshake is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Job {
    /// It is finished, by way of a ticket or of a session id.
    Whole { ticket: bool },
    /// A change of cipher comes too early.
    Change,
    /// A form of the RSA key exchange.
    Rsa(usize),
    /// A record that is wrong in one way; whether it is sent before the server has finished.
    Padding(usize, bool),
}

/// What has been taken on, and what has come of it.
#[expect(clippy::struct_excessive_bools, reason = "each is a state of its own, and they combine freely")]
#[derive(Debug, Default)]
pub(super) struct State {
    /// Whole handshakes taken on: with a ticket, with a session id.
    pub(super) whole: [bool; 2],
    /// Whole handshakes that did not come to their end.
    failed: u32,
    pub(super) change_taken: bool,
    /// The version in which forms of the RSA key exchange are sent, and which are taken on.
    pub(super) rsa: (Option<u16>, [bool; rsa::FORMS.len()]),
    /// The same for wrong records.
    pub(super) padding: (Option<u16>, [bool; padding::WAYS.len()]),
    pub(super) sessions: Sessions,
    pub(super) saved: [Option<Saved>; 2],
    pub(super) heartbleed: Option<Check>,
    pub(super) change: Option<Check>,
    pub(super) rsa_seen: Vec<(usize, rsa::Seen)>,
    pub(super) padding_seen: Vec<padding::Seen>,
    renegotiation_taken: bool,
    /// Whether a record sent ahead met with trouble: then no other is.
    never_ahead: bool,
    /// Whether a ticket was asked for in a handshake that came to its end.
    pub(super) ticket_asked: bool,
    /// Whether a handshake without a ticket brought a session id.
    pub(super) id_given: Option<bool>,
    pub(super) trouble: Option<String>,
    /// Whether a hello was answered after the looks.
    pub(super) alive: bool,
    pace: Option<Pace>,
}

/// How long answers take: smoothed, and how much they differ from that (RFC 6298 section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pace {
    usual: Duration,
    spread: Duration,
}

impl Pace {
    fn new(took: Duration) -> Self {
        Self { usual: took, spread: took / 2 }
    }

    fn after(self, took: Duration) -> Self {
        let off = took.abs_diff(self.usual);
        Self {
            usual: (self.usual.saturating_mul(7).saturating_add(took)) / 8,
            spread: (self.spread.saturating_mul(3).saturating_add(off)) / 4,
        }
    }

    /// The time within which nearly every answer comes.
    fn bound(self) -> Duration {
        self.usual.saturating_add(self.spread.saturating_mul(4))
    }
}

/// Looks at sessions and flaws up to TLS 1.2, on handshakes that are offered to it.
#[derive(Debug, Default)]
pub(crate) struct Rides {
    state: Mutex<State>,
    /// How long an answer may take.
    pub(super) patience: Duration,
}

impl Rides {
    /// Rides that wait this long for an answer.
    pub(crate) fn new(patience: Duration) -> Self {
        Self { state: Mutex::default(), patience }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long to wait to see that nothing comes: what nearly all answers have taken at most, and some.
    pub(crate) fn quiet(&self) -> Duration {
        let bound = self.state().pace.map_or(self.patience / 2, Pace::bound);
        bound.saturating_add(QUIET.0 / 2).clamp(QUIET.0, QUIET.1).min(self.patience)
    }

    /// Whether every look that rides along has been taken, by suites that are among these.
    pub(crate) fn are_done(&self, accepted: &Accepted) -> bool {
        let state = self.state();
        let held = state.ticket_asked && state.id_given.is_some() && state.sessions.client_renegotiation.is_some();
        let seen = state.change.is_some() && state.rsa_seen.len() == rsa::FORMS.len() && state.padding_seen.len() == padding::WAYS.len();
        let known = || newest(accepted, state.rsa.0, is_static_rsa).is_some() && newest(accepted, state.padding.0, is_cbc).is_some();
        held && seen && known()
    }

    /// Carries on a handshake of which nothing more is wanted, and closes its link. Trouble on it is no error: the
    /// same is tried again later. Whole sessions are held in the `newest` version.
    ///
    /// # Errors
    /// What is no fault of the server.
    pub(crate) async fn ride(&self, begun: Begun, newest: Option<u16>) -> Result<()> {
        let Some(choice) = begun.choice() else {
            begun.link.abandon();
            return Ok(());
        };
        let job = {
            let mut state = self.state();
            state.note(&choice, begun.link.took());
            state.claim(&choice, newest)
        };
        match job {
            None => {
                begun.link.abandon();
                Ok(())
            }
            Some(job) => self.carry_out(job, begun, &choice).await,
        }
    }

    /// Does one thing on a begun handshake, within bounds.
    ///
    /// # Errors
    /// What is no fault of the server.
    pub(super) async fn carry_out(&self, job: Job, begun: Begun, choice: &Choice) -> Result<()> {
        let version = choice.version;
        let work = async {
            match job {
                Job::Whole { .. } => self.whole(begun, choice).await,
                Job::Change => {
                    let check = early_change::look(begun, version, self.quiet()).await?;
                    self.state().change = Some(check);
                    Ok(())
                }
                Job::Rsa(form) => {
                    let seen = self.form(form, begun, version).await?;
                    self.state().rsa_seen.extend(seen.map(|seen| (form, seen)));
                    Ok(())
                }
                Job::Padding(way, ahead) => {
                    let seen = if ahead { padding::send_ahead(begun, way, self.patience).await? } else { self.way(way, begun).await? };
                    self.state().padding_seen.push(seen);
                    Ok(())
                }
            }
        };
        let done = tokio::time::timeout(self.patience.saturating_mul(4), work).await;
        let trouble = match done {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) if error.is_ours() || matches!(error, Error::Budget(_)) => return Err(error),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it took too long".to_owned(),
        };
        let mut state = self.state();
        state.release(job);
        state.trouble = Some(trouble);
        Ok(())
    }

    /// Sends one form of the RSA key exchange.
    pub(super) async fn form(&self, form: usize, begun: Begun, version: u16) -> Result<Option<rsa::Seen>> {
        let form = rsa::FORMS.get(form).copied().unwrap_or(rsa::Form::WellFormed);
        rsa::send(begun, version, form, self.quiet(), self.patience).await
    }

    /// Finishes a handshake and sends one wrong record.
    pub(super) async fn way(&self, way: usize, begun: Begun) -> Result<padding::Seen> {
        let open = finish(begun).await?;
        padding::send(open, way, self.patience).await
    }

    async fn whole(&self, begun: Begun, choice: &Choice) -> Result<()> {
        let mut open = finish(begun).await?;
        let (heartbeat, renegotiation) = {
            let mut state = self.state();
            state.finished(&open, choice);
            let renegotiation = !std::mem::replace(&mut state.renegotiation_taken, true);
            (open.heartbeat.is_some() && state.heartbleed.is_none(), renegotiation)
        };
        if heartbeat {
            let check = heartbleed::look(&mut open, self.patience).await?;
            self.state().heartbleed = Some(check);
        }
        if renegotiation {
            let reaction = renegotiate(&mut open, self.patience).await?;
            self.state().renegotiated(&open, &reaction);
        }
        open.channel.link.abandon();
        Ok(())
    }
}

impl State {
    /// Notes what a flight tells beside.
    pub(super) fn note(&mut self, choice: &Choice, took: Option<Duration>) {
        if let Some(took) = took {
            self.pace = Some(self.pace.map_or_else(|| Pace::new(took), |pace| pace.after(took)));
        }
        if choice.heartbeat_offered && choice.whole {
            let heard = &mut self.sessions.heartbeat;
            *heard = Some(heard.unwrap_or(false) || choice.heartbeat.is_some());
        }
    }

    /// Takes on what such a handshake is good for, if anything is left.
    pub(super) fn claim(&mut self, choice: &Choice, newest: Option<u16>) -> Option<Job> {
        if !choice.whole || !(0x0301..=0x0303).contains(&choice.version) {
            return None;
        }
        let ticket = choice.ticket.1;
        if choice.parts.is_some() && newest == Some(choice.version) && !take(&mut self.whole, usize::from(!ticket)) {
            return Some(Job::Whole { ticket });
        }
        if choice.is_static_rsa()
            && self.rsa.0.is_none_or(|version| version == choice.version)
            && let Some(form) = first_free(&mut self.rsa.1)
        {
            self.rsa.0 = Some(choice.version);
            return Some(Job::Rsa(form));
        }
        let is_cbc = choice.parts.is_some_and(|parts| parts.is_cbc()) && !choice.outside;
        if is_cbc
            && self.padding.0.is_none_or(|version| version == choice.version)
            && let Some(way) = first_free(&mut self.padding.1)
        {
            self.padding.0 = Some(choice.version);
            return Some(Job::Padding(way, !self.never_ahead));
        }
        (!std::mem::replace(&mut self.change_taken, true)).then_some(Job::Change)
    }

    /// Forgets the session with an id: another is to be held.
    pub(super) fn forget(&mut self) {
        (self.saved[1], self.whole[1]) = (None, false);
    }

    fn release(&mut self, job: Job) {
        match job {
            Job::Whole { ticket } => {
                self.failed += 1;
                set(&mut self.whole, usize::from(!ticket), self.failed >= MOST_FAILED);
                self.renegotiation_taken = self.sessions.client_renegotiation.is_some();
            }
            Job::Change => self.change_taken = false,
            Job::Rsa(form) => set(&mut self.rsa.1, form, false),
            Job::Padding(way, ahead) => {
                set(&mut self.padding.1, way, false);
                self.never_ahead |= ahead;
            }
        }
    }

    /// Notes a handshake that came to its end.
    fn finished(&mut self, open: &Open, choice: &Choice) {
        let version = version_name(open.saved.version);
        if !self.sessions.finished.contains(&version) {
            self.sessions.finished.push(version);
        }
        self.sessions.extended_master_secret = Some(open.saved.extended);
        self.ticket_asked |= choice.ticket.0;
        let by_ticket = open.saved.ticket.is_some();
        if let Some((lifetime, _)) = &open.saved.ticket {
            self.sessions.ticket_lifetime_s = Some(*lifetime);
        }
        if !by_ticket {
            self.id_given = Some(self.id_given == Some(true) || !open.saved.id.is_empty());
        }
        if by_ticket || !open.saved.id.is_empty() {
            self.saved[usize::from(!by_ticket)] = Some(open.saved.clone());
        }
    }

    fn renegotiated(&mut self, open: &Open, reaction: &Reaction) {
        let tied = open.tied;
        if !matches!(reaction, Reaction::Message(2) | Reaction::Alert(NO_RENEGOTIATION)) {
            // an alert that ends the connection ends the session too (RFC 5246 section 7.2.2): its id shows nothing now
            if self.saved[1].as_ref().is_some_and(|saved| saved.id == open.saved.id) {
                self.saved[1] = None;
                let why = "the session ended with a new handshake that was turned down, before its id was tried";
                self.sessions.unclear.insert("id_resumption".to_owned(), why.to_owned());
            }
        }
        let accepted = match reaction {
            Reaction::Message(2) => true,
            Reaction::Alert(code) if REFUSALS.contains(code) => false,
            Reaction::Closed | Reaction::Reset => false,
            other => {
                let why = format!("a new handshake within a session was answered with: {}", other.words());
                self.sessions.unclear.insert("client_renegotiation".to_owned(), why);
                self.renegotiation_taken = false;
                return;
            }
        };
        self.sessions.client_renegotiation = Some(accepted && tied);
        self.sessions.insecure_renegotiation = Some(accepted && !tied);
    }
}

impl Choice {
    /// Whether the secret is sent under the server's RSA key.
    pub(super) fn is_static_rsa(&self) -> bool {
        match self.parts {
            Some(parts) => parts.exchange == Exchange::Rsa,
            None => is_static_rsa(self.suite),
        }
    }
}

/// Whether the secret is sent under the server's RSA key in this suite, which is none of the old short ones.
pub(super) fn is_static_rsa(suite: u16) -> bool {
    has(suite, "static-rsa") && !has(suite, "psk") && !has(suite, "export")
}

/// Whether sessions can be held in this suite here, and its ciphers are chained blocks.
pub(super) fn is_cbc(suite: u16) -> bool {
    Parts::of(suite).is_some_and(|parts| parts.is_cbc())
}

/// Takes a place: whether it was taken before.
pub(super) fn take(places: &mut [bool], place: usize) -> bool {
    places.get_mut(place).is_none_or(|place| std::mem::replace(place, true))
}

fn first_free(places: &mut [bool]) -> Option<usize> {
    let free = places.iter().position(|taken| !taken)?;
    set(places, free, true);
    Some(free)
}

fn set(places: &mut [bool], place: usize, taken: bool) {
    if let Some(each) = places.get_mut(place) {
        *each = taken;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_for_silence_follows_the_answers() {
        let ms = Duration::from_millis;
        let mut pace = Pace::new(ms(20));
        assert_eq!(pace.bound(), ms(60));
        for _ in 0..40 {
            pace = pace.after(ms(20));
        }
        assert!(pace.bound() < ms(21), "{pace:?}");
        // one in three takes much longer, as a key of its own does on a small device
        for count in 0..30 {
            pace = pace.after(if count % 3 == 0 { ms(300) } else { ms(20) });
        }
        assert!(pace.bound() > ms(300), "{pace:?}");
    }
}
