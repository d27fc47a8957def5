//! Awareness: does the product notice and record what happens to it?

mod alerts;
mod audit_failure;
mod change_history;
mod clock_offset;
mod collector_outage;
mod condition;
mod degraded_state;
mod events;
mod filling;
mod impostor;
mod log;
mod log_capacity;
mod log_clearing;
mod log_export;
mod log_protection;
mod log_warning;
mod organization_events;
mod outage;
mod record_content;
mod remote_activation;
mod retention;
mod self_report;
pub(crate) mod stamp;
mod stand_ins;
mod state_access;
mod state_readout;
mod stimuli;
mod time_jump;
mod time_stamps;
mod unapproved_content;
mod user_sessions;
mod watch;

use assay_engine::Test;
use assay_model::profile::LogChannel;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[
    clock_offset::TEST,
    state_access::TEST,
    self_report::TEST,
    events::TEST,
    user_sessions::TEST,
    change_history::TEST,
    record_content::TEST,
    time_stamps::TEST,
    log_export::TEST,
    time_jump::TEST,
    collector_outage::TEST,
    audit_failure::TEST,
    condition::TEST,
    alerts::TEST,
    log_protection::TEST,
    log_capacity::TEST,
    log_warning::TEST,
    log_clearing::TEST,
    remote_activation::TEST,
    unapproved_content::TEST,
    stand_ins::TEST,
    organization_events::TEST,
    retention::TEST,
    state_readout::TEST,
    degraded_state::TEST,
];

/// The records of a log as they stand in it.
pub(crate) fn raw_records(text: &str, channel: &LogChannel) -> Vec<String> {
    log::records(text, channel).into_iter().map(|record| record.raw).collect()
}

/// The records of a log that tell of updates, as they stand there, but not those of a changed setting.
pub(crate) fn update_records(text: &str, channel: &LogChannel) -> impl Iterator<Item = String> {
    let of_updates = |record: &log::Record| record.part("type").is_some_and(|kind| kind.to_ascii_lowercase().contains("update"));
    log::records(text, channel).into_iter().filter(of_updates).map(|record| record.raw)
}
