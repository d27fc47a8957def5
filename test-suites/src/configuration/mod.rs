//! Configuration: can only the right people change it?

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[];
