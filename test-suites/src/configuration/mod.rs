//! Configuration: can only the right people change it?

mod change_by_role;
mod change_without_credential;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[change_without_credential::TEST, change_by_role::TEST];
