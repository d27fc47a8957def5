//! A declaration held against a unit.

use assay_conformity::declaration::{Status, revise};
use assay_conformity::sample::draw;
use assay_conformity::spot_check::{Comes, Found, SpotCheck, compare, unusable};
use assay_model::profile::Profile;
use assay_model::run::Run;
use assay_model::verdict::{Determination, Verdict};

use crate::run::{conforming, declaration, with_verdict};

fn profile(version: &str) -> Profile {
    let text = format!(
        "schema = \"assay.profile/1\"\n[product]\nmanufacturer = \"Example Appliances\"\nname = \"Dishwasher\"\nmodel = \"DW-100\"\nversion = \"{version}\"\n\
         [baseline]\nuse = \"core\"\n[[component]]\nid = \"device\"\nrole = \"device\"\naddress = \"192.0.2.1\"\n\
         [[component]]\nid = \"hub\"\nrole = \"hub\"\naddress = \"192.0.2.2\"\n"
    );
    toml::from_str(&text).expect("a profile")
}

fn checked(run: &Run, version: &str) -> SpotCheck {
    let declaration = declaration();
    let sample = draw(&declaration.requirements.claims, "7", 100);
    compare(&declaration, "ab", &profile(version), sample, run)
}

fn found(check: &SpotCheck, id: &str) -> Found {
    check.findings.iter().find(|finding| finding.id.as_str() == id).expect("a finding").found
}

#[test]
fn the_same_again_is_confirmed() {
    let check = checked(&conforming(), "2.4.1");
    assert_eq!(check.conclusion, Comes::Confirmed, "{check:?}");
    assert_eq!(found(&check, "LA(AUN)"), Found::Confirmed);
    assert_eq!(found(&check, "LA(USE)"), Found::NotComparable);
}

#[test]
fn a_fail_contradicts_its_requirement_alone() {
    let check = checked(&with_verdict(Verdict::Fail, Determination::NotSatisfied), "2.4.1");
    assert_eq!(check.conclusion, Comes::Contradicted);
    let contradicted: Vec<_> = check.findings.iter().filter(|finding| finding.found == Found::Contradicted).collect();
    assert_eq!(contradicted.len(), 1);
    assert!(contradicted[0].id.as_str() == "LA(AUN)" && contradicted[0].reason.contains("admin/admin"));
}

#[test]
fn an_open_question_contradicts_nothing_and_confirms_nothing() {
    let check = checked(&with_verdict(Verdict::Inconclusive, Determination::NotDetermined), "2.4.1");
    assert_eq!((check.conclusion, found(&check, "LA(AUN)")), (Comes::NotDetermined, Found::NotRetested));
}

#[test]
fn a_claim_is_confirmed_only_when_everything_that_it_rests_on_was_tried_again() {
    let mut declaration = declaration();
    let mut elsewhere = declaration.requirements.claims[0].rests_on[0].clone();
    elsewhere.place.component = Some("hub".to_owned());
    declaration.requirements.claims[0].rests_on.push(elsewhere);
    let sample = draw(&declaration.requirements.claims, "7", 100);
    let check = compare(&declaration, "ab", &profile("2.4.1"), sample, &conforming());
    assert_eq!((check.conclusion, found(&check, "LA(AUN)")), (Comes::NotDetermined, Found::NotRetested));
    assert!(check.findings[0].reason.contains("access/default-credentials on hub web"), "{}", check.findings[0].reason);
}

#[test]
fn another_version_is_another_object() {
    let check = checked(&with_verdict(Verdict::Fail, Determination::NotSatisfied), "2.5.0");
    assert_eq!(check.conclusion, Comes::NotDetermined);
    assert!(check.findings.iter().all(|finding| finding.found == Found::NotComparable));
    let mut updated = conforming();
    "2.5.0".clone_into(&mut updated.results[0].marks[0].value);
    assert_eq!(checked(&updated, "2.4.1").conclusion, Comes::NotDetermined, "the unit says another version than its profile");
}

#[test]
fn only_what_was_drawn_is_retested() {
    let declaration = declaration();
    let mut sample = draw(&declaration.requirements.claims, "7", 100);
    sample.taken.retain(|taken| taken.id.as_str() != "DO(CAP).2");
    let check = compare(&declaration, "ab", &profile("2.4.1"), sample, &conforming());
    assert_eq!((check.conclusion, found(&check, "DO(CAP).2")), (Comes::Confirmed, Found::NotRetested));
}

#[test]
fn a_declaration_that_does_not_stand_is_held_against_nothing() {
    let declaration = declaration();
    assert_eq!(unusable(&declaration, "2026-12-01"), None);
    let claims = declaration.requirements.claims.iter().cycle().take(10_001).cloned().collect();
    let mut endless = declaration.clone();
    endless.requirements.claims = claims;
    assert!(unusable(&endless, "2026-12-01").expect("a reason").contains("10001 claims"));
    assert!(unusable(&declaration, "2027-07-01").expect("a reason").contains("ended on 2027-06-30"));
    for (status, word) in [(Status::Withdrawn, "withdrawn"), (Status::Suspended, "suspended"), (Status::Draft, "draft")] {
        let revised = revise(&declaration, "ab", status, "for a reason", "2026-12-01", "k");
        assert!(unusable(&revised, "2026-12-01").expect("a reason").contains(word));
    }
}
