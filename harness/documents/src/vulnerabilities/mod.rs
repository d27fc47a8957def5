//! Known vulnerabilities, out of snapshot files: the catalog of exploited ones (CISA KEV), records of OSV and of the NVD;
//! and their match with the components of a bill of materials.

mod kev;
mod matching;
mod nvd;
mod osv;
mod versions;

use serde::{Deserialize, Serialize};

pub use kev::{Catalog, Exploited, read_catalog};
pub use matching::{Hit, Matches, Reach, match_components};
pub use nvd::read_nvd;
pub use osv::read_osv;
pub use versions::order;

use crate::{Cpe, Problem};

/// The most records of one snapshot.
const MOST_RECORDS: usize = 500_000;

/// Records of vulnerabilities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    /// When the snapshot was made, as written, if it says so. OSV does not: there it is when the newest record was changed.
    pub timestamp: Option<String>,
    /// The records; withdrawn ones are left out.
    pub records: Vec<Record>,
    /// How many were withdrawn or rejected.
    pub withdrawn: usize,
    /// Departures from the format.
    pub problems: Vec<Problem>,
}

/// One vulnerability.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    pub id: String,
    /// Other ids of the same, such as a CVE.
    pub aliases: Vec<String>,
    /// What it affects.
    pub affected: Vec<Affected>,
}

impl Record {
    /// All ids.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.id.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}

/// Software that a vulnerability affects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Affected {
    /// A package of some ecosystem, as OSV tells it.
    Package {
        /// The ecosystem: `Debian:12`, `npm`.
        ecosystem: String,
        /// The name there.
        name: String,
        /// The package URL.
        purl: Option<String>,
        /// Versions that are affected, one by one.
        versions: Vec<String>,
        /// Ranges of them, each as events in order.
        ranges: Vec<Vec<Event>>,
    },
    /// A product by its CPE name, as the NVD tells it.
    Product {
        /// The name, with a version, or with any.
        cpe: Cpe,
        /// The least version, and whether it is affected itself.
        start: Option<(String, bool)>,
        /// The greatest version, and whether it is affected itself.
        end: Option<(String, bool)>,
        /// Whether it is affected only together with something else.
        conditional: bool,
    },
}

/// A point in the history of versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// From here on versions are affected; `0` is before all others.
    Introduced(String),
    /// From here on they are not.
    Fixed(String),
    /// This is the last one that is.
    LastAffected(String),
}

#[cfg(test)]
mod tests;
