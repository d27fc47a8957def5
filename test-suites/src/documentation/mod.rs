//! Documentation: does the manufacturer say what its customers need to know?

mod monitoring;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[monitoring::TEST];
