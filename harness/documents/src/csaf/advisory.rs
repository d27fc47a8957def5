//! An advisory: what it says, and which of the mandatory tests (CSAF 2.0 section 6.1) it does not pass.

use serde::{Deserialize, Serialize};

use super::document::read_document;
use super::profiles::judge_profile;
use super::tree::{Product, read_tree};
use super::vulnerabilities::read_vulnerabilities;
use super::{Statement, Status};
use crate::json::{self, Node, Notes};
use crate::{Problem, Unreadable};

/// An advisory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advisory {
    /// The category: `csaf_vex`, `csaf_security_advisory`, or another.
    pub category: Option<String>,
    /// The title.
    pub title: Option<String>,
    /// Who published it.
    pub publisher: Publisher,
    /// Its id, status, version and history.
    pub tracking: Tracking,
    /// Its label of the traffic light protocol.
    pub tlp: Option<String>,
    /// The products that it names.
    pub products: Vec<Product>,
    /// The vulnerabilities that it is about.
    pub vulnerabilities: Vec<Vulnerability>,
    /// Departures from the schema, and mandatory tests that it does not pass, each with its number. Left out are 6.1.8 to
    /// 6.1.12 (scores, weaknesses, languages) and 6.1.31.
    pub problems: Vec<Problem>,
}

/// Who published an advisory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publisher {
    /// `vendor`, `coordinator`, `discoverer`, `translator`, `user` or `other`.
    pub category: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// An address under the publisher's control.
    pub namespace: Option<String>,
}

/// How an advisory is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracking {
    /// Its id.
    pub id: Option<String>,
    /// `draft`, `interim` or `final`.
    pub status: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// When it was first released, as written.
    pub initial_release_date: Option<String>,
    /// When this version was released, as written.
    pub current_release_date: Option<String>,
    /// Its history, in the order of the document.
    pub revisions: Vec<Revision>,
}

/// One entry of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The version.
    pub number: Option<String>,
    /// When, as written.
    pub date: Option<String>,
}

/// A vulnerability in an advisory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vulnerability {
    /// Its CVE.
    pub cve: Option<String>,
    /// Other ids.
    pub ids: Vec<String>,
    /// Products by group of status: `known_affected`, `fixed`, `known_not_affected`, ...
    pub statuses: Vec<(String, Vec<String>)>,
    /// Products with a flag that says why they are not affected.
    pub flags: Vec<(String, Vec<String>)>,
    /// Categories of remediation: `vendor_fix`, `workaround`, ...
    pub remediations: Vec<String>,
}

impl Advisory {
    /// The statements that the advisory makes: one for each product and vulnerability.
    pub fn statements(&self) -> Vec<Statement> {
        let mut found = Vec::new();
        for vulnerability in &self.vulnerabilities {
            let ids: Vec<_> = vulnerability.cve.iter().chain(&vulnerability.ids).cloned().collect();
            for (group, products) in &vulnerability.statuses {
                let Some(status) = status_of(group) else { continue };
                for product in self.products.iter().filter(|product| products.contains(&product.id)) {
                    let flag = vulnerability.flags.iter().find(|(_, products)| products.contains(&product.id));
                    let justification = flag.map(|(label, _)| label.clone());
                    found.push(Statement { vulnerabilities: ids.clone(), product: product.clone(), status, justification });
                }
            }
        }
        found
    }
}

/// The status that a group of `product_status` means; none for recommended products.
pub(super) fn status_of(group: &str) -> Option<Status> {
    Some(match group {
        "known_not_affected" => Status::NotAffected,
        "known_affected" | "first_affected" | "last_affected" => Status::Affected,
        "fixed" | "first_fixed" => Status::Fixed,
        "under_investigation" => Status::UnderInvestigation,
        _ => return None,
    })
}

/// Reads an advisory.
///
/// # Errors
/// [`Unreadable`] when it is no JSON object with a `document`.
pub fn read(bytes: &[u8]) -> Result<Advisory, Unreadable> {
    let value = json::decode(bytes)?;
    if value.get("document").is_none() {
        return Err(Unreadable::because("not CSAF: `document` is missing"));
    }
    let notes = Notes::default();
    let root = Node::root(&value, &notes);
    root.only(&["$schema", "document", "product_tree", "vulnerabilities"]);
    let mut found = read_document(&root);
    let names = read_tree(&root);
    found.products = names.products();
    found.vulnerabilities = read_vulnerabilities(&root, &names);
    judge_profile(&root, &found);
    found.problems = notes.into_problems();
    Ok(found)
}
