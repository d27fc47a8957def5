//! The supporting documentation of a declaration, with the content that ISO/IEC 17050-2 asks for (clause numbers not checked).
//!
//! Every statement of the declaration can be followed from here to results and evidence, and back.

use assay_model::catalog::RequirementId;
use assay_model::evidence::EvidenceId;
use assay_model::run::{Control, Run};
use assay_model::safety::Method;
use assay_model::verdict::{Basis, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::declaration::{Declaration, Object};
use crate::gaps::Gaps;
use crate::reasons;

/// The schema word of supporting documentation.
pub const SCHEMA: &str = "assay.supporting-documentation/1";

/// The supporting documentation of a declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Supporting {
    /// `assay.supporting-documentation/1`.
    pub schema: String,
    /// The number of the declaration.
    pub declaration: String,
    /// Its revision.
    pub revision: u32,
    /// Where it can be had, and how long it is kept.
    pub kept: String,
    /// The object of the declaration.
    pub object: Object,
    /// Design documentation.
    pub design: Vec<String>,
    /// How the assessment was made: harness, catalog, baseline, policy, decision rule, times.
    pub assessment: crate::declaration::Assessment,
    /// Each result, with the claims that rest on it.
    pub results: Vec<Shown>,
    /// What was decided about gaps: deviations, concessions, waivers.
    pub decisions: Gaps,
    /// What happened to the run itself.
    pub remarks: Vec<String>,
    /// Persons and bodies that took part, with their competence.
    pub persons: Vec<String>,
    /// Management systems that bear on conformity.
    pub management_systems: Vec<String>,
    /// Certificates, reports and marks that support the claim.
    pub further: Vec<String>,
}

/// A result, as the declaration rests on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Shown {
    /// Its number in the run, from 1.
    pub number: usize,
    /// The test.
    pub test: String,
    /// On what.
    pub on: String,
    /// How it looked.
    pub method: Method,
    /// What it rests on.
    pub basis: Basis,
    /// What it says.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// The claims of the declaration that rest on it.
    pub claims: Vec<RequirementId>,
    /// Its evidence.
    pub evidence: Vec<EvidenceId>,
    /// Its control.
    pub control: Option<Control>,
}

/// The supporting documentation of this declaration of this run.
pub fn of(declaration: &Declaration, run: &Run, gaps: &Gaps) -> Supporting {
    let issuer = &declaration.issuer;
    let results = run.results.iter().enumerate().map(|(at, result)| {
        let rests = |claim: &&crate::declaration::Claim| claim.rests_on.iter().any(|support| support.place == result.place());
        Shown {
            number: at + 1,
            test: result.test.clone(),
            on: reasons::place(result),
            method: result.method,
            basis: result.basis,
            verdict: result.verdict,
            reason: result.reason.clone(),
            claims: declaration.requirements.claims.iter().filter(rests).map(|claim| claim.id.clone()).collect(),
            evidence: result.evidence.clone(),
            control: result.control.clone(),
        }
    });
    let named = |role: &str, person: &crate::issuer::Person| format!("{role}: {}, {}", person.name, person.function);
    let mut persons = vec![named("signatory", &issuer.signatory), named("reviewer", &issuer.reviewer)];
    persons.extend(declaration.assessment.sealed_by.iter().map(|who| format!("sealed the run: {who}")));
    persons.extend(issuer.competence.iter().chain(&issuer.bodies).cloned());
    Supporting {
        schema: SCHEMA.to_owned(),
        declaration: issuer.number.clone(),
        revision: declaration.revision,
        kept: format!("{}; kept {}", issuer.documentation, issuer.retention),
        object: declaration.object.clone(),
        design: issuer.design.clone(),
        assessment: declaration.assessment.clone(),
        results: results.collect(),
        decisions: gaps.clone(),
        remarks: run.remarks.clone(),
        persons,
        management_systems: issuer.management_systems.clone(),
        further: issuer.certificates.iter().chain(&issuer.reports).cloned().collect(),
    }
}
