//! Device security: does the device keep itself sound?

mod connection_release;
mod connections;
mod declared_flows;
mod execution;
mod forbidden_function;
mod foreign_parts;
mod joining;
mod memory;
mod name_lookups;
mod name_service;
mod offline;
mod operating_modes;
mod operation;
mod resource_release;
mod self_check;
mod session_identifiers;
mod session_list;
mod standard_protocols;
mod storage_quota;
mod surroundings;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[
    self_check::TEST,
    session_list::TEST,
    session_identifiers::TEST,
    connection_release::TEST,
    resource_release::TEST,
    operating_modes::TEST,
    storage_quota::TEST,
    execution::TEST,
    memory::TEST,
    offline::TEST,
    foreign_parts::TEST,
    joining::TEST,
    operation::TEST,
    surroundings::TEST,
    connections::TEST,
    forbidden_function::TEST,
    declared_flows::TEST,
    standard_protocols::TEST,
    name_lookups::TEST,
    name_service::TEST,
];
