//! The part `vulnerabilities` of an advisory.

use std::collections::{BTreeMap, BTreeSet};

use super::advisory::Vulnerability;
use super::tree::Names;
use crate::json::Node;

/// Groups of status, and the four meanings that contradict each other (test 6.1.6).
const GROUPS: [(&str, &str); 8] = [
    ("first_affected", "affected"),
    ("known_affected", "affected"),
    ("last_affected", "affected"),
    ("known_not_affected", "not affected"),
    ("first_fixed", "fixed"),
    ("fixed", "fixed"),
    ("under_investigation", "under investigation"),
    ("recommended", ""),
];
const REMEDIATIONS: [&str; 5] = ["mitigation", "no_fix_planned", "none_available", "vendor_fix", "workaround"];
const FLAGS: [&str; 5] = [
    "component_not_present",
    "inline_mitigations_already_exist",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_not_present",
];

pub(super) fn read_vulnerabilities(root: &Node<'_>, names: &Names) -> Vec<Vulnerability> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    let list = root.may("vulnerabilities").map(|list| list.some_list()).unwrap_or_default();
    for node in list.iter().filter(|node| node.is_object()) {
        let vulnerability = vulnerability(node, names);
        if let Some(cve) = vulnerability.cve.clone()
            && !seen.insert(cve.clone())
        {
            node.note(format!("{cve} stands in two vulnerabilities (test 6.1.23)"));
        }
        found.push(vulnerability);
    }
    found
}

fn vulnerability(node: &Node<'_>, names: &Names) -> Vulnerability {
    let cve = node.may("cve").and_then(|node| {
        let text = node.text()?;
        if !is_cve(&text) {
            node.note(format!("`{text}` is no CVE"));
        }
        Some(text)
    });
    let ids = node.list_of("ids");
    let found = Vulnerability {
        cve,
        ids: ids.iter().filter_map(|id| id.needs("system_name").and(id.needs("text")?.text())).collect(),
        statuses: statuses(node, names),
        flags: flags(node, names),
        remediations: remediations(node, names),
    };
    scores(node, names);
    for threat in node.list_of("threats") {
        let _ = threat.needs("category").and_then(|category| category.one_of(&["exploit_status", "impact", "target_set"]));
        let _ = (threat.needs("details"), referenced(&threat, names));
    }
    involvements(node);
    found
}

/// Whether this is the number of a CVE.
pub(crate) fn is_cve(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|each| each.is_ascii_digit());
    let rest = text.strip_prefix("CVE-").and_then(|rest| rest.split_once('-'));
    rest.is_some_and(|(year, number)| year.len() == 4 && digits(year) && number.len() >= 4 && digits(number))
}

/// The products of a list and of groups; none when neither is there.
fn referenced(node: &Node<'_>, names: &Names) -> Option<Vec<String>> {
    let products = node.may("product_ids").map(|list| names.used(&list));
    let groups = node.may("group_ids").map(|list| names.used_groups(&list));
    match (products, groups) {
        (None, None) => None,
        (products, groups) => Some(products.into_iter().flatten().chain(groups.into_iter().flatten()).collect()),
    }
}

fn statuses(node: &Node<'_>, names: &Names) -> Vec<(String, Vec<String>)> {
    let Some(status) = node.may("product_status").filter(Node::is_object) else { return Vec::new() };
    status.only(&GROUPS.map(|(group, _)| group));
    let (mut found, mut meanings): (_, BTreeMap<String, &str>) = (Vec::new(), BTreeMap::new());
    for (group, meaning) in GROUPS {
        let Some(list) = status.may(group) else { continue };
        let products = names.used(&list);
        for id in products.iter().filter(|_| !meaning.is_empty()) {
            let before = meanings.insert(id.clone(), meaning);
            if let Some(before) = before.filter(|before| *before != meaning) {
                list.note(format!("the product `{id}` is both {before} and {meaning} (test 6.1.6)"));
            }
        }
        found.push((group.to_owned(), products));
    }
    found
}

fn flags(node: &Node<'_>, names: &Names) -> Vec<(String, Vec<String>)> {
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for flag in node.list_of("flags") {
        let label = flag.needs("label").and_then(|label| label.one_of(&FLAGS));
        let Some(products) = referenced(&flag, names) else {
            flag.note("a flag names no product (test 6.1.32)");
            continue;
        };
        for id in &products {
            if !seen.insert(id.clone()) {
                flag.note(format!("the product `{id}` has two flags (test 6.1.33)"));
            }
        }
        found.extend(label.map(|label| (label, products)));
    }
    found
}

fn remediations(node: &Node<'_>, names: &Names) -> Vec<String> {
    let mut found = Vec::new();
    for remediation in node.list_of("remediations") {
        found.extend(remediation.needs("category").and_then(|category| category.one_of(&REMEDIATIONS)));
        let _ = remediation.needs("details");
        if referenced(&remediation, names).is_none() {
            remediation.note("a remediation names no product (test 6.1.29)");
        }
    }
    found
}

fn scores(node: &Node<'_>, names: &Names) {
    let mut seen = BTreeSet::new();
    for score in node.list_of("scores") {
        let products = score.needs("products").map(|list| names.used(&list)).unwrap_or_default();
        for kind in ["cvss_v2", "cvss_v3"] {
            let Some(cvss) = score.may(kind) else { continue };
            let version = cvss.needs("version").and_then(|version| version.text()).unwrap_or_default();
            let _ = (cvss.needs("vectorString"), cvss.needs("baseScore"));
            for id in &products {
                if !seen.insert((id.clone(), version.clone())) {
                    score.note(format!("the product `{id}` has two scores of CVSS {version} (test 6.1.7)"));
                }
            }
        }
    }
}

fn involvements(node: &Node<'_>) {
    let mut seen = BTreeSet::new();
    for involvement in node.list_of("involvements") {
        let (party, _) = (involvement.needs("party").and_then(|party| party.text()), involvement.needs("status"));
        if let Some(date) = involvement.text_of("date")
            && !seen.insert((party, date))
        {
            involvement.note("a party is involved twice at one date (test 6.1.24)");
        }
    }
}
