//! Device security: does the device keep itself sound?

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[];
