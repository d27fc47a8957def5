//! The ten words of Assay as types, and its file formats; no input or output.
//!
//! Everything here is a value or a pure function of values. Reading files, opening sockets and asking
//! the clock belong to other crates.

pub mod answers;
pub mod catalog;
pub mod coverage;
pub mod determine;
pub mod event;
pub mod evidence;
pub mod form;
pub mod pattern;
pub mod plan;
pub mod policy;
pub mod profile;
pub mod question;
pub mod run;
pub mod safety;
pub mod schema;
pub mod verdict;
