//! The supplier's declaration of conformity, with the content that ISO/IEC 17050-1 asks for (clause numbers not checked).
//!
//! A draft shows what would be declared and what is missing; it declares nothing. A declaration is refused while anything
//! is open: then a [`Refusal`] lists all of it.

use std::collections::BTreeMap;

use assay_model::answers::date;
use assay_model::profile::Product;
use assay_model::run::{Mark, MethodRecord, Run};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::claim::{Claim, Standing, Support};
use crate::gaps::{Gap, Gaps};
use crate::issuer::{Issuer, Member};
use crate::obstacles;
use crate::reasons;

/// The schema word of a declaration.
pub const SCHEMA: &str = "assay.declaration/1";

/// What makes a declaration void, beside the end of its validity (the occasions of ISO/IEC 17050-1 for a new evaluation).
const VOIDED_BY: [&str; 5] = [
    "a change of the design, or of the software beyond the stated version",
    "a change of the requirements that it names",
    "a change of ownership or management of the issuer that bears on it",
    "information that delivered products do not conform",
    "the end of a decision or attestation that a requirement rests on",
];

/// A declaration, or the draft of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// `assay.declaration/1`.
    pub schema: String,
    /// Whether it stands.
    pub status: Status,
    /// 1 for the first issue; each amendment, suspension or withdrawal counts on.
    pub revision: u32,
    /// The revision or declaration before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Predecessor>,
    /// What the issuer supplied: number, issuer, place and date, signatory, reviewer, limits, further information.
    pub issuer: Issuer,
    /// The object of the declaration.
    pub object: Object,
    /// The statement of conformity.
    pub statement: String,
    /// What the object conforms to.
    pub requirements: Requirements,
    /// Every limit of its validity: the issuer's, and those that follow from decisions and attestations.
    pub limitations: Vec<String>,
    /// Until when it is valid, and what ends it before.
    pub validity: Validity,
    /// The assessment that it rests on.
    pub assessment: Assessment,
    /// The id of the key that signs it; empty in a draft.
    pub signed_with: String,
}

/// Whether a declaration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It is not signed and declares nothing.
    Draft,
    /// It stands.
    InForce,
    /// It does not stand for the time being.
    Suspended,
    /// It does not stand any more.
    Withdrawn,
}

impl Status {
    /// The word as it stands in files and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InForce => "in-force",
            Self::Suspended => "suspended",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// What a declaration replaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Predecessor {
    /// Its number.
    pub number: String,
    /// Its revision.
    pub revision: u32,
    /// SHA-256 of its seal.
    pub seal: String,
    /// Why it is replaced.
    pub because: String,
}

/// The object of a declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// The product.
    pub product: Product,
    /// Its components.
    pub components: Vec<Part>,
    /// Further models of the family, with how they differ from the product.
    pub family: Vec<Member>,
}

/// A component of the object, and by what the assessed sample was told from others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its name.
    pub id: String,
    /// The part it plays.
    pub role: String,
    /// The sample.
    pub sample: String,
    /// As it was read from the sample.
    pub marks: Vec<Mark>,
}

/// What the object of a declaration conforms to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirements {
    /// The catalog.
    pub catalog: String,
    /// SHA-256 of the catalog as it was used.
    pub catalog_hash: String,
    /// The baseline chosen from it.
    pub baseline: String,
    /// Each requirement of the baseline, in the order of the catalog.
    pub claims: Vec<Claim>,
}

/// Until when a declaration is valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// The first day.
    pub from: String,
    /// The last day; none when nothing ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// What ends it before.
    pub voided_by: Vec<String>,
}

/// The assessment that a declaration rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// The run.
    pub run: String,
    /// SHA-256 of its seal; empty in a draft.
    pub seal: String,
    /// Who sealed it: name and function.
    pub sealed_by: Vec<String>,
    /// When it began, in UTC (RFC 3339).
    pub started: String,
    /// When it ended, in UTC (RFC 3339).
    pub finished: String,
    /// How it was made.
    pub method: MethodRecord,
}

