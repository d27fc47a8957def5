//! Do the documents say how long the device lasts, is supported, and what that costs?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/lifetime",
    title: "Do the documents say how long the device lasts, is supported, and what that costs?",
    asks: &[
        desk("life", "DO(SMP)", "Do the documents say for how long the device is expected to work?"),
        desk("support", "DO(SMP)", "Do the documents say until when the device is supported with security updates?"),
        desk(
            "costs",
            "DO(SMP).7.a.i",
            "Do the documents detail the costs over the life: purchase, use, security, maintenance, repairs, parts and disposal?",
        ),
    ],
    sources: &["SP 800-213A DO(SMP).7"],
    ..REVIEW
};
