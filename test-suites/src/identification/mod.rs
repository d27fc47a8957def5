//! Identification: can the product be told apart from others?

mod actions_by_identity;
mod announced;
mod announced_identifier;
mod device_impostor;
mod hidden_identifier;
mod identifier_after_restart;
mod label;
mod listed;
mod listed_software;
mod logical_identifier;
mod physical_users;
mod remote_list;
mod unique_identifier;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[
    logical_identifier::TEST,
    unique_identifier::TEST,
    label::TEST,
    physical_users::TEST,
    actions_by_identity::TEST,
    remote_list::TEST,
    listed_software::TEST,
    identifier_after_restart::TEST,
    device_impostor::TEST,
    hidden_identifier::TEST,
    announced_identifier::TEST,
];
