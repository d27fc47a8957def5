//! Configuration: can only the right people change it, and does what is set take effect?

mod change_by_role;
mod change_without_credential;
mod display;
mod guard;
mod imported_configuration;
mod minimum_tls;
mod secure_configuration;
mod service_off;
mod service_switches;
mod settings_by_hand;
mod update_mode;
mod update_notice;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[
    change_without_credential::TEST,
    change_by_role::TEST,
    service_switches::TEST,
    service_off::TEST,
    display::TEST,
    secure_configuration::TEST,
    imported_configuration::TEST,
    minimum_tls::TEST,
    update_mode::TEST,
    update_notice::TEST,
    settings_by_hand::TEST,
];
