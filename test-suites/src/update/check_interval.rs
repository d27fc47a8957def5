//! Does the product look for updates as often as it is declared to?

use assay_capture::Reach;
use assay_engine::{Bench, Outcome, Stop, Test};
use assay_model::profile::{Component, Outbound};
use assay_model::safety::{Method, Safety};

use crate::traffic::{Judged, Taken, Traffic, Words, is_captured, is_peer};

pub(super) const TEST: Test = Test {
    id: "update/check-interval",
    title: "Does the product look for updates as often as it is declared to?",
    shows: &["SU(APP)"],
    method: Method::Document,
    safety: Safety::Passive,
    reads: &["capture"],
    asks: &[],
    applies: |subject| match subject.component() {
        Some(component) if sources(component).next().is_some() => is_captured(subject),
        _ => assay_engine::Applies::Elsewhere,
    },
    run: |bench| Box::pin(async move { run(&bench) }),
    sources: &["EN 303 645 5.3-5"],
    limits: "what the product asks there, and whether it takes what it is offered",
};

/// Nanoseconds in a second.
const SECOND: u64 = 1_000_000_000;

/// Peers with a declared interval from which updates come.
fn sources(component: &Component) -> impl Iterator<Item = (&Outbound, u64)> {
    let givers = component.outbound.iter().filter(|outbound| outbound.gives_updates());
    givers.filter_map(|outbound| Some((outbound, outbound.interval_seconds?)))
}

fn run(bench: &Bench) -> Outcome {
    let traffic = Traffic::read(bench, &[], |_| true)?;
    let mut judged = Judged::with(traffic.open());
    let mut visits = 0;
    for (outbound, interval) in sources(&traffic.component) {
        let mut gaps = Vec::new();
        for taken in &traffic.taken {
            gaps.extend(gaps_in(taken, &traffic.component, outbound, interval)?);
            visits += starts(taken, &traffic.component, outbound).len();
        }
        let longest = gaps.iter().max().copied().unwrap_or_default() / SECOND;
        if gaps.is_empty() {
            judged.leave_open(format!(
                "no capture is longer than the {interval} seconds of `{}` and holds two visits: capture the idle product for longer",
                outbound.id
            ));
        } else if longest > interval {
            judged.offend(format!(
                "`{}` was not visited for {longest} seconds: look there every {interval} seconds as declared",
                outbound.id
            ));
        }
    }
    let control =
        traffic.seen.control(format!("{visits} visits to the sources of updates are in the captures, with the times of their beginnings"));
    let words = Words {
        met: "the sources of updates are visited as often as declared".to_owned(),
        expected: "no longer time without a visit than the declared interval",
        observed: format!("{visits} visits"),
    };
    judged.rule(traffic.seen.clone(), control, words)
}

/// Times without a visit, in nanoseconds, in a capture that is longer than the interval: between visits, and at both ends. None
/// where the component was not seen to visit twice unless a time without a visit is too long.
fn gaps_in(taken: &Taken, component: &Component, outbound: &Outbound, interval: u64) -> Result<Vec<u64>, Stop> {
    let Some(span) = taken.capture.time.filter(|span| span.length() / SECOND > interval) else { return Ok(Vec::new()) };
    if taken.capture.packets.untimed > 0 {
        return Err(Stop::missing(format!("packets of capture `{}` have no times: capture in pcap or pcapng with times", taken.file.id)));
    }
    let starts = starts(taken, component, outbound);
    let all: Vec<u64> = [span.first].into_iter().chain(starts).chain([span.last]).collect();
    Ok(all.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect())
}

fn starts(taken: &Taken, component: &Component, outbound: &Outbound) -> Vec<u64> {
    let visits = taken.talks(&component.id).filter(|talk| talk.outward && talk.flow.reach == Reach::Unicast);
    let here = visits.filter(|talk| outbound.port.is_none_or(|port| talk.peer().port == Some(port)) && is_peer(talk, outbound));
    let mut starts: Vec<u64> = here.filter_map(|talk| talk.flow.time.map(|time| time.first)).collect();
    starts.sort_unstable();
    starts
}
