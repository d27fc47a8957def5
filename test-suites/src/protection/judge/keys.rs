//! Keys of samples, held against each other.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Judgement, some_of};

const SOURCE: &str = "EN 303 645 5.4-4; SP 800-53 IA-5";

/// The public keys that one sample shows on one interface, read twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Reading {
    pub(in super::super) sample: String,
    pub(in super::super) interface: String,
    /// Fingerprints with the kind of key, at the first and the second connection.
    pub(in super::super) first: BTreeSet<String>,
    pub(in super::super) second: BTreeSet<String>,
}

/// Keys that two samples share, on whatever interface.
pub(in super::super) fn unique(readings: &[Reading]) -> Judgement {
    let mut judged = Judgement::default();
    for (place, one) in readings.iter().enumerate() {
        for other in readings.iter().skip(place + 1).filter(|other| other.sample != one.sample) {
            let shared: Vec<_> = one.first.intersection(&other.first).collect();
            if !shared.is_empty() {
                let places = if one.interface == other.interface {
                    one.interface.clone()
                } else {
                    format!("{} and {}", one.interface, other.interface)
                };
                let what = format!("samples {} and {} have the same key on {places}: {}", one.sample, other.sample, some_of(&shared));
                judged.offend(what, "make a key of its own for each unit, at manufacture or at first use", SOURCE);
            }
        }
        if one.first.is_empty() {
            judged.leave_open(format!("no key of sample {} was seen on {}", one.sample, one.interface));
        } else if one.first != one.second {
            judged.leave_open(format!(
                "sample {} shows another key on {} at each connection, so that keys cannot be compared",
                one.sample, one.interface
            ));
        }
    }
    judged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(sample: &str, interface: &str, first: &str, second: &str) -> Reading {
        let set = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        Reading { sample: sample.to_owned(), interface: interface.to_owned(), first: set(first), second: set(second) }
    }

    #[test]
    fn a_shared_key_offends_wherever_it_is_shown() {
        let good = [reading("S1", "web", "a b", "a b"), reading("S1", "ssh", "a", "a"), reading("S2", "web", "c", "c")];
        assert_eq!(unique(&good), Judgement::default());
        assert_eq!(unique(&[reading("S1", "web", "a b", "a b"), reading("S2", "web", "b", "b")]).offences.len(), 1);
        assert_eq!(unique(&[reading("S1", "web", "a", "a"), reading("S2", "api", "a", "a")]).offences.len(), 1);
    }

    #[test]
    fn missing_and_changing_keys_stay_open() {
        assert_eq!(unique(&[reading("S1", "web", "", "")]).open.len(), 1);
        assert_eq!(unique(&[reading("S1", "web", "a", "b")]).open.len(), 1);
    }
}
