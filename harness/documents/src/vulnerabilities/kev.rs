//! The catalog of known exploited vulnerabilities, in the layout of CISA's JSON feed.

use serde::{Deserialize, Serialize};

use super::MOST_RECORDS;
use crate::csaf::is_cve;
use crate::json::{self, Node, Notes};
use crate::{Problem, Unreadable};

/// A snapshot of the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// Its version.
    pub version: Option<String>,
    /// When it was released, as written.
    pub released: Option<String>,
    /// The entries.
    pub entries: Vec<Exploited>,
    /// Departures from the layout.
    pub problems: Vec<Problem>,
}

/// A vulnerability that is exploited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exploited {
    /// Its CVE.
    pub cve: String,
    /// Who made what is affected.
    pub vendor: Option<String>,
    /// What is affected.
    pub product: Option<String>,
}

impl Catalog {
    /// The entry for this CVE.
    pub fn entry(&self, cve: &str) -> Option<&Exploited> {
        self.entries.iter().find(|entry| entry.cve == cve)
    }
}

/// Reads a snapshot of the catalog.
///
/// # Errors
/// [`Unreadable`] when it is no JSON object with `vulnerabilities` and `catalogVersion` or `dateReleased`.
pub fn read_catalog(bytes: &[u8]) -> Result<Catalog, Unreadable> {
    let value = json::decode(bytes)?;
    if value.get("vulnerabilities").is_none() || (value.get("catalogVersion").is_none() && value.get("dateReleased").is_none()) {
        return Err(Unreadable::because("not a catalog of exploited vulnerabilities: `catalogVersion` or `vulnerabilities` is missing"));
    }
    let notes = Notes::default();
    let root = Node::root(&value, &notes);
    let list = root.needs("vulnerabilities").map(|list| list.some_list()).unwrap_or_default();
    if let Some(count) = root.may("count").and_then(|count| count.number())
        && usize::try_from(count) != Ok(list.len())
    {
        root.note(format!("`count` is {count}, but there are {} entries", list.len()));
    }
    let entries = list.iter().take(MOST_RECORDS).filter_map(|node| {
        let cve = node.needs("cveID")?.text()?;
        if !is_cve(&cve) {
            node.note(format!("`{cve}` is no CVE"));
        }
        let text = |key| node.needs(key).and_then(|found| found.text());
        Some(Exploited { cve, vendor: text("vendorProject"), product: text("product") })
    });
    Ok(Catalog {
        entries: entries.collect(),
        version: root.needs("catalogVersion").and_then(|node| node.filled()),
        released: root.needs("dateReleased").and_then(|node| node.moment().and(node.text())),
        problems: notes.into_problems(),
    })
}
