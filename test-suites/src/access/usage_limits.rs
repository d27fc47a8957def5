//! Can the ways in which the product is used be restricted?

use assay_engine::Test;

use crate::attest::{REVIEW, app};

pub(super) const TEST: Test = Test {
    id: "access/usage-limits",
    title: "Can the ways in which the product is used be restricted?",
    asks: &[
        app("searching", "LA(LDU).1", "Can searching for information within the device be restricted?"),
        app("roles", "LA(LDU).2.b", "Can the number of open sessions be limited by role, and was one more refused?"),
        app("groups", "LA(LDU).2.c", "Can it be limited by group, and was one more refused?"),
        app("dates", "LA(LDU).2.d", "Can it be limited by date, and was a log-in on another day refused?"),
        app("places", "LA(LDU).2.f", "Can it be limited by location or network, and was a log-in from elsewhere refused?"),
        app("others", "LA(LDU).2.g", "Do the other limits that the manufacturer declares work?"),
    ],
    sources: &["SP 800-213A LA(LDU)", "SP 800-53 Rev. 5 AC-10, AC-2(11)"],
    limits: "limits that were not tried",
    ..REVIEW
};
