//! Do the documents say which legal requirements the device supports?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/legal-compliance",
    title: "Do the documents say which legal requirements the device supports?",
    asks: &[
        desk(
            "laws",
            "DO(SMP).6.a.i",
            "Do the documents name the legal requirements on security and privacy that the controls of the device support?",
        ),
        desk("current", "DO(SMP).6.a.ii", "Does the manufacturer describe how it keeps its knowledge of laws and standards current?"),
        desk(
            "cases",
            "DO(SMP).6.a.iii",
            "Are there papers or cases in which customers show how their use of the device supported compliance?",
        ),
    ],
    sources: &["SP 800-213A DO(SMP).6.a"],
    ..REVIEW
};
