//! How hard a test is on the product, and how it looks at it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How hard a test is on the product, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Safety {
    /// Listens only.
    Passive,
    /// Sends requests that read.
    ReadOnly,
    /// Changes something and puts it back.
    Reversible,
    /// May interrupt service: lock-out, load, wrong time.
    Disruptive,
    /// May leave the sample unusable: only on a sample that the profile names as sacrificial.
    Destructive,
}

impl Safety {
    /// The word as it stands in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passive => "passive",
            Self::ReadOnly => "read-only",
            Self::Reversible => "reversible",
            Self::Disruptive => "disruptive",
            Self::Destructive => "destructive",
        }
    }

    /// Whether tests of this class run one at a time, with a health check after each.
    pub const fn runs_alone(self) -> bool {
        matches!(self, Self::Reversible | Self::Disruptive | Self::Destructive)
    }
}

/// How a test looks at its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Over the network, on the live product.
    Probe,
    /// In a document about the product.
    Document,
    /// By asking a person.
    Person,
}

impl Method {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Probe, Self::Document, Self::Person];

    /// The word as it stands in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::Document => "document",
            Self::Person => "person",
        }
    }
}
