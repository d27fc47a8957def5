//! Do the documents say how the device is kept from the hands of the unauthorized?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/physical-access",
    title: "Do the documents say how the device is kept from the hands of the unauthorized?",
    asks: &[
        desk(
            "practices",
            "DO(SMP).2.a.i",
            "Do the documents name practices and equipment that keep unauthorized people away from the device, in keeping with its risk?",
        ),
        desk("procedures", "DO(SMP).2.a.ii", "Do the documents recommend procedures that limit who can reach the device and its controls?"),
        desk(
            "signs",
            "DO(SMP).2.a.iii",
            "Do the documents describe the signs of past, attempted or ongoing physical access, and how to recognize them?",
        ),
    ],
    sources: &["SP 800-213A DO(SMP).2.a"],
    ..REVIEW
};
