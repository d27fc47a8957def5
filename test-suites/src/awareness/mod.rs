//! Awareness: does the product notice and record what happens to it?

mod clock_offset;
mod events;
mod impostor;
mod log;
mod log_export;
mod record_content;
mod stamp;
mod stimuli;
mod time_stamps;
mod watch;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[clock_offset::TEST, events::TEST, record_content::TEST, time_stamps::TEST, log_export::TEST];
