//! Configuration: can only the right people change it?

mod change_by_role;
mod change_without_credential;
mod settings_by_hand;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[change_without_credential::TEST, change_by_role::TEST, settings_by_hand::TEST];
