//! Records of the NVD in the layout of its API 2.0.

use super::{Affected, MOST_RECORDS, Record, Records};
use crate::csaf::is_cve;
use crate::json::{self, Node, Notes};
use crate::{Cpe, Unreadable};

/// Reads a page, or a feed, of the NVD.
///
/// # Errors
/// [`Unreadable`] when it is no JSON object with `vulnerabilities` and `format` or `resultsPerPage`.
pub fn read_nvd(bytes: &[u8]) -> Result<Records, Unreadable> {
    let value = json::decode(bytes)?;
    if value.get("vulnerabilities").is_none() || (value.get("format").is_none() && value.get("resultsPerPage").is_none()) {
        return Err(Unreadable::because("not of the NVD: `vulnerabilities`, or `format` and `resultsPerPage`, are missing"));
    }
    let notes = Notes::default();
    let root = Node::root(&value, &notes);
    let _ = root.may("version").and_then(|version| version.one_of(&["2.0"]));
    let mut found = Records { timestamp: root.text_of("timestamp"), ..Records::default() };
    for item in root.list_of("vulnerabilities").iter().take(MOST_RECORDS) {
        let Some(node) = item.needs("cve").filter(Node::is_object) else { continue };
        let Some(id) = node.needs("id").and_then(|id| id.text()) else { continue };
        if !is_cve(&id) {
            node.note(format!("`{id}` is no CVE"));
        }
        if node.text_of("vulnStatus").is_some_and(|status| status == "Rejected") {
            found.withdrawn += 1;
            continue;
        }
        found.records.push(Record {
            id,
            aliases: Vec::new(),
            affected: node.list_of("configurations").iter().flat_map(products).collect(),
        });
    }
    found.problems = notes.into_problems();
    Ok(found)
}

/// The vulnerable products of a configuration. Its nodes may have to hold all at once.
fn products(configuration: &Node<'_>) -> Vec<Affected> {
    let all = |node: &Node<'_>| node.text_of("operator").is_some_and(|operator| operator == "AND");
    let nodes = configuration.needs("nodes").map(|list| list.list()).unwrap_or_default();
    let conditional = all(configuration) && nodes.len() > 1;
    let mut found = Vec::new();
    for node in &nodes {
        let matches = node.needs("cpeMatch").map(|list| list.list()).unwrap_or_default();
        let conditional = conditional || (all(node) && matches.len() > 1);
        found.extend(matches.iter().filter_map(|each| product(each, conditional)));
    }
    found
}

fn product(node: &Node<'_>, conditional: bool) -> Option<Affected> {
    let vulnerable = node.needs("vulnerable").and_then(|flag| flag.flag())?;
    let text = node.needs("criteria").and_then(|criteria| criteria.text())?;
    let cpe = Cpe::read(&text);
    if cpe.is_none() {
        node.note(format!("`{text}` is no CPE name"));
    }
    let bound =
        |with: &str, without: &str| node.text_of(with).map(|text| (text, true)).or_else(|| node.text_of(without).map(|text| (text, false)));
    Some(Affected::Product {
        cpe: cpe.filter(|_| vulnerable)?,
        start: bound("versionStartIncluding", "versionStartExcluding"),
        end: bound("versionEndIncluding", "versionEndExcluding"),
        conditional,
    })
}
