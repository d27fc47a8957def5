//! Access: who can get in, and how far?

mod anonymous_coap;
mod anonymous_session;
mod common_paths;
mod debug_services;
mod default_credentials;
mod door;
mod error_disclosure;
mod forbidden_services;
mod guess_throttling;
mod guessing;
mod mqtt_topics;
mod open_ports;
mod pages;
mod role_matrix;
mod scan;
mod snmp_communities;
mod token_forgery;
mod topics;
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
    anonymous_session::TEST,
    guess_throttling::TEST,
    role_matrix::TEST,
    token_forgery::TEST,
    mqtt_topics::TEST,
    open_ports::TEST,
    forbidden_services::TEST,
    snmp_communities::TEST,
    error_disclosure::TEST,
];
