//! Drives the good product's web faces, its updates and its log, and each of their faults.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod backend;
mod client;
mod device;
mod hub;
mod log;
mod product;
mod update;
