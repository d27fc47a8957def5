//! Bundles as somebody finds them: sealed, signed by several people, changed in every way that can be thought of.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod changes;
mod contradictions;
mod hostile;
mod keys;
mod lab;
mod signers;
