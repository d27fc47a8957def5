//! What did not ride along is done on connections of its own; then it is said what all came to.

use std::collections::BTreeMap;
use std::future::Future;

use assay_wire::{Error, Link, Permit, Result};
use aws_lc_rs::rand;

use super::rides::{Job, Rides, is_cbc, is_static_rsa, take};
use super::words::{ONLY_13, bearable, bled, close, control, forgiving, newest, no_cbc, no_heartbeat, not_shown};
use super::{Check, Flaws, Outcome, padding, rsa, tolerance};
use crate::tls::session::{Begun, Parts, Resumed, Saved, Sessions, Wish, begin, begin_as, hello, resume, wrap};

/// How often something is tried on a connection that does not come about or breaks off.
const ATTEMPTS: usize = 3;
/// The length of a session id that stands for a ticket, in bytes.
const ID: usize = 32;

/// Where connections come from.
pub(crate) trait Door: Sync {
    /// What is held as long as a connection is in use.
    type Place: Send;

    /// A plain connection on which a hello may be sent, and its place.
    fn open(&self) -> impl Future<Output = Result<(Link, Self::Place)>> + Send;

    /// The permit behind it.
    fn permit(&self) -> &Permit;

    /// The name that hellos ask for.
    fn name(&self) -> Option<&str>;

    /// A hello is about to be sent.
    fn count_hello(&self);
}

/// How a session is offered: by its id, by its id in an unusual hello, or by its ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dress {
    Plain,
    Unusual,
    Ticket,
}

/// The suites accepted in each version from TLS 1.0 to 1.2.
pub(crate) type Accepted = BTreeMap<u16, Vec<u16>>;

impl Rides {
    /// Does what is left. `accepted`: what the server accepts from TLS 1.0 to 1.2; `tolerant`: whether an unusual hello
    /// was answered already.
    ///
    /// # Errors
    /// What is no fault of the server.
    pub(crate) async fn conclude<D: Door>(&self, door: &D, accepted: &Accepted, tolerant: Option<bool>) -> Result<(Sessions, Flaws)> {
        let spoken = newest(accepted, None, |suite| Parts::of(suite).is_some());
        let (whole, change, rsa, padding) = tokio::join!(
            Box::pin(self.ensure_wholes(door, spoken.as_ref())),
            Box::pin(self.ensure_change(door, accepted)),
            Box::pin(self.rsa(door, accepted)),
            Box::pin(self.padding(door, accepted))
        );
        let unusual = whole?;
        // the last word on whether it still answers comes from sessions gone on with, or else from another hello
        let tolerant = tolerant.or(unusual).filter(|_| self.state().saved.iter().any(Option::is_some));
        let by_id = async {
            let (by_id, unusual) = self.by_id(door, spoken.as_ref(), tolerant.is_none()).await?;
            Ok::<_, Error>((by_id, tolerance::look(door, accepted, tolerant.or(unusual)).await?))
        };
        let (by_id, ticket) = tokio::join!(Box::pin(by_id), Box::pin(self.by_ticket(door, spoken.as_ref())));
        let (mut ticketbleed, (by_id, tolerance)) = (ticket?, by_id?);
        let mut state = self.state();
        let alive = state.alive || tolerant.is_none() && tolerance.unusual_hello == Some(true);
        let mut sessions = std::mem::take(&mut state.sessions);
        sessions.id_resumption = by_id;
        if by_id.is_some() {
            sessions.unclear.remove("id_resumption");
        }
        state.explain(&mut sessions, spoken.is_some());
        let control = control(&sessions, alive);
        ticketbleed.control = control.clone().filter(|_| sessions.ticket_resumption.is_some());
        let flaws = Flaws {
            heartbleed: state.heartbleed.take().unwrap_or_else(|| no_heartbeat(&sessions)),
            ccs_injection: change?.with(control.clone()),
            robot: rsa?.with(control.clone()),
            ticketbleed,
            padding_oracle: padding?.with(control),
            tolerance,
        };
        Ok((sessions, flaws))
    }

    /// Begins a handshake, more than once when the connection fails. `None` when it does not come about.
    async fn begin<D: Door>(&self, door: &D, version: u16, suites: &[u16], wish: Wish<'_>) -> Result<Option<(Begun, D::Place)>> {
        for _ in 0..ATTEMPTS {
            let message = hello(version, suites, Wish { name: door.name(), ..wish })?;
            let (link, place) = match door.open().await {
                Ok(opened) => opened,
                Err(error) => return bearable(error).map(|()| None),
            };
            door.count_hello();
            match tokio::time::timeout(self.patience.saturating_mul(2), begin(link, message)).await {
                Ok(Ok(begun)) => return Ok(Some((begun, place))),
                Ok(Err(Error::Handshake(_, what))) => {
                    self.state().trouble = Some(what);
                    return Ok(None);
                }
                Ok(Err(error)) => {
                    self.state().trouble = Some(error.to_string());
                    bearable(error)?;
                }
                Err(_) => self.state().trouble = Some("no answer to a hello in time".to_owned()),
            }
        }
        Ok(None)
    }

