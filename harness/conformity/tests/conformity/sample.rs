//! Samples: the same for the same seed, never without what must be in them.

use assay_conformity::declaration::Claim;
use assay_conformity::sample::{Stratum, Why, draw, most_wrong};

use crate::run::{declaration, id};

/// Forty claims in two families beside those of the small declaration.
fn claims() -> Vec<Claim> {
    let mut claims = declaration().requirements.claims;
    let plain = claims[2].clone();
    for number in 1..=20 {
        for family in ["DP(CRY)", "SU(UPD)"] {
            claims.push(Claim { id: id(&format!("{family}.{number}")), ..plain.clone() });
        }
    }
    claims
}

#[test]
fn the_same_seed_gives_the_same_sample_and_another_seed_another() {
    let (one, again, other) = (draw(&claims(), "7", 20), draw(&claims(), "7", 20), draw(&claims(), "8", 20));
    assert_eq!(one, again);
    assert_ne!(one.taken, other.taken);
}

#[test]
fn key_and_attested_claims_are_always_taken_and_each_family_is_drawn_from() {
    for seed in 0..50 {
        let sample = draw(&claims(), &seed.to_string(), 5);
        let why = |wanted: &str| sample.taken.iter().find(|taken| taken.id.as_str() == wanted).map(|taken| taken.because);
        assert_eq!(why("LA(AUN)"), Some(Why::Key));
        assert_eq!(why("DO(ASM)"), Some(Why::AttestedOnly));
        assert_eq!(why("LA(USE)"), None, "what does not apply cannot be held against a unit");
        for family in ["DP", "SU", "DO"] {
            let drawn = sample.taken.iter().filter(|taken| taken.because == Why::Drawn && taken.id.family() == family).count();
            assert_eq!(drawn, 1, "{family} with seed {seed}");
        }
    }
}

#[test]
fn all_are_taken_when_asked_for() {
    let sample = draw(&claims(), "7", 100);
    assert_eq!(sample.taken.len(), 43);
    assert_eq!(most_wrong(&sample.strata, 0.05), 0);
}

#[test]
fn every_claim_is_drawn_about_as_often_as_its_share_says() {
    let claims = claims();
    let mut drawn = std::collections::BTreeMap::new();
    for seed in 0..1000 {
        for taken in draw(&claims, &seed.to_string(), 20).taken.into_iter().filter(|taken| taken.because == Why::Drawn) {
            *drawn.entry(taken.id.to_string()).or_insert(0_u32) += 1;
        }
    }
    drawn.remove("DO(CAP).2");
    assert_eq!(drawn.len(), 40);
    // 200 are to be expected; five standard deviations are 63
    assert!(drawn.values().all(|times| (137..=263).contains(times)), "{drawn:?}");
}

#[test]
fn the_bound_is_that_of_the_worst_case() {
    let stratum = |of, drawn| Stratum { family: String::new(), of, drawn };
    // 10 of 20 drawn: 3 wrong ones escape with 10*9*8/(20*19*18) = 0.105, 4 with 0.043
    assert_eq!(most_wrong(&[stratum(20, 10)], 0.05), 3);
    // a family from which one of many is drawn hides more than the same numbers in one
    assert!(most_wrong(&[stratum(19, 1), stratum(9, 9)], 0.05) > most_wrong(&[stratum(28, 10)], 0.05));
    assert_eq!(most_wrong(&[], 0.05), 0);
    // as many claims as are looked at: done in no time that anybody notices
    assert_eq!(most_wrong(&[stratum(5000, 1000), stratum(5000, 1000)], 0.05), 13);
}
