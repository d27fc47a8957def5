//! The laboratory in the place of the peers that a product talks to of its own accord.

pub(crate) mod faces;
mod mint;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use assay_engine::{Applies, Bench, Stop, Subject};
use assay_model::profile::{Component, Lab, Operation, Outbound, Purpose, Speaks};
use assay_probes::http::{self, Client, Session};
use assay_probes::peer::{self, Face, Manner, Page, Query, Visit};
use assay_wire::{Listener, UdpListener};
use serde::Serialize;
use tokio::task::JoinSet;

use crate::support::{account_for, sign_in};

pub(crate) use mint::{Flaw, Mint, self_signed};

/// How long the product may take to make something of an answer that sets its clock.
const SETTLE: Duration = Duration::from_millis(100);

/// The peers of a component in whose place the laboratory stands, of these protocols.
pub(crate) fn stood_in(component: &Component, speaks: fn(Speaks) -> bool) -> impl Iterator<Item = &Outbound> {
    component.outbound.iter().filter(move |outbound| outbound.lab.is_some() && speaks(outbound.speaks))
}

/// Components with such a peer over TLS that is not there for updates.
pub(crate) fn applies(subject: &Subject<'_>) -> Applies {
    subject.component().is_some_and(|component| over_tls(component).next().is_some()).into()
}

/// The peers over TLS in whose place the laboratory stands, but for those that give updates.
pub(crate) fn over_tls(component: &Component) -> impl Iterator<Item = &Outbound> {
    stood_in(component, Speaks::is_tls).filter(|outbound| !outbound.gives_updates())
}

/// The peers over TLS that give updates, in whose place the laboratory stands.
pub(crate) fn for_updates(component: &Component) -> impl Iterator<Item = &Outbound> {
    stood_in(component, Speaks::is_tls).filter(|outbound| outbound.gives_updates())
}

/// A way to make the product come.
struct Prompt {
    client: Client,
    session: Option<Session>,
    operation: Operation,
}

/// The laboratory in the place of one peer.
pub(crate) struct Stand {
    bench: Bench,
    component: Component,
    pub(crate) outbound: Outbound,
    pub(crate) at: SocketAddr,
    pub(crate) name: String,
    lab: Lab,
    limit: Duration,
    prompt: Option<Prompt>,
}

/// What came while the laboratory showed one face.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Round {
    pub(crate) visits: Vec<Visit>,
}

impl Round {
    /// The visit in which the product went on, if it did.
    pub(crate) fn went_on(&self) -> Option<&Visit> {
        self.visits.iter().find(|visit| visit.went_on())
    }

    /// Whether it came, and went away each time.
    pub(crate) fn all_left(&self) -> bool {
        !self.visits.is_empty() && self.visits.iter().all(Visit::left)
    }
}

impl Stand {
    /// Takes the place of a peer. The product is made to come by the operation that does `purpose`; where there is none, it
    /// is waited for.
    pub(crate) async fn open(bench: &Bench, component: &Component, outbound: &Outbound, purpose: Purpose) -> Result<Self, Stop> {
        let lab = outbound.lab.clone().ok_or_else(|| Stop::missing(format!("add `lab` to outbound `{}` in the profile", outbound.id)))?;
        let bad = |_| Stop::missing(format!("`lab.listen` of outbound `{}` is no address with a port: mend it", outbound.id));
        let at = lab.listen.parse().map_err(bad)?;
        let name = lab.name.clone().or_else(|| outbound.peers.first().cloned()).unwrap_or_default();
        let seconds = lab.seconds.unwrap_or(bench.policy().outbound.wait_seconds.value);
        let prompt = match component.doing(purpose).find(|(interface, _)| interface.speaks.is_http()) {
            None => None,
            Some((interface, operation)) if operation.is_public() => {
                let client = Client::new(bench.permit_for(&component.id, interface)?);
                Some(Prompt { client, session: None, operation: operation.clone() })
            }
            Some((interface, operation)) => {
                let account = account_for(bench, &component.id, interface, operation)?;
                let (client, session) = sign_in(bench, &component.id, interface, &account).await?;
                Some(Prompt { client, session: Some(session), operation: operation.clone() })
            }
        };
        let (bench, component, outbound) = (bench.clone(), component.clone(), outbound.clone());
        Ok(Self { bench, component, outbound, at, name, lab, limit: Duration::from_secs(seconds), prompt })
    }

    /// Certificates that this peer could show.
    pub(crate) fn mint(&self) -> Result<Mint, Stop> {
        let file = |name: &Option<String>, what: &str| match name {
            Some(name) => self.bench.file(name),
            None => Err(Stop::missing(format!(
                "supply lab.{what} of outbound `{}`: an authority that the product trusts, for certificates good and bad",
                self.outbound.id
            ))),
        };
        Mint::new(&file(&self.lab.authority, "authority")?, &file(&self.lab.key, "key")?, &self.name, self.bench.now())
    }

    /// How this peer talks.
    pub(crate) fn manner(&self) -> Manner {
        match self.outbound.speaks {
            Speaks::Http | Speaks::Https => Manner::Http(Arc::new(|_, _| Page::json("{}"))),
            Speaks::Mqtt | Speaks::Mqtts => Manner::Mqtt,
            _ => Manner::Mute,
        }
    }

    /// Listens at the place of the peer.
    pub(crate) async fn listen(&self) -> Result<Listener, Stop> {
        self.listen_at(self.at).await
    }

    /// Listens at another port of the same place.
    pub(crate) async fn listen_at(&self, at: SocketAddr) -> Result<Listener, Stop> {
        let (authority, ledger) = self.bench.listening();
        Ok(authority.listen(at, None, ledger, self.limit).await?)
    }

