//! Two runs side by side.

use assay_conformity::comparison::compare;
use assay_model::verdict::{Determination, Verdict};

use crate::run::{conforming, with_verdict};

#[test]
fn a_run_does_not_differ_from_itself() {
    let same = compare(&conforming(), &conforming());
    assert!(!same.differs() && !same.is_worse() && same.circumstances.is_empty());
}

#[test]
fn what_became_worse_is_named() {
    let (before, mut after) = (conforming(), with_verdict(Verdict::Fail, Determination::NotSatisfied));
    "2.5.0".clone_into(&mut after.product.version);
    let drift = compare(&before, &after);
    assert!(drift.is_worse());
    assert_eq!(drift.requirements[0].of.as_str(), "LA(AUN)");
    assert_eq!((drift.results[0].before, drift.results[0].after), (Some(Verdict::Pass), Some(Verdict::Fail)));
    assert_eq!(drift.circumstances[0].what, "software version");
    assert!(!compare(&after, &before).is_worse(), "mended");
}

#[test]
fn what_is_gone_or_new_is_told() {
    let (before, mut after) = (conforming(), conforming());
    after.results.remove(2);
    let drift = compare(&before, &after);
    assert_eq!((drift.results[0].before, drift.results[0].after), (Some(Verdict::Pass), None));
}
