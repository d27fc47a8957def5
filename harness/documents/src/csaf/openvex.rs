//! `OpenVEX` 0.2.0: statements about exploitability in a small format of their own.

use serde::{Deserialize, Serialize};

use super::tree::Product;
use super::{Statement, Status};
use crate::json::{self, Node, Notes};
use crate::{Cpe, Problem, Purl, Unreadable};

const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];
/// The most statements that are kept.
const MOST_STATEMENTS: usize = 200_000;

/// A document of `OpenVEX`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenVex {
    /// Its id.
    pub id: Option<String>,
    /// Who made it.
    pub author: Option<String>,
    /// When, as written.
    pub timestamp: Option<String>,
    /// Its version.
    pub version: Option<i64>,
    /// One for each product and vulnerability.
    pub statements: Vec<Statement>,
    /// Departures from the format.
    pub problems: Vec<Problem>,
}

/// Reads a document of `OpenVEX`.
///
/// # Errors
/// [`Unreadable`] when it is no JSON object, or its `@context` is not that of `OpenVEX`.
pub fn read_openvex(bytes: &[u8]) -> Result<OpenVex, Unreadable> {
    let value = json::decode(bytes)?;
    let context = value.get("@context").and_then(serde_json::Value::as_str).unwrap_or_default();
    if !context.starts_with("https://openvex.dev/ns") {
        return Err(Unreadable::because("not OpenVEX: `@context` is another"));
    }
    let notes = Notes::default();
    let root = Node::root(&value, &notes);
    let mut statements = Vec::new();
    for node in root.needs("statements").map(|list| list.some_list()).unwrap_or_default() {
        if node.is_object() && statements.len() < MOST_STATEMENTS {
            statement(&root, &node, &mut statements);
        }
    }
    Ok(OpenVex {
        id: root.needs("@id").and_then(|node| node.uri()),
        author: root.needs("author").and_then(|node| node.filled()),
        timestamp: root.needs("timestamp").and_then(|node| node.moment().and(node.text())),
        version: root.needs("version").and_then(|node| node.number()),
        statements,
        problems: notes.into_problems(),
    })
}

fn statement(root: &Node<'_>, node: &Node<'_>, statements: &mut Vec<Statement>) {
    let vulnerabilities = node.needs("vulnerability").map(|node| vulnerability(&node)).unwrap_or_default();
    let status = node.needs("status").and_then(|node| node.one_of(&["not_affected", "affected", "fixed", "under_investigation"]));
    let status = match status.as_deref() {
        Some("not_affected") => Status::NotAffected,
        Some("affected") => Status::Affected,
        Some("fixed") => Status::Fixed,
        Some("under_investigation") => Status::UnderInvestigation,
        _ => return,
    };
    let justification = node.may("justification").and_then(|node| node.one_of(&JUSTIFICATIONS));
    if status == Status::NotAffected && justification.is_none() && node.text_of("impact_statement").is_none() {
        node.note("`not_affected` has neither `justification` nor `impact_statement`");
    }
    if status == Status::Affected && node.text_of("action_statement").is_none() {
        node.note("`affected` has no `action_statement`");
    }
    // products may be left to the document that carries this one
    let products = node.may("products").or_else(|| root.may("products")).map(|list| list.list()).unwrap_or_default();
    for product in products.iter().filter_map(product) {
        statements.push(Statement { vulnerabilities: vulnerabilities.clone(), product, status, justification: justification.clone() });
    }
}

/// The ids of a vulnerability: in the first version of the format a text, later an object.
fn vulnerability(node: &Node<'_>) -> Vec<String> {
    if node.is_text() {
        return node.filled().into_iter().collect();
    }
    let name = node.needs("name").and_then(|name| name.filled());
    name.into_iter().chain(node.may("aliases").map(|aliases| aliases.texts()).unwrap_or_default()).collect()
}

fn product(node: &Node<'_>) -> Option<Product> {
    if node.is_text() {
        return node.text().map(|id| sorted(Product { id, ..Product::default() }));
    }
    let identifiers = node.may("identifiers").filter(Node::is_object);
    let of = |key| identifiers.as_ref().and_then(|all| all.text_of(key));
    let id = node.text_of("@id").or_else(|| of("purl"));
    if id.is_none() {
        node.note("a product has neither `@id` nor a purl");
    }
    let mut product = Product { id: id?, ..Product::default() };
    product.purls.extend(of("purl"));
    product.cpes.extend(of("cpe23").or_else(|| of("cpe22")));
    product.parts =
        node.list_of("subcomponents").iter().filter_map(|part| if part.is_text() { part.text() } else { part.text_of("@id") }).collect();
    Some(sorted(product))
}

/// An id that is a package URL or CPE name is one of these too.
fn sorted(mut product: Product) -> Product {
    let id = product.id.clone();
    if Purl::read(&id).is_ok() && !product.purls.contains(&id) {
        product.purls.push(id);
    } else if Cpe::read(&id).is_some() && !product.cpes.contains(&id) {
        product.cpes.push(id);
    }
    product
}
