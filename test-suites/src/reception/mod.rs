//! Reception: can the manufacturer be told of a weakness?

mod security_txt;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[security_txt::TEST];
