//! Reception: can the manufacturer be told of a weakness?

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[];
