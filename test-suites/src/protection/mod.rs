//! Protection: are data safe in transit, with keys and algorithms of the right strength?

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[];
