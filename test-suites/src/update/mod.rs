//! Update: is only genuine software installed, and only by the right people?

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[];
