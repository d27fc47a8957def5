//! What the issuer of a declaration supplies: what a run cannot know.

use assay_model::answers::date;
use assay_model::catalog::RequirementId;
use assay_model::form::{Problem, Problems, Spans, read_form};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use time::Date;

/// The schema word of an issuer's file.
pub const SCHEMA: &str = "assay.issuer/1";

/// What the issuer of a declaration supplies; a draft can do without any of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Issuer {
    /// `assay.issuer/1`.
    pub schema: String,
    /// The number, or other unique identification, of the declaration.
    pub number: String,
    /// Who issues it and is responsible for it.
    pub name: String,
    /// The postal address of the issuer.
    pub address: String,
    /// How the issuer can be reached, beside the address.
    pub contact: String,
    /// Where it is issued.
    pub place: String,
    /// When it is issued: `2026-01-31`.
    pub date: String,
    /// The last day on which it is valid; empty when nothing ends it.
    pub valid_until: String,
    /// Who signs it.
    pub signatory: Person,
    /// Who reviewed the results; not the signatory.
    pub reviewer: Person,
    /// Limits of its validity: time, configuration, region, conditions of use; `none` when there are none.
    pub limitations: Vec<String>,
    /// Bodies that took part in the assessment, each with name, address and accreditation.
    pub bodies: Vec<String>,
    /// Reports of tests, inspections and audits beside this run, with their dates.
    pub reports: Vec<String>,
    /// Management systems that bear on conformity.
    pub management_systems: Vec<String>,
    /// Other certificates, registrations and marks.
    pub certificates: Vec<String>,
    /// Where the supporting documentation (ISO/IEC 17050-2) can be had.
    pub documentation: String,
    /// How long it is kept.
    pub retention: String,
    /// Design documentation: diagrams, allocation of capabilities to components, protocols, key handling.
    pub design: Vec<String>,
    /// Persons and bodies that took part, with their competence.
    pub competence: Vec<String>,
    /// Further models that it covers.
    #[serde(rename = "member")]
    pub members: Vec<Member>,
}

/// A person with a function.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The function in the organization.
    pub function: String,
}

impl Person {
    /// Whether this is the same person, however the name is written.
    pub fn is(&self, other: &str) -> bool {
        let plain = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        !self.name.trim().is_empty() && plain(&self.name) == plain(other)
    }
}

/// A further model of the family: the assessed one is the base, this one differs from it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Member {
    /// The model.
    pub model: String,
    /// Its software version, if it is not that of the base.
    pub version: String,
    /// Serial or batch range, date of production, hardware version.
    pub identification: String,
    /// How it differs from the base.
    pub differences: String,
    /// The requirements on which the differences bear; each must be satisfied in a run of its own.
    pub affects: Vec<RequirementId>,
    /// Why the differences bear on no requirement, where they do not.
    pub because: String,
    /// The folder of the sealed run of this model, relative to the issuer's file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// Reads an issuer's file. What is left out is no mistake of the file.
///
/// # Errors
/// All that is wrong with it, each at its place.
pub fn read(name: &str, text: &str) -> Result<Issuer, Problems> {
    let issuer: Issuer = read_form(name, text, "an issuer's file")?;
    let spans = Spans::of(text);
    let mut problems = Vec::new();
    let mut say = |path: &str, message: &str, help: String| {
        problems.push(Problem { span: spans.at(path), message: message.to_owned(), help: Some(help) });
    };
    if issuer.schema != SCHEMA {
        say("schema", "this is no issuer's file that can be read here", format!("write schema = \"{SCHEMA}\""));
    }
    for (key, text) in [("date", &issuer.date), ("valid_until", &issuer.valid_until)] {
        if !text.is_empty() && date(text).is_none() {
            say(key, "this is no day", "write it like 2026-01-31".to_owned());
        }
    }
    for (at, member) in issuer.members.iter().enumerate() {
        if member.affects.is_empty() == member.because.trim().is_empty() {
            let help = "say which requirements they affect (`affects`), or why none (`because`)".to_owned();
            say(&format!("member.{at}"), "what do the differences of this model bear on?", help);
        }
        if !member.affects.is_empty() && member.run.is_none() {
            let help = "name its sealed run in `run`".to_owned();
            say(&format!("member.{at}"), "nothing shows the affected requirements on this model", help);
        }
        for (key, text) in [("model", &member.model), ("differences", &member.differences)] {
            if text.trim().is_empty() {
                say(&format!("member.{at}"), "the model and its differences must be stated", format!("add `{key}`"));
            }
        }
    }
    if problems.is_empty() { Ok(issuer) } else { Err(Problems::new(name, text, problems)) }
}

impl Issuer {
    /// The day of issue.
    pub fn day(&self) -> Option<Date> {
        date(&self.date)
    }

    /// What is missing before a declaration can be signed.
    pub fn missing(&self) -> Vec<&'static str> {
        let blank = |text: &str| text.trim().is_empty();
        let fields = [
            (&self.number, "give the declaration a number (`number`)"),
            (&self.name, "name the issuer (`name`)"),
            (&self.address, "state the address of the issuer (`address`)"),
            (&self.place, "state the place of issue (`place`)"),
            (&self.date, "state the date of issue (`date`)"),
            (&self.signatory.name, "name the signatory (`signatory.name`)"),
            (&self.signatory.function, "state the function of the signatory (`signatory.function`)"),
            (&self.reviewer.name, "name who reviewed the results (`reviewer.name`)"),
            (&self.documentation, "say where the supporting documentation can be had (`documentation`)"),
            (&self.retention, "say how long the supporting documentation is kept (`retention`)"),
        ];
        let mut missing: Vec<_> = fields.into_iter().filter(|(text, _)| blank(text)).map(|(_, what)| what).collect();
        if self.limitations.iter().all(|text| blank(text)) {
            missing.push("state the limits of validity, or `none` (`limitations`)");
        }
        if self.reviewer.is(&self.signatory.name) {
            missing.push("let somebody else than the signatory review the results (`reviewer`)");
        }
        missing
    }
}
