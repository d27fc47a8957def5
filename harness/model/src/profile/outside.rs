//! What a component does of its own accord: the peers that it talks to, and captures of its traffic.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::interface::Speaks;

/// A peer that a component talks to of its own accord.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outbound {
    /// The name, unique in its component.
    pub id: String,
    /// Who the peer is: host names (`*.example` for all below one), addresses, networks (`192.0.2.0/24`), `local` for the
    /// network that the component is in, `multicast`, `resolver` for the name servers that the network gives.
    pub peers: Vec<String>,
    /// The protocol.
    pub speaks: Speaks,
    /// The port of the peer; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub port: Option<u16>,
    /// What it is for; `update` in it tells where updates come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Whether the peer belongs to somebody else than the manufacturer and the user.
    #[serde(default)]
    pub third_party: bool,
    /// Seconds within which the component talks to it again, as declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_seconds: Option<u64>,
    /// Where the laboratory stands in for the peer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lab: Option<Lab>,
}

impl Outbound {
    /// Whether updates come from it: `update` stands in its id or its purpose.
    pub fn gives_updates(&self) -> bool {
        [Some(&self.id), self.purpose.as_ref()].into_iter().flatten().any(|text| text.to_lowercase().contains("update"))
    }
}

/// Where the laboratory stands in for a peer: the product was pointed there, by name service or routing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lab {
    /// The address and port on this machine that the product comes to.
    pub listen: String,
    /// The name that the product expects in the certificate; the first of `peers` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// PEM file of a certification authority that the product trusts, from which certificates good and bad are issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// PEM file of its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Seconds within which the product comes, of its own accord or after its `connect` operation; the policy's value when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
}

/// What a product did while its traffic was captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Activity {
    /// It was switched on.
    Boot,
    /// It was set up for the first time.
    SetUp,
    /// It was used as intended.
    Use,
    /// It was left alone.
    Idle,
    /// It looked for updates.
    Update,
    /// It was reset, or taken out of use.
    Reset,
    /// Sharing of data was switched on.
    SharingOn,
    /// Sharing of data was switched off.
    SharingOff,
}

/// A capture of the product's traffic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptureFile {
    /// The name, unique in the profile.
    pub id: String,
    /// The file, relative to the profile: pcap or pcapng.
    pub file: String,
    /// What the product did meanwhile.
    #[serde(default)]
    pub covers: Vec<Activity>,
    /// The addresses that the components had; those of the profile when absent.
    #[serde(default, rename = "address")]
    pub addresses: Vec<CaptureAddress>,
}

/// The addresses that a component had in a capture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptureAddress {
    /// The component.
    pub component: String,
    /// IP addresses and hardware addresses.
    pub at: Vec<String>,
}
