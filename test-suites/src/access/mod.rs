//! Access: who can get in, and how far?

mod anonymous_coap;
mod anonymous_session;
mod common_paths;
mod debug_services;
mod default_credentials;
mod door;
mod error_disclosure;
mod external_connections;
mod external_users;
mod forbidden_services;
mod guess_throttling;
mod guessing;
mod hidden_passwords;
mod idle_accounts;
mod interface_control;
mod mqtt_topics;
mod open_ports;
mod organization_rules;
mod pages;
mod physical_ports;
mod radios;
mod remote_access_rules;
mod role_matrix;
mod scan;
mod second_factor;
mod service_privileges;
mod shared_accounts;
mod sharing;
mod snmp_communities;
mod token_forgery;
mod topics;
mod unauthenticated_resources;
mod usage_limits;
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
    hidden_passwords::TEST,
    second_factor::TEST,
    external_users::TEST,
    idle_accounts::TEST,
    shared_accounts::TEST,
    service_privileges::TEST,
    organization_rules::TEST,
    usage_limits::TEST,
    remote_access_rules::TEST,
    physical_ports::TEST,
    radios::TEST,
    interface_control::TEST,
    external_connections::TEST,
    sharing::TEST,
];
