//! Catalogs of requirements, and baselines chosen from them.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::safety::Method;

/// The id of a requirement: a published code such as `LA(AUN)`, or with an ordinal of ours, `LA(AUN).2.a`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct RequirementId(String);

impl RequirementId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The published code: the id up to the closing bracket, without the ordinal.
    pub fn code(&self) -> &str {
        self.0.find(')').map_or(self.0.as_str(), |at| &self.0[..=at])
    }

    /// The family code: `LA` of `LA(AUN).1`.
    pub fn family(&self) -> &str {
        self.0.split('(').next().unwrap_or_default()
    }

    /// Whether it ends with an ordinal, which is ours and not NIST's.
    pub fn has_ordinal(&self) -> bool {
        self.code().len() < self.0.len()
    }

    /// Whether `other` is this requirement or an element of it.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.strip_prefix(&self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// The requirement that this one is an element of.
    pub fn parent(&self) -> Option<Self> {
        let at = self.0.rfind('.')?;
        Some(Self(self.0[..at].to_owned()))
    }
}

impl fmt::Display for RequirementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<RequirementId> for String {
    fn from(id: RequirementId) -> Self {
        id.0
    }
}

impl TryFrom<String> for RequirementId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for RequirementId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let well_formed = (|| {
            let (family, rest) = text.split_once('(')?;
            let (code, ordinal) = rest.split_once(')')?;
            let capitals = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase());
            let steps = ordinal.is_empty()
                || ordinal.starts_with('.')
                    && ordinal[1..]
                        .split('.')
                        .all(|step| !step.is_empty() && step.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
            (capitals(family) && capitals(code) && steps).then_some(())
        })();
        match well_formed {
            Some(()) => Ok(Self(text.to_owned())),
            None => Err(format!("`{text}` is not a requirement id: write it like LA(AUN) or LA(AUN).2.a")),
        }
    }
}

/// One family of a catalog, as its file holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// The code: `LA`.
    pub code: String,
    /// The published title.
    pub title: String,
    /// `technical` or `non-technical`.
    pub kind: FamilyKind,
    /// What the family is about, in our words.
    pub statement: String,
    /// Sub-capabilities and their elements, in the order of the source.
    #[serde(rename = "requirement")]
    pub requirements: Vec<Requirement>,
}

/// Whether a family is about the product or about what its manufacturer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FamilyKind {
    /// About the product.
    Technical,
    /// About what the manufacturer does around it.
    NonTechnical,
}

/// One entry of a catalog.
#[expect(clippy::struct_excessive_bools, reason = "the flags are facts of the source, independent of each other")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Its id. An ordinal after the bracket is ours, made from the order of the source.
    pub id: RequirementId,
    /// The published title; elements have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it asks for, in our words.
    pub statement: String,
    /// The sub-capability has no elements; its own text is the requirement.
    #[serde(default)]
    pub lead_is_requirement: bool,
    /// Supporting controls of SP 800-53 Rev. 5.
    #[serde(default)]
    pub sp800_53: Vec<String>,
    /// Subcategories of the Cybersecurity Framework 1.1.
    #[serde(default)]
    pub csf: Vec<String>,
    /// The mapping stands in the row of its parent.
    #[serde(default)]
    pub inherited: bool,
    /// A heading over its children.
    #[serde(default)]
    pub group: bool,
    /// Whether the online catalog has a text for it; the published one does in any case.
    #[serde(default = "yes")]
    pub in_source: bool,
    /// A peculiarity that an assessor must know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

fn yes() -> bool {
    true
}

/// A whole catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    /// Its name: `sp800-213a`.
    pub id: &'static str,
    /// The document.
    pub title: &'static str,
    /// Its families, in the order of the source.
    pub families: Vec<Family>,
}

impl Catalog {
    /// All requirements, in the order of the source.
    pub fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        self.families.iter().flat_map(|family| &family.requirements)
    }

    /// The requirement with this id.
    pub fn get(&self, id: &RequirementId) -> Option<&Requirement> {
        self.requirements().find(|requirement| &requirement.id == id)
    }

    /// The family that this id belongs to.
    pub fn family_of(&self, id: &RequirementId) -> Option<&Family> {
        self.families.iter().find(|family| family.code == id.family())
    }
}

/// A named choice of requirements, as its file holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Its name.
    pub id: String,
    /// What it is.
    pub title: String,
    /// The document it comes from.
    pub source: String,
    /// The catalog it chooses from.
    pub catalog: String,
    /// The chosen ids.
    #[serde(default)]
    pub requirements: Vec<RequirementId>,
    /// Controls of SP 800-53: every requirement that supports one of them is chosen.
    #[serde(default)]
    pub controls: BTreeSet<String>,
    /// The ways of looking that it is content with; all when empty.
    #[serde(default)]
    pub methods: Vec<Method>,
}

impl Baseline {
    /// The chosen ids, in the order of the catalog.
    pub fn choose(&self, catalog: &Catalog) -> Vec<RequirementId> {
        let chosen = |requirement: &&Requirement| {
            self.requirements.contains(&requirement.id) || requirement.sp800_53.iter().any(|control| self.controls.contains(control))
        };
        catalog.requirements().filter(chosen).map(|requirement| requirement.id.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> RequirementId {
        text.parse().expect("a well-formed id")
    }

    #[test]
    fn ids_know_their_parts() {
        let element = id("LA(AUN).2.b.i");
        assert_eq!((element.family(), element.code()), ("LA", "LA(AUN)"));
        assert!(element.has_ordinal() && !id("LA(AUN)").has_ordinal());
        assert_eq!(element.parent(), Some(id("LA(AUN).2.b")));
        assert_eq!(id("LA(AUN)").parent(), None);
    }

    #[test]
    fn covering_stops_at_whole_steps() {
        assert!(id("LA(IFC).1").covers(&id("LA(IFC).1.a")));
        assert!(!id("LA(IFC).1").covers(&id("LA(IFC).14")));
        assert!(!id("LA(IFC).1.a").covers(&id("LA(IFC).1")));
    }

    #[test]
    fn odd_ids_are_refused() {
        for text in ["", "LA", "LA(aun)", "LA(AUN).", "LA(AUN)2", "LA(AUN).A", "(AUN)", "LA(AUN).1..2"] {
            assert!(text.parse::<RequirementId>().is_err(), "{text} was taken");
        }
    }
}
