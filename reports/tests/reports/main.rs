//! What the reports must hold.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod junit;
mod sample;
