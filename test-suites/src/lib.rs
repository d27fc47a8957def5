//! The tests of Assay, its catalogs, baselines and policies.

mod about;
pub mod access;
mod attest;
pub mod awareness;
mod bills;
mod choose;
mod coaps;
pub mod configuration;
pub mod data;
mod dated;
pub mod dissemination;
pub mod documentation;
pub mod education;
pub mod identification;
mod peers;
pub mod protection;
mod readout;
pub mod reception;
mod registrar;
pub mod security;
mod setting;
mod support;
mod traffic;
pub mod update;

use assay_engine::Test;

pub use choose::{BadChoice, Choices, assessment};

/// Every test, in the order in which reports list them.
pub fn all() -> Vec<&'static Test> {
    let families: [&'static [Test]; 11] = [
        identification::TESTS,
        configuration::TESTS,
        protection::TESTS,
        access::TESTS,
        update::TESTS,
        awareness::TESTS,
        security::TESTS,
        documentation::TESTS,
        reception::TESTS,
        dissemination::TESTS,
        education::TESTS,
    ];
    families.into_iter().flatten().collect()
}
