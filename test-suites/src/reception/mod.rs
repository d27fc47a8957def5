//! Reception: can the manufacturer be told of a weakness?

mod contact_file;
mod security_txt;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[security_txt::TEST];
