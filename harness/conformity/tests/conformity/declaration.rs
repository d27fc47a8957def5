//! What a declaration holds, and everything for which it is refused.

use assay_conformity::declaration::{Ground, Sealed, Standing, Status, declare, draft, revise};
use assay_conformity::gaps::Gaps;
use assay_conformity::issuer::{Issuer, Member};
use assay_model::run::Run;
use assay_model::verdict::{Basis, Determination, Verdict};

use crate::run::{conforming, declaration, declared, id, issuer, with_verdict};

/// Declaring is refused, for one reason that holds these words.
fn refused(run: &Run, issuer: &Issuer, words: &[&str]) {
    let refusal = declared(run, &Gaps::none(run), issuer).expect_err("a refusal");
    assert_eq!(refusal.open.len(), 1, "{refusal}");
    for word in words {
        assert!(refusal.open[0].contains(word), "`{word}` is not in: {}", refusal.open[0]);
    }
}

#[test]
fn a_conforming_run_is_declared() {
    let declaration = declaration();
    assert_eq!((declaration.status, declaration.revision), (Status::InForce, 1));
    let standings: Vec<_> = declaration.requirements.claims.iter().map(|claim| claim.standing).collect();
    assert_eq!(standings, [Standing::Satisfied, Standing::Satisfied, Standing::Satisfied, Standing::NotApplicable]);
    assert_eq!(declaration.validity.until.as_deref(), Some("2027-06-30"), "the attestation ends it");
    assert_eq!(declaration.object.components[0].marks[0].value, "2.4.1");
    assert!(declaration.requirements.claims[3].reason.contains("P. Owner"));
    let text = serde_json::to_string(&declaration).expect("JSON");
    assert_eq!(serde_json::from_str::<assay_conformity::declaration::Declaration>(&text).expect("a declaration"), declaration);
}

#[test]
fn one_fail_is_enough_to_refuse() {
    let run = with_verdict(Verdict::Fail, Determination::NotSatisfied);
    refused(&run, &issuer(), &["LA(AUN) (key) is not-satisfied", "correct the product", "admin/admin"]);
}

#[test]
fn one_open_result_is_enough_to_refuse() {
    for verdict in [Verdict::Inconclusive, Verdict::NotRun, Verdict::Error] {
        refused(
            &with_verdict(verdict, Determination::NotDetermined),
            &issuer(),
            &["LA(AUN) (key) is not-determined", "settle what is open"],
        );
    }
}

#[test]
fn a_pass_without_a_control_is_refused() {
    let mut run = conforming();
    run.results[0].control = None;
    refused(&run, &issuer(), &["no pass with a control"]);
}

#[test]
fn a_requirement_that_nothing_ruled_on_is_refused() {
    let mut run = conforming();
    run.requirements[0].determination = Determination::NotAssessed;
    refused(&crate::run::finish(run), &issuer(), &["not-assessed", "supply what a test of it needs"]);
}

#[test]
fn an_attestation_that_ended_by_the_day_of_issue_is_refused() {
    let late = Issuer { date: "2027-07-01".to_owned(), ..issuer() };
    refused(&conforming(), &late, &["DO(ASM)", "ended on 2027-06-30", "A. Tester", "ask again"]);
}

#[test]
fn each_missing_field_is_named_with_what_to_do() {
    let blank = Issuer { schema: String::new(), ..Issuer::default() };
    let run = conforming();
    let refusal = declared(&run, &Gaps::none(&run), &blank).expect_err("a refusal");
    for field in [
        "number",
        "name",
        "address",
        "place",
        "date",
        "signatory.name",
        "signatory.function",
        "reviewer.name",
        "documentation",
        "retention",
        "limitations",
    ] {
        assert!(refusal.open.iter().any(|line| line.contains(&format!("`{field}`"))), "{field} is not in: {refusal}");
    }
    refused(&run, &Issuer { address: "  ".to_owned(), ..issuer() }, &["state the address of the issuer"]);
}

