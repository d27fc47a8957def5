//! Identification: can the product be told apart from others?

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[];
