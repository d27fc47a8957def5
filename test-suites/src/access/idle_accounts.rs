//! Are accounts that nobody uses disabled?

use assay_engine::Test;

use crate::attest::{REVIEW, app};

pub(super) const TEST: Test = Test {
    id: "access/idle-accounts",
    title: "Are accounts that nobody uses disabled?",
    asks: &[app("disabled", "LA(ACF).1.d", "Was an account disabled after it had been idle for the shortest period that can be set?")],
    sources: &["SP 800-213A LA(ACF).1.d", "SP 800-53 Rev. 5 AC-2(3)"],
    limits: "periods longer than those observed",
    ..REVIEW
};
