//! Education: do customers learn how to use the product securely?

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[];
