//! Awareness: does the product notice and record what happens to it?

mod clock_offset;
mod events;
mod impostor;
mod log;
mod log_export;
mod organization_events;
mod record_content;
mod remote_activation;
mod retention;
mod stamp;
mod stand_ins;
mod stimuli;
mod time_jump;
mod time_stamps;
mod unapproved_content;
mod watch;

use assay_engine::Test;

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
];
