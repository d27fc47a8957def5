//! The sections of a profile that stand beside its components.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::safety::Safety;

/// The product that is assessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Who makes it.
    pub manufacturer: String,
    /// What it is called.
    pub name: String,
    /// The type or model.
    pub model: String,
    /// The software version that is assessed.
    pub version: String,
    /// Serial or batch range, date of production, hardware version: whatever relates a declaration to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identification: Option<String>,
}

/// The requirements that the product is held against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineChoice {
    /// A baseline by name: `core`, `consumer`, `federal-low`, `network`; none when only `requirements` count.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
    /// Further requirements, by catalog id.
    #[serde(default)]
    pub requirements: Vec<String>,
    /// Those without which the product cannot be accepted.
    #[serde(default)]
    pub key: Vec<String>,
    /// Those that do not concern the product, each with its reason.
    #[serde(default)]
    pub exclude: Vec<Exclusion>,
    /// Those that only some components must carry.
    #[serde(default)]
    pub allocate: Vec<Allocation>,
}

/// A requirement that does not concern the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// The catalog id.
    pub id: String,
    /// Why it does not concern the product.
    pub because: String,
    /// Who decided so: name and function. A declaration cannot do without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A requirement that only some components must carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Allocation {
    /// The catalog id.
    pub id: String,
    /// The components that carry it.
    pub components: Vec<String>,
}

/// What may be done to the product, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// The hardest class of test that may run.
    #[serde(default = "read_only")]
    pub class: Safety,
    /// Who permits the assessment: a name, a contract, a ticket.
    #[serde(default)]
    pub authority: String,
    /// The samples that destructive tests may leave unusable.
    #[serde(default)]
    pub sacrificial: Vec<String>,
}

impl Default for Consent {
    fn default() -> Self {
        Self { class: read_only(), authority: String::new(), sacrificial: Vec::new() }
    }
}

fn read_only() -> Safety {
    Safety::ReadOnly
}

/// How hard each component may be worked. Kept whatever the tests want.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Budget {
    /// Connections open at the same time.
    #[schemars(range(min = 1, max = 256))]
    pub connections: u16,
    /// New connections, and datagrams to new ports, in one second.
    #[schemars(range(min = 1, max = 100_000))]
    pub connections_per_second: u32,
    /// Failed log-ins in the whole run.
    pub failed_logins: u32,
    /// Milliseconds to wait for a connection.
    #[schemars(range(min = 1))]
    pub connect_ms: u64,
    /// Milliseconds to wait for an answer.
    #[schemars(range(min = 1))]
    pub answer_ms: u64,
    /// Seconds that one test may take on one subject.
    #[schemars(range(min = 1))]
    pub test_seconds: u64,
    /// Seconds to wait for a component that stopped answering, before the rest of its tests is not run.
    pub recovery_seconds: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            connections: 4,
            connections_per_second: 100,
            failed_logins: 12,
            connect_ms: 5_000,
            answer_ms: 5_000,
            test_seconds: 1_800,
            recovery_seconds: 120,
        }
    }
}

/// How the software of a component is updated, and what to try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Update {
    /// The interface of the entry point.
    pub interface: String,
    /// The operation that takes a package as its body.
    pub operation: String,
    /// When the package is one field of a form, the name of that field (multipart/form-data).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_field: Option<String>,
    /// Seconds after which the version read-out is final.
    #[serde(default = "settle")]
    pub settle_seconds: u64,
    /// A genuine package, newer than the installed one.
    pub genuine: PackageFile,
    /// A genuine package, older than the installed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub older: Option<PackageFile>,
    /// The genuine package signed with a key that the product must not accept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_key: Option<String>,
    /// A genuine package for another model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_model: Option<String>,
    /// The genuine package without its signature, where it cannot be made by cutting `signature` out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stripped: Option<String>,
    /// The offset of a byte of the payload; the middle of the file when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload_offset: Option<u64>,
    /// Where the signature stands in the genuine package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<SignaturePlace>,
    /// How packages are signed, where the container does not say so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<SignatureAlgorithm>,
}

fn settle() -> u64 {
    30
}

/// An update package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageFile {
    /// The file, relative to the profile.
    pub file: String,
    /// The version that the read-out shows once it is installed.
    pub version: String,
}

/// Where the signature stands in a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignaturePlace {
    /// Bytes from the start; from the end when negative.
    pub offset: i64,
    /// Bytes.
    #[schemars(range(min = 1))]
    pub length: u64,
}

/// How packages are signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureAlgorithm {
    /// `Ed25519`, `ECDSA-SHA256`, `RSA-SHA256`, ...
    pub name: String,
    /// PEM file of the public key, relative to the profile.
    pub public_key: String,
}

/// How the product sends its log out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CollectorTransport {
    /// Syslog over UDP (RFC 5426).
    Udp,
    /// Syslog over TCP (RFC 6587).
    Tcp,
    /// Syslog over TLS (RFC 5425).
    Tls,
}

/// Where this machine receives the product's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Collector {
    /// The component that sends it.
    pub component: String,
    /// How it is sent.
    pub transport: CollectorTransport,
    /// The address and port on this machine that the product was pointed at.
    pub listen: String,
    /// `tls`: PEM file of a certificate that the product trusts, relative to the profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// `tls`: PEM file of its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Seconds within which an event must arrive; the policy's value when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_seconds: Option<u64>,
    /// How many events are kept and sent later while no collector is there, as declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buffer: Option<u64>,
}

/// A document about the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The name, unique in the profile.
    pub id: String,
    /// What it is: `security-txt`, `sbom`, `user-guide`, ...
    pub kind: String,
    /// The file, relative to the profile.
    pub file: String,
}
