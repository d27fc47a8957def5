//! Readers of documents about a product: bytes in, facts out. What a document says and where it departs from its
//! format are facts; whether that is enough is for tests to judge. Nothing here reads a file, a clock or the network.

pub mod csaf;
pub mod elf;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod ids;
mod json;
pub mod mud;
pub mod package;
pub mod pki;
pub mod sbom;
pub mod security_txt;
mod text;
pub mod vulnerabilities;

pub use ids::{Cpe, Purl};

use serde::{Deserialize, Serialize};

/// A departure of a document from its format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where: a JSON pointer (RFC 6901; empty for the whole document), or `line 7`.
    pub place: String,
    /// What is wrong or missing there.
    pub what: String,
}

/// Why bytes are no document of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

impl Unreadable {
    fn because(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}