    /// Shows what the genuine peer would show, for one visit.
    pub(crate) async fn show_genuine(&mut self, mint: &Mint) -> Result<Round, Stop> {
        let manner = self.manner();
        self.show_speaking(&Face::Secure(mint.genuine()?), &manner, 1).await
    }

    /// Shows another face until the product came as often as the policy wants to see, or does not come any more.
    pub(crate) async fn show(&mut self, face: &Face) -> Result<Round, Stop> {
        let (manner, attempts) = (self.manner(), self.bench.policy().outbound.attempts.value);
        self.show_speaking(face, &manner, attempts).await
    }

    /// Shows a face and talks in this manner, for so many visits at most.
    pub(crate) async fn show_speaking(&mut self, face: &Face, manner: &Manner, attempts: usize) -> Result<Round, Stop> {
        let listener = self.listen().await?;
        let mut round = Round::default();
        // without an operation the product comes again when it likes
        let (rounds, each) = if self.prompt.is_some() { (attempts, 1) } else { (1, attempts) };
        for _ in 0..rounds {
            let (visits, prompted) = tokio::join!(peer::receive(&listener, face, manner, self.limit, each), prompt(&mut self.prompt));
            let visits = visits?;
            prompted?;
            if visits.is_empty() {
                break;
            }
            round.visits.extend(visits);
        }
        Ok(round)
    }

    /// Watches other ports in clear for as long as the product may take, while it tries to come: to nobody, or to a
    /// face at the place of the peer. Tells which of the ports could be watched.
    pub(crate) async fn watch(&mut self, ports: &[u16], face: Option<(Face, Manner)>) -> Result<(Vec<u16>, Round), Stop> {
        let (mut watched, mut round, mut watchers) = (Vec::new(), Round::default(), JoinSet::new());
        for port in ports {
            // a port that is taken, or that only a privileged user may open, is left out
            let Ok(listener) = self.listen_at(SocketAddr::new(self.at.ip(), *port)).await else { continue };
            watched.push(*port);
            let (manner, limit, most) = (self.manner(), self.limit, self.bench.policy().outbound.attempts.value);
            watchers.spawn(async move { peer::receive(&listener, &Face::Clear, &manner, limit, most).await });
        }
        match face {
            Some((face, manner)) => {
                self.show_speaking(&face, &manner, 1).await?;
            }
            None => prompt(&mut self.prompt).await?,
        }
        while let Some(visits) = watchers.join_next().await {
            let visits = visits.map_err(|error| Stop::Error(format!("a watcher failed: {error}")))?;
            round.visits.extend(visits?);
        }
        Ok((watched, round))
    }

    /// Answers the product's queries for names until so many came, or none comes any more.
    pub(crate) async fn resolve(&mut self, address: Ipv4Addr, wanted: usize) -> Result<Vec<Query>, Stop> {
        let listener = self.listen_udp().await?;
        let mut queries = Vec::new();
        while queries.len() < wanted {
            let most = if self.prompt.is_some() { 1 } else { wanted };
            let (more, prompted) = tokio::join!(peer::resolve(&listener, address, self.limit, most), prompt(&mut self.prompt));
            let more = more?;
            prompted?;
            if more.is_empty() {
                break;
            }
            queries.extend(more);
        }
        Ok(queries)
    }

    /// Tells the product a time that is so far off, and how often it asked.
    pub(crate) async fn tell_time(&mut self, off: time::Duration) -> Result<usize, Stop> {
        let listener = self.listen_udp().await?;
        let (bench, off) = (self.bench.clone(), off.whole_nanoseconds());
        let clock = move || bench.now().unix_timestamp_nanos() + off;
        let attempts = self.bench.policy().outbound.attempts.value;
        let (rounds, each) = if self.prompt.is_some() { (attempts, 1) } else { (1, attempts) };
        let mut count = 0;
        for _ in 0..rounds {
            let (more, prompted) = tokio::join!(peer::tell_time(&listener, &clock, self.limit, each), prompt(&mut self.prompt));
            let more = more?;
            prompted?;
            if more == 0 {
                break;
            }
            count += more;
        }
        // what the product makes of the last answer takes it a moment
        self.bench.wait(SETTLE).await;
        Ok(count)
    }

    async fn listen_udp(&self) -> Result<UdpListener, Stop> {
        let (authority, ledger) = self.bench.listening();
        Ok(authority.listen_udp(self.at, ledger).await?)
    }

    /// What to say where the product does not come.
    pub(crate) fn absent(&self) -> String {
        let how = match &self.prompt {
            Some(prompt) => format!("after `{}`", prompt.operation.id),
            None => format!("(no operation of `{}` makes it come)", self.component.id),
        };
        format!(
            "the product did not come to {} for `{}` within {} s {how}: point it there by name service or routing, or raise lab.seconds",
            self.at,
            self.outbound.id,
            self.limit.as_secs()
        )
    }
}

async fn prompt(prompt: &mut Option<Prompt>) -> Result<(), Stop> {
    if let Some(Prompt { client, session, operation }) = prompt {
        // whatever the product answers: it may well tell that its peer could not be reached
        http::call(client, operation, session.as_ref(), None).await?;
        client.close();
    }
    Ok(())
}

/// How often the product came and what it did, in words.
pub(crate) fn in_words(round: &Round) -> String {
    let went_on = round.visits.iter().filter(|visit| visit.went_on()).count();
    let left = round.visits.iter().filter(|visit| visit.left()).count();
    format!("{} attempts, {left} broken off, {went_on} went on", round.visits.len())
}
