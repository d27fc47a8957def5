//! Which groups keys are exchanged in.

use std::collections::BTreeMap;

use assay_wire::{Error, Result};

use super::asker::{Answer, Asker};
use super::suites::Found;
use crate::handshake::{ELLIPTIC, FINITE, Flight, Group, Hello, ask_13, describe, extension};

/// The groups of TLS 1.2 and before: those seen with the suites, and then by elimination in the best version.
pub(super) async fn up_to_12(asker: &mut Asker<'_>, found: &BTreeMap<&str, Found>) -> Result<Vec<Group>> {
    let mut all = Vec::new();
    let old = ["1.2", "1.1", "1.0", "SSLv3"];
    for flight in old.iter().filter_map(|name| found.get(name)).flat_map(|each| &each.flights) {
        add(&mut all, flight.group.clone());
    }
    let Some((version, each)) = best_with_extensions(found) else { return Ok(all) };
    let with = |property: &str| each.accepted.iter().copied().filter(|id| describe(*id).has(property)).collect::<Vec<_>>();
    let (curves, fields) = (with("ecdhe"), with("dhe"));
    let curve_ids: Vec<u16> = ELLIPTIC.iter().map(|(id, ..)| *id).collect();
    if !curves.is_empty() {
        strike(asker, version, &curves, &curve_ids, &[], &mut all).await?;
        // A server whose certificate lies on one of these curves answers only hellos that offer it.
        let keep: Vec<u16> = all.iter().filter(|group| !group.finite && group.id != 0).map(|group| group.id).collect();
        for kept in keep {
            strike(asker, version, &curves, &curve_ids, &[kept], &mut all).await?;
        }
    }
    if !fields.is_empty() {
        let field_ids: Vec<u16> = FINITE.iter().map(|(id, ..)| *id).collect();
        strike(asker, version, &fields, &field_ids, &[], &mut all).await?;
    }
    Ok(all)
}

/// The best version up to 1.2 that knows the extension.
pub(super) fn best_with_extensions<'a>(found: &'a BTreeMap<&str, Found>) -> Option<(u16, &'a Found)> {
    let versions = [("1.2", 0x0303), ("1.1", 0x0302), ("1.0", 0x0301)];
    versions.iter().find_map(|(name, version)| found.get(name).filter(|each| !each.accepted.is_empty()).map(|each| (*version, each)))
}

/// Offers `candidates` that are not found yet, with the `kept` ones behind them, and strikes out what is chosen.
async fn strike(asker: &mut Asker<'_>, version: u16, suites: &[u16], candidates: &[u16], kept: &[u16], all: &mut Vec<Group>) -> Result<()> {
    for _ in 0..=candidates.len() {
        let unfound = candidates.iter().copied().filter(|id| !kept.contains(id) && !all.iter().any(|group| group.id == *id));
        let offered: Vec<u16> = unfound.collect();
        if offered.is_empty() {
            return Ok(());
        }
        let groups = [offered.as_slice(), kept].concat();
        let hello = asker.hello_in(version, suites, &groups);
        let Some(flight) = flight(asker, version, suites, &hello).await? else { return Ok(()) };
        let Some(group) = flight.group else { return Ok(()) };
        let fresh = offered.contains(&group.id);
        add(all, Some(group));
        if !fresh {
            return Ok(());
        }
    }
    Ok(())
}

/// The flight, or `None` when the server said no. Silence in the midst of an enumeration is an error; so is a reset
/// or a closed connection, unless a hello that was accepted before is accepted right after it.
async fn flight(asker: &mut Asker<'_>, version: u16, suites: &[u16], hello: &Hello) -> Result<Option<Flight>> {
    match asker.ask(hello).await? {
        Answer::Flight(flight) => Ok(Some(*flight)),
        Answer::Alert(_) => Ok(None),
        Answer::Garbled(what) => Err(asker.malformed(&what)),
        Answer::Late => Err(asker.late()),
        Answer::Reset | Answer::Closed => match asker.ask(&asker.hello(version, suites)).await? {
            Answer::Flight(_) => Ok(None),
            _ => Err(Error::Reset(asker.permit.peer())),
        },
    }
}

fn add(all: &mut Vec<Group>, group: Option<Group>) {
    if let Some(group) = group.filter(|group| !all.contains(group)) {
        all.push(group);
    }
}

/// The groups of TLS 1.3: no key is sent ahead, so that the server names the group it wants. Where it does not
/// understand that, the common groups are tried one by one.
pub(super) async fn of_13(asker: &mut Asker<'_>, found: &BTreeMap<&str, Found>) -> Result<Vec<Group>> {
    let Some(each) = found.get("1.3").filter(|each| !each.accepted.is_empty()) else { return Ok(Vec::new()) };
    let mut all: Vec<Group> = Vec::new();
    let candidates = ask_13();
    for _ in 0..=candidates.len() {
        let offered: Vec<u16> = candidates.iter().copied().filter(|id| !all.iter().any(|group| group.id == *id)).collect();
        let hello = asker.hello_in(0x0304, &each.accepted, &offered).without(extension::KEY_SHARE).key_shares(&[]);
        let Some(flight) = flight(asker, 0x0304, &each.accepted, &hello).await? else { break };
        let Some(group) = flight.group.filter(|group| offered.contains(&group.id)) else { break };
        all.push(group);
    }
    if all.is_empty() {
        for id in [29, 23] {
            let hello = asker.hello_in(0x0304, &each.accepted, &[id]);
            add(&mut all, flight(asker, 0x0304, &each.accepted, &hello).await?.and_then(|flight| flight.group));
        }
    }
    for flight in &each.flights {
        add(&mut all, flight.group.clone());
    }
    Ok(all)
}