    /// Begins a handshake and does one thing on it.
    async fn dedicate<D: Door>(&self, door: &D, job: Job, version: u16, suites: &[u16], wish: Wish<'_>) -> Result<()> {
        let Some((begun, _place)) = self.begin(door, version, suites, wish).await? else { return Ok(()) };
        let Some(choice) = begun.choice() else {
            begun.link.abandon();
            return Ok(());
        };
        self.state().note(&choice, begun.link.took());
        self.carry_out(job, begun, &choice).await
    }

    /// Whole handshakes with and without a ticket, the latter by an unusual hello: it shows two things in one. Whether
    /// that one was answered.
    async fn ensure_wholes<D: Door>(&self, door: &D, spoken: Option<&(u16, Vec<u16>)>) -> Result<Option<bool>> {
        let Some((version, suites)) = spoken else { return Ok(None) };
        if self.state().whole == [false, false] {
            let wish = Wish { ticket: true, heartbeat: true, ..Wish::default() };
            if let Some((begun, _place)) = self.begin(door, *version, suites, wish).await? {
                self.ride(begun, Some(*version)).await?;
            }
        }
        if take(&mut self.state().whole, 1) {
            return Ok(None);
        }
        let (message, records) = tolerance::unusual_hello(*version, suites, door.name())?;
        if let Some((link, _place)) = forgiving(door.open().await)? {
            door.count_hello();
            let begun = tokio::time::timeout(self.patience.saturating_mul(2), begin_as(link, message, &records)).await;
            if let Ok(Ok(begun)) = begun
                && let Some(choice) = begun.choice()
            {
                self.carry_out(Job::Whole { ticket: false }, begun, &choice).await?;
                return Ok(Some(true));
            }
        }
        // by an ordinary one later
        self.state().whole[1] = false;
        Ok(None)
    }

    async fn ensure_change<D: Door>(&self, door: &D, accepted: &Accepted) -> Result<Check> {
        let Some((version, suites)) = accepted.iter().next_back() else { return Ok(Check::not_applicable(ONLY_13)) };
        if !std::mem::replace(&mut self.state().change_taken, true) {
            self.dedicate(door, Job::Change, *version, suites, Wish::default()).await?;
        }
        let mut state = self.state();
        let trouble = state.trouble.clone();
        Ok(state.change.take().unwrap_or_else(|| not_shown(trouble)))
    }

    async fn rsa<D: Door>(&self, door: &D, accepted: &Accepted) -> Result<Check> {
        let version = self.state().rsa.0;
        let Some((version, suites)) = newest(accepted, version, is_static_rsa) else {
            return Ok(Check::not_applicable("no suite is accepted in which the secret is sent under its RSA key"));
        };
        let taken = self.state().rsa.1;
        for (form, taken) in taken.into_iter().enumerate() {
            if !taken {
                self.dedicate(door, Job::Rsa(form), version, &suites[..1], Wish::default()).await?;
            }
        }
        let mut seen = std::mem::take(&mut self.state().rsa_seen);
        seen.sort_by_key(|(form, _)| *form);
        let first: Vec<rsa::Seen> = seen.into_iter().map(|(_, seen)| seen).collect();
        if rsa::all_alike(&first) {
            return Ok(rsa::judge(&[first]));
        }
        // what rode along went by several suites: now all by one, and twice
        let mut rounds = Vec::new();
        for _ in 0..2 {
            let mut round = Vec::new();
            for form in 0..rsa::FORMS.len() {
                if let Some((begun, _place)) = self.begin(door, version, &suites[..1], Wish::default()).await? {
                    round.extend(forgiving(self.form(form, begun, version).await)?.flatten());
                }
            }
            rounds.push(round);
        }
        Ok(rsa::judge(&rounds))
    }

    async fn padding<D: Door>(&self, door: &D, accepted: &Accepted) -> Result<Check> {
        let version = self.state().padding.0;
        let Some((version, suites)) = newest(accepted, version, is_cbc) else { return Ok(no_cbc(accepted)) };
        let taken = self.state().padding.1;
        for (way, taken) in taken.into_iter().enumerate() {
            if !taken {
                self.dedicate(door, Job::Padding(way, false), version, &suites[..1], Wish::default()).await?;
            }
        }
        let mut first = std::mem::take(&mut self.state().padding_seen);
        first.sort_by_key(|seen| seen.way);
        if padding::all_alike(&first) {
            return Ok(padding::judge(&[first]));
        }
        let mut rounds = Vec::new();
        for _ in 0..2 {
            let mut round = Vec::new();
            for way in 0..padding::WAYS.len() {
                if let Some((begun, _place)) = self.begin(door, version, &suites[..1], Wish::default()).await? {
                    round.extend(forgiving(self.way(way, begun).await)?);
                }
            }
            rounds.push(round);
        }
        Ok(padding::judge(&rounds))
    }

