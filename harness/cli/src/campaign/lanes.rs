//! Who waits for whom: products that share an address take turns, and so do those for which this machine has no files left.

use std::collections::{BTreeMap, BTreeSet};

use assay_model::profile::Profile;
use assay_wire::Authority;

/// Open files that the program itself needs.
const OWN: usize = 64;
/// Open files of one run beside its connections: journal, evidence and listeners of the tests that run at the same time.
const RUN: usize = 24;
/// Open files that are counted on where the machine does not tell its limit.
const USUAL: usize = 256;
/// Open files that are enough for any campaign.
const PLENTY: usize = 1 << 20;

/// What a run takes for itself: the addresses of the product, and those of this machine where it waits for the product.
pub(super) fn takes(profile: &Profile, authority: &Authority) -> BTreeSet<String> {
    let peers = profile.components.iter().flat_map(|component| &component.outbound).filter_map(|peer| peer.lab.as_ref());
    let listening = profile.collector.iter().map(|collector| &collector.listen).chain(peers.map(|lab| &lab.listen));
    authority.addresses().map(|address| address.to_canonical().to_string()).chain(listening.cloned()).collect()
}

/// Splits products into lanes: those of one lane share something, directly or through others, and run one after another.
/// Each lane is in the order of the list.
pub(super) fn lanes(takes: &[BTreeSet<String>]) -> Vec<Vec<usize>> {
    let mut lanes: Vec<Vec<usize>> = Vec::new();
    let mut lane_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (product, wanted) in takes.iter().enumerate() {
        let met: BTreeSet<usize> = wanted.iter().filter_map(|each| lane_of.get(each.as_str()).copied()).collect();
        let mut lane: Vec<usize> = met.iter().flat_map(|lane| std::mem::take(&mut lanes[*lane])).chain([product]).collect();
        lane.sort_unstable();
        for each in lane.iter().flat_map(|product| &takes[*product]) {
            lane_of.insert(each, lanes.len());
        }
        lanes.push(lane);
    }
    lanes.retain(|lane| !lane.is_empty());
    lanes
}

/// How many files the run of this product holds open at most.
pub(super) fn files(profile: &Profile, authority: &Authority) -> usize {
    authority.addresses().count() * usize::from(profile.budget.connections.max(1)) + RUN
}

/// How many files all runs together may hold open on this machine.
pub(super) fn files_free() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    soft_limit(&limits).unwrap_or(USUAL).saturating_sub(OWN).max(1)
}

/// The limit in force on open files, out of the table that Linux shows.
fn soft_limit(limits: &str) -> Option<usize> {
    let row = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match row.split_whitespace().next()? {
        "unlimited" => Some(PLENTY),
        number => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(takes: &[&[&str]]) -> Vec<Vec<usize>> {
        lanes(&takes.iter().map(|each| each.iter().map(|name| (*name).to_owned()).collect()).collect::<Vec<_>>())
    }

    #[test]
    fn those_that_share_an_address_take_turns() {
        assert_eq!(split(&[&["a"], &["b"], &["c"]]), [[0], [1], [2]]);
        assert_eq!(split(&[&["a"], &["b"], &["a", "c"]]), [vec![1], vec![0, 2]]);
        // the last one joins two lanes
        assert_eq!(split(&[&["a"], &["b"], &["c"], &["b", "a"], &["b"]]), [vec![2], vec![0, 1, 3, 4]]);
        assert!(split(&[]).is_empty());
    }

    #[test]
    fn the_limit_is_read() {
        let limits = "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 524288               files\n";
        assert_eq!(soft_limit(limits), Some(1024));
        assert_eq!(soft_limit("Max open files unlimited unlimited files"), Some(PLENTY));
        assert_eq!(soft_limit(""), None);
    }
}
