//! Do the documents say what the device does without knowing who asks?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/unauthenticated-use",
    title: "Do the documents say what the device does without knowing who asks?",
    asks: &[
        desk(
            "activities",
            "DO(SMP).3.d.i",
            "Do the documents instruct how the activities that need no identification or authentication are set up?",
        ),
        desk("privacy", "DO(SMP).3.d.ii", "Do the documents describe which privacy protections work without anybody being authenticated?"),
        desk(
            "interface",
            "DO(SMP).3.d.iii",
            "Where the purpose calls for it, do the documents describe how an interface is reached without authentication?",
        ),
    ],
    sources: &["SP 800-213A DO(SMP).3.d"],
    ..REVIEW
};