/// Why there is no declaration: what is open or failed, a line for each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no declaration can be made; settle these first:\n  {}", open.join("\n  "))]
pub struct Refusal {
    /// What it is about, how it stands, and what to do; from hostile text, to be made visible before it is printed.
    pub open: Vec<String>,
}

/// The seal of a run, as a declaration refers to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sealed {
    /// SHA-256 of the seal.
    pub sha256: String,
    /// Who signed it: name and function.
    pub by: Vec<String>,
}

/// What a declaration is made from.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The run.
    pub run: &'a Run,
    /// What was decided about its gaps.
    pub gaps: &'a Gaps,
    /// What the issuer supplied.
    pub issuer: &'a Issuer,
    /// The runs of further models, in the order of the issuer's members; none where a member names none.
    pub members: &'a [Option<Run>],
    /// The seal of the run; none for a draft.
    pub sealed: Option<&'a Sealed>,
    /// What it replaces.
    pub replaces: Option<&'a Predecessor>,
    /// The id of the key that is to sign it; empty for a draft.
    pub signed_with: &'a str,
}

/// Drafts a declaration: all that the run and the gaps bear, whatever the issuer still has to supply.
///
/// # Errors
/// [`Refusal`] while a requirement is open or failed.
pub fn draft(ground: &Ground<'_>) -> Result<Declaration, Refusal> {
    let open = obstacles::of_run(ground);
    if open.is_empty() { Ok(write(ground, Status::Draft)) } else { Err(Refusal { open }) }
}

/// Makes a declaration, ready to be signed.
///
/// # Errors
/// [`Refusal`] while a requirement is open or failed, a field is missing, something that it rests on has ended by the day of
/// issue, or nobody else than the signatory reviewed the results.
pub fn declare(ground: &Ground<'_>) -> Result<Declaration, Refusal> {
    let mut open = obstacles::of_run(ground);
    open.extend(obstacles::of_issue(ground));
    if open.is_empty() { Ok(write(ground, Status::InForce)) } else { Err(Refusal { open }) }
}

/// Another revision of a declaration: suspended, withdrawn, or in force again.
/// `seal` is SHA-256 of the seal of the one before, `signed_with` the id of the key that is to sign this one.
pub fn revise(before: &Declaration, seal: &str, status: Status, because: &str, day: &str, signed_with: &str) -> Declaration {
    let mut next = before.clone();
    signed_with.clone_into(&mut next.signed_with);
    next.replaces = Some(Predecessor {
        number: before.issuer.number.clone(),
        revision: before.revision,
        seal: seal.to_owned(),
        because: because.to_owned(),
    });
    next.revision = before.revision.saturating_add(1);
    next.status = status;
    day.clone_into(&mut next.issuer.date);
    next
}

fn write(ground: &Ground<'_>, status: Status) -> Declaration {
    let (run, issuer) = (ground.run, ground.issuer);
    let claims: Vec<Claim> = run.requirements.iter().filter_map(|requirement| obstacles::claim(ground, requirement)).collect();
    let ends = claims.iter().filter_map(|claim| claim.until.clone()).min();
    let by_issuer = Some(issuer.valid_until.clone()).filter(|day| date(day).is_some());
    Declaration {
        schema: SCHEMA.to_owned(),
        status,
        revision: ground.replaces.map_or(1, |before| before.revision.saturating_add(1)),
        replaces: ground.replaces.cloned(),
        issuer: issuer.clone(),
        object: object(ground),
        statement: statement(&claims),
        limitations: limitations(issuer, &claims),
        requirements: Requirements {
            catalog: run.method.catalog.clone(),
            catalog_hash: run.method.catalog_hash.clone(),
            baseline: run.method.baseline.clone(),
            claims,
        },
        validity: Validity {
            from: issuer.date.clone(),
            until: ends.into_iter().chain(by_issuer).min(),
            voided_by: VOIDED_BY.map(str::to_owned).to_vec(),
        },
        assessment: Assessment {
            run: run.id.clone(),
            seal: ground.sealed.map(|sealed| sealed.sha256.clone()).unwrap_or_default(),
            sealed_by: ground.sealed.map(|sealed| sealed.by.clone()).unwrap_or_default(),
            started: run.started.clone(),
            finished: run.finished.clone(),
            method: run.method.clone(),
        },
        signed_with: ground.signed_with.to_owned(),
    }
}

