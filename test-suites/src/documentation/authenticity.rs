//! Can a customer tell a genuine device from an imitation?

use assay_engine::Test;

use crate::attest::{REVIEW, bench, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/authenticity",
    title: "Can a customer tell a genuine device from an imitation?",
    asks: &[
        desk("described", "DO(DAU)", "Do the documents say how customers can tell that a device is genuine?"),
        bench("found", "DO(DAU)", "Do as the documents say with the sample: is it shown to be genuine?"),
    ],
    sources: &["SP 800-213A DO(DAU)"],
    limits: "whether an imitation could carry the same marks",
    ..REVIEW
};
