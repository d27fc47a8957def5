//! Awareness: does the product notice and record what happens to it?

mod clock_offset;
mod degraded_state;
mod events;
mod impostor;
mod log;
mod log_export;
mod organization_events;
mod record_content;
mod remote_activation;
mod retention;
pub(crate) mod stamp;
mod stand_ins;
mod state_readout;
mod stimuli;
mod time_jump;
mod time_stamps;
mod unapproved_content;
mod watch;

use assay_engine::Test;
use assay_model::profile::LogChannel;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[
    clock_offset::TEST,
    events::TEST,
    record_content::TEST,
    time_stamps::TEST,
    log_export::TEST,
    time_jump::TEST,
    remote_activation::TEST,
    unapproved_content::TEST,
    stand_ins::TEST,
    organization_events::TEST,
    retention::TEST,
    state_readout::TEST,
    degraded_state::TEST,
];

/// The records of a log that tell of updates, as they stand there, but not those of a changed setting.
pub(crate) fn update_records(text: &str, channel: &LogChannel) -> impl Iterator<Item = String> {
    let of_updates = |record: &log::Record| record.part("type").is_some_and(|kind| kind.to_ascii_lowercase().contains("update"));
    log::records(text, channel).into_iter().filter(of_updates).map(|record| record.raw)
}
