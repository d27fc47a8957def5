//! Can a degraded state be told from a good one?

use assay_engine::Test;

use crate::attest::{REVIEW, bench};

pub(super) const TEST: Test = Test {
    id: "awareness/degraded-state",
    title: "Can a degraded state be told from a good one?",
    asks: &[
        bench(
            "shows",
            "CS(AWR)",
            "Was the product brought into a degraded state in a safe way, and did an indicator or its interface show it?",
        ),
        bench("returns", "CS(AWR)", "Did the indication go away once the state was good again?"),
    ],
    sources: &["SP 800-213A CS(AWR)", "SP 800-53 Rev. 5 SI-6"],
    limits: "kinds of degradation that were not brought about",
    ..REVIEW
};
