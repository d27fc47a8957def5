//! The product profile: what is assessed, where it can be spoken to, and what may be done to it.
//!
//! The types mirror the TOML file one to one; `device-profiles/template.toml` explains every field.

mod account;
mod check;
mod component;
mod interface;
mod outside;
mod ports;
mod purpose;
mod read;
mod sections;

pub use account::{Account, Role, SecretRef};
pub use component::{Accessor, Component, ComponentRole, IdentifierAccessor, LogChannel, LogFields, LogFormat, Sample, Scan};
pub use interface::{Interface, Lockout, Login, LoginKind, Operation, PUBLIC, ReadBack, Speaks, Topics};
pub use outside::{Activity, CaptureAddress, CaptureFile, Lab, Outbound};
pub use ports::port_ranges;
pub use purpose::Purpose;
pub use read::{AllThere, FilesAt, Known, read};
pub use sections::{
    Allocation, BaselineChoice, Budget, Collector, CollectorTransport, Consent, Document, Exclusion, PackageFile, Product,
    SignatureAlgorithm, SignaturePlace, Update,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The schema word that a profile must carry.
pub const SCHEMA: &str = "assay.profile/1";

/// A whole profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// `assay.profile/1`.
    pub schema: String,
    /// The product that is assessed.
    pub product: Product,
    /// The requirements it is held against.
    pub baseline: BaselineChoice,
    /// What may be done to it, and who says so.
    #[serde(default)]
    pub consent: Consent,
    /// How hard it may be worked.
    #[serde(default)]
    pub budget: Budget,
    /// The roles that its accounts have.
    #[serde(default, rename = "role")]
    pub roles: Vec<Role>,
    /// The accounts that the laboratory was given.
    #[serde(default, rename = "account")]
    pub accounts: Vec<Account>,
    /// Its components.
    #[serde(rename = "component")]
    pub components: Vec<Component>,
    /// Further samples of a component.
    #[serde(default, rename = "sample")]
    pub samples: Vec<Sample>,
    /// Where this machine receives the product's log, if the product sends it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collector: Option<Collector>,
    /// Documents about the product.
    #[serde(default, rename = "document")]
    pub documents: Vec<Document>,
    /// Files in which people answered questions, relative to the profile.
    #[serde(default)]
    pub answers: Vec<String>,
    /// Captures of the product's traffic.
    #[serde(default, rename = "capture")]
    pub captures: Vec<CaptureFile>,
}

impl Profile {
    /// The component with this id.
    pub fn component(&self, id: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.id == id)
    }

    /// The accounts that exist on this interface of this component, in the order of the file.
    pub fn accounts_on<'a>(&'a self, component: &'a str, interface: &'a str) -> impl Iterator<Item = &'a Account> + 'a {
        self.accounts.iter().filter(move |account| account.exists_on(component, interface))
    }

    /// The account with this id.
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// The document of this kind, such as `security-txt`, if one was supplied.
    pub fn document(&self, kind: &str) -> Option<&Document> {
        self.documents.iter().find(|document| document.kind == kind)
    }
}
