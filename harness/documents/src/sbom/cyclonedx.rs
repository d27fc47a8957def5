//! `CycloneDX`: the required fields, types, closed lists and references of its JSON schemas 1.4 to 1.6.

use std::collections::BTreeSet;

use super::{Component, DEEPEST, Format, MOST_COMPONENTS, MOST_RELATIONSHIPS, Minimum, Relationship, Sbom};
use crate::json::Node;
use crate::text::is_hex;

/// Versions that are read; the earlier ones lack little of what is looked for.
const VERSIONS: [&str; 5] = ["1.2", "1.3", "1.4", "1.5", "1.6"];
const TYPES: [&str; 13] = [
    "application",
    "framework",
    "library",
    "container",
    "operating-system",
    "device",
    "firmware",
    "file",
    "platform",
    "device-driver",
    "machine-learning-model",
    "data",
    "cryptographic-asset",
];
const HASHES: [(&str, usize); 12] = [
    ("MD5", 32),
    ("SHA-1", 40),
    ("SHA-256", 64),
    ("SHA-384", 96),
    ("SHA-512", 128),
    ("SHA3-256", 64),
    ("SHA3-384", 96),
    ("SHA3-512", 128),
    ("BLAKE2b-256", 64),
    ("BLAKE2b-384", 96),
    ("BLAKE2b-512", 128),
    ("BLAKE3", 64),
];
/// Members of the document, of a component and of a dependency, in the newest version.
const DOCUMENT: [&str; 18] = [
    "$schema",
    "annotations",
    "bomFormat",
    "components",
    "compositions",
    "declarations",
    "definitions",
    "dependencies",
    "externalReferences",
    "formulation",
    "metadata",
    "properties",
    "serialNumber",
    "services",
    "signature",
    "specVersion",
    "version",
    "vulnerabilities",
];
const DEPENDENCY: [&str; 3] = ["ref", "dependsOn", "provides"];

/// What is gathered on the way through the document.
#[derive(Default)]
struct Gathered {
    version: String,
    components: Vec<Component>,
    relationships: Vec<Relationship>,
    ids: BTreeSet<String>,
    /// All ids that anything in the document has.
    all_ids: BTreeSet<String>,
}

impl Gathered {
    fn relate(&mut self, from: &str, kind: &str, to: &str) {
        if self.relationships.len() < MOST_RELATIONSHIPS {
            self.relationships.push(Relationship { from: from.to_owned(), kind: kind.to_owned(), to: to.to_owned() });
        }
    }

    fn before(&self, version: &str) -> bool {
        self.version.as_str() < version
    }
}

pub(super) fn read(root: &Node<'_>, format: Format) -> Sbom {
    let mut all = Gathered { all_ids: root.texts_named("bom-ref"), ..Gathered::default() };
    if format == Format::CycloneDxJson {
        root.only(&DOCUMENT);
        let _ = root.needs("bomFormat").and_then(|node| node.one_of(&["CycloneDX"]));
    }
    all.version = root.needs("specVersion").and_then(|node| node.one_of(&VERSIONS)).unwrap_or_default();
    let number = if all.before("1.5") { root.needs("version") } else { root.may("version") };
    if number.is_some_and(|number| number.number().is_some_and(|number| number < 1)) {
        root.note("`version` is less than 1");
    }
    let id = root.may("serialNumber").and_then(|node| node.text().inspect(|text| serial(&node, text)));
    let metadata = root.may("metadata").filter(Node::is_object);
    if let Some(metadata) = &metadata {
        let _ = licences(metadata);
    }
    let top = metadata.as_ref().and_then(|metadata| metadata.may("component")).and_then(|node| component(&node, &mut all, 0));
    for node in root.list_of("components") {
        let found = component(&node, &mut all, 0);
        all.components.extend(found);
    }
    for service in root.list_of("services") {
        let _ = service.needs("name").and_then(|name| name.filled());
    }
    dependencies(root, &mut all);
    Sbom {
        format,
        id,
        authors: metadata.as_ref().map(authors).unwrap_or_default(),
        tools: metadata.as_ref().map(tools).unwrap_or_default(),
        timestamp: metadata.as_ref().and_then(|metadata| metadata.may("timestamp")).and_then(|node| node.moment().and(node.text())),
        top,
        components: all.components,
        relationships: all.relationships,
        version: all.version,
        minimum: Minimum::default(),
        problems: Vec::new(),
    }
}

fn serial(node: &Node<'_>, text: &str) {
    let uuid = text.strip_prefix("urn:uuid:").unwrap_or_default();
    let parts: Vec<_> = uuid.split('-').collect();
    let right = parts.len() == 5 && parts.iter().zip([8, 4, 4, 4, 12]).all(|(part, digits)| is_hex(part, digits));
    if !right || uuid.contains(|each: char| each.is_ascii_uppercase()) {
        node.note(format!("`{text}` is no `urn:uuid:` with a UUID in lower case"));
    }
}

/// Persons in `authors`, and from 1.6 on the organization that made the document.
fn authors(metadata: &Node<'_>) -> Vec<String> {
    let persons = metadata.list_of("authors");
    let named = persons.iter().filter_map(|author| author.text_of("name").or_else(|| author.text_of("email")));
    named.chain(metadata.may("manufacturer").and_then(|found| found.text_of("name"))).filter(|name| !name.trim().is_empty()).collect()
}

