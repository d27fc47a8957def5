//! A run as the dishwasher of the reference product could yield it.

use assay_model::catalog::RequirementId;
use assay_model::coverage::{Covered, Ruling};
use assay_model::determine;
use assay_model::evidence::EvidenceId;
use assay_model::profile::{Exclusion, Product};
use assay_model::run::{
    ComponentDetermination, ComponentRecord, Control, Mark, Marking, MethodRecord, Point, RequirementResult, Run, SCHEMA, TestResult,
};
use assay_model::safety::{Method, Safety};
use assay_model::verdict::{Basis, Determination, Verdict};

pub(crate) fn id(text: &str) -> RequirementId {
    text.parse().expect("a well-formed id")
}

/// A run with every verdict and every determination in it.
pub(crate) fn mixed() -> Run {
    let mut run = frame();
    run.results = vec![
        result(
            "identification/logical-identifier",
            "Each component gives an identifier of its own",
            "device web",
            "DI(IMS).1",
            Verdict::Pass,
        ),
        result("access/default-credentials", "No default password opens an interface", "hub web", "LA(AUN) DC(AUN)", Verdict::Fail),
        result("access/default-credentials", "No default password opens an interface", "device web", "LA(AUN) DC(AUN)", Verdict::Pass),
        result("access/lockout", "Failed log-ins are slowed down", "hub web", "LA(AUN).5", Verdict::NotRun),
        result("protection/weak-suites", "No weak cipher suite is accepted", "backend api", "DP(CRY) DP(STX)", Verdict::Inconclusive),
        result("update/tampered-package", "A changed update package is refused", "device web", "SU(APP)", Verdict::Pass),
        result("update/rollback", "An older version is refused", "backend updates", "SU(APP).2", Verdict::NotApplicable),
        result("awareness/event-log", "Failed log-ins are logged", "device web", "CS(LOG)", Verdict::Error),
        result("reception/security-txt", "There is a way to report a vulnerability", "", "IQ(RVI)", Verdict::Pass),
    ];
    detail(&mut run.results);
    run.requirements = vec![
        requirement("DI(IMS)", "Identifier Management Support", Determination::Satisfied, &[0]),
        requirement("DC(AUN)", "Authentication and Authorization Configuration", Determination::NotSatisfied, &[1, 2]),
        requirement("DP(CRY)", "Cryptography Capabilities and Support", Determination::NotDetermined, &[4]),
        requirement("DP(STO)", "Secure Storage", Determination::NotAssessed, &[]),
        requirement("LA(AUN)", "Authentication Support", Determination::NotSatisfied, &[1, 2, 3]),
        requirement("LA(AUN).5", "Authentication Support", Determination::NotDetermined, &[3]),
        requirement("LA(USE)", "System Use Notification Support", Determination::NotApplicable, &[]),
        requirement("SU(APP)", "Update Application Support", Determination::Satisfied, &[5, 6]),
        requirement("CS(LOG)", "Event Logging", Determination::NotDetermined, &[7]),
        requirement("IQ(RVI)", "Reception of Vulnerability Information", Determination::SatisfiedByAlternative, &[8]),
    ];
    "no test looks at storage from outside; supply the design document".clone_into(&mut run.requirements[3].reason);
    "scoped out: the product has no display and no log-in prompt".clone_into(&mut run.requirements[6].reason);
    run.requirements[4].key = true;
    run.requirements[4].components = vec![
        ComponentDetermination { component: "device".to_owned(), determination: Determination::Satisfied },
        ComponentDetermination { component: "hub".to_owned(), determination: Determination::NotSatisfied },
    ];
    run.conclusion = determine::conclusion(run.requirements.iter().map(|requirement| requirement.determination));
    run
}

