//! Update: is only genuine software installed, and only by the right people?

mod altered_package;
mod check_interval;
mod delivery;
mod governing_policy;
mod impostor_server;
mod modules;
mod offer;
mod package_signature;
mod packages;
mod rollback;
mod trial;
mod unauthorised_update;
mod version_readback;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[
    version_readback::TEST,
    package_signature::TEST,
    unauthorised_update::TEST,
    altered_package::TEST,
    rollback::TEST,
    delivery::TEST,
    governing_policy::TEST,
    modules::TEST,
    check_interval::TEST,
    impostor_server::TEST,
];
