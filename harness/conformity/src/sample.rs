//! The sample of a spot check: drawn by a seed that is written down, so that anybody draws the same.
//!
//! Every key requirement and everything that rested on what people said alone is always taken. Of the others a part is
//! drawn from each family, at least one.

use std::collections::{BTreeMap, BTreeSet};

use assay_model::catalog::RequirementId;
use assay_model::evidence::sha256_hex;
use assay_model::verdict::Basis;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::declaration::{Claim, Standing};

/// The part of each family that is drawn when nothing else is said, in hundredths. Ours: no document sets it.
pub const USUAL_SHARE: u8 = 20;

/// A drawn sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sample {
    /// The rule by which it was drawn.
    pub rule: String,
    /// The seed.
    pub seed: String,
    /// The part of each family that was drawn, in hundredths; 100 for all.
    pub share: u8,
    /// What was taken, in the order of the declaration, each with why.
    pub taken: Vec<Taken>,
    /// The families from which it was drawn at random.
    pub strata: Vec<Stratum>,
}

/// A claim in a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Taken {
    /// The requirement.
    pub id: RequirementId,
    /// Why it was taken.
    pub because: Why,
}

/// Why a claim is in a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Key requirements are always taken.
    Key,
    /// What rested on what people said alone is always taken.
    AttestedOnly,
    /// It was drawn.
    Drawn,
}

impl Why {
    /// The word as it stands in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::AttestedOnly => "attested-only",
            Self::Drawn => "drawn",
        }
    }
}

/// A family, how many of its claims could be drawn, and how many were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stratum {
    /// The family code.
    pub family: String,
    /// Claims that could be drawn.
    pub of: usize,
    /// Claims that were drawn.
    pub drawn: usize,
}

/// The rule in words.
const RULE: &str = "assay.sample/1: every key requirement and every one that rests on attestation alone is taken; the others are ordered \
    within their family by SHA-256 of `seed:id`, and the first share of each family, rounded up, is drawn";

/// Whether a spot check can hold a claim against a unit.
pub fn is_comparable(claim: &Claim) -> bool {
    matches!(claim.standing, Standing::Satisfied | Standing::SatisfiedByAlternative) && !claim.rests_on.is_empty()
}

/// Draws a sample from the claims that a spot check can hold against a unit; `share` in hundredths.
pub fn draw(claims: &[Claim], seed: &str, share: u8) -> Sample {
    let share = share.min(100);
    let mut taken = BTreeMap::new();
    let mut families: BTreeMap<&str, Vec<(String, &RequirementId)>> = BTreeMap::new();
    for claim in claims.iter().filter(|claim| is_comparable(claim)) {
        if let Some(because) = always(claim) {
            taken.insert(&claim.id, because);
        } else {
            let rank = sha256_hex(format!("{seed}:{}", claim.id).as_bytes());
            families.entry(claim.id.family()).or_default().push((rank, &claim.id));
        }
    }
    let mut strata = Vec::new();
    for (family, mut ranked) in families {
        ranked.sort();
        let drawn = (ranked.len() * usize::from(share)).div_ceil(100);
        taken.extend(ranked.iter().take(drawn).map(|(_, id)| (*id, Why::Drawn)));
        strata.push(Stratum { family: family.to_owned(), of: ranked.len(), drawn });
    }
    let in_order = claims.iter().filter_map(|claim| taken.get(&claim.id).map(|because| Taken { id: claim.id.clone(), because: *because }));
    Sample { rule: RULE.to_owned(), seed: seed.to_owned(), share, taken: in_order.collect(), strata }
}

fn always(claim: &Claim) -> Option<Why> {
    if claim.key {
        return Some(Why::Key);
    }
    let bases: BTreeSet<_> = claim.rests_on.iter().map(|support| support.basis == Basis::Attested).collect();
    (bases == BTreeSet::from([true])).then_some(Why::AttestedOnly)
}

/// The largest number of claims that could be wrong among those not re-tested, if a sample like this found none wrong and
/// their escape is given a chance of more than `doubt`: for the worst way in which they could lie in the families.
pub fn most_wrong(strata: &[Stratum], doubt: f64) -> usize {
    let all: usize = strata.iter().map(|stratum| stratum.of.saturating_sub(stratum.drawn)).sum();
    // best[k]: the greatest chance that k wrong claims all escape, over the families so far
    let mut best = vec![0.0_f64; all + 1];
    best[0] = 1.0;
    for stratum in strata {
        let escapes = escapes(stratum);
        let mut next = vec![0.0_f64; all + 1];
        for (wrong, chance) in best.iter().enumerate().filter(|(_, chance)| **chance > 0.0) {
            for (next, escape) in next.iter_mut().skip(wrong).zip(&escapes) {
                *next = next.max(chance * escape);
            }
        }
        best = next;
    }
    best.iter().rposition(|chance| *chance > doubt).unwrap_or(0)
}

/// The chances that no, one, two and more wrong claims of a family all escape its draw.
fn escapes(stratum: &Stratum) -> Vec<f64> {
    let left = stratum.of.saturating_sub(stratum.drawn);
    let one = |chance: &mut f64, step: usize| {
        let before = *chance;
        *chance *= count(left - step) / count(stratum.of - step);
        Some(before)
    };
    (0..=left).scan(1.0, one).collect()
}

#[expect(clippy::cast_precision_loss, reason = "numbers of claims are small")]
fn count(number: usize) -> f64 {
    number as f64
}
