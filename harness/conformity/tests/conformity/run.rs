//! A small run that conforms, to be spoilt in one point at a time.

use assay_conformity::declaration::{Declaration, Ground, Refusal, Sealed, declare};
use assay_conformity::gaps::Gaps;
use assay_conformity::issuer::{Issuer, Person, SCHEMA};
use assay_model::catalog::RequirementId;
use assay_model::determine;
use assay_model::evidence::EvidenceId;
use assay_model::profile::{Exclusion, Product};
use assay_model::run::{self, ComponentRecord, Control, Mark, Marking, MethodRecord, RequirementResult, Run, TestResult};
use assay_model::safety::{Method, Safety};
use assay_model::verdict::{Basis, Determination, Verdict};

pub(crate) fn id(text: &str) -> RequirementId {
    text.parse().expect("a well-formed id")
}

/// Four requirements: seen, attested, read in a document, set aside.
pub(crate) fn conforming() -> Run {
    let results = vec![
        result("access/default-credentials", "device web", "LA(AUN)", Basis::Observed),
        result("documentation/expected-use", "", "DO(ASM)", Basis::Attested),
        result("documentation/bill-of-materials", "", "DO(CAP).2", Basis::Document),
        result("protection/tls-suites", "hub api", "DP(CRY)", Basis::Observed),
    ];
    let mut requirements = vec![
        requirement("LA(AUN)", &[0], Determination::Satisfied),
        requirement("DO(ASM)", &[1], Determination::Satisfied),
        requirement("DO(CAP).2", &[2], Determination::Satisfied),
        requirement("LA(USE)", &[], Determination::NotApplicable),
    ];
    requirements[0].key = true;
    "scoped out by the profile: it has no log-in".clone_into(&mut requirements[3].reason);
    requirements[3].scoped_out = Some(Exclusion {
        id: "LA(USE)".to_owned(),
        because: "it has no log-in".to_owned(),
        by: Some("P. Owner, product owner".to_owned()),
    });
    finish(Run {
        schema: run::SCHEMA.to_owned(),
        id: "20261101T100000-dw-100".to_owned(),
        conclusion: assay_model::verdict::Conclusion::Conforms,
        product: Product {
            manufacturer: "Example Appliances".to_owned(),
            name: "Dishwasher".to_owned(),
            model: "DW-100".to_owned(),
            version: "2.4.1".to_owned(),
            identification: None,
        },
        components: vec![component("device"), component("hub")],
        method: method(),
        started: "2026-11-01T10:00:00Z".to_owned(),
        finished: "2026-11-01T11:00:00Z".to_owned(),
        results,
        requirements,
        coverage: Vec::new(),
        remarks: Vec::new(),
    })
}

/// The conclusion as the requirements have it.
pub(crate) fn finish(mut run: Run) -> Run {
    run.conclusion = determine::conclusion(run.requirements.iter().map(|requirement| requirement.determination));
    run
}

/// The run with this verdict of its first result, and the requirement as it follows.
pub(crate) fn with_verdict(verdict: Verdict, determination: Determination) -> Run {
    let mut run = conforming();
    run.results[0].verdict = verdict;
    run.results[0].control = None;
    "admin/admin opened the door".clone_into(&mut run.results[0].reason);
    run.requirements[0].determination = determination;
    finish(run)
}

fn component(id: &str) -> ComponentRecord {
    let address = "192.0.2.1".to_owned();
    ComponentRecord { id: id.to_owned(), role: id.to_owned(), address, sample: "S1".to_owned(), connections: 1, refusals: 0 }
}

fn method() -> MethodRecord {
    let text = str::to_owned;
    MethodRecord {
        harness: text("assay 0.1.0"),
        catalog: text("SP 800-213A"),
        catalog_hash: text("00"),
        baseline: text("core"),
        policy: text("general"),
        consent: Safety::ReadOnly,
        authority: text("a contract"),
        decision_rule: text(determine::DECISION_RULE),
        profile_hash: text("01"),
    }
}

fn result(test: &str, place: &str, requirement: &str, basis: Basis) -> TestResult {
    let (component, interface) = place.split_once(' ').unzip();
    let seen = EvidenceId::of(test.as_bytes());
    TestResult {
        test: test.to_owned(),
        title: "does it hold?".to_owned(),
        component: component.map(str::to_owned),
        interface: interface.map(str::to_owned),
        requirements: vec![id(requirement)],
        method: Method::Probe,
        safety: Safety::ReadOnly,
        verdict: Verdict::Pass,
        basis,
        reason: "it holds".to_owned(),
        expected: String::new(),
        observed: String::new(),
        source: String::new(),
        evidence: vec![seen.clone()],
        control: Some(Control {
            what: "answered by A. Tester".to_owned(),
            evidence: vec![seen],
            until: (basis == Basis::Attested).then(|| "2027-06-30".to_owned()),
        }),
        points: Vec::new(),
        notes: Vec::new(),
        marks: component.map(|_| Mark { what: Marking::SoftwareVersion, value: "2.4.1".to_owned() }).into_iter().collect(),
        started: "2026-11-01T10:00:00Z".to_owned(),
        duration_ms: 1,
    }
}

pub(crate) fn requirement(code: &str, results: &[usize], determination: Determination) -> RequirementResult {
    RequirementResult {
        id: id(code),
        title: format!("title of {code}"),
        statement: "the product can do it".to_owned(),
        key: false,
        determination,
        reason: String::new(),
        scoped_out: None,
        components: Vec::new(),
        results: results.to_vec(),
        sp800_53: vec!["AC-3".to_owned()],
        csf: Vec::new(),
    }
}

pub(crate) fn issuer() -> Issuer {
    let text = str::to_owned;
    Issuer {
        schema: text(SCHEMA),
        number: text("D-7"),
        name: text("Example Appliances"),
        address: text("1 Sample Street"),
        place: text("Sampletown"),
        date: text("2026-11-27"),
        signatory: Person { name: text("Sam Signer"), function: text("head of product") },
        reviewer: Person { name: text("Rita Reviewer"), function: text("quality") },
        limitations: vec![text("none")],
        documentation: text("from the issuer"),
        retention: text("ten years after the last delivery"),
        ..Issuer::default()
    }
}

/// What comes of declaring this run with these decisions by this issuer.
pub(crate) fn declared(run: &Run, gaps: &Gaps, issuer: &Issuer) -> Result<Declaration, Refusal> {
    let sealed = Sealed { sha256: "ab".to_owned(), by: vec!["Ada Tester, test engineer".to_owned()] };
    declare(&Ground { run, gaps, issuer, members: &[], sealed: Some(&sealed), replaces: None, signed_with: "k" })
}

/// The declaration of the run that conforms.
pub(crate) fn declaration() -> Declaration {
    let run = conforming();
    declared(&run, &Gaps::none(&run), &issuer()).expect("a declaration")
}