/// Tools as a list, or from 1.5 on as components and services.
fn tools(metadata: &Node<'_>) -> Vec<String> {
    let Some(tools) = metadata.may("tools") else { return Vec::new() };
    let old = tools.is_list();
    let list = if old { tools.list() } else { ["components", "services"].iter().flat_map(|key| tools.list_of(key)).collect() };
    let named = |tool: &Node<'_>| {
        let name = tool.text_of("name")?;
        Some(tool.text_of("version").map_or(name.clone(), |version| format!("{name} {version}")))
    };
    list.iter().filter_map(named).collect()
}

fn component(node: &Node<'_>, all: &mut Gathered, depth: usize) -> Option<Component> {
    if !node.is_object() {
        return None;
    }
    let _ = node.needs("type").and_then(|kind| kind.one_of(&TYPES));
    let name = node.needs("name").and_then(|name| name.filled());
    let group = node.text_of("group").filter(|group| !group.is_empty());
    if all.before("1.4") {
        let _ = node.needs("version");
    }
    let found = Component {
        place: node.place().to_owned(),
        id: node.text_of("bom-ref"),
        name: name.map(|name| group.map_or(name.clone(), |group| format!("{group}/{name}"))),
        version: node.text_of("version"),
        supplier: supplier(node),
        purls: node.text_of("purl").into_iter().collect(),
        cpes: node.text_of("cpe").into_iter().collect(),
        other_ids: other_ids(node),
        licences: licences(node),
        hashes: hashes(node),
    };
    found.judge_ids(node);
    if let Some(id) = &found.id
        && !all.ids.insert(id.clone())
    {
        node.note(format!("the bom-ref `{id}` is used twice"));
    }
    references(node);
    let _ = node.may("scope").and_then(|scope| scope.one_of(&["required", "optional", "excluded"]));
    nested(node, &found, all, depth);
    Some(found)
}

/// The components inside of one.
fn nested(node: &Node<'_>, outer: &Component, all: &mut Gathered, depth: usize) {
    for inner in node.list_of("components") {
        if depth >= DEEPEST || all.components.len() >= MOST_COMPONENTS {
            return inner.note("is nested too deeply, or one too many: it is not read");
        }
        if let Some(inner) = component(&inner, all, depth + 1) {
            if let (Some(outer), Some(id)) = (&outer.id, &inner.id) {
                all.relate(outer, "contains", id);
            }
            all.components.push(inner);
        }
    }
}

/// The supplier; where none is named the manufacturer, or the publisher, who both put their name to it.
fn supplier(node: &Node<'_>) -> Option<String> {
    let organization = |key| node.may(key).filter(Node::is_object).and_then(|found| found.text_of("name"));
    let named = organization("supplier").or_else(|| organization("manufacturer")).or_else(|| node.text_of("publisher"));
    named.filter(|name| !name.trim().is_empty())
}

fn other_ids(node: &Node<'_>) -> Vec<String> {
    let swid = node.may("swid").filter(Node::is_object).and_then(|swid| {
        let _ = swid.needs("name");
        swid.needs("tagId")?.text()
    });
    let lists = ["omniborId", "swhid"].iter().flat_map(|key| node.may(key).map(|list| list.texts()).unwrap_or_default());
    swid.into_iter().chain(lists).collect()
}

fn licences(node: &Node<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for choice in node.list_of("licenses") {
        match (choice.may("license"), choice.may("expression")) {
            (Some(licence), None) => match (licence.text_of("id"), licence.text_of("name")) {
                (Some(name), None) | (None, Some(name)) => found.push(name),
                _ => licence.note("has not exactly one of `id` and `name`"),
            },
            (None, Some(expression)) => found.extend(expression.filled()),
            _ => choice.note("has not exactly one of `license` and `expression`"),
        }
    }
    found
}

fn hashes(node: &Node<'_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for hash in node.list_of("hashes") {
        let names: Vec<_> = HASHES.iter().map(|(name, _)| *name).collect();
        let algorithm = hash.needs("alg").and_then(|algorithm| algorithm.one_of(&names));
        let content = hash.needs("content").and_then(|content| content.text());
        let (Some(algorithm), Some(content)) = (algorithm, content) else { continue };
        if HASHES.iter().any(|(name, digits)| *name == algorithm && !is_hex(&content, *digits)) {
            hash.note(format!("`{content}` is no {algorithm} in hexadecimal"));
        }
        found.push((algorithm, content.to_ascii_lowercase()));
    }
    found
}

fn references(node: &Node<'_>) {
    for reference in node.list_of("externalReferences") {
        let _ = (reference.needs("type").and_then(|kind| kind.filled()), reference.needs("url").and_then(|url| url.text()));
    }
}

fn dependencies(root: &Node<'_>, all: &mut Gathered) {
    let mut seen = BTreeSet::new();
    for node in root.list_of("dependencies") {
        node.only(&DEPENDENCY);
        let Some(from) = node.needs("ref").and_then(|from| from.text()) else { continue };
        check_reference(&node, &from, all);
        if !seen.insert(from.clone()) {
            node.note(format!("the dependencies of `{from}` are told twice"));
        }
        for (key, kind) in [("dependsOn", "depends-on"), ("provides", "provides")] {
            for to in node.list_of(key) {
                let Some(text) = to.text() else { continue };
                check_reference(&to, &text, all);
                all.relate(&from, kind, &text);
            }
        }
    }
}

/// An id must be that of something in the document, or point into another (`urn:cdx:`).
fn check_reference(node: &Node<'_>, id: &str, all: &Gathered) {
    if !all.all_ids.contains(id) && !id.starts_with("urn:cdx:") {
        node.note(format!("`{id}` is the bom-ref of nothing in the document"));
    }
}
