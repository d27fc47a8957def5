//! SPDX 2.2 and 2.3: the required fields, types, closed lists and references of its JSON schema and clauses 6 to 11.

use std::collections::BTreeSet;

use super::{Component, Format, MOST_COMPONENTS, MOST_RELATIONSHIPS, Minimum, Relationship, Sbom};
use crate::json::Node;
use crate::text::is_hex;

const VERSIONS: [&str; 3] = ["SPDX-2.1", "SPDX-2.2", "SPDX-2.3"];
const HASHES: [(&str, usize); 17] = [
    ("SHA1", 40),
    ("SHA224", 56),
    ("SHA256", 64),
    ("SHA384", 96),
    ("SHA512", 128),
    ("SHA3-256", 64),
    ("SHA3-384", 96),
    ("SHA3-512", 128),
    ("BLAKE2b-256", 64),
    ("BLAKE2b-384", 96),
    ("BLAKE2b-512", 128),
    ("BLAKE3", 64),
    ("MD2", 32),
    ("MD4", 32),
    ("MD5", 32),
    ("MD6", 0),
    ("ADLER32", 8),
];
/// Both spellings occur in the schema's history.
const CATEGORIES: [&str; 6] = ["SECURITY", "PACKAGE-MANAGER", "PACKAGE_MANAGER", "PERSISTENT-ID", "PERSISTENT_ID", "OTHER"];
/// Words that stand in for a name where none is told.
const NOTHING: [&str; 2] = ["NOASSERTION", "NONE"];

pub(super) fn read(root: &Node<'_>, format: Format) -> Sbom {
    let version = root.needs("spdxVersion").and_then(|node| node.one_of(&VERSIONS)).unwrap_or_default();
    document(root);
    let (authors, tools, timestamp) = creation(root);
    let mut ids = BTreeSet::from(["SPDXRef-DOCUMENT".to_owned()]);
    let mut relationships = Vec::new();
    let packages: Vec<_> =
        root.list_of("packages").iter().take(MOST_COMPONENTS).filter_map(|node| package(node, &mut ids, &mut relationships)).collect();
    for key in ["files", "snippets"] {
        for node in root.list_of(key) {
            element(&node, &mut ids);
        }
    }
    related(root, &ids, &mut relationships);
    let (top, components) = split(root, packages, &relationships);
    Sbom {
        format,
        version: version.trim_start_matches("SPDX-").to_owned(),
        id: root.text_of("documentNamespace"),
        authors,
        tools,
        timestamp,
        top,
        components,
        relationships,
        minimum: Minimum::default(),
        problems: Vec::new(),
    }
}

fn document(root: &Node<'_>) {
    let _ = root.needs("dataLicense").and_then(|node| node.one_of(&["CC0-1.0"]));
    let _ = root.needs("SPDXID").and_then(|node| node.one_of(&["SPDXRef-DOCUMENT"]));
    let _ = root.needs("name").and_then(|node| node.filled());
    if let Some(node) = root.needs("documentNamespace")
        && node.uri().is_some_and(|uri| uri.contains('#'))
    {
        node.note("holds a `#` (clause 6.5)");
    }
    for node in root.list_of("externalDocumentRefs") {
        for key in ["externalDocumentId", "spdxDocument", "checksum"] {
            let _ = node.needs(key);
        }
    }
    for node in root.list_of("hasExtractedLicensingInfos") {
        let _ = node.needs("licenseId").and_then(|id| id.filled());
    }
}

/// Persons and organizations, tools, and the time.
fn creation(root: &Node<'_>) -> (Vec<String>, Vec<String>, Option<String>) {
    let (mut authors, mut tools) = (Vec::new(), Vec::new());
    let Some(info) = root.needs("creationInfo").filter(Node::is_object) else { return (authors, tools, None) };
    for node in info.needs("creators").map(|creators| creators.some_list()).unwrap_or_default() {
        let Some(text) = node.text() else { continue };
        match text.split_once(':').map(|(kind, name)| (kind.trim(), name.trim())) {
            Some(("Tool", name)) => tools.push(name.to_owned()),
            Some(("Person" | "Organization", name)) if name.is_empty() || NOTHING.contains(&name) || name == "anonymous" => {}
            Some(("Person" | "Organization", name)) => authors.push(name.to_owned()),
            _ => node.note(format!("`{text}` does not begin with Person, Organization or Tool (clause 6.8)")),
        }
    }
    let time = info.needs("created").and_then(|node| node.moment().and(node.text()).filter(|text| utc(&node, text)));
    (authors, tools, time)
}

fn utc(node: &Node<'_>, text: &str) -> bool {
    if text.len() != 20 || !text.ends_with('Z') {
        node.note(format!("`{text}` is not of the form YYYY-MM-DDThh:mm:ssZ (clause 6.9)"));
    }
    true
}

/// The id of an element; noted when it is missing, odd or used twice.
fn element(node: &Node<'_>, ids: &mut BTreeSet<String>) -> Option<String> {
    if !node.is_object() {
        return None;
    }
    let id = node.needs("SPDXID").and_then(|id| id.text())?;
    let rest = id.strip_prefix("SPDXRef-").unwrap_or_default();
    if rest.is_empty() || !rest.chars().all(|each| each.is_ascii_alphanumeric() || ".-".contains(each)) {
        node.note(format!("`{id}` is not `SPDXRef-` with letters, digits, `.` and `-`"));
    }
    if !ids.insert(id.clone()) {
        node.note(format!("the id `{id}` is used twice"));
    }
    Some(id)
}

