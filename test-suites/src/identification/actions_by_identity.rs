//! Can actions be watched by the identity of the device that takes them?

use assay_engine::Test;

use crate::attest::{REVIEW, app};

pub(super) const TEST: Test = Test {
    id: "identification/actions-by-identity",
    title: "Can actions be watched by the identity of the device that takes them?",
    asks: &[app(
        "told-apart",
        "DI(AID).2",
        "With two devices at work, does the monitor say for each action which of the two took it, by its identifier?",
    )],
    sources: &["SP 800-213A DI(AID).2"],
    limits: "whether somebody watches",
    ..REVIEW
};
