//! Do people see the notice of the organization before they log in?

use assay_engine::Test;

use crate::attest::{REVIEW, app};

pub(super) const TEST: Test = Test {
    id: "access/notice-by-hand",
    title: "Do people see the notice of the organization before they log in?",
    asks: &[
        app("shown", "LA(USE).1", "Is the notice shown on every log-in surface before authentication succeeds?"),
        app("created", "LA(USE).2", "Can an administrator create the notice?"),
        app("edited", "LA(USE).2.a", "Can an existing notice be edited?"),
        app("size", "LA(USE).2.b", "Is the greatest size of the notice stated, and was a longer one refused or cut with a message?"),
        app("kept", "LA(USE).3", "Does the notice stay, without access behind it, until the user acknowledges it?"),
    ],
    sources: &["SP 800-213A LA(USE)", "SP 800-53 Rev. 5 AC-8", "RFC 4252 5.4"],
    limits: "log-in surfaces that were not opened",
    ..REVIEW
};
