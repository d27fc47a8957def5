//! Bills of materials: `CycloneDX` 1.2 to 1.6 in JSON and XML, SPDX 2.2 and 2.3 in JSON and tag-value.

mod cyclonedx;
mod minimum;
mod spdx;
mod tags;
mod xml;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use minimum::Minimum;

use crate::json::{self, Node, Notes};
use crate::{Cpe, Problem, Purl, Unreadable};

/// The most components, and the deepest nesting of components, that are read.
const MOST_COMPONENTS: usize = 100_000;
const DEEPEST: usize = 32;
/// The most relationships that are kept.
const MOST_RELATIONSHIPS: usize = 500_000;

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// `CycloneDX` in JSON.
    #[serde(rename = "CycloneDX JSON")]
    CycloneDxJson,
    /// `CycloneDX` in XML.
    #[serde(rename = "CycloneDX XML")]
    CycloneDxXml,
    /// SPDX in JSON.
    #[serde(rename = "SPDX JSON")]
    SpdxJson,
    /// SPDX as tags and values.
    #[serde(rename = "SPDX tag-value")]
    SpdxTags,
}

/// What a bill of materials says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sbom {
    /// Its format.
    pub format: Format,
    /// The version of the format, such as `1.5` or `2.3`.
    pub version: String,
    /// What the document is called everywhere: its serial number or namespace.
    pub id: Option<String>,
    /// The persons and organizations that made it.
    pub authors: Vec<String>,
    /// The tools that made it, with their versions.
    pub tools: Vec<String>,
    /// When it was made, as written.
    pub timestamp: Option<String>,
    /// What it is about.
    pub top: Option<Component>,
    /// All other components, nested ones included.
    pub components: Vec<Component>,
    /// What depends on, contains or describes what, by the ids that the document gives.
    pub relationships: Vec<Relationship>,
    /// How much of the NTIA minimum elements is there.
    pub minimum: Minimum,
    /// Departures from the format: required fields, types, closed lists, references. Not all of its schema is held
    /// against the document.
    pub problems: Vec<Problem>,
}

/// A component.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Where it stands in the document.
    pub place: String,
    /// Its id within the document (`bom-ref`, `SPDXID`).
    pub id: Option<String>,
    /// Its name, with the group before it where the format has one.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Who supplied it.
    pub supplier: Option<String>,
    /// Package URLs, also such as cannot be read.
    pub purls: Vec<String>,
    /// CPE names, also such as cannot be read.
    pub cpes: Vec<String>,
    /// Other ids that can be looked up: SWID, SWHID, `OmniBOR`.
    pub other_ids: Vec<String>,
    /// Licences: ids, names or expressions.
    pub licences: Vec<String>,
    /// Hashes: the algorithm as written, the value in lower-case hexadecimal.
    pub hashes: Vec<(String, String)>,
}

impl Component {
    /// Its package URLs that can be read.
    pub fn readable_purls(&self) -> impl Iterator<Item = Purl> {
        self.purls.iter().filter_map(|purl| Purl::read(purl).ok())
    }

    /// Its CPE names that can be read.
    pub fn readable_cpes(&self) -> impl Iterator<Item = Cpe> {
        self.cpes.iter().filter_map(|cpe| Cpe::read(cpe))
    }

    /// Whether it carries an id by which others can look it up.
    pub fn has_unique_id(&self) -> bool {
        self.readable_purls().next().is_some() || self.readable_cpes().next().is_some() || !self.other_ids.is_empty()
    }

    /// Notes ids that cannot be read.
    fn judge_ids(&self, node: &Node<'_>) {
        for purl in &self.purls {
            if let Err(why) = Purl::read(purl) {
                node.note(format!("`{purl}` is no package URL: {why}"));
            }
        }
        for cpe in self.cpes.iter().filter(|cpe| Cpe::read(cpe).is_none()) {
            node.note(format!("`{cpe}` is no CPE name"));
        }
    }
}

/// One thing stands in a relationship to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relationship {
    /// The id of the one.
    pub from: String,
    /// `depends-on` or `contains`, or the type that SPDX gives.
    pub kind: String,
    /// The id of the other.
    pub to: String,
}

/// Reads a bill of materials in any of the formats.
///
/// # Errors
/// [`Unreadable`] when it is none, larger than 32 MiB, or neither JSON, XML nor tags.
pub fn read(bytes: &[u8]) -> Result<Sbom, Unreadable> {
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if plain.starts_with(b"<") {
        let value = xml::decode(plain)?;
        return Ok(with_minimum(|notes| cyclonedx::read(&Node::root(&value, notes), Format::CycloneDxXml)));
    }
    if !plain.starts_with(b"{") {
        let (value, lines) = tags::decode(plain)?;
        let mut sbom = with_minimum(|notes| spdx::read(&Node::root(&value, notes), Format::SpdxTags));
        sbom.problems.iter_mut().for_each(|problem| problem.place = line_of(&problem.place, &lines));
        sbom.components.iter_mut().chain(&mut sbom.top).for_each(|each| each.place = line_of(&each.place, &lines));
        return Ok(sbom);
    }
    let value = json::decode(plain)?;
    if value.get("spdxVersion").is_some() {
        return Ok(with_minimum(|notes| spdx::read(&Node::root(&value, notes), Format::SpdxJson)));
    }
    if value.get("bomFormat").is_some() || value.get("specVersion").is_some() {
        return Ok(with_minimum(|notes| cyclonedx::read(&Node::root(&value, notes), Format::CycloneDxJson)));
    }
    if value.get("@context").is_some() && value.get("@graph").is_some() {
        return Err(Unreadable::because("SPDX 3 in JSON-LD is not read: supply SPDX 2.3 or CycloneDX"));
    }
    Err(Unreadable::because("neither CycloneDX (`bomFormat`) nor SPDX 2 (`spdxVersion`)"))
}

fn with_minimum(read: impl FnOnce(&Notes) -> Sbom) -> Sbom {
    let notes = Notes::default();
    let mut sbom = read(&notes);
    sbom.minimum = Minimum::of(&sbom);
    sbom.problems = notes.into_problems();
    sbom
}

/// The line at which the value at this place, or the nearest around it, was read.
fn line_of(place: &str, lines: &BTreeMap<String, usize>) -> String {
    let mut around = place;
    loop {
        if let Some(line) = lines.get(around) {
            return format!("line {line}");
        }
        match around.rsplit_once('/') {
            Some((outer, _)) => around = outer,
            None => return String::new(),
        }
    }
}

#[cfg(test)]
mod tests;
