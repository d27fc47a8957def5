//! Awareness: does the product notice and record what happens to it?

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[];
