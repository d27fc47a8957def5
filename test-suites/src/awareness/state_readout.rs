//! Can the state of the product be read by those who may, and is it preserved?

use assay_engine::Test;

use crate::attest::{REVIEW, app, plug};

pub(super) const TEST: Test = Test {
    id: "awareness/state-readout",
    title: "Can the state of the product be read by those who may, and is it preserved?",
    asks: &[
        app(
            "readable",
            "CS(AEI).1",
            "Does the state tell version, pending updates, security settings and time to an administrator, and nothing to others?",
        ),
        plug("preserved", "CS(AEI).2", "Was the information on the state still there after a restart and after a power cut?"),
    ],
    sources: &["SP 800-213A CS(AEI)", "SP 800-53 Rev. 5 SI-4, SC-24"],
    limits: "states that were not entered",
    ..REVIEW
};
