//! The part `product_tree` of an advisory: products, their groups, and ids that are used and defined.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::json::Node;
use crate::{Cpe, Purl};

const BRANCHES: [&str; 12] = [
    "architecture",
    "host_name",
    "language",
    "legacy",
    "patch_level",
    "product_family",
    "product_name",
    "product_version",
    "product_version_range",
    "service_pack",
    "specification",
    "vendor",
];
const RELATIONS: [&str; 5] = ["default_component_of", "external_component_of", "installed_on", "installed_with", "optional_component_of"];
/// The deepest nesting of branches that is read (CSAF 2.0 allows 30 levels in its guidance on size; not checked).
const DEEPEST: usize = 60;
/// The most products that are kept.
const MOST_PRODUCTS: usize = 100_000;

/// A product that a document names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its id within the document.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its version, when the branches of the tree give one.
    pub version: Option<String>,
    /// Package URLs.
    pub purls: Vec<String>,
    /// CPE names.
    pub cpes: Vec<String>,
    /// The ids of the products that it is made of, for one that is a relationship: the part, then the whole.
    pub parts: Vec<String>,
}

/// All names of the tree.
#[derive(Default)]
pub(super) struct Names {
    products: BTreeMap<String, Product>,
    groups: BTreeMap<String, Vec<String>>,
}

impl Names {
    pub(super) fn products(&self) -> Vec<Product> {
        self.products.values().cloned().collect()
    }

    /// The products that a list of ids names; ids without a definition are noted.
    pub(super) fn used(&self, list: &Node<'_>) -> Vec<String> {
        let mut found = Vec::new();
        for node in list.some_list() {
            let Some(id) = node.text() else { continue };
            if !self.products.contains_key(&id) {
                node.note(format!("the product id `{id}` is defined nowhere (test 6.1.1)"));
            }
            found.push(id);
        }
        found
    }

    /// The products of the groups that a list names; groups without a definition are noted.
    pub(super) fn used_groups(&self, list: &Node<'_>) -> Vec<String> {
        let mut found = Vec::new();
        for node in list.some_list() {
            let Some(id) = node.text() else { continue };
            match self.groups.get(&id) {
                Some(products) => found.extend(products.iter().cloned()),
                None => node.note(format!("the group id `{id}` is defined nowhere (test 6.1.4)")),
            }
        }
        found
    }

    fn define(&mut self, node: &Node<'_>, version: Option<&str>, parts: Vec<String>) {
        if !node.is_object() {
            return;
        }
        let (name, id) = (node.needs("name").and_then(|name| name.filled()), node.needs("product_id").and_then(|id| id.filled()));
        let Some(id) = id else { return };
        let mut product =
            Product { id: id.clone(), name: name.unwrap_or_default(), version: version.map(str::to_owned), parts, ..Product::default() };
        if let Some(helper) = node.may("product_identification_helper").filter(Node::is_object) {
            identify(&helper, &mut product);
        }
        if self.products.contains_key(&id) {
            node.note(format!("the product id `{id}` is defined twice (test 6.1.2)"));
        } else if self.products.len() < MOST_PRODUCTS {
            self.products.insert(id, product);
        }
    }
}

fn identify(helper: &Node<'_>, product: &mut Product) {
    if let Some(purl) = helper.may("purl") {
        let text = purl.text().unwrap_or_default();
        if let Err(why) = Purl::read(&text) {
            purl.note(format!("`{text}` is no package URL: {why} (test 6.1.13)"));
        }
        product.purls.push(text);
    }
    if let Some(cpe) = helper.may("cpe") {
        let text = cpe.text().unwrap_or_default();
        if Cpe::read(&text).is_none() {
            cpe.note(format!("`{text}` is no CPE name"));
        }
        product.cpes.push(text);
    }
    for hashes in helper.list_of("hashes") {
        let _ = hashes.needs("filename");
        let mut seen = BTreeSet::new();
        for hash in hashes.needs("file_hashes").map(|list| list.some_list()).unwrap_or_default() {
            let (algorithm, _) = (hash.needs("algorithm").and_then(|node| node.text()), hash.needs("value"));
            if !seen.insert(algorithm) {
                hash.note("an algorithm is used twice for one file (test 6.1.25)");
            }
        }
    }
}

pub(super) fn read_tree(root: &Node<'_>) -> Names {
    let mut names = Names::default();
    let Some(tree) = root.may("product_tree").filter(Node::is_object) else { return names };
    for node in tree.list_of("full_product_names") {
        names.define(&node, None, Vec::new());
    }
    branches(&tree, &mut names, None, 0);
    let relationships = tree.list_of("relationships");
    for node in &relationships {
        let _ = node.needs("category").and_then(|category| category.one_of(&RELATIONS));
        let part = |key| node.needs(key).and_then(|id| id.text());
        let parts = [part("product_reference"), part("relates_to_product_reference")].into_iter().flatten().collect();
        if let Some(product) = node.needs("full_product_name") {
            names.define(&product, None, parts);
        }
    }
    for node in &relationships {
        judge_relationship(node, &names);
    }
    for node in tree.list_of("product_groups") {
        let products = node.needs("product_ids").map(|list| names.used(&list)).unwrap_or_default();
        let Some(id) = node.needs("group_id").and_then(|id| id.filled()) else { continue };
        if names.groups.insert(id.clone(), products).is_some() {
            node.note(format!("the group id `{id}` is defined twice (test 6.1.5)"));
        }
    }
    names
}

/// Branches carry products at their ends; a branch with a version gives it to all below it.
fn branches(node: &Node<'_>, names: &mut Names, version: Option<&str>, depth: usize) {
    for branch in node.list_of("branches") {
        if depth >= DEEPEST {
            branch.note("is nested too deeply: it is not read");
            return;
        }
        let category = branch.needs("category").and_then(|category| category.one_of(&BRANCHES));
        let name = branch.needs("name").and_then(|name| name.filled());
        let own = name.filter(|_| category.as_deref() == Some("product_version"));
        let version = own.as_deref().or(version);
        if let Some(product) = branch.may("product") {
            names.define(&product, version, Vec::new());
        }
        branches(&branch, names, version, depth + 1);
    }
}

/// Whether the parts of a relationship are defined, and none is made of itself.
fn judge_relationship(node: &Node<'_>, names: &Names) {
    let own = node.may("full_product_name").and_then(|product| product.text_of("product_id")).unwrap_or_default();
    for key in ["product_reference", "relates_to_product_reference"] {
        let Some(id) = node.text_of(key) else { continue };
        if !names.products.contains_key(&id) {
            node.note(format!("the product id `{id}` is defined nowhere (test 6.1.1)"));
        }
        let (mut waiting, mut seen) = (vec![id], BTreeSet::new());
        while let Some(id) = waiting.pop() {
            if id == own {
                node.note(format!("the product `{own}` is made of itself (test 6.1.3)"));
                break;
            }
            if let Some(product) = names.products.get(&id).filter(|_| seen.len() < 1_000 && seen.insert(id.clone())) {
                waiting.extend(product.parts.iter().cloned());
            }
        }
    }
}
