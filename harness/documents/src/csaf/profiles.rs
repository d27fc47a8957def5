//! What the category of an advisory demands (CSAF 2.0 section 4, tests 6.1.26 and 6.1.27).

use std::collections::BTreeSet;

use super::advisory::{Advisory, Vulnerability};
use crate::json::Node;

const SECURITY: &str = "csaf_security_advisory";
const INFORMATION: &str = "csaf_informational_advisory";
const INCIDENT: &str = "csaf_security_incident_response";
const VEX: &str = "csaf_vex";
/// Names of profiles in words, which an advisory outside a profile must not use.
const WORDS: [&str; 4] = ["securityincidentresponse", "informationaladvisory", "securityadvisory", "vex"];

pub(super) fn judge_profile(root: &Node<'_>, advisory: &Advisory) {
    let Some(category) = advisory.category.as_deref() else { return };
    let Some(document) = root.may("document") else { return };
    match category {
        "csaf_base" => {}
        INFORMATION | INCIDENT => {
            notes(&document, &["description", "details", "general", "summary"]);
            references(&document);
            if category == INFORMATION && root.may("vulnerabilities").is_some() {
                root.note("an informational advisory has no `vulnerabilities` (test 6.1.27.3)");
            }
        }
        SECURITY | VEX => vulnerable(root, category, advisory),
        _ => judge_name(&document, category),
    }
}

fn judge_name(document: &Node<'_>, category: &str) {
    let plain: String = category.to_lowercase().chars().filter(|each| !each.is_whitespace() && !"-_".contains(*each)).collect();
    let known = ["csaf_base", SECURITY, INFORMATION, INCIDENT, VEX].iter().any(|each| each.replace('_', "") == plain);
    if category.to_lowercase().starts_with("csaf_") || known || WORDS.contains(&plain.as_str()) {
        document.note(format!("the category `{category}` is too like that of a profile (test 6.1.26)"));
    }
}

/// Notes of one of these categories, with a text.
fn notes(document: &Node<'_>, wanted: &[&str]) {
    let mut found = document.list_of("notes").into_iter().filter_map(|note| note.text_of("category"));
    if !found.any(|category| wanted.contains(&category.as_str())) {
        document.note(format!("no note is one of {} (test 6.1.27.1)", wanted.join(", ")));
    }
}

fn references(document: &Node<'_>) {
    // the category of a reference is external unless it says otherwise
    if !document.list_of("references").iter().any(|each| each.text_of("category").is_none_or(|category| category == "external")) {
        document.note("no reference is external (test 6.1.27.2)");
    }
}

fn vulnerable(root: &Node<'_>, category: &str, advisory: &Advisory) {
    if root.may("product_tree").is_none() {
        root.note("`product_tree` is missing (test 6.1.27.4)");
    }
    let Some(list) = root.may("vulnerabilities") else { return root.note("`vulnerabilities` is missing (test 6.1.27.11)") };
    for (node, vulnerability) in list.list().iter().filter(|node| node.is_object()).zip(&advisory.vulnerabilities) {
        if node.list_of("notes").is_empty() {
            node.note("`notes` is missing (test 6.1.27.5)");
        }
        if category == SECURITY && node.may("product_status").is_none() {
            node.note("`product_status` is missing (test 6.1.27.6)");
        }
        if category == VEX {
            vex(node, vulnerability, root);
        }
    }
}

fn vex(node: &Node<'_>, vulnerability: &Vulnerability, root: &Node<'_>) {
    let told = ["fixed", "known_affected", "known_not_affected", "under_investigation"];
    if !vulnerability.statuses.iter().any(|(group, _)| told.contains(&group.as_str())) {
        node.note(format!("no product is in one of {} (test 6.1.27.7)", told.join(", ")));
    }
    if vulnerability.cve.is_none() && vulnerability.ids.is_empty() {
        node.note("there is neither `cve` nor `ids` (test 6.1.27.8)");
    }
    let with =
        |group: &'static str| vulnerability.statuses.iter().filter(move |(each, _)| each == group).flat_map(|(_, products)| products);
    let named = |node: &Node<'_>| {
        let ids: BTreeSet<String> = node.list_of("product_ids").iter().filter_map(Node::text).collect();
        let groups: BTreeSet<String> = node.list_of("group_ids").iter().filter_map(Node::text).collect();
        let tree = root.may("product_tree").map(|tree| tree.list_of("product_groups")).unwrap_or_default();
        let of_groups = tree.iter().filter(|group| group.text_of("group_id").is_some_and(|id| groups.contains(&id)));
        ids.into_iter()
            .chain(of_groups.flat_map(|group| group.may("product_ids").map(|ids| ids.texts()).unwrap_or_default()))
            .collect::<BTreeSet<_>>()
    };
    let impacts =
        node.list_of("threats").into_iter().filter(|threat| threat.text_of("category").is_some_and(|category| category == "impact"));
    let explained: BTreeSet<String> = impacts.chain(node.list_of("flags")).flat_map(|each| named(&each)).collect();
    if let Some(id) = with("known_not_affected").find(|id| !explained.contains(*id)) {
        node.note(format!("nothing says why the product `{id}` is not affected (test 6.1.27.9)"));
    }
    let acted: BTreeSet<String> = node.list_of("remediations").iter().flat_map(named).collect();
    if let Some(id) = with("known_affected").find(|id| !acted.contains(*id)) {
        node.note(format!("nothing says what to do about the product `{id}` (test 6.1.27.10)"));
    }
}