    /// Whether a session is gone on with by its id. Where unusual hellos are still to be looked at, the one that offers
    /// it is one: whether that was answered.
    async fn by_id<D: Door>(&self, door: &D, spoken: Option<&(u16, Vec<u16>)>, unusual: bool) -> Result<(Option<bool>, Option<bool>)> {
        let Some((version, suites)) = spoken else { return Ok((None, None)) };
        let mut answered = None;
        let first = self.state().saved[1].clone().filter(|_| unusual);
        if let Some(saved) = first {
            match self.resume(door, &saved, &saved.id, Dress::Unusual).await?.map(close) {
                Some((true, _)) => return Ok((Some(true), Some(true))),
                Some((false, _)) => answered = Some(true),
                // its session may be gone with it
                None => self.state().forget(),
            }
        }
        if !std::mem::replace(&mut self.state().whole[1], true) {
            self.dedicate(door, Job::Whole { ticket: false }, *version, suites, Wish::default()).await?;
        }
        let (saved, given) = {
            let state = self.state();
            (state.saved[1].clone(), state.id_given)
        };
        let Some(saved) = saved else { return Ok((given.filter(|given| !given), answered)) };
        let resumed = self.resume(door, &saved, &saved.id, Dress::Plain).await?;
        Ok((resumed.map(|resumed| close(resumed).0), answered))
    }

    /// Whether a session is gone on with by its ticket, and whether more of the session id comes back than was sent.
    async fn by_ticket<D: Door>(&self, door: &D, spoken: Option<&(u16, Vec<u16>)>) -> Result<Check> {
        let asked = self.state().ticket_asked;
        if let Some((version, suites)) = spoken.filter(|_| !asked && !take(&mut self.state().whole, 0)) {
            self.dedicate(door, Job::Whole { ticket: true }, *version, suites, Wish { ticket: true, ..Wish::default() }).await?;
        }
        let saved = self.state().saved[0].clone();
        let Some(saved) = saved else {
            let mut state = self.state();
            if state.ticket_asked && !state.sessions.finished.is_empty() {
                state.sessions.ticket_resumption = Some(false);
                return Ok(Check::not_applicable("the server gives no tickets"));
            }
            let trouble = state.trouble.clone();
            return Ok(if state.ticket_asked || trouble.is_some() { not_shown(trouble) } else { Check::not_applicable(ONLY_13) });
        };
        let mut id = [0; ID];
        rand::fill(&mut id).map_err(|_| Error::Local("no random numbers".to_owned()))?;
        let short = id.get(..1).unwrap_or_default();
        let first = self.resume(door, &saved, short, Dress::Ticket).await?.map(close);
        if let Some((true, echoed)) = first {
            self.state().sessions.ticket_resumption = Some(true);
            return Ok(bled(short, &echoed));
        }
        let second = self.resume(door, &saved, &id, Dress::Ticket).await?.map(close);
        self.state().sessions.ticket_resumption = second.as_ref().map(|(resumed, _)| *resumed);
        Ok(match second {
            Some((true, echoed)) if echoed == id => {
                Check::of(Outcome::NotVulnerable, "a session is gone on with under a long session id only")
            }
            Some((false, _)) => Check::not_applicable("no session is gone on with by a ticket"),
            _ => not_shown(self.state().trouble.clone()),
        })
    }

    async fn resume<D: Door>(&self, door: &D, saved: &Saved, id: &[u8], dress: Dress) -> Result<Option<Resumed>> {
        for _ in 0..ATTEMPTS {
            let hello = saved.offer(id, dress == Dress::Ticket)?;
            let (hello, records) = match dress {
                Dress::Unusual => tolerance::all_unusual(&hello)?,
                Dress::Plain | Dress::Ticket => (hello.clone(), wrap(&hello)),
            };
            let (link, _place) = match door.open().await {
                Ok(opened) => opened,
                Err(error) => return bearable(error).map(|()| None),
            };
            door.count_hello();
            match tokio::time::timeout(self.patience.saturating_mul(2), resume(link, saved, &hello, &records)).await {
                Ok(Ok(resumed)) => {
                    self.state().alive = true;
                    return Ok(Some(resumed));
                }
                // the server may have dropped the session with it: another try would show nothing
                Ok(Err(Error::Handshake(_, what))) => {
                    self.state().trouble = Some(what);
                    return Ok(None);
                }
                Ok(Err(error)) => {
                    self.state().trouble = Some(error.to_string());
                    bearable(error)?;
                }
                Err(_) => self.state().trouble = Some("no answer to a hello in time".to_owned()),
            }
        }
        Ok(None)
    }
}
