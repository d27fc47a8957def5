//! Device security: does the device keep itself sound?

mod connections;
mod execution;
mod forbidden_function;
mod foreign_parts;
mod joining;
mod memory;
mod offline;
mod operation;
mod surroundings;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[
    execution::TEST,
    memory::TEST,
    offline::TEST,
    foreign_parts::TEST,
    joining::TEST,
    operation::TEST,
    surroundings::TEST,
    connections::TEST,
    forbidden_function::TEST,
];
