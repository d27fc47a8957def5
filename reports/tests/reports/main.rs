//! What the reports must hold.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on must stop")]

mod browser;
mod formats;
mod html;
mod junit;
mod junit_peer;
mod laboratory;
mod look;
mod oscal;
mod oscal_texts;
mod pages;
mod sample;
mod sdoc;
mod spot_check;
mod text;
