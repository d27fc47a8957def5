//! Documentation: does the manufacturer say what its customers need to know?

mod authenticity;
mod bill_of_materials;
mod capabilities;
mod data_handling;
mod data_removal;
mod design;
mod diagnosis;
mod expected_use;
mod identity_cards;
mod interface_controls;
mod legal_compliance;
mod life_cycle;
mod lifetime;
mod logical_oversight;
mod maintenance;
mod maintenance_access;
mod monitoring;
mod physical_access;
mod security_requirements;
mod supplier_oversight;
mod supply_chain;
mod third_parties;
mod unauthenticated_use;
mod usage_description;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[
    expected_use::TEST,
    physical_access::TEST,
    logical_oversight::TEST,
    identity_cards::TEST,
    interface_controls::TEST,
    usage_description::TEST,
    unauthenticated_use::TEST,
    data_handling::TEST,
    security_requirements::TEST,
    legal_compliance::TEST,
    lifetime::TEST,
    supplier_oversight::TEST,
    third_parties::TEST,
    capabilities::TEST,
    diagnosis::TEST,
    monitoring::TEST,
    design::TEST,
    bill_of_materials::TEST,
    life_cycle::TEST,
    supply_chain::TEST,
    maintenance::TEST,
    data_removal::TEST,
    maintenance_access::TEST,
    authenticity::TEST,
];
