//! The draft of a supplier's declaration of conformity, with the content that ISO/IEC 17050-1 asks for.
//!
//! It is a draft: unsigned, and marked as such. What a run cannot know comes from an [`Issuer`]; what nobody supplied
//! stays visibly blank. A run that does not conform gets a [`Refusal`] in its place.

use assay_model::determine;
use assay_model::profile::Product;
use assay_model::run::{ComponentRecord, MethodRecord, RequirementResult, Run};
use assay_model::verdict::{Conclusion, Determination};
use serde::{Deserialize, Serialize};

use crate::ReportError;
use crate::page::{fill, page_mark};
use crate::visible::{shorten, visible_line};
use crate::words;

/// The schema word of a draft.
pub const SCHEMA: &str = "assay.declaration-draft/1";

const TEMPLATE: &str = include_str!("../templates/sdoc.html");

/// The most characters of one line of a refusal.
const LINE: usize = 600;

/// What the issuer of a declaration supplies; all of it may be left out of a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Issuer {
    /// The number, or other unique identification, of the declaration.
    pub number: String,
    /// The number of the declaration that this one replaces, if any.
    pub replaces: String,
    /// Who issues it and is responsible for it.
    pub name: String,
    /// The postal address of the issuer.
    pub address: String,
    /// How the issuer can be reached, beside the address.
    pub contact: String,
    /// Where it is issued.
    pub place: String,
    /// When it is issued.
    pub date: String,
    /// Who signs it.
    pub signatory: Person,
    /// Who reviewed the results; not the signatory.
    pub reviewer: Person,
    /// Limits of its validity: time, configuration, region, conditions of use, open waivers.
    pub limitations: Vec<String>,
    /// Bodies that took part in the assessment, each with name, address and accreditation.
    pub bodies: Vec<String>,
    /// Reports of tests, inspections and audits beside this run, with their dates.
    pub reports: Vec<String>,
    /// Management systems that bear on conformity.
    pub management_systems: Vec<String>,
    /// Other certificates, registrations and marks.
    pub certificates: Vec<String>,
    /// Where the supporting documentation (ISO/IEC 17050-2) can be had, and how long it is kept.
    pub documentation: String,
}

/// A person with a function.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The function in the organisation of the issuer.
    pub function: String,
}

/// The draft of a declaration.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Declaration<'a> {
    /// `assay.declaration-draft/1`.
    pub schema: &'static str,
    /// `draft`: it is not signed and declares nothing.
    pub status: &'static str,
    /// What the issuer supplied.
    pub issuer: &'a Issuer,
    /// The object of the declaration.
    pub object: Object<'a>,
    /// The statement of conformity.
    pub statement: &'static str,
    /// What the object conforms to.
    pub requirements: Requirements<'a>,
    /// The assessment that it rests on.
    pub assessment: Assessment<'a>,
    /// What must be filled in or settled before it can be signed.
    pub to_settle: Vec<&'static str>,
}

/// The object of a declaration.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Object<'a> {
    /// The product.
    pub product: &'a Product,
    /// Its components.
    pub components: &'a [ComponentRecord],
}

/// What the object of a declaration conforms to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Requirements<'a> {
    /// The catalog.
    pub catalog: &'a str,
    /// SHA-256 of the catalog as it was used.
    pub catalog_hash: &'a str,
    /// The baseline chosen from it.
    pub baseline: &'a str,
    /// Those satisfied as stated.
    pub satisfied: Vec<Claim<'a>>,
    /// Those satisfied by an alternative capability.
    pub satisfied_by_alternative: Vec<Claim<'a>>,
    /// Those that do not concern the object, each with its reason.
    pub not_applicable: Vec<Claim<'a>>,
}

/// One requirement of a declaration.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Claim<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its published title, or that of the sub-capability it belongs to.
    pub title: &'a str,
    /// What it asks for.
    pub statement: &'a str,
    /// Why it is set aside or how it is met otherwise; empty for the others.
    pub reason: String,
}

/// The assessment that a declaration rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assessment<'a> {
    /// The run.
    pub run: &'a str,
    /// When it began, in UTC (RFC 3339).
    pub started: &'a str,
    /// When it ended, in UTC (RFC 3339).
    pub finished: &'a str,
    /// How it was made.
    pub method: &'a MethodRecord,
}

/// Why there is no declaration: what is open or failed, a line for each requirement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no declaration can be drafted; settle these first:\n  {}", open.join("\n  "))]
pub struct Refusal {
    /// The requirement, how it stands, and what to do; safe to print.
    pub open: Vec<String>,
}

