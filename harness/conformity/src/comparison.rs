//! Two runs side by side: drift between firmware versions, days or laboratories.

use assay_model::catalog::RequirementId;
use assay_model::plan::Place;
use assay_model::run::Run;
use assay_model::verdict::{Determination, Verdict};
use serde::Serialize;

/// What differs between two runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The earlier run.
    pub before: String,
    /// The later run.
    pub after: String,
    /// What differs in what was assessed and how: product, version, harness, catalog, policy, consent, baseline.
    pub circumstances: Vec<Circumstance>,
    /// Requirements that stand differently.
    pub requirements: Vec<Change<RequirementId, Determination>>,
    /// Results that differ.
    pub results: Vec<Change<Place, Verdict>>,
}

/// Something about a run that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Circumstance {
    /// What.
    pub what: &'static str,
    /// In the earlier run.
    pub before: String,
    /// In the later run.
    pub after: String,
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change<K, W> {
    /// In what.
    pub of: K,
    /// In the earlier run; none when it is not there.
    pub before: Option<W>,
    /// In the later run; none when it is not there.
    pub after: Option<W>,
    /// Why it stands where it stands in the later run; in the earlier one when it is gone.
    pub reason: String,
}

impl Comparison {
    /// Whether a requirement that was satisfied, or set aside, is not satisfied any more.
    pub fn is_worse(&self) -> bool {
        self.requirements.iter().any(|change| change.after == Some(Determination::NotSatisfied))
    }

    /// Whether anything differs in what was found.
    pub fn differs(&self) -> bool {
        !self.requirements.is_empty() || !self.results.is_empty()
    }
}

/// Compares two runs.
pub fn compare(before: &Run, after: &Run) -> Comparison {
    let requirements = |run: &Run| {
        let each = run.requirements.iter().map(|one| (one.id.clone(), one.determination, crate::reasons::why(run, one).join("; ")));
        each.collect::<Vec<_>>()
    };
    let results = |run: &Run| run.results.iter().map(|one| (one.place(), one.verdict, one.reason.clone())).collect::<Vec<_>>();
    Comparison {
        before: before.id.clone(),
        after: after.id.clone(),
        circumstances: circumstances(before, after),
        requirements: changes(requirements(before), &requirements(after)),
        results: changes(results(before), &results(after)),
    }
}

fn circumstances(before: &Run, after: &Run) -> Vec<Circumstance> {
    let of = |run: &Run| {
        let (product, method) = (run.product.clone(), run.method.clone());
        [
            ("manufacturer", product.manufacturer),
            ("model", product.model),
            ("software version", product.version),
            ("harness", method.harness),
            ("catalog", method.catalog_hash),
            ("baseline", method.baseline),
            ("policy", method.policy),
            ("consent", method.consent.word().to_owned()),
            ("profile", method.profile_hash),
        ]
    };
    let pairs = of(before).into_iter().zip(of(after)).filter(|(before, after)| before.1 != after.1);
    pairs.map(|((what, before), (_, after))| Circumstance { what, before, after }).collect()
}

type Said<K, W> = Vec<(K, W, String)>;

fn changes<K: PartialEq + Clone, W: PartialEq + Copy>(before: Said<K, W>, after: &Said<K, W>) -> Vec<Change<K, W>> {
    let mut changes = Vec::new();
    for (of, word, reason) in after {
        let earlier = before.iter().find(|(key, ..)| key == of).map(|(_, word, _)| *word);
        if earlier != Some(*word) {
            changes.push(Change { of: of.clone(), before: earlier, after: Some(*word), reason: reason.clone() });
        }
    }
    let gone = before.into_iter().filter(|(of, ..)| !after.iter().any(|(key, ..)| key == of));
    changes.extend(gone.map(|(of, word, reason)| Change { of, before: Some(word), after: None, reason }));
    changes
}
