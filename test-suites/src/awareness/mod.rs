//! Awareness: does the product notice and record what happens to it?

mod events;
mod log;
mod record_content;
mod stamp;
mod stimuli;
mod time_stamps;
mod watch;

use assay_engine::Test;

/// The tests of this family, in order.
pub const TESTS: &[Test] = &[events::TEST, record_content::TEST, time_stamps::TEST];
