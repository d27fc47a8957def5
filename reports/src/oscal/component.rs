//! The component definition: what the product, and each of its components, was shown to implement.

use assay_model::run::{ComponentRecord, RequirementResult};
use assay_model::verdict::Determination;
use serde::Serialize;

use super::ids::Named;
use super::shared::{Source, component_props, kind, prop};
use super::types::{BackMatter, Metadata, Prop};
use super::{FILES, text};

/// The document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Document {
    component_definition: Definition,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Definition {
    uuid: String,
    metadata: Metadata,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    components: Vec<Component>,
    capabilities: [Capability; 1],
    back_matter: BackMatter,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Component {
    uuid: String,
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    description: String,
    props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    control_implementations: Vec<Implementation>,
}

/// The product, which its components make up together.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Capability {
    uuid: String,
    name: String,
    description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    props: Vec<Prop>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    incorporates_components: Vec<Incorporated>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    control_implementations: Vec<Implementation>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Incorporated {
    component_uuid: String,
    description: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Implementation {
    uuid: String,
    source: String,
    description: String,
    implemented_requirements: Vec<Implemented>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Implemented {
    uuid: String,
    control_id: String,
    description: String,
    props: Vec<Prop>,
}

impl Document {
    pub(super) fn of(source: &Source<'_>) -> Self {
        let parts = || source.run.components.iter().enumerate();
        let name = text::value(&source.run.product.name).unwrap_or_else(|| "product".to_owned());
        Self {
            component_definition: Definition {
                uuid: source.ids.of_named(Named::Document(FILES[2])),
                metadata: source.metadata("Component definition"),
                components: parts().map(|(at, component)| of_component(source, at, component)).collect(),
                capabilities: [Capability {
                    uuid: source.ids.of_named(Named::Product),
                    name,
                    description: source.product(),
                    props: source.product_props(),
                    incorporates_components: parts().map(|(at, component)| incorporated(source, at, component)).collect(),
                    control_implementations: implementations(source, None, |requirement| {
                        source.status(requirement).map(|_| requirement.determination)
                    }),
                }],
                back_matter: BackMatter { resources: vec![source.catalog(), source.file(FILES[0], "The assessment results")] },
            },
        }
    }
}

fn of_component(source: &Source<'_>, at: usize, component: &ComponentRecord) -> Component {
    let said = |requirement: &RequirementResult| {
        requirement.components.iter().find(|one| one.component == component.id).map(|one| one.determination)
    };
    Component {
        uuid: source.ids.of_named(Named::Component(at)),
        kind: kind(component),
        title: text::line(&component.id),
        description: text::paragraphs(&[("role", &component.role)]),
        props: component_props(component),
        control_implementations: implementations(source, Some(at), said),
    }
}

fn incorporated(source: &Source<'_>, at: usize, component: &ComponentRecord) -> Incorporated {
    Incorporated { component_uuid: source.ids.of_named(Named::Component(at)), description: text::paragraphs(&[("role", &component.role)]) }
}

/// The requirements that are satisfied there, as one set; none where there are none, since OSCAL has no empty set.
fn implementations(
    source: &Source<'_>,
    whose: Option<usize>,
    said: impl Fn(&RequirementResult) -> Option<Determination>,
) -> Vec<Implementation> {
    let implemented = |(at, requirement): (usize, &RequirementResult)| {
        let determination = said(requirement).filter(|determination| is_satisfied(*determination))?;
        Some(Implemented {
            uuid: source.ids.of_named(Named::Implemented(whose, at)),
            control_id: text::control_id(&requirement.id),
            description: text::line(&requirement.statement),
            props: [prop("requirement", requirement.id.as_str()), prop("determination", determination.word())]
                .into_iter()
                .flatten()
                .collect(),
        })
    };
    let implemented_requirements: Vec<_> = source.run.requirements.iter().enumerate().filter_map(implemented).collect();
    if implemented_requirements.is_empty() {
        return Vec::new();
    }
    vec![Implementation {
        uuid: source.ids.of_named(Named::Implementation(whose)),
        source: source.ids.reference(Named::Catalog),
        description: format!("What run {} showed to be satisfied.", text::line(&source.run.id)),
        implemented_requirements,
    }]
}

const fn is_satisfied(determination: Determination) -> bool {
    matches!(determination, Determination::Satisfied | Determination::SatisfiedByAlternative)
}