/// A run that conforms.
pub(crate) fn conforming() -> Run {
    let mut run = mixed();
    run.requirements = [0, 6, 7, 9].map(|at| run.requirements[at].clone()).to_vec();
    run.results = [0, 5, 6, 8].map(|at| run.results[at].clone()).to_vec();
    for (requirement, results) in run.requirements.iter_mut().zip([&[0][..], &[], &[1, 2], &[3]]) {
        requirement.results = results.to_vec();
    }
    run.conclusion = determine::conclusion(run.requirements.iter().map(|requirement| requirement.determination));
    run
}

/// A run in which every text is `text`.
pub(crate) fn filled_with(text: &str) -> Run {
    let mut run = mixed();
    let owned = || text.to_owned();
    run.id = owned();
    run.product = Product { manufacturer: owned(), name: owned(), model: owned(), version: owned(), identification: Some(owned()) };
    for component in &mut run.components {
        (component.id, component.role, component.address, component.sample) = (owned(), owned(), owned(), owned());
    }
    let method = &mut run.method;
    (method.harness, method.catalog, method.catalog_hash, method.baseline) = (owned(), owned(), owned(), owned());
    (method.policy, method.authority, method.decision_rule, method.profile_hash) = (owned(), owned(), owned(), owned());
    (run.started, run.finished) = (owned(), owned());
    for result in &mut run.results {
        (result.test, result.title, result.reason, result.expected) = (owned(), owned(), owned(), owned());
        (result.observed, result.source, result.started) = (owned(), owned(), owned());
        (result.component, result.interface, result.notes) = (Some(owned()), Some(owned()), vec![owned()]);
        result.points = vec![Point { requirement: id("LA(AUN)"), verdict: result.verdict, reason: owned() }];
        result.control = Some(Control { what: owned(), evidence: vec![EvidenceId::of(b"control")], until: Some(owned()) });
        result.marks = vec![Mark { what: Marking::SoftwareVersion, value: owned() }];
    }
    for requirement in &mut run.requirements {
        (requirement.title, requirement.statement, requirement.reason) = (owned(), owned(), owned());
        (requirement.sp800_53, requirement.csf) = (vec![owned()], vec![owned()]);
        requirement.scoped_out = Some(Exclusion { id: owned(), because: owned(), by: Some(owned()) });
        for component in &mut requirement.components {
            component.component = owned();
        }
    }
    for row in &mut run.coverage {
        row.reason = owned();
        row.tests.iter_mut().for_each(|ruling| ruling.test = owned());
    }
    run.remarks = vec![owned()];
    run
}

fn frame() -> Run {
    let component = |id: &str, role: &str, port: u16, connections| ComponentRecord {
        id: id.to_owned(),
        role: role.to_owned(),
        address: format!("127.0.0.1:{port}"),
        sample: "S1".to_owned(),
        connections,
        refusals: 3,
    };
    let text = str::to_owned;
    Run {
        schema: text(SCHEMA),
        id: text("2026-11-21T10-14-05Z-dw100"),
        conclusion: assay_model::verdict::Conclusion::NotDetermined,
        product: Product {
            manufacturer: text("Example Appliances"),
            name: text("Connected dishwasher"),
            model: text("DW-100"),
            version: text("1.1.0"),
            identification: Some(text("serial numbers 26-000100 to 26-004999, hardware revision C")),
        },
        components: vec![
            component("device", "device", 8443, 812),
            component("hub", "hub", 8444, 344),
            component("backend", "backend", 8445, 97),
        ],
        method: method(),
        started: text("2026-11-21T10:14:05Z"),
        finished: text("2026-11-21T10:31:47Z"),
        results: Vec::new(),
        requirements: Vec::new(),
        coverage: coverage(),
        remarks: vec![text("the hub did not answer for 14 s at 10:22:31; the run waited and went on")],
    }
}

fn coverage() -> Vec<Covered> {
    let row = |requirement: &str, tests: &[&str], reason: &str| Covered {
        requirement: id(requirement),
        tests: tests.iter().map(|test| Ruling { test: (*test).to_owned(), method: Method::Probe }).collect(),
        reason: reason.to_owned(),
    };
    vec![row("LA(AUN)", &["access/default-credentials"], ""), row("DP(STO)", &[], "needs a look at the storage itself")]
}

