//! Access: who can get in, and how far?

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[];