/// Drafts a declaration from a run that conforms.
///
/// # Errors
/// [`Refusal`] when the run does not conform by its own conclusion, or by its requirements and results.
pub fn draft<'a>(run: &'a Run, issuer: &'a Issuer) -> Result<Declaration<'a>, Refusal> {
    let mut open: Vec<String> = run.requirements.iter().filter_map(|requirement| obstacle(run, requirement)).collect();
    let added_up = determine::conclusion(run.requirements.iter().map(|requirement| requirement.determination));
    if run.requirements.is_empty() {
        open.push("the run holds no requirement: choose a baseline and run again".to_owned());
    } else if open.is_empty() && (run.conclusion, added_up) != (Conclusion::Conforms, Conclusion::Conforms) {
        open.push(format!("the run says {}, and its requirements add up to {}: run again", run.conclusion.word(), added_up.word()));
    }
    if !open.is_empty() {
        return Err(Refusal { open });
    }
    let method = &run.method;
    Ok(Declaration {
        schema: SCHEMA,
        status: "draft",
        issuer,
        object: Object { product: &run.product, components: &run.components },
        statement: "The object described above conforms to the requirements listed below.",
        requirements: Requirements {
            catalog: &method.catalog,
            catalog_hash: &method.catalog_hash,
            baseline: &method.baseline,
            satisfied: claims(run, Determination::Satisfied),
            satisfied_by_alternative: claims(run, Determination::SatisfiedByAlternative),
            not_applicable: claims(run, Determination::NotApplicable),
        },
        assessment: Assessment { run: &run.id, started: &run.started, finished: &run.finished, method },
        to_settle: to_settle(issuer),
    })
}

impl Declaration<'_> {
    /// The draft as JSON.
    ///
    /// # Errors
    /// When serialisation fails, which no content of a run brings about.
    pub fn json(&self) -> Result<String, ReportError> {
        serde_json::to_string_pretty(self).map(|text| text + "\n").map_err(|error| ReportError::Json(error.to_string()))
    }

    /// The draft as a web page.
    ///
    /// # Errors
    /// When the template asks for what a draft does not have, which no content of a run brings about.
    pub fn html(&self) -> Result<String, ReportError> {
        #[derive(Serialize)]
        struct View<'a> {
            declaration: &'a Declaration<'a>,
            page_mark: Option<&'a str>,
        }
        fill(TEMPLATE, View { declaration: self, page_mark: page_mark(self.assessment.run) })
    }
}

fn claims(run: &Run, determination: Determination) -> Vec<Claim<'_>> {
    let these = run.requirements.iter().filter(|requirement| requirement.determination == determination);
    let reason = |requirement| match determination {
        Determination::Satisfied => String::new(),
        _ => words::why(run, requirement).join("\n"),
    };
    these
        .map(|requirement| Claim {
            id: requirement.id.as_str(),
            title: &requirement.title,
            statement: &requirement.statement,
            reason: reason(requirement),
        })
        .collect()
}

/// What a requirement puts in the way of a declaration, and what to do about it.
fn obstacle(run: &Run, requirement: &RequirementResult) -> Option<String> {
    let proven = || words::deciding(run, requirement).any(|(_, result)| result.control.is_some());
    let what_to_do = match requirement.determination {
        Determination::Satisfied | Determination::SatisfiedByAlternative if proven() => return None,
        Determination::NotApplicable if !words::stands_bare(run, requirement) => return None,
        Determination::Satisfied | Determination::SatisfiedByAlternative => "no pass with a control stands behind it; run again",
        Determination::NotApplicable => "give a reason in the profile, and run again",
        Determination::NotSatisfied => "correct the product, and run again",
        Determination::NotDetermined => "settle what is open, and run again",
        Determination::NotAssessed => "supply what a test of it needs, or set it aside in the profile with a reason",
    };
    let key = if requirement.key { " (key)" } else { "" };
    let why = match requirement.determination {
        Determination::NotSatisfied | Determination::NotDetermined | Determination::NotAssessed => words::why(run, requirement).join("; "),
        _ => String::new(),
    };
    let why = if why.is_empty() { why } else { format!(" [{}]", shorten(&why, LINE)) };
    Some(visible_line(&format!("{}{key} is {}: {what_to_do}{why}", requirement.id, requirement.determination.word())))
}

/// What stands between the draft and a signature.
fn to_settle(issuer: &Issuer) -> Vec<&'static str> {
    let blank = |text: &String| text.trim().is_empty();
    let mut open = Vec::new();
    let fields = [
        (&issuer.number, "give the declaration a number"),
        (&issuer.name, "name the issuer"),
        (&issuer.address, "state the address of the issuer"),
        (&issuer.place, "state the place of issue"),
        (&issuer.date, "state the date of issue"),
        (&issuer.signatory.name, "name the signatory"),
        (&issuer.signatory.function, "state the function of the signatory"),
        (&issuer.reviewer.name, "name who reviewed the results"),
        (&issuer.documentation, "say where the supporting documentation can be had, and how long it is kept"),
    ];
    open.extend(fields.into_iter().filter(|(text, _)| blank(text)).map(|(_, what)| what));
    if issuer.limitations.iter().all(blank) {
        open.push("state the limits of validity, or that there are none");
    }
    let (signatory, reviewer) = (issuer.signatory.name.trim(), issuer.reviewer.name.trim());
    if !signatory.is_empty() && signatory.eq_ignore_ascii_case(reviewer) {
        open.push("let somebody else than the signatory review the results");
    }
    open
}
