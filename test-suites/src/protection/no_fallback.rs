//! Does the product stay with TLS when its peer cannot be reached that way?

use std::net::SocketAddr;
use std::sync::Arc;

use assay_engine::{Bench, Finding, Outcome, Stop, Test};
use assay_model::profile::{Purpose, Speaks};
use assay_model::safety::{Method, Safety};
use assay_probes::peer::{Face, Manner, Page};
use serde::Serialize;

use crate::peers::{Round, Stand, applies, in_words, over_tls};

pub(super) const TEST: Test = Test {
    id: "protection/no-fallback",
    title: "Does the product stay with TLS when its peer cannot be reached that way?",
    shows: &["DP(STX).2"],
    method: Method::Probe,
    safety: Safety::Reversible,
    reads: &[],
    asks: &[],
    applies,
    run: |bench| Box::pin(run(bench)),
    sources: &["RFC 9325 3.2", "SP 800-53 SC-8"],
    limits: "ports other than the usual ones of the protocol, and what happens after a longer time than the product was watched",
};

/// What was seen in the place of one peer.
#[derive(Debug, Serialize)]
struct Sight {
    outbound: String,
    absent: String,
    before: Round,
    /// Ports in clear that were watched.
    ports: Vec<u16>,
    /// In clear, while nobody answered at the secure port.
    blocked: Round,
    /// At the secure port, where a peer without TLS stood.
    bare: Round,
    /// In clear, after the genuine peer had sent the product there.
    sent_there: Option<Round>,
    after: Round,
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let mut all = Vec::new();
    for outbound in over_tls(&component) {
        let mut stand = Stand::open(&bench, &component, outbound, Purpose::Connect).await?;
        all.push(look(&mut stand).await?);
    }
    let seen = bench.record("what the product did while its peers could not be reached over TLS", &all)?;
    let observed = all.iter().map(Sight::in_words).collect::<Vec<_>>().join("; ");
    let finding = |reason: String| Finding {
        reason,
        expected: "nothing is sent in clear".to_owned(),
        observed: observed.clone(),
        ..Finding::default()
    };
    if let Some((sight, when)) = all.iter().find_map(|sight| Some((sight, sight.fell_back()?))) {
        let change = "keep what is to be sent until the peer can be reached over TLS";
        return seen.fail(finding(format!("the product sent data in clear {when} (`{}`): {change}", sight.outbound)));
    }
    let open: Vec<_> = all.iter().filter_map(Sight::open).collect();
    if !open.is_empty() {
        return seen.inconclusive(finding(open.join("; ")));
    }
    let control = seen.control("before and after, the genuine peer was sent data, and the places in clear were open to the product");
    seen.pass(control, finding("the product stayed silent rather than speak in clear".to_owned()))
}

impl Sight {
    fn fell_back(&self) -> Option<&'static str> {
        let rounds = [
            (Some(&self.blocked), "while nobody answered at the secure port"),
            (Some(&self.bare), "to a peer without TLS at the secure port"),
            (self.sent_there.as_ref(), "after it was sent to an address in clear"),
        ];
        rounds.into_iter().find(|(round, _)| round.is_some_and(|round| round.went_on().is_some())).map(|(_, when)| when)
    }

    fn open(&self) -> Option<String> {
        if self.before.visits.is_empty() {
            return Some(self.absent.clone());
        }
        if self.before.went_on().is_none() {
            return Some(format!(
                "the product did not take the laboratory for the genuine peer `{}`: let it trust lab.authority",
                self.outbound
            ));
        }
        if self.ports.is_empty() {
            return Some("no usual port in clear is free on this machine: run with the right to open ports below 1024".to_owned());
        }
        if self.bare.visits.is_empty() {
            return Some(format!(
                "the product did not try to reach `{}` while it was watched, so its silence shows nothing",
                self.outbound
            ));
        }
        let back = self.after.went_on().is_none();
        back.then(|| {
            format!("after all this the genuine peer of `{}` was not spoken to either, so the silence shows nothing", self.outbound)
        })
    }

    fn in_words(&self) -> String {
        let sent_there = self.sent_there.as_ref().map_or("not tried".to_owned(), in_words);
        let (blocked, bare) = (in_words(&self.blocked), in_words(&self.bare));
        format!("`{}` (ports {:?}): blocked: {blocked}; without TLS: {bare}; sent there: {sent_there}", self.outbound, self.ports)
    }
}

async fn look(stand: &mut Stand) -> Result<Sight, Stop> {
    let mint = stand.mint()?;
    let (outbound, absent, before) = (stand.outbound.id.clone(), stand.absent(), stand.show_genuine(&mint).await?);
    let mut sight = Sight {
        outbound,
        absent,
        before,
        ports: Vec::new(),
        blocked: Round::default(),
        bare: Round::default(),
        sent_there: None,
        after: Round::default(),
    };
    if sight.before.went_on().is_none() {
        return Ok(sight);
    }
    (sight.ports, sight.blocked) = stand.watch(&in_clear(stand.outbound.speaks), None).await?;
    sight.bare = stand.show(&Face::Clear).await?;
    if let (Speaks::Https, Some(port)) = (stand.outbound.speaks, sight.ports.last().copied()) {
        let place = format!("http://{}/", SocketAddr::new(stand.at.ip(), port));
        let page = Page { status: 307, headers: format!("Location: {place}\r\n"), body: Vec::new() };
        let manner = Manner::Http(Arc::new(move |_, _| page.clone()));
        let (_, round) = stand.watch(&[port], Some((Face::Secure(mint.genuine()?), manner))).await?;
        sight.sent_there = Some(round);
    }
    sight.after = stand.show_genuine(&mint).await?;
    Ok(sight)
}

/// The usual ports of the same protocol without TLS.
fn in_clear(speaks: Speaks) -> Vec<u16> {
    match speaks {
        Speaks::Https => vec![80, 8080],
        Speaks::Mqtts => vec![1883],
        Speaks::SyslogTls => vec![514, 601],
        _ => Vec::new(),
    }
}
