//! Reception: can the manufacturer be told of a weakness?

mod customer_support;
mod disclosure_policy;
mod flaw_reports;
mod missing_parts;
mod security_questions;
mod security_txt;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[
    security_txt::TEST,
    flaw_reports::TEST,
    disclosure_policy::TEST,
    security_questions::TEST,
    missing_parts::TEST,
    customer_support::TEST,
];
