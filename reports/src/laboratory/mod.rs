//! What a laboratory adds to a run so that a test report after ISO/IEC 17025:2017, 7.8 can be issued.
//!
//! The form is `laboratory.template.toml`. Nothing in a test report stays blank: while something is missing or contradicts
//! the run, there is a [`Refusal`] that says what to write where.

use assay_conformity::issuer::Person;
use assay_model::form::{Problems, read_form};
use assay_model::run::TestResult;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod issue;

pub use issue::Refusal;
pub(crate) use issue::Whole;

/// The schema word of a laboratory's file.
pub const SCHEMA: &str = "assay.laboratory/1";

/// What a laboratory supplies. Days are those of UTC, as in the run, and written as `2026-01-31`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Laboratory {
    /// `assay.laboratory/1`.
    pub schema: String,
    /// The report itself.
    pub report: Report,
    /// The report that this one replaces, if it amends one.
    pub amendment: Option<Amendment>,
    /// Who tested, and where.
    pub laboratory: Body,
    /// For whom.
    pub client: Client,
    /// The items as they came.
    pub item: Item,
    /// How they were chosen, if the laboratory chose them.
    pub sampling: Option<Sampling>,
    /// The conditions and the conduct of the work.
    pub work: Work,
    /// The clock of the laboratory against a reference.
    pub clock: Clock,
    /// Equipment beside the program.
    pub equipment: Vec<Equipment>,
    /// Results that others supplied.
    pub external: External,
    /// Opinions and interpretations, which stand apart from results.
    #[serde(rename = "opinion")]
    pub opinions: Vec<Opinion>,
    /// Who authorises the report.
    pub authorised: Vec<Person>,
}

/// The report itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Report {
    /// Its number, unique in the laboratory; it stands on every page.
    pub number: String,
    /// The day of issue.
    pub issued: String,
}

/// What an amendment changes (7.8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Amendment {
    /// The number of the report that it replaces.
    pub of: String,
    /// Why.
    pub reason: String,
    /// What changed, one entry for each change.
    pub changes: Vec<String>,
}

/// A laboratory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Body {
    /// Its name.
    pub name: String,
    /// Its postal address.
    pub address: String,
    /// Where the work was done, if elsewhere or remotely too.
    pub place: String,
    /// Its accreditation with scope and number; may be left out.
    pub accreditation: String,
}

/// A client.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Client {
    /// The name.
    pub name: String,
    /// Address, and who can be asked.
    pub contact: String,
}

/// The items as they came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Item {
    /// The units that were tested, each by serial number or the like.
    pub identification: String,
    /// The day of receipt.
    pub received: String,
    /// The condition on receipt.
    pub condition: String,
}

/// How the laboratory chose the items.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Sampling {
    /// The plan and the method, with place and conditions as far as they bear on the results.
    pub plan: String,
    /// The day on which it was done.
    pub date: String,
}

/// The conditions and the conduct of the work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Work {
    /// Environment: network, temperature, radio, whatever could bear on the results.
    pub environment: String,
    /// Deviations from the method, additions to it and exclusions from it; `none` as the only entry if there are none.
    pub deviations: Vec<String>,
    /// Uncertainty of measurement, where it bears on a result; may be left out.
    pub uncertainty: String,
}

/// The clock of the laboratory against a reference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Clock {
    /// The offset with its unit and its sign.
    pub offset: String,
    /// What it was compared with, and how.
    pub reference: String,
    /// The day of the comparison.
    pub compared: String,
}

/// A piece of equipment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Equipment {
    /// What it is.
    pub name: String,
    /// Serial or inventory number, or version.
    pub identification: String,
    /// Calibration, where it has one.
    pub calibration: String,
}

/// Results that others supplied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct External {
    /// `none`, or why results of others are used.
    pub statement: String,
    /// Who supplied which results.
    #[serde(rename = "provider")]
    pub providers: Vec<Provider>,
}

/// Somebody outside the laboratory who supplied results.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Provider {
    /// Name and address.
    pub name: String,
    /// The tests, by id.
    pub tests: Vec<String>,
}

/// An opinion or interpretation (7.8.7).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Opinion {
    /// The opinion.
    pub text: String,
    /// What it rests on: numbers of results or evidence.
    pub basis: String,
    /// Who gives it, and is authorised to.
    pub by: Person,
}

/// Reads a laboratory's file by its form; `name` is its name as messages show it. Whether it is whole shows when a report is
/// rendered.
///
/// # Errors
/// All that is wrong with its form, each at its place.
pub fn read(name: &str, text: &str) -> Result<Laboratory, Problems> {
    read_form(name, text, "a laboratory's file")
}

impl Laboratory {
    /// Who outside the laboratory supplied a result.
    pub(crate) fn provider_of(&self, result: &TestResult) -> Option<&str> {
        self.external.providers.iter().find(|provider| provider.tests.contains(&result.test)).map(|provider| provider.name.as_str())
    }
}
