//! SPDX as tags and values, brought into the shape that it has in JSON, with the line of each value.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::Unreadable;
use crate::json::LARGEST;

/// The most lines that are read.
const MOST_LINES: usize = 4_000_000;

/// The document, and the lines at which its parts were read, by JSON pointer.
#[derive(Default)]
struct Document {
    root: Map<String, Value>,
    lists: BTreeMap<&'static str, Vec<Map<String, Value>>>,
    lines: BTreeMap<String, usize>,
    /// The list whose last element tags belong to now; none for the document itself.
    now: Option<&'static str>,
}

/// Decodes a document.
pub(super) fn decode(bytes: &[u8]) -> Result<(Value, BTreeMap<String, usize>), Unreadable> {
    if bytes.len() > LARGEST {
        return Err(Unreadable::because(format!("the document is larger than {LARGEST} bytes")));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::because("neither JSON, XML nor UTF-8 text"))?;
    let mut document = Document::default();
    let mut lines = text.lines().zip(1..).take(MOST_LINES);
    while let Some((line, number)) = lines.next() {
        let Some((tag, value)) = line.split_once(':').filter(|_| !line.trim_start().starts_with('#')) else { continue };
        let mut value = value.trim().to_owned();
        if let Some(rest) = value.strip_prefix("<text>") {
            // only what is new is searched, or a text without an end would take time with the square of its length
            let (mut whole, mut ended) = (rest.to_owned(), rest.contains("</text>"));
            while !ended {
                let Some((line, _)) = lines.next() else { break };
                ended = line.contains("</text>");
                whole.push('\n');
                whole.push_str(line);
            }
            whole.split("</text>").next().unwrap_or_default().clone_into(&mut value);
        }
        document.take(tag.trim(), &value, number);
    }
    if !document.root.contains_key("spdxVersion") {
        return Err(Unreadable::because("neither CycloneDX nor SPDX: no `SPDXVersion`"));
    }
    let lists = document.lists.into_iter().map(|(list, elements)| (list.to_owned(), elements.into_iter().collect()));
    document.root.extend(lists);
    Ok((Value::Object(document.root), document.lines))
}

impl Document {
    fn take(&mut self, tag: &str, value: &str, line: usize) {
        let on_document = self.now.is_none();
        match tag {
            "PackageName" => return self.begin("packages", "name", value, line),
            "FileName" => return self.begin("files", "fileName", value, line),
            "SnippetSPDXID" => return self.begin("snippets", "SPDXID", value, line),
            "LicenseID" => return self.begin("hasExtractedLicensingInfos", "licenseId", value, line),
            "Relationship" => return self.relationship(value, line),
            "Creator" | "Created" => return self.creation(tag, value, line),
            "PackageChecksum" | "FileChecksum" => return self.checksum(value, line),
            "ExternalRef" => return self.reference(value, line),
            _ => {}
        }
        let key = match tag {
            "SPDXID" => "SPDXID",
            "SPDXVersion" if on_document => "spdxVersion",
            "DataLicense" if on_document => "dataLicense",
            "DocumentName" if on_document => "name",
            "DocumentNamespace" if on_document => "documentNamespace",
            "PackageVersion" => "versionInfo",
            "PackageSupplier" => "supplier",
            "PackageDownloadLocation" => "downloadLocation",
            "PackageLicenseConcluded" => "licenseConcluded",
            "PackageLicenseDeclared" => "licenseDeclared",
            _ => return,
        };
        let (place, object) = self.current();
        object.insert(key.to_owned(), value.into());
        self.lines.insert(format!("{place}/{key}"), line);
    }

    /// A new element of a list begins.
    fn begin(&mut self, list: &'static str, key: &str, value: &str, line: usize) {
        let all = self.lists.entry(list).or_default();
        all.push(Map::from_iter([(key.to_owned(), value.into())]));
        self.lines.insert(format!("/{list}/{}", all.len() - 1), line);
        self.now = Some(list);
    }

    /// The element that tags belong to now, or the document, and its place.
    fn current(&mut self) -> (String, &mut Map<String, Value>) {
        let list = self.now.and_then(|list| Some((list, self.lists.get_mut(list)?)));
        match list.and_then(|(list, all)| Some((format!("/{list}/{}", all.len().checked_sub(1)?), all.last_mut()?))) {
            Some(found) => found,
            None => (String::new(), &mut self.root),
        }
    }

    /// Adds to a list in the element that tags belong to now.
    fn push(&mut self, key: &str, value: Value, line: usize) {
        let (place, object) = self.current();
        let list = object.entry(key).or_insert_with(|| json!([]));
        let Some(list) = list.as_array_mut() else { return };
        list.push(value);
        let place = format!("{place}/{key}/{}", list.len() - 1);
        self.lines.insert(place, line);
    }

    fn creation(&mut self, tag: &str, value: &str, line: usize) {
        let Some(info) = self.root.entry("creationInfo").or_insert_with(|| json!({ "creators": [] })).as_object_mut() else { return };
        if tag == "Created" {
            info.insert("created".to_owned(), value.into());
        } else if let Some(creators) = info.get_mut("creators").and_then(Value::as_array_mut) {
            creators.push(value.into());
        }
        self.lines.entry("/creationInfo".to_owned()).or_insert(line);
    }

    fn relationship(&mut self, value: &str, line: usize) {
        let mut words = value.split_whitespace();
        let (from, kind, to) = (words.next(), words.next(), words.next());
        let keys = [("spdxElementId", from), ("relationshipType", kind), ("relatedSpdxElement", to)];
        let object = keys.into_iter().filter_map(|(key, word)| Some((key.to_owned(), Value::from(word?)))).collect();
        let all = self.lists.entry("relationships").or_default();
        all.push(object);
        self.lines.insert(format!("/relationships/{}", all.len() - 1), line);
    }

    fn checksum(&mut self, value: &str, line: usize) {
        let (algorithm, digest) = value.split_once(':').unwrap_or((value, ""));
        self.push("checksums", json!({ "algorithm": algorithm.trim(), "checksumValue": digest.trim() }), line);
    }

    fn reference(&mut self, value: &str, line: usize) {
        let mut words = value.split_whitespace();
        let keys = ["referenceCategory", "referenceType", "referenceLocator"];
        let object: Map<_, _> = keys.iter().zip(&mut words).map(|(key, word)| ((*key).to_owned(), word.into())).collect();
        self.push("externalRefs", Value::Object(object), line);
    }
}
