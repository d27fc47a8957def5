//! Roles and accounts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A role: a name that operations list in `allowed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The name, unique in the profile; `public` is reserved for "without any credential".
    pub id: String,
    /// What the role is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Where a secret is kept: `env:NAME`, or `file:PATH` relative to the profile. Never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SecretRef(#[schemars(regex(pattern = r"^(env|file):.+$"))] pub String);

/// An account that the laboratory was given for the assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The name, unique in the profile.
    pub id: String,
    /// The role it has.
    pub role: String,
    /// The user name, or the PSK identity, that is sent; empty where the protocol has none.
    #[serde(default)]
    pub user: String,
    /// Where its password, community or key (hexadecimal for a PSK) is kept.
    pub secret: SecretRef,
    /// The tenant it belongs to, where one component serves several customers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// The components it exists on; all when empty.
    #[serde(default)]
    pub components: Vec<String>,
    /// The interfaces it exists on; all that have a log-in when empty.
    #[serde(default)]
    pub interfaces: Vec<String>,
}

impl Account {
    /// Whether it exists on this interface of this component.
    pub fn exists_on(&self, component: &str, interface: &str) -> bool {
        let holds = |list: &[String], id: &str| list.is_empty() || list.iter().any(|each| each == id);
        holds(&self.components, component) && holds(&self.interfaces, interface)
    }
}
