//! From a run to a statement about the product.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod comparison;
mod coverage;
mod declaration;
mod gaps;
mod run;
mod sample;
mod schema_file;
mod spot_check;
