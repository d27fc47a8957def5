//! Groups in which keys are exchanged, and the signatures on them, found by elimination.

use assay_wire::Result;

use super::asker::{Accepted, Asker, Offer};
use crate::handshake::{ELLIPTIC, FINITE, Group, Hello, SIGNATURES, Suite, authentication, describe};

/// DTLS 1.2, the first with signatures of named algorithms.
const DTLS_12: u16 = 0xfefd;
/// The most hellos that may be answered by the same choice again.
const MOST_KEPT: usize = 3;

/// Numbers of one kind that a hello offers, and which of them were chosen.
#[derive(Debug, Clone)]
pub(super) struct Column {
    all: Vec<u16>,
    left: Vec<u16>,
}

impl Column {
    pub(super) fn new(all: Vec<u16>) -> Self {
        Self { left: all.clone(), all }
    }

    /// Strikes out what was chosen; whether it was still there.
    pub(super) fn strike(&mut self, chosen: Option<u16>) -> bool {
        let before = self.left.len();
        self.left.retain(|each| Some(*each) != chosen);
        self.left.len() < before
    }
}

/// Which columns a hello offers in full, whatever was struck out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    Both,
    First,
    Second,
}

/// Strikes out of two columns at once. When nothing more is accepted, the cause may lie in either: the first column
/// goes on beside the whole second one, and if that finds nothing, the other way round.
pub(super) async fn two_columns(
    asker: &mut Asker<'_>,
    first: &mut Column,
    second: &mut Column,
    make: impl Fn(&Asker<'_>, &[u16], &[u16]) -> Hello,
    tell: impl Fn(&Accepted) -> (Option<u16>, Option<u16>),
) -> Result<Vec<Accepted>> {
    let mut seen = Vec::new();
    for round in [Round::Both, Round::First, Round::Second] {
        if round != Round::Both && first.all.len() < 2 {
            break;
        }
        let mut answered = false;
        loop {
            let a = if round == Round::Second { &first.all } else { &first.left };
            let b = if round == Round::First { &second.all } else { &second.left };
            if a.is_empty() || b.is_empty() {
                break;
            }
            let Offer::Accepted(accepted) = asker.offer(&make(asker, a, b)).await? else { break };
            let (one, other) = tell(&accepted);
            let fresh = first.strike(one) | second.strike(other);
            seen.push(*accepted);
            answered = true;
            if !fresh {
                break;
            }
        }
        // the first column had more to give, so the second was the one that had not
        if round == Round::First && answered {
            break;
        }
    }
    Ok(seen)
}

/// Asks for the groups and signatures of a version up to 1.2 with the suites that it accepts.
pub(super) async fn find(asker: &mut Asker<'_>, version: u16, accepted: &[Accepted]) -> Result<Vec<Accepted>> {
    let with = |property: &str| -> Vec<u16> {
        let all = accepted.iter().map(|each| each.flight.hello.suite);
        let fit: Vec<u16> = all.filter(|id| describe(*id).has(property)).collect();
        let unsigned = |suite: &Suite| suite.has("psk") || suite.has("anonymous");
        let signed: Vec<u16> = fit.iter().copied().filter(|id| !unsigned(&describe(*id))).collect();
        if signed.is_empty() { fit } else { signed }
    };
    let (curves, fields) = (with("ecdhe"), with("dhe"));
    let mut seen = Vec::new();
    let mut signatures = Column::new(if version == DTLS_12 { SIGNATURES.to_vec() } else { vec![0] });
    for each in accepted {
        signatures.strike(each.flight.signature);
    }
    if !curves.is_empty() {
        seen.extend(elliptic(asker, version, &curves, &mut signatures, accepted).await?);
    }
    if version == DTLS_12 {
        seen.extend(by_kind(asker, &curves, &mut signatures).await?);
    }
    if !fields.is_empty() {
        seen.extend(finite(asker, version, &fields, &mut signatures, curves.is_empty(), accepted).await?);
    }
    Ok(seen)
}

fn tell(accepted: &Accepted) -> (Option<u16>, Option<u16>) {
    (accepted.flight.signature, accepted.flight.group.as_ref().map(|group| group.id).filter(|id| *id != 0))
}

async fn elliptic(
    asker: &mut Asker<'_>,
    version: u16,
    suites: &[u16],
    signatures: &mut Column,
    accepted: &[Accepted],
) -> Result<Vec<Accepted>> {
    let mut groups = Column::new(ELLIPTIC.iter().map(|(id, ..)| *id).collect());
    for each in accepted {
        groups.strike(tell(each).1);
    }
    let make = |asker: &Asker<'_>, signatures: &[u16], groups: &[u16]| asker.hello_with(version, suites, groups, signatures);
    let mut seen = two_columns(asker, signatures, &mut groups, make, tell).await?;
    // A server whose certificate lies on a curve may answer only hellos that offer it.
    if suites.iter().any(|id| authentication(*id) == "ecdsa") {
        let chosen: Vec<u16> = groups.all.iter().copied().filter(|id| !groups.left.contains(id)).collect();
        for kept in chosen.into_iter().filter(|id| matches!(id, 23..=28)).take(MOST_KEPT) {
            seen.extend(beside(asker, version, suites, &mut groups, kept).await?);
        }
    }
    Ok(seen)
}

/// Offers the groups that are left with one that is known behind them.
async fn beside(asker: &mut Asker<'_>, version: u16, suites: &[u16], groups: &mut Column, kept: u16) -> Result<Vec<Accepted>> {
    let mut seen = Vec::new();
    while !groups.left.is_empty() {
        let offered = [groups.left.as_slice(), &[kept]].concat();
        let Offer::Accepted(accepted) = asker.offer(&asker.hello_with(version, suites, &offered, SIGNATURES)).await? else { break };
        let fresh = groups.strike(tell(&accepted).1);
        seen.push(*accepted);
        if !fresh {
            break;
        }
    }
    Ok(seen)
}

/// Signatures of each kind of key apart, where there are several: some servers choose the key before they look at the
/// algorithms, and then refuse.
async fn by_kind(asker: &mut Asker<'_>, suites: &[u16], signatures: &mut Column) -> Result<Vec<Accepted>> {
    let mut seen = Vec::new();
    let of = |kind: &str| suites.iter().copied().filter(|id| authentication(*id) == kind).collect::<Vec<u16>>();
    let (first, second) = (of("ecdsa"), of("rsa"));
    if first.is_empty() || second.is_empty() {
        return Ok(seen);
    }
    let groups: Vec<u16> = ELLIPTIC.iter().map(|(id, ..)| *id).collect();
    for kind in [first, second] {
        while !signatures.left.is_empty() {
            let Offer::Accepted(accepted) = asker.offer(&asker.hello_with(DTLS_12, &kind, &groups, &signatures.left)).await? else { break };
            let fresh = signatures.strike(accepted.flight.signature);
            seen.push(*accepted);
            if !fresh {
                break;
            }
        }
    }
    Ok(seen)
}

/// Finite fields: those of RFC 7919 by their names; a server that does not look at the names sends the same field
/// every time.
async fn finite(
    asker: &mut Asker<'_>,
    version: u16,
    suites: &[u16],
    signatures: &mut Column,
    alone: bool,
    accepted: &[Accepted],
) -> Result<Vec<Accepted>> {
    let mut groups = Column::new(FINITE.iter().map(|(id, ..)| *id).collect());
    let mut seen = Vec::new();
    if alone && version == DTLS_12 {
        let everything: Vec<u16> = ELLIPTIC.iter().chain(FINITE).map(|(id, ..)| *id).collect();
        let mut whole = Column { all: everything.clone(), left: everything };
        let make = |asker: &Asker<'_>, signatures: &[u16], groups: &[u16]| asker.hello_with(version, suites, groups, signatures);
        let only_signature = |accepted: &Accepted| (accepted.flight.signature, None);
        seen.extend(two_columns(asker, signatures, &mut whole, make, only_signature).await?);
    }
    for each in accepted.iter().chain(&seen) {
        groups.strike(tell(each).1);
    }
    while !groups.left.is_empty() {
        let Offer::Accepted(accepted) = asker.offer(&asker.hello_with(version, suites, &groups.left, SIGNATURES)).await? else { break };
        let fresh = groups.strike(tell(&accepted).1);
        seen.push(*accepted);
        if !fresh {
            break;
        }
    }
    Ok(seen)
}

/// Adds a group that is not there yet.
pub(super) fn add_group(all: &mut Vec<Group>, group: Option<&Group>) {
    if let Some(group) = group.filter(|group| !all.contains(group)) {
        all.push(group.clone());
    }
}
