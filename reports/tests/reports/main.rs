//! What the reports must hold.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod html;
mod junit;
mod pages;
mod sample;
mod sdoc;
