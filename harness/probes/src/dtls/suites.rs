//! Which suites a version accepts: all are offered, what the server chooses is struck out, and so on.

use assay_wire::Result;

use super::asker::{Accepted, Asker, Offer};
use super::{DTLS_13, Reply, keys, version_name};
use crate::handshake::{ask_13, describe, known, known_13};

/// Suites in one hello where the server may choke on more.
pub(super) const FEW: usize = 96;

/// What was found about one version.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub(super) flights: Vec<Accepted>,
    refusal: Option<String>,
    /// Whether nothing but silence came, at a time when no hello had been accepted.
    pub(super) doubtful: bool,
}

impl Found {
    pub(super) fn reply(&self) -> Reply {
        match &self.refusal {
            _ if !self.flights.is_empty() => Reply::Accepted,
            Some(how) => Reply::Refused { how: how.clone() },
            None => Reply::Silent,
        }
    }

    /// The suites, in the order in which the server chose them.
    pub(super) fn suites(&self) -> Vec<u16> {
        let mut all = Vec::new();
        for accepted in &self.flights {
            if !all.contains(&accepted.flight.hello.suite) {
                all.push(accepted.flight.hello.suite);
            }
        }
        all
    }
}

/// How asking for some suites ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// None of those that remain is accepted.
    Refused,
    /// The version is not spoken.
    Version,
}

/// Goes through all suites of a version.
pub(super) async fn eliminate(asker: &mut Asker<'_>, version: u16) -> Result<Found> {
    let mut found = Found::default();
    if version == DTLS_13 {
        thirteen(asker, &mut found).await?;
        return Ok(found);
    }
    // Some servers choose their credentials by the mere presence of a suite with a pre-shared key: those go apart.
    let (psk, other): (Vec<u16>, Vec<u16>) = known().into_iter().partition(|id| describe(*id).has("psk"));
    let mut untold = Vec::new();
    for half in [other, psk] {
        let before = found.flights.len();
        if strike(asker, version, half.clone(), &mut found).await? == End::Version {
            return Ok(found);
        }
        if found.flights.len() == before && half.len() > FEW {
            untold.extend(half);
        }
    }
    // A refusal of very many suites says something only where as many were once accepted.
    let again = if asker.large { &[] } else { untold.as_slice() };
    for few in again.chunks(FEW) {
        if strike(asker, version, few.to_vec(), &mut found).await? == End::Version {
            return Ok(found);
        }
    }
    Ok(found)
}

/// Offers suites until none of the rest is accepted. Every round strikes one out, so that the loop ends.
async fn strike(asker: &mut Asker<'_>, version: u16, mut remaining: Vec<u16>, found: &mut Found) -> Result<End> {
    while !remaining.is_empty() {
        let accepted = match asker.offer(&asker.hello(version, &remaining)).await? {
            Offer::Accepted(accepted) => accepted,
            Offer::Refused(how, about_version) => {
                found.refusal.get_or_insert(how);
                return Ok(if about_version && found.flights.is_empty() { End::Version } else { End::Refused });
            }
            Offer::Silent(certain) => {
                found.doubtful |= !certain;
                return Ok(End::Refused);
            }
        };
        let hello = &accepted.flight.hello;
        if hello.version != version {
            found.refusal.get_or_insert(format!("negotiated {}", version_name(hello.version)));
            return Ok(End::Version);
        }
        asker.large |= remaining.len() > FEW;
        let suite = hello.suite;
        remaining.retain(|each| *each != suite);
        asker.keep_control(asker.hello(version, &[suite]));
        found.flights.push(*accepted);
    }
    Ok(End::Refused)
}

/// DTLS 1.3: the first hello sends a key ahead and shows whether a cookie is asked for; the others send none, so that
/// the answer is a request for another hello, which names suite and group and costs the server no signature.
async fn thirteen(asker: &mut Asker<'_>, found: &mut Found) -> Result<()> {
    let hello = asker.with_share(asker.hello(DTLS_13, &known_13()));
    let first = match asker.offer(&hello).await? {
        Offer::Accepted(first) if first.flight.hello.version == DTLS_13 => first,
        Offer::Accepted(first) => {
            found.refusal = Some(format!("negotiated {}", version_name(first.flight.hello.version)));
            return Ok(());
        }
        Offer::Refused(how, _) => {
            found.refusal = Some(how);
            return Ok(());
        }
        Offer::Silent(certain) => {
            found.doubtful = !certain;
            return Ok(());
        }
    };
    asker.keep_control(hello);
    let suite = first.flight.hello.suite;
    let group = first.flight.group.as_ref().map(|group| group.id);
    found.flights.push(*first);
    let mut suites = keys::Column::new(known_13());
    let mut groups = keys::Column::new(ask_13());
    suites.strike(Some(suite));
    groups.strike(group);
    let make = |asker: &Asker<'_>, suites: &[u16], groups: &[u16]| asker.hello_with(DTLS_13, suites, groups, crate::handshake::SIGNATURES);
    let tell = |accepted: &Accepted| (Some(accepted.flight.hello.suite), accepted.flight.group.as_ref().map(|group| group.id));
    let more = keys::two_columns(asker, &mut suites, &mut groups, make, tell).await?;
    found.flights.extend(more.into_iter().filter(|accepted| accepted.flight.hello.version == DTLS_13));
    Ok(())
}
