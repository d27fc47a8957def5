//! UUIDs that follow from the run and what they name, so that the same run gives the same bytes.
//!
//! They are of version 5 (RFC 9562, 5.5): the schema of OSCAL takes versions 4 and 5 only.

use assay_model::evidence::EvidenceId;
use assay_model::run::Run;
use uuid::Uuid;

/// What a UUID in a document names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Named<'a> {
    /// A document, by its file name.
    Document(&'a str),
    /// The supplier of the product.
    Supplier,
    /// The program that made the run, as a component of the assessment.
    Harness,
    /// The place where the program ran.
    Platform,
    /// The product as a whole.
    Product,
    /// A component, by its place in the run.
    Component(usize),
    /// The catalog.
    Catalog,
    /// A file of the run, by its name.
    File(&'a str),
    /// A piece of evidence.
    Evidence(&'a EvidenceId),
    /// What the run as a whole found.
    Result,
    /// What one test saw, by its place in the run.
    Observation(usize),
    /// What the run says of one requirement, by its place in the run.
    Finding(usize),
    /// What it may mean that this requirement is not met.
    Risk(usize),
    /// What is to be done about this requirement.
    Item(usize),
    /// What a component, or the product, says to implement.
    Implementation(Option<usize>),
    /// One requirement, by its place in the run, that it says to implement.
    Implemented(Option<usize>, usize),
}

impl Named<'_> {
    fn name(self) -> String {
        let whose = |component: Option<usize>| component.map_or_else(|| "product".to_owned(), |at| format!("component/{at}"));
        match self {
            Self::Document(file) => format!("document/{file}"),
            Self::Supplier => "supplier".to_owned(),
            Self::Harness => "harness".to_owned(),
            Self::Platform => "platform".to_owned(),
            Self::Product => "product".to_owned(),
            Self::Component(at) => format!("component/{at}"),
            Self::Catalog => "catalog".to_owned(),
            Self::File(file) => format!("file/{file}"),
            Self::Evidence(id) => format!("evidence/{id}"),
            Self::Result => "result".to_owned(),
            Self::Observation(at) => format!("observation/{at}"),
            Self::Finding(at) => format!("finding/{at}"),
            Self::Risk(at) => format!("risk/{at}"),
            Self::Item(at) => format!("item/{at}"),
            Self::Implementation(component) => format!("implementation/{}", whose(component)),
            Self::Implemented(component, at) => format!("implemented/{}/{at}", whose(component)),
        }
    }
}

/// The UUIDs of one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ids(Uuid);

impl Ids {
    /// Those of this run. The name of a run is unique where it was made; its begin and its profile tell it from others.
    pub(super) fn of(run: &Run) -> Self {
        let name = [run.id.as_str(), &run.started, &run.method.profile_hash].join("\n");
        Self(Uuid::new_v5(&Uuid::new_v5(&Uuid::NAMESPACE_URL, super::NAMESPACE.as_bytes()), name.as_bytes()))
    }

    /// That of one thing in it.
    pub(super) fn of_named(self, named: Named<'_>) -> String {
        Uuid::new_v5(&self.0, named.name().as_bytes()).to_string()
    }

    /// A reference within the document to that thing.
    pub(super) fn reference(self, named: Named<'_>) -> String {
        format!("#{}", self.of_named(named))
    }
}
