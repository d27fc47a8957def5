//! Identification: can the product be told apart from others?

mod actions_by_identity;
mod hidden_identifier;
mod label;
mod logical_identifier;
mod physical_users;
mod unique_identifier;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[
    logical_identifier::TEST,
    unique_identifier::TEST,
    label::TEST,
    physical_users::TEST,
    actions_by_identity::TEST,
    hidden_identifier::TEST,
];
