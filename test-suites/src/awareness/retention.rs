//! Are audit logs kept and deleted as the organization wants?

use assay_engine::Test;

use crate::attest::{REVIEW, app};

pub(super) const TEST: Test = Test {
    id: "awareness/retention",
    title: "Are audit logs kept and deleted as the organization wants?",
    asks: &[
        app("period", "CS(LSR).2", "Can the period of retention be set, and was a record kept for it and not longer?"),
        app("manner", "CS(LSR).3", "Are records deleted only in the way that the policy provides for?"),
    ],
    sources: &["SP 800-213A CS(LSR).2, CS(LSR).3", "SP 800-53 Rev. 5 AU-11"],
    limits: "periods longer than those observed",
    ..REVIEW
};
