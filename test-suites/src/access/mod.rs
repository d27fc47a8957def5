//! Access: who can get in, and how far?

mod common_paths;
mod debug_services;
mod default_credentials;
mod door;
mod error_disclosure;
mod forbidden_services;
mod guess_throttling;
mod guessing;
mod open_ports;
mod role_matrix;
mod scan;
mod snmp_communities;
mod token_forgery;
mod unauthenticated_resources;
mod web_session;
mod well_known;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[
    unauthenticated_resources::TEST,
    default_credentials::TEST,
    web_session::TEST,
    debug_services::TEST,
    guess_throttling::TEST,
    role_matrix::TEST,
    token_forgery::TEST,
    open_ports::TEST,
    forbidden_services::TEST,
    snmp_communities::TEST,
    error_disclosure::TEST,
];
