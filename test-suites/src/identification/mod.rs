//! Identification: can the product be told apart from others?

mod logical_identifier;
mod unique_identifier;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[logical_identifier::TEST, unique_identifier::TEST];
