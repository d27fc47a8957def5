//! What the documents have in common: metadata, the product and its components, the program, and files.

use std::collections::BTreeSet;

use assay_model::evidence::EvidenceId;
use assay_model::run::{ComponentRecord, Run, TestResult};

use super::ids::{Ids, Named};
use super::types::{
    Actor, AssessmentAssets, Component, ComponentStatus, Definitions, Hash, Metadata, Origin, Party, Platform, Prop, Resource,
    ResponsibleParty, Rlink, Role, UsesComponent,
};
use super::{NAMESPACE, VERSION, text};

/// A run, and the UUIDs of what is in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) run: &'a Run,
    pub(super) ids: Ids,
}

/// The time that stands for one that cannot be read.
const NO_TIME: &str = "1970-01-01T00:00:00Z";

/// The role of who supplies the product.
const SUPPLIER: Role = Role { id: "supplier", title: "Supplier of the product" };

impl<'a> Source<'a> {
    pub(super) fn of(run: &'a Run) -> Self {
        Self { run, ids: Ids::of(run) }
    }

    /// When the run began.
    pub(super) fn started(&self) -> String {
        text::time(&self.run.started).unwrap_or_else(|| NO_TIME.to_owned())
    }

    /// When it ended.
    pub(super) fn finished(&self) -> String {
        text::time(&self.run.finished).unwrap_or_else(|| self.started())
    }

    /// The product in a few words.
    pub(super) fn product(&self) -> String {
        let product = &self.run.product;
        text::line(&format!("{} {} {} ({})", product.name, product.model, product.version, product.manufacturer))
    }

    pub(super) fn metadata(&self, what: &str) -> Metadata {
        let supplier = self.ids.of_named(Named::Supplier);
        Metadata {
            title: format!("{what}: {}", self.product()),
            last_modified: self.finished(),
            version: "1",
            oscal_version: VERSION,
            roles: vec![SUPPLIER],
            parties: vec![Party { uuid: supplier.clone(), kind: "organization", name: text::value(&self.run.product.manufacturer) }],
            responsible_parties: vec![ResponsibleParty { role_id: SUPPLIER.id, party_uuids: vec![supplier] }],
        }
    }

    /// The product as a whole, its components, and the program that looked at them.
    pub(super) fn definitions(&self) -> Definitions {
        let harness = self.ids.of_named(Named::Harness);
        let parts = self.run.components.iter().enumerate().map(|(at, component)| self.component(at, component));
        Definitions {
            components: std::iter::once(self.whole()).chain(parts).collect(),
            assessment_assets: AssessmentAssets {
                components: vec![Component {
                    uuid: harness.clone(),
                    kind: "software",
                    title: text::line(&self.run.method.harness),
                    description: "The program that carried out the tests.".to_owned(),
                    props: Vec::new(),
                    status: OPERATIONAL,
                }],
                assessment_platforms: vec![Platform {
                    uuid: self.ids.of_named(Named::Platform),
                    uses_components: vec![UsesComponent { component_uuid: harness }],
                }],
            },
        }
    }

    fn whole(&self) -> Component {
        Component {
            uuid: self.ids.of_named(Named::Product),
            kind: "this-system",
            title: self.product(),
            description: "The product as a whole.".to_owned(),
            props: self.product_props(),
            status: OPERATIONAL,
        }
    }

    /// What the product is called: model and version under the names that NIST gives them.
    pub(super) fn product_props(&self) -> Vec<Prop> {
        let product = &self.run.product;
        let ours = [
            prop("manufacturer", &product.manufacturer),
            prop("product", &product.name),
            prop("identification", product.identification.as_deref().unwrap_or_default()),
        ];
        let known = [("model", &product.model), ("version", &product.version)];
        let known = known.into_iter().filter_map(|(name, text)| Some(nist(name, text::value(text)?)));
        known.chain(ours.into_iter().flatten()).collect()
    }

