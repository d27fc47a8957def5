//! The draft of a declaration.

use assay_model::run::Run;
use assay_model::verdict::{Conclusion, Determination};
use assay_reports::sdoc::{Issuer, Person, draft};

use crate::pages::{HOSTILE, assert_sound, tag_count};
use crate::sample;

fn issuer(text: &str) -> Issuer {
    let person = |name: &str| Person { name: name.to_owned(), function: text.to_owned() };
    Issuer {
        number: text.to_owned(),
        replaces: text.to_owned(),
        name: text.to_owned(),
        address: text.to_owned(),
        contact: text.to_owned(),
        place: text.to_owned(),
        date: text.to_owned(),
        signatory: person(text),
        reviewer: person("somebody else"),
        limitations: vec![text.to_owned()],
        bodies: vec![text.to_owned()],
        reports: vec![text.to_owned()],
        management_systems: vec![text.to_owned()],
        certificates: vec![text.to_owned()],
        documentation: text.to_owned(),
    }
}

fn refused(run: &Run) -> Vec<String> {
    draft(run, &Issuer::default()).expect_err("a refusal").open
}

#[test]
fn the_draft_holds_what_the_standard_asks_for() {
    let (run, issuer) = (sample::conforming(), issuer("supplied"));
    let declaration = draft(&run, &issuer).expect("a draft");
    assert_eq!(declaration.to_settle, Vec::<&str>::new());
    let page = declaration.html().expect("a page");
    assert_sound(&page);
    for words in [
        "DRAFT: not signed",
        "DW-100",
        "serial numbers 26-000100",
        "SU(APP)",
        "2 satisfied, 1 satisfied by an alternative, 1 not applicable",
        "scoped out: the product has no display",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("to be filled in"), "nothing is blank");
    let json: serde_json::Value = serde_json::from_str(&declaration.json().expect("JSON")).expect("JSON");
    assert_eq!(json["status"], "draft");
    assert_eq!(json["issuer"]["signatory"]["name"], "supplied");
    assert_eq!(json["requirements"]["satisfied"][0]["id"], "DI(IMS)");
    assert_eq!(json["requirements"]["not_applicable"][0]["reason"], run.requirements[1].reason);
    assert_eq!(json["assessment"]["run"], run.id);
}

#[test]
fn what_nobody_supplied_stays_blank_and_is_listed() {
    let (run, issuer) = (sample::conforming(), Issuer { name: " ".to_owned(), ..Issuer::default() });
    let declaration = draft(&run, &issuer).expect("a draft");
    assert_eq!(declaration.to_settle.len(), 10);
    let page = declaration.html().expect("a page");
    assert_sound(&page);
    assert!(page.matches("class=\"blank\">to be filled in").count() >= 10);
    assert!(page.contains("<li>name the issuer</li>"));
}

#[test]
fn the_signatory_does_not_review() {
    let run = sample::conforming();
    let mut issuer = issuer("A. Nonymous");
    issuer.reviewer.name = " a. nonymous ".to_owned();
    assert_eq!(draft(&run, &issuer).expect("a draft").to_settle, ["let somebody else than the signatory review the results"]);
}

#[test]
fn hostile_text_stays_text() {
    let drafted = |text: &str| {
        let mut run = sample::filled_with(text);
        run.requirements.truncate(1);
        run.conclusion = Conclusion::Conforms;
        draft(&run, &issuer(text)).expect("a draft").html().expect("a page")
    };
    for text in HOSTILE {
        assert_sound(&drafted(text));
        assert_eq!(tag_count(&drafted(text)), tag_count(&drafted("calm")), "{text:?} changed the page");
    }
}

#[test]
fn a_run_that_does_not_conform_is_refused_line_by_line() {
    let open = refused(&sample::mixed());
    assert_eq!(open.len(), 6, "{open:#?}");
    let expected = [
        "LA(AUN) (key) is not-satisfied: correct the product, and run again [hub web: the hub let in the account admin with the password admin]",
        "DP(STO) is not-assessed: supply what a test of it needs, or set it aside in the profile with a reason [no test looks at storage from outside; supply the design document]",
    ];
    for line in expected {
        assert!(open.iter().any(|one| one == line), "{line}\nis not in\n{open:#?}");
    }
    let hostile = refused(&sample::filled_with("\u{1b}[2J\nline"));
    assert!(hostile.iter().all(|line| !line.contains(|c: char| c.is_control())), "{hostile:?}");
}

#[test]
fn a_run_that_contradicts_itself_is_refused() {
    let mut run = sample::conforming();
    run.conclusion = Conclusion::NotDetermined;
    assert_eq!(refused(&run), ["the run says not-determined, and its requirements add up to conforms: run again"]);

    let mut run = sample::mixed();
    run.conclusion = Conclusion::Conforms;
    assert_eq!(refused(&run).len(), 6);

    let mut run = sample::conforming();
    run.requirements.clear();
    assert_eq!(refused(&run), ["the run holds no requirement: choose a baseline and run again"]);
}

#[test]
fn green_without_proof_is_refused() {
    let mut run = sample::conforming();
    run.results[0].control = None;
    assert_eq!(refused(&run), ["DI(IMS) is satisfied: no pass with a control stands behind it; run again"]);

    let mut run = sample::conforming();
    run.requirements[2].results = vec![usize::MAX];
    assert!(refused(&run)[0].starts_with("SU(APP) is satisfied: no pass"));

    let mut run = sample::conforming();
    run.requirements[1].reason.clear();
    assert_eq!(refused(&run), ["LA(USE) is not-applicable: give a reason in the profile, and run again"]);
    assert_eq!(run.requirements[1].determination, Determination::NotApplicable);
}
