//! What a test is, and what it is about.

use std::future::Future;
use std::pin::Pin;

use assay_model::catalog::RequirementId;
use assay_model::plan::Place;
use assay_model::profile::{Component, Interface, Profile};
use assay_model::question::Question;
use assay_model::safety::{Method, Safety};

use crate::bench::Bench;
use crate::ruling::Outcome;

/// What the run function of a test returns.
pub type TestFuture = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// A procedure that can rule on requirements. Its id is its path: `access/default-credentials`.
#[derive(Debug, Clone, Copy)]
pub struct Test {
    /// Family room and file name, with hyphens.
    pub id: &'static str,
    /// What it asks, in one line.
    pub title: &'static str,
    /// The requirements that it rules on, beside those that its questions are about.
    pub shows: &'static [&'static str],
    /// How it looks.
    pub method: Method,
    /// How hard it is on the product.
    pub safety: Safety,
    /// The kinds of documents that it reads.
    pub reads: &'static [&'static str],
    /// What it asks people.
    pub asks: &'static [Question],
    /// What it is about: called with every subject of the product.
    pub applies: fn(&Subject<'_>) -> Applies,
    /// Carries it out.
    pub run: fn(Bench) -> TestFuture,
    /// Documents and clauses that it rests on.
    pub sources: &'static [&'static str],
    /// What a pass does not show.
    pub limits: &'static str,
}

impl Test {
    /// The ids of all requirements that it rules on, each once.
    pub fn shown(&self) -> Vec<&'static str> {
        let about = self.asks.iter().map(|question| question.about).filter(|id| !id.is_empty());
        let mut ids = Vec::new();
        for id in self.shows.iter().copied().chain(about) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// The same as ids; ill-formed ones are left out (a test of the suite finds them).
    pub fn requirements(&self) -> Vec<RequirementId> {
        self.shown().into_iter().filter_map(|id| id.parse().ok()).collect()
    }
}

/// What a test can be about.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'p> {
    /// The product as a whole.
    Product(&'p Profile),
    /// One component of it.
    Component(&'p Profile, &'p Component),
    /// One interface of a component.
    Interface(&'p Profile, &'p Component, &'p Interface),
}

impl<'p> Subject<'p> {
    /// The interface, if the subject is one, with its component.
    pub const fn interface(&self) -> Option<(&'p Component, &'p Interface)> {
        match self {
            Self::Interface(_, component, interface) => Some((component, interface)),
            Self::Product(_) | Self::Component(..) => None,
        }
    }

    /// The component, if the subject is one as a whole.
    pub const fn component(&self) -> Option<&'p Component> {
        match self {
            Self::Component(_, component) => Some(component),
            Self::Product(_) | Self::Interface(..) => None,
        }
    }

    /// The profile.
    pub const fn profile(&self) -> &'p Profile {
        match self {
            Self::Product(profile) | Self::Component(profile, _) | Self::Interface(profile, ..) => profile,
        }
    }

    /// This test on this subject.
    pub(crate) fn place(&self, test: &str) -> Place {
        let (component, interface) = match self {
            Self::Product(_) => (None, None),
            Self::Component(_, component) => (Some(component.id.clone()), None),
            Self::Interface(_, component, interface) => (Some(component.id.clone()), Some(interface.id.clone())),
        };
        Place { test: test.to_owned(), component, interface }
    }

    /// The component that it is or belongs to.
    pub(crate) const fn of_component(&self) -> Option<&'p Component> {
        match self {
            Self::Product(_) => None,
            Self::Component(_, component) | Self::Interface(_, component, _) => Some(component),
        }
    }

    /// All subjects of a product: itself, its components, their interfaces.
    pub(crate) fn all(profile: &'p Profile) -> impl Iterator<Item = Self> {
        let parts = profile.components.iter().flat_map(move |component| {
            let interfaces = component.interfaces.iter().map(move |interface| Self::Interface(profile, component, interface));
            std::iter::once(Self::Component(profile, component)).chain(interfaces)
        });
        std::iter::once(Self::Product(profile)).chain(parts)
    }
}

/// Whether a test is about a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applies {
    /// It is.
    Yes,
    /// It would be, but the requirement does not concern this one, because ...
    No(String),
    /// It is about something else; nothing is written down.
    Elsewhere,
}

impl From<bool> for Applies {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::Elsewhere }
    }
}