    fn component(&self, at: usize, component: &ComponentRecord) -> Component {
        Component {
            uuid: self.ids.of_named(Named::Component(at)),
            kind: kind(component),
            title: text::line(&component.id),
            description: text::paragraphs(&[("role", &component.role), ("sample", &component.sample)]),
            props: component_props(component),
            status: OPERATIONAL,
        }
    }

    /// The UUID of what a result speaks of: a component, or the product.
    pub(super) fn subject(&self, result: &TestResult) -> String {
        let at = result.component.as_ref().and_then(|name| self.run.components.iter().position(|component| &component.id == name));
        self.ids.of_named(at.map_or(Named::Product, Named::Component))
    }

    /// Says that the program found it.
    pub(super) fn origin(&self) -> Origin {
        Origin { actors: vec![Actor { kind: "tool", actor_uuid: self.ids.of_named(Named::Harness) }] }
    }

    /// A file beside the documents.
    pub(super) fn file(&self, name: &'static str, title: &str) -> Resource {
        Resource {
            uuid: self.ids.of_named(Named::File(name)),
            title: title.to_owned(),
            props: Vec::new(),
            rlinks: vec![Rlink { href: name.to_owned(), hashes: Vec::new() }],
        }
    }

    /// The catalog of the requirements, which has no form in OSCAL of its own.
    pub(super) fn catalog(&self) -> Resource {
        let method = &self.run.method;
        Resource {
            uuid: self.ids.of_named(Named::Catalog),
            title: text::line(&method.catalog),
            props: [prop("catalog", &method.catalog), prop("catalog-hash", &method.catalog_hash)].into_iter().flatten().collect(),
            rlinks: Vec::new(),
        }
    }

    /// The evidence of these results, each piece once.
    pub(super) fn evidence(&self, results: impl Iterator<Item = &'a TestResult>) -> Vec<Resource> {
        let all: BTreeSet<_> = results.flat_map(evidence_of).collect();
        all.into_iter().map(|id| self.piece(id)).collect()
    }

    fn piece(&self, id: &EvidenceId) -> Resource {
        Resource {
            uuid: self.ids.of_named(Named::Evidence(id)),
            title: id.to_string(),
            props: vec![nist("type", "evidence".to_owned())],
            rlinks: vec![Rlink { href: evidence_path(id), hashes: vec![Hash { algorithm: "SHA-256", value: id.hex().to_owned() }] }],
        }
    }
}

const OPERATIONAL: ComponentStatus = ComponentStatus { state: "operational" };

/// The evidence that a result and its control hold.
fn evidence_of(result: &TestResult) -> impl Iterator<Item = &EvidenceId> {
    result.evidence.iter().chain(result.control.iter().flat_map(|control| &control.evidence))
}

/// Where the evidence lies, from the folder of the run.
pub(super) fn evidence_path(id: &EvidenceId) -> String {
    format!("evidence/{}", id.hex())
}

/// The type of a component in the words of OSCAL; its role is a property.
pub(super) fn kind(component: &ComponentRecord) -> &'static str {
    match component.role.as_str() {
        "device" | "hub" => "hardware",
        "backend" => "service",
        _ => "software",
    }
}

/// What the run knows of a component.
pub(super) fn component_props(component: &ComponentRecord) -> Vec<Prop> {
    let said = [
        prop("component", &component.id),
        prop("role", &component.role),
        prop("address", &component.address),
        prop("sample", &component.sample),
        prop("connections", &component.connections.to_string()),
        prop("refusals", &component.refusals.to_string()),
    ];
    said.into_iter().flatten().collect()
}

/// A property in the namespace of this program; none where there is no text.
pub(super) fn prop(name: &'static str, text: &str) -> Option<Prop> {
    Some(Prop { name, ns: Some(NAMESPACE), value: text::value(text)?, class: None, remarks: None })
}

/// A property that NIST has defined.
fn nist(name: &'static str, value: String) -> Prop {
    Prop { name, ns: None, value, class: None, remarks: None }
}
