//! Do customers learn to work the mending of flaws into how they manage changes?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "education/flaw-remediation",
    title: "Do customers learn to work the mending of flaws into how they manage changes?",
    asks: &[
        desk(
            "change-process",
            "EA(VMG).1.b.i",
            "Is it explained how fixing flaws of the device is worked into the customer's configuration management?",
        ),
        desk(
            "told-how",
            "EA(VMG).1.b.ii",
            "Is it explained by what process customers, users and others are told how flaws are being remedied?",
        ),
    ],
    sources: &["SP 800-213A EA(VMG).1.b"],
    ..REVIEW
};
