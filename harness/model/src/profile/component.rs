//! Components and samples.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::interface::{Interface, Operation};
use super::outside::Outbound;
use super::purpose::Purpose;
use super::sections::Update;

/// The part that a component plays in the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ComponentRole {
    /// The thing with a sensor or an actuator.
    Device,
    /// A gateway or bridge on the same premises.
    Hub,
    /// A service elsewhere.
    Backend,
    /// A companion application.
    App,
}

impl ComponentRole {
    /// The word as it stands in a profile.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Hub => "hub",
            Self::Backend => "backend",
            Self::App => "app",
        }
    }
}

/// A part of the product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// The name, unique in the profile.
    pub id: String,
    /// The part it plays.
    pub role: ComponentRole,
    /// An IP address, or a host name that is resolved once at the start of a run.
    pub address: String,
    /// The sample that stands at this address; `S1` when absent.
    #[serde(default = "first_sample")]
    pub sample: String,
    /// Whether it is a constrained device in the sense of RFC 7228.
    #[serde(default)]
    pub constrained: bool,
    /// The software version that this component must say it has; the product's version when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<String>,
    /// Which ports are looked at.
    #[serde(default)]
    pub scan: Scan,
    /// Where the logical identifier is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<IdentifierAccessor>,
    /// Where the software version is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Accessor>,
    /// Where its clock is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Accessor>,
    /// Where its log is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogChannel>,
    /// How its software is updated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update: Option<Update>,
    /// The peers that it talks to of its own accord.
    #[serde(default, rename = "outbound", skip_serializing_if = "Vec::is_empty")]
    pub outbound: Vec<Outbound>,
    /// Its interfaces.
    #[serde(default, rename = "interface")]
    pub interfaces: Vec<Interface>,
}

impl Component {
    /// The interface with this id.
    pub fn interface(&self, id: &str) -> Option<&Interface> {
        self.interfaces.iter().find(|interface| interface.id == id)
    }

    /// Every operation that does this, with its interface.
    pub fn doing(&self, purpose: Purpose) -> impl Iterator<Item = (&Interface, &Operation)> {
        self.interfaces.iter().flat_map(move |interface| interface.doing(purpose).map(move |operation| (interface, operation)))
    }
}

fn first_sample() -> String {
    "S1".to_owned()
}

/// Which ports of a component are looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scan {
    /// TCP ports: numbers and ranges, such as `1-1024, 8080`; all when absent.
    #[serde(default = "all_tcp")]
    pub tcp: String,
    /// UDP ports beside the declared ones; a list of common ones when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub udp: Option<Vec<u16>>,
}

impl Default for Scan {
    fn default() -> Self {
        Self { tcp: all_tcp(), udp: None }
    }
}

fn all_tcp() -> String {
    "1-65535".to_owned()
}

/// Where one value is read: an operation, and a place in its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accessor {
    /// The interface.
    pub interface: String,
    /// The operation of that interface.
    pub operation: String,
    /// The JSON pointer (RFC 6901) of the value; the whole body, trimmed, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}

/// Where the logical identifier is read, and what it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentifierAccessor {
    /// The interface.
    pub interface: String,
    /// The operation of that interface.
    pub operation: String,
    /// The JSON pointer (RFC 6901) of the value; the whole body, trimmed, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The identifier of this sample, as its papers state it.
    pub expect: String,
    /// The declared form, as a regular expression that must match the whole identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

impl IdentifierAccessor {
    /// The plain accessor.
    pub fn accessor(&self) -> Accessor {
        Accessor { interface: self.interface.clone(), operation: self.operation.clone(), pointer: self.pointer.clone() }
    }
}

/// How a log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// One JSON object a line.
    JsonLines,
    /// One JSON array of objects.
    Json,
    /// One syslog line (RFC 5424, or the older RFC 3164) a line.
    Syslog,
    /// Free text, one record a line; only the time and the words can be looked for.
    Text,
}

/// Where a component's log is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogChannel {
    /// The interface.
    pub interface: String,
    /// The operation of that interface that answers with the log.
    pub operation: String,
    /// How it is written.
    pub format: LogFormat,
    /// Where the parts of a record stand (JSON pointers, for the JSON formats).
    #[serde(default)]
    pub fields: LogFields,
    /// Seconds within which an event must stand in the log; the policy's value when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_seconds: Option<u64>,
    /// How many records are kept, as declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u64>,
}

/// Where the parts of a log record stand, as JSON pointers (RFC 6901).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogFields {
    /// When it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// What kind of event it was.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Where it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Where it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
}

/// A further sample of a component: the same interfaces at another address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// The name, unique among the samples: `S2`, `S3`, ...
    pub id: String,
    /// The component that it is a sample of.
    pub component: String,
    /// An IP address, or a host name that is resolved once at the start of a run.
    pub address: String,
    /// The identifier of this sample, as its papers state it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
}
