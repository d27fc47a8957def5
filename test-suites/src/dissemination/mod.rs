//! Dissemination: does the manufacturer tell its customers what concerns them?

mod advisories;
mod alerts;
mod end_of_support;
mod event_notices;
mod known_vulnerabilities;
mod services_and_audits;
mod snapshots;
mod statements;
mod update_notices;
mod update_tests;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[
    update_notices::TEST,
    update_tests::TEST,
    end_of_support::TEST,
    alerts::TEST,
    services_and_audits::TEST,
    event_notices::TEST,
    known_vulnerabilities::TEST,
    advisories::TEST,
];