fn method() -> MethodRecord {
    let text = str::to_owned;
    MethodRecord {
        harness: text("assay 0.1.0"),
        catalog: text("NIST SP 800-213A"),
        catalog_hash: EvidenceId::of(b"catalog").hex().to_owned(),
        baseline: text("network"),
        policy: text("general"),
        consent: Safety::Reversible,
        authority: text("contract 2026-117 with Example Appliances"),
        decision_rule: text(determine::DECISION_RULE),
        profile_hash: EvidenceId::of(b"profile").hex().to_owned(),
    }
}

/// One result; `place` is "component interface" or empty for the whole product.
fn result(test: &str, title: &str, place: &str, requirements: &str, verdict: Verdict) -> TestResult {
    let (component, interface) = place.split_once(' ').unzip();
    let seen = EvidenceId::of(format!("{test}{place}").as_bytes());
    TestResult {
        test: test.to_owned(),
        title: title.to_owned(),
        component: component.map(str::to_owned),
        interface: interface.map(str::to_owned),
        requirements: requirements.split(' ').map(id).collect(),
        method: Method::Probe,
        safety: Safety::ReadOnly,
        verdict,
        basis: Basis::Observed,
        reason: String::new(),
        expected: "a refusal".to_owned(),
        observed: "HTTP 401 for each of 12 pairs".to_owned(),
        source: "EN 303 645 V2.1.1, 5.1-1; SP 800-63B-4, 3.1.1.2".to_owned(),
        evidence: vec![seen, EvidenceId::of(b"handshake")],
        control: None,
        points: Vec::new(),
        notes: Vec::new(),
        marks: Vec::new(),
        started: "2026-11-21T10:14:09Z".to_owned(),
        duration_ms: 2_340,
    }
}

/// Words that differ from result to result.
fn detail(results: &mut [TestResult]) {
    let control = Control {
        what: "the right password was accepted: HTTP 200".to_owned(),
        evidence: vec![EvidenceId::of(b"right password")],
        until: None,
    };
    for result in results.iter_mut() {
        let reason = match result.verdict {
            Verdict::Pass => "what was to be seen was seen",
            Verdict::Fail => "the hub let in the account admin with the password admin",
            Verdict::Inconclusive => "the backend closed every connection; name a reachable address in the profile",
            Verdict::NotRun => "needs consent `disruptive`; run again with --consent disruptive",
            Verdict::Error => "the log collector could not bind its port; free port 5514",
            Verdict::NotApplicable => "the component does not take updates itself",
        };
        reason.clone_into(&mut result.reason);
        if matches!(result.verdict, Verdict::NotRun | Verdict::NotApplicable) {
            result.observed.clear();
            result.evidence.clear();
        }
        if result.verdict == Verdict::Pass {
            result.control = Some(control.clone());
        } else if result.verdict == Verdict::Fail {
            "HTTP 200, Set-Cookie: session=…; Server: \u{1b}[31mhub-httpd/0.9\u{1b}[0m".clone_into(&mut result.observed);
            result.notes = vec!["the Server header holds terminal escapes".to_owned()];
        }
    }
    results[8].basis = Basis::Alternative;
    results[8].method = Method::Document;
}

fn requirement(code: &str, title: &str, determination: Determination, results: &[usize]) -> RequirementResult {
    RequirementResult {
        id: id(code),
        title: title.to_owned(),
        statement: format!("The product can do what {title} stands for."),
        key: false,
        determination,
        reason: String::new(),
        scoped_out: None,
        components: Vec::new(),
        results: results.to_vec(),
        sp800_53: vec!["AC-3".to_owned(), "IA-5".to_owned()],
        csf: vec!["PR.AC-1".to_owned()],
    }
}
