//! Security advisories in the Common Security Advisory Framework (CSAF 2.0, ISO/IEC 20153), and what stands around them:
//! the metadata of their provider, feeds, and statements about exploitability (VEX).

mod advisory;
mod document;
mod feed;
mod openvex;
mod profiles;
mod provider;
mod tree;
mod version;
mod vulnerabilities;

pub use advisory::{Advisory, Publisher, Revision, Tracking, Vulnerability, read};
pub use feed::{Entry, Feed, read_feed};
pub use openvex::{OpenVex, read_openvex};
pub use provider::{Distribution, Provider, read_provider};
pub use tree::Product;

pub(crate) use version::prerelease;
pub(crate) use vulnerabilities::is_cve;

use serde::{Deserialize, Serialize};

/// How a product stands to a vulnerability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is not affected.
    NotAffected,
    /// It is affected.
    Affected,
    /// It was, and is fixed in this version.
    Fixed,
    /// Nobody knows yet.
    UnderInvestigation,
}

/// A statement that a product stands so to a vulnerability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The ids of the vulnerability, the CVE first if it has one.
    pub vulnerabilities: Vec<String>,
    /// The product.
    pub product: Product,
    /// How it stands.
    pub status: Status,
    /// Why it is not affected, as a word of the format, when that is told.
    pub justification: Option<String>,
}

#[cfg(test)]
mod tests;
