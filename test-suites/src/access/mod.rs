//! Access: who can get in, and how far?

mod account_identity;
mod account_roles;
mod anonymous_action;
mod anonymous_by_hand;
mod anonymous_coap;
mod anonymous_session;
mod audit_data;
mod common_paths;
mod cross_site_request;
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
mod last_login;
mod lockout_setting;
mod login_hours;
mod mqtt_topics;
mod notice_by_hand;
mod notice_length;
mod open_ports;
mod organization_rules;
mod pages;
mod password_policy;
mod path_tricks;
mod physical_ports;
mod radios;
mod remote_access_rules;
mod revoked_account;
mod role_matrix;
mod scan;
mod second_factor;
mod service_privileges;
mod session_idle;
mod session_limit;
mod shared_accounts;
mod sharing;
mod snmp_communities;
mod temporary_account;
mod tenants;
mod token_forgery;
mod topics;
mod unauthenticated_resources;
mod usage_limits;
mod use_notice;
mod user_enumeration;
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
    notice_by_hand::TEST,
    anonymous_by_hand::TEST,
    password_policy::TEST,
    revoked_account::TEST,
    session_idle::TEST,
    session_limit::TEST,
    last_login::TEST,
    temporary_account::TEST,
    lockout_setting::TEST,
    use_notice::TEST,
    notice_length::TEST,
    account_identity::TEST,
    account_roles::TEST,
    audit_data::TEST,
    anonymous_action::TEST,
    login_hours::TEST,
    tenants::TEST,
    path_tricks::TEST,
    cross_site_request::TEST,
    user_enumeration::TEST,
    sharing::TEST,
];
