//! Dissemination: does the manufacturer tell its customers what concerns them?

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[];
