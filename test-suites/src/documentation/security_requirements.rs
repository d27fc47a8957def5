//! Can customers plan and buy by what the documents say of security?

use assay_engine::Test;

use crate::attest::{REVIEW, desk};

pub(super) const TEST: Test = Test {
    id: "documentation/security-requirements",
    title: "Can customers plan and buy by what the documents say of security?",
    asks: &[
        desk("needs", "DO(SMP).5.a.i", "Do the documents detail, for each type of security capability, which resources it needs?"),
        desk(
            "methods",
            "DO(SMP).5.a.ii",
            "Do the documents describe the recommended methods and tools that protect hardware, software and data, and what these need?",
        ),
        desk(
            "acquisition",
            "DO(SMP).5.a.iii",
            "Do the documents instruct how buying devices, systems and services is limited to those whom an organization assigns?",
        ),
        desk(
            "limits",
            "DO(SMP).5.a.iv",
            "Do the documents state capabilities, limits, support over the life, compatible operating systems and what else matters?",
        ),
    ],
    sources: &["SP 800-213A DO(SMP).5.a"],
    ..REVIEW
};