#[test]
fn the_reviewer_is_not_the_signatory() {
    let mut own = issuer();
    "sam  SIGNER ".clone_into(&mut own.reviewer.name);
    refused(&conforming(), &own, &["somebody else than the signatory"]);
}

#[test]
fn nobody_signs_for_a_requirement_that_was_set_aside() {
    let mut run = conforming();
    if let Some(excluded) = &mut run.requirements[3].scoped_out {
        excluded.by = None;
    }
    refused(&run, &issuer(), &["LA(USE) is set aside", "add `by`"]);
}

#[test]
fn dates_that_contradict_each_other_are_refused() {
    refused(&conforming(), &Issuer { date: "2026-10-31".to_owned(), ..issuer() }, &["before the end of the run"]);
    refused(&conforming(), &Issuer { valid_until: "2026-11-26".to_owned(), ..issuer() }, &["before the date of issue"]);
}

#[test]
fn a_run_that_says_more_than_its_requirements_is_refused() {
    let mut run = with_verdict(Verdict::Fail, Determination::NotSatisfied);
    run.conclusion = assay_model::verdict::Conclusion::Conforms;
    let refusal = declared(&run, &Gaps::none(&run), &issuer()).expect_err("a refusal");
    assert!(refusal.to_string().contains("add up to does-not-conform"), "{refusal}");
}

#[test]
fn a_run_without_a_seal_can_be_drafted_and_not_declared() {
    let (run, issuer) = (conforming(), issuer());
    let gaps = Gaps::none(&run);
    let ground = Ground { run: &run, gaps: &gaps, issuer: &issuer, members: &[], sealed: None, replaces: None, signed_with: "k" };
    assert_eq!(draft(&ground).expect("a draft").status, Status::Draft);
    assert!(declare(&ground).expect_err("a refusal").to_string().contains("not sealed"));
}

#[test]
fn a_further_model_shows_what_its_differences_affect() {
    let member = Member {
        model: "DW-200".to_owned(),
        differences: "another display".to_owned(),
        affects: vec![id("LA(AUN)")],
        run: Some("runs/dw-200".to_owned()),
        ..Member::default()
    };
    let (run, issuer) = (conforming(), Issuer { members: vec![member], ..issuer() });
    let (gaps, sealed) = (Gaps::none(&run), Sealed::default());
    let with = |member: Option<Run>| {
        declare(&Ground {
            run: &run,
            gaps: &gaps,
            issuer: &issuer,
            members: &[member],
            sealed: Some(&sealed),
            replaces: None,
            signed_with: "k",
        })
    };
    assert!(with(None).expect_err("a refusal").to_string().contains("name its sealed run"));
    assert!(with(Some(conforming())).expect_err("a refusal").to_string().contains("its run is of model DW-100"));
    let mut own = with_verdict(Verdict::Fail, Determination::NotSatisfied);
    "DW-200".clone_into(&mut own.product.model);
    assert!(with(Some(own)).expect_err("a refusal").to_string().contains("LA(AUN) is not-satisfied"));
    let mut own = conforming();
    "DW-200".clone_into(&mut own.product.model);
    assert_eq!(with(Some(own)).expect("a declaration").object.family[0].model, "DW-200");
}

#[test]
fn a_revision_names_what_it_replaces() {
    let before = declaration();
    let next = revise(&before, "cd", Status::Suspended, "a fault was reported", "2026-12-01", "k");
    assert_eq!((next.revision, next.status), (2, Status::Suspended));
    let replaced = next.replaces.expect("a predecessor");
    assert_eq!((replaced.number.as_str(), replaced.revision, replaced.seal.as_str()), ("D-7", 1, "cd"));
}

#[test]
fn attested_claims_say_so() {
    let declaration = declaration();
    assert_eq!(declaration.requirements.claims[1].rests_on[0].basis, Basis::Attested);
    assert!(declaration.limitations.iter().any(|line| line.contains("holds until 2027-06-30: DO(ASM)")), "{:?}", declaration.limitations);
}