fn object(ground: &Ground<'_>) -> Object {
    let run = ground.run;
    let marks = |component: &str| {
        let here = run.results.iter().filter(|result| result.component.as_deref() == Some(component));
        let mut marks: Vec<Mark> = here.flat_map(|result| result.marks.clone()).collect();
        marks.sort();
        marks.dedup();
        marks
    };
    let parts = run.components.iter().map(|component| Part {
        id: component.id.clone(),
        role: component.role.clone(),
        sample: component.sample.clone(),
        marks: marks(&component.id),
    });
    Object { product: run.product.clone(), components: parts.collect(), family: ground.issuer.members.clone() }
}

fn statement(claims: &[Claim]) -> String {
    let missing = claims.iter().filter(|claim| claim.standing == Standing::JustifiablyMissing).count();
    let plain = "The object described above conforms to the requirements listed below";
    match missing {
        0 => format!("{plain}."),
        1 => format!("{plain}, except for one that is justifiably missing, with the limits stated."),
        _ => format!("{plain}, except for {missing} that are justifiably missing, with the limits stated."),
    }
}

fn limitations(issuer: &Issuer, claims: &[Claim]) -> Vec<String> {
    let own = issuer.limitations.iter().filter(|text| !text.trim().is_empty()).cloned();
    let decided = claims.iter().filter_map(|claim| {
        let until = claim.until.as_deref()?;
        match claim.standing {
            Standing::JustifiablyMissing => Some(format!("{} is missing; accepted until {until}: {}", claim.id, claim.reason)),
            Standing::SatisfiedByAlternative => {
                Some(format!("{} is met by an alternative; accepted until {until}: {}", claim.id, claim.reason))
            }
            Standing::Satisfied | Standing::NotApplicable => None,
        }
    });
    let mut attested: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for claim in claims.iter().filter(|claim| matches!(claim.standing, Standing::Satisfied | Standing::NotApplicable)) {
        if let Some(until) = claim.until.as_deref() {
            attested.entry(until).or_default().push(claim.id.as_str());
        }
    }
    let attested = attested
        .into_iter()
        .map(|(until, ids)| format!("What people said, on which these rest in part or whole, holds until {until}: {}", ids.join(", ")));
    own.chain(decided).chain(attested).collect()
}

/// What was decided about a gap, in words.
pub(crate) fn decided(gaps: &Gaps, gap: &Gap) -> String {
    let who = gaps.who(gap).map_or_else(String::new, |who| format!(" (decided by {}, {}, on {})", who.by, who.function, who.on));
    let by = gap.alternative.iter().map(|place| format!("{} on {}", place.test, reasons::on(place)));
    let by = by.collect::<Vec<_>>().join(", ");
    let by = if by.is_empty() { by } else { format!("; shown by {by}") };
    format!("{}{by}{who}", gap.because.trim())
}

/// Why a requirement does not concern the object, and who decided so.
pub(crate) fn set_aside(run: &Run, requirement: &assay_model::run::RequirementResult) -> String {
    match &requirement.scoped_out {
        Some(excluded) => {
            let by = excluded.by.as_deref().map_or_else(String::new, |by| format!(" (decided by {by})"));
            format!("{}{by}", excluded.because)
        }
        None => reasons::why(run, requirement).join("\n"),
    }
}
