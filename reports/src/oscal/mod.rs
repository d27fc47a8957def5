//! OSCAL 1.2.1 as JSON, the format of NIST for assessments that machines exchange.
//!
//! Three documents: what was found (assessment results), what is to be done (plan of action and milestones), and what
//! the product may claim (component definition). OSCAL knows fewer words than a run: the exact ones, and every text
//! of the run as it stands, are properties in the namespace [`NAMESPACE`]; descriptions and remarks are Markdown, in which
//! the same texts are shortened and without effect.
//!
//! A requirement is a control, and the objective of that control: `LA(AUN).2` is `la-aun.2` and `la-aun.2_obj`.
//! What no test could rule on, and what does not concern the product, has no finding, since a finding of OSCAL is
//! either satisfied or not: it is told among the properties of the result, with its determination and why.

mod assessment_results;
mod component;
mod findings;
mod ids;
mod poam;
mod shared;
mod text;
mod types;

use assay_model::run::Run;
use serde::Serialize;

use crate::ReportError;

/// The namespace of the properties that are not NIST's.
pub const NAMESPACE: &str = "urn:assay:oscal:1";

/// The version of OSCAL that is written.
const VERSION: &str = "1.2.1";

/// The names of the documents.
pub(crate) const FILES: [&str; 3] = ["oscal-assessment-results.json", "oscal-poam.json", "oscal-component-definition.json"];

/// Writes the documents, in the order of their names. There is no plan of action where nothing is to be done:
/// the schema asks for at least one item.
///
/// # Errors
/// When the JSON writer fails, which no content of a run brings about.
pub(crate) fn render(run: &Run) -> Result<Vec<Option<String>>, ReportError> {
    let source = shared::Source::of(run);
    let results = json(&assessment_results::Document::of(&source))?;
    let plan = poam::Document::of(&source).as_ref().map(json).transpose()?;
    let definition = json(&component::Document::of(&source))?;
    Ok(vec![Some(results), plan, Some(definition)])
}

fn json(document: &impl Serialize) -> Result<String, ReportError> {
    let mut text = serde_json::to_string_pretty(document).map_err(|error| ReportError::Json(error.to_string()))?;
    text.push('\n');
    Ok(text)
}