fn package(node: &Node<'_>, ids: &mut BTreeSet<String>, relationships: &mut Vec<Relationship>) -> Option<Component> {
    if !node.is_object() {
        return None;
    }
    let id = element(node, ids);
    let _ = node.needs("downloadLocation").and_then(|location| location.filled());
    let mut found = Component {
        place: node.place().to_owned(),
        name: node.needs("name").and_then(|name| name.filled()),
        version: node.text_of("versionInfo").filter(|version| told(version)),
        supplier: node.may("supplier").and_then(|supplier| party(&supplier)),
        licences: ["licenseConcluded", "licenseDeclared"].iter().filter_map(|key| node.text_of(key)).filter(|text| told(text)).collect(),
        hashes: hashes(node),
        ..Component::default()
    };
    found.licences.dedup();
    references(node, &mut found);
    for file in node.list_of("hasFiles") {
        if let (Some(id), Some(file)) = (&id, file.text()) {
            relate(relationships, id, "CONTAINS", &file);
        }
    }
    found.id = id;
    found.judge_ids(node);
    Some(found)
}

fn told(text: &str) -> bool {
    !text.trim().is_empty() && !NOTHING.contains(&text)
}

/// The name behind `Organization:` or `Person:`.
fn party(node: &Node<'_>) -> Option<String> {
    let text = node.text()?;
    if NOTHING.contains(&text.as_str()) {
        return None;
    }
    let Some(("Organization" | "Person", name)) = text.split_once(':') else {
        node.note(format!("`{text}` is neither Person, Organization nor NOASSERTION (clause 7.5)"));
        return None;
    };
    Some(name.trim().to_owned()).filter(|name| told(name))
}

fn hashes(node: &Node<'_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for hash in node.list_of("checksums") {
        let names: Vec<_> = HASHES.iter().map(|(name, _)| *name).collect();
        let algorithm = hash.needs("algorithm").and_then(|algorithm| algorithm.one_of(&names));
        let (Some(algorithm), Some(value)) = (algorithm, hash.needs("checksumValue").and_then(|value| value.text())) else { continue };
        if HASHES.iter().any(|(name, digits)| *name == algorithm && *digits > 0 && !is_hex(&value, *digits)) {
            hash.note(format!("`{value}` is no {algorithm} in hexadecimal"));
        }
        found.push((algorithm, value.to_ascii_lowercase()));
    }
    found
}

fn references(node: &Node<'_>, found: &mut Component) {
    for reference in node.list_of("externalRefs") {
        let _ = reference.needs("referenceCategory").and_then(|category| category.one_of(&CATEGORIES));
        let kind = reference.needs("referenceType").and_then(|kind| kind.text());
        let (Some(kind), Some(locator)) = (kind, reference.needs("referenceLocator").and_then(|locator| locator.text())) else { continue };
        match kind.rsplit('/').next().unwrap_or_default() {
            "purl" => found.purls.push(locator),
            "cpe22Type" | "cpe23Type" => found.cpes.push(locator),
            "swh" | "gitoid" | "swid" => found.other_ids.push(locator),
            _ => {}
        }
    }
}

fn relate(relationships: &mut Vec<Relationship>, from: &str, kind: &str, to: &str) {
    if relationships.len() < MOST_RELATIONSHIPS {
        relationships.push(Relationship { from: from.to_owned(), kind: kind.to_owned(), to: to.to_owned() });
    }
}

fn related(root: &Node<'_>, ids: &BTreeSet<String>, relationships: &mut Vec<Relationship>) {
    for described in root.list_of("documentDescribes") {
        if let Some(id) = described.text() {
            check(&described, &id, ids);
            relate(relationships, "SPDXRef-DOCUMENT", "DESCRIBES", &id);
        }
    }
    for node in root.list_of("relationships") {
        let text = |key| node.needs(key).and_then(|found| found.filled());
        let (Some(from), Some(kind), Some(to)) = (text("spdxElementId"), text("relationshipType"), text("relatedSpdxElement")) else {
            continue;
        };
        for id in [&from, &to] {
            check(&node, id, ids);
        }
        relate(relationships, &from, &kind, &to);
    }
}

/// An id must be that of an element, of one in another document, or a word for none.
fn check(node: &Node<'_>, id: &str, ids: &BTreeSet<String>) {
    if !ids.contains(id) && !id.starts_with("DocumentRef-") && !NOTHING.contains(&id) {
        node.note(format!("`{id}` is the SPDXID of nothing in the document"));
    }
}

/// Takes out the package that the document describes, when it is one; when it is several, all stay together.
fn split(root: &Node<'_>, mut packages: Vec<Component>, relationships: &[Relationship]) -> (Option<Component>, Vec<Component>) {
    let document = root.text_of("SPDXID").unwrap_or_default();
    let described: BTreeSet<&str> = relationships
        .iter()
        .filter_map(|each| match each.kind.as_str() {
            "DESCRIBES" if each.from == document => Some(each.to.as_str()),
            "DESCRIBED_BY" if each.to == document => Some(each.from.as_str()),
            _ => None,
        })
        .collect();
    let mut at = packages.iter().enumerate().filter(|(_, each)| each.id.as_deref().is_some_and(|id| described.contains(id)));
    let top = match (at.next().map(|(at, _)| at), at.next()) {
        (Some(at), None) => Some(at),
        _ if packages.len() == 1 => Some(0),
        _ => None,
    };
    (top.map(|at| packages.remove(at)), packages)
}
