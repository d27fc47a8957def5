//! The file of gaps: drafted, filled in, refused.

use assay_conformity::declaration::Standing;
use assay_conformity::gaps::{Gaps, draft, read};
use assay_model::run::Run;
use assay_model::verdict::{Determination, Verdict};

use crate::run::{conforming, declared, finish, issuer, with_verdict};

/// A run whose requirement on suites, not key, is not satisfied.
fn gapped() -> Run {
    let mut run = conforming();
    run.results[3].verdict = Verdict::Fail;
    run.results[3].control = None;
    run.requirements.push(crate::run::requirement("DP(CRY)", &[3], Determination::NotSatisfied));
    finish(run)
}

fn file(run: &Run, gap: &str) -> String {
    format!(
        "schema = \"assay.gaps/1\"\nrun = \"{}\"\n[decided]\nby = \"Rita Reviewer\"\nfunction = \"quality\"\non = \"2026-11-20\"\n[[gap]]\n{gap}",
        run.id
    )
}

const MISSING: &str = "requirement = \"DP(CRY)\"\nscenario = \"absent\"\ndetermination = \"justifiably-missing\"\nground = \"risk-accepted\"\n\
    because = \"nothing secret is sent\"\nuntil = \"2027-01-31\"\n";

/// The message of the one mistake in this entry.
fn mistake(run: &Run, gap: &str) -> String {
    let problems = read("gaps.toml", &file(run, gap), run).expect_err("a mistake");
    assert_eq!(problems.list().len(), 1, "{problems}");
    problems.to_string()
}

#[test]
fn the_drafted_file_can_be_read_and_leaves_every_gap_open() {
    let mut run = gapped();
    "<\u{1b}[31m\n]] \u{2028} \" \\ ".clone_into(&mut run.results[3].reason);
    let text = draft(&run);
    let gaps = read("gaps.toml", &text, &run).unwrap_or_else(|problems| panic!("{problems}\n{text}"));
    assert_eq!(gaps.gaps.len(), 1);
    assert!(gaps.gaps[0].determination.is_none());
    assert!(declared(&run, &gaps, &issuer()).expect_err("a refusal").to_string().contains("DP(CRY) is not-satisfied"));
}

#[test]
fn an_accepted_gap_is_declared_with_its_limit() {
    let run = gapped();
    let gaps = read("gaps.toml", &file(&run, MISSING), &run).unwrap_or_else(|problems| panic!("{problems}"));
    let declaration = declared(&run, &gaps, &issuer()).expect("a declaration");
    let claim = declaration.requirements.claims.iter().find(|claim| claim.id.as_str() == "DP(CRY)").expect("the claim");
    assert_eq!(claim.standing, Standing::JustifiablyMissing);
    assert!(claim.reason.contains("nothing secret is sent") && claim.reason.contains("Rita Reviewer"), "{}", claim.reason);
    assert_eq!(declaration.validity.until.as_deref(), Some("2027-01-31"), "the decision ends it");
    assert!(declaration.statement.contains("except for one"), "{}", declaration.statement);
    assert!(declaration.limitations.iter().any(|line| line.contains("DP(CRY) is missing")));
}

#[test]
fn a_decision_that_ended_is_open_again() {
    let run = gapped();
    let gaps = read("gaps.toml", &file(&run, MISSING), &run).unwrap_or_else(|problems| panic!("{problems}"));
    let late = assay_conformity::issuer::Issuer { date: "2027-02-01".to_owned(), ..issuer() };
    assert!(declared(&run, &gaps, &late).expect_err("a refusal").to_string().contains("the decision about it ended on 2027-01-31"));
}

#[test]
fn an_unacceptable_gap_is_refused() {
    let run = gapped();
    let gap = "requirement = \"DP(CRY)\"\nscenario = \"absent\"\ndetermination = \"unacceptable\"\nbecause = \"it is needed\"\n";
    let gaps = read("gaps.toml", &file(&run, gap), &run).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(declared(&run, &gaps, &issuer()).expect_err("a refusal").to_string().contains("unacceptable"));
}

#[test]
fn an_alternative_counts_with_its_own_passing_test() {
    let run = gapped();
    let gap = |test: &str| {
        format!(
            "requirement = \"DP(CRY)\"\nscenario = \"alternative\"\ndetermination = \"alternative\"\nbecause = \"the device checks\"\n\
             until = \"2027-01-31\"\nalternative = [{{ test = \"{test}\", component = \"device\", interface = \"web\" }}]\n"
        )
    };
    let gaps = read("gaps.toml", &file(&run, &gap("access/default-credentials")), &run).unwrap_or_else(|problems| panic!("{problems}"));
    let declaration = declared(&run, &gaps, &issuer()).expect("a declaration");
    let claim = declaration.requirements.claims.last().expect("the claim");
    assert_eq!((claim.standing, claim.rests_on[0].place.test.as_str()), (Standing::SatisfiedByAlternative, "access/default-credentials"));
    assert!(mistake(&run, &gap("protection/tls-suites")).contains("did not pass there"));
    let whole = gap("x");
    let bare: Vec<_> = whole.lines().filter(|line| !line.starts_with("alternative")).collect();
    assert!(mistake(&run, &bare.join("\n")).contains("its own passing test"));
}

#[test]
fn a_key_requirement_cannot_be_accepted_away() {
    let run = with_verdict(Verdict::Fail, Determination::NotSatisfied);
    let gap = MISSING.replace("DP(CRY)", "LA(AUN)");
    assert!(mistake(&run, &gap).contains("LA(AUN) is a key requirement: it cannot be accepted away"));
    // however the decision came there, the declaration is refused
    let text = file(&run, &gap);
    let mut other = run.clone();
    other.requirements[0].key = false;
    let gaps: Gaps = read("gaps.toml", &text, &other).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(declared(&run, &gaps, &issuer()).expect_err("a refusal").to_string().contains("cannot be accepted away"));
}

#[test]
fn each_mistake_is_named_at_its_place() {
    let run = gapped();
    for (from, to, words) in [
        ("DP(CRY)", "LA(AUN)", "there is no gap"),
        ("DP(CRY)", "SU(UPD)", "not in the baseline"),
        ("because = \"nothing secret is sent\"\n", "", "nothing says why"),
        ("until = \"2027-01-31\"\n", "", "the decision has no end"),
        ("2027-01-31", "2026-11-19", "end before the day of the decision"),
        ("2027-01-31", "soon", "this is no day"),
        ("ground = \"risk-accepted\"\n", "", "on what ground"),
        ("scenario = \"absent\"\n", "", "the scenario is missing"),
        ("\"absent\"", "\"gone\"", "gone"),
    ] {
        let text = mistake(&run, &MISSING.replace(from, to));
        assert!(text.contains(words) && text.contains("gaps.toml:"), "`{words}` is not in: {text}");
    }
    let other = file(&run, MISSING).replace(&run.id, "another");
    assert!(read("gaps.toml", &other, &run).expect_err("a mistake").to_string().contains("another run"));
}
