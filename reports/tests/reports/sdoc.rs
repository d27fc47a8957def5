//! The declaration and its supporting documentation.

use assay_conformity::declaration::{Declaration, Ground, Predecessor, Sealed, Status, declare, revise};
use assay_conformity::gaps::{Decided, Decision, Gap, Gaps, Scenario};
use assay_conformity::issuer::{Issuer, Member, Person, SCHEMA};
use assay_conformity::supporting;
use assay_model::run::Run;
use assay_model::verdict::Conclusion;
use assay_reports::sdoc::{drafted, html, json, refused, supporting as page_of};

use crate::pages::{HOSTILE, assert_sound, tag_count};
use crate::sample;

/// An issuer in whose file every text is `text`.
fn issuer(text: &str) -> Issuer {
    let owned = || text.to_owned();
    let person = |name: &str| Person { name: name.to_owned(), function: owned() };
    let member = Member {
        model: owned(),
        version: owned(),
        identification: owned(),
        differences: owned(),
        because: owned(),
        affects: Vec::new(),
        run: Some(owned()),
    };
    Issuer {
        schema: SCHEMA.to_owned(),
        number: owned(),
        name: owned(),
        address: owned(),
        contact: owned(),
        place: owned(),
        date: "2026-12-01".to_owned(),
        valid_until: "2028-12-01".to_owned(),
        signatory: person(text),
        reviewer: person("somebody else"),
        limitations: vec![owned()],
        bodies: vec![owned()],
        reports: vec![owned()],
        management_systems: vec![owned()],
        certificates: vec![owned()],
        documentation: owned(),
        retention: owned(),
        design: vec![owned()],
        competence: vec![owned()],
        members: vec![member],
    }
}

fn gap(requirement: &str, text: &str) -> Gap {
    Gap {
        requirement: sample::id(requirement),
        scenario: Some(Scenario::Absent),
        determination: Some(Decision::JustifiablyMissing),
        ground: None,
        because: text.to_owned(),
        until: Some("2027-12-31".to_owned()),
        alternative: Vec::new(),
        decided: Some(Decided { by: text.to_owned(), function: text.to_owned(), on: "2026-11-30".to_owned() }),
    }
}

/// The declaration of a run with one gap decided, all texts of the issuer being `text`.
fn declared(text: &str) -> (Declaration, Run, Gaps) {
    let mut run = sample::conforming();
    let mut missing = sample::mixed().requirements[3].clone();
    missing.results.clear();
    run.requirements.push(missing);
    run.conclusion = Conclusion::NotDetermined;
    let gaps = Gaps { gaps: vec![gap("DP(STO)", text)], ..Gaps::none(&run) };
    for requirement in &mut run.requirements {
        if let Some(excluded) = &mut requirement.scoped_out {
            excluded.by = Some(text.to_owned());
        }
    }
    let (issuer, sealed) = (issuer(text), Sealed { sha256: "ab12".to_owned(), by: vec![text.to_owned()] });
    let replaces = Predecessor { number: text.to_owned(), revision: 3, seal: "cd34".to_owned(), because: text.to_owned() };
    let ground = Ground {
        run: &run,
        gaps: &gaps,
        issuer: &issuer,
        members: &[None],
        sealed: Some(&sealed),
        replaces: Some(&replaces),
        signed_with: "ef56",
    };
    let declaration = declare(&ground).unwrap_or_else(|refusal| panic!("{refusal}"));
    (declaration, run, gaps)
}

/// The text of a page as a reader sees it, on one line.
fn text_of(page: &str) -> String {
    let mut text = String::new();
    for piece in page.split('<').skip(1) {
        text.push_str(piece.split_once('>').map_or("", |(_, text)| text));
        text.push(' ');
    }
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#x27;", "'").replace("&#x2f;", "/");
    plain.replace("&amp;", "&").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every text and number of a document, with its path.
fn leaves(value: &serde_json::Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::Object(map) => map.iter().for_each(|(key, value)| leaves(value, &format!("{path}.{key}"), found)),
        serde_json::Value::Array(list) => list.iter().enumerate().for_each(|(at, value)| leaves(value, &format!("{path}.{at}"), found)),
        serde_json::Value::String(text) if !text.is_empty() => found.push((path.to_owned(), text.clone())),
        serde_json::Value::Number(number) => found.push((path.to_owned(), number.to_string())),
        _ => {}
    }
}

#[test]
fn page_and_json_agree_field_by_field() {
    let (declaration, ..) = declared("supplied & <said>");
    let page = html(&declaration).expect("a page");
    assert_sound(&page);
    let value: serde_json::Value = serde_json::from_str(&json(&declaration).expect("JSON")).expect("JSON");
    assert_eq!(serde_json::from_value::<Declaration>(value.clone()).expect("a declaration"), declaration);
    let (text, mut found) = (text_of(&page), Vec::new());
    leaves(&value, "", &mut found);
    assert!(found.len() > 80, "{}", found.len());
    for (path, leaf) in found {
        // the requirements of a test say what it rules on anywhere; the page shows the claims
        if path.contains(".rests_on.") && path.contains(".requirements.") || path == ".issuer.schema" {
            continue;
        }
        let words = leaf.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&words) || text.contains(&words.replace('-', " ")), "{path} = {leaf} is not on the page:\n{text}");
    }
    for words in ["DW-100", "SU(APP)", "1 justifiably missing", "key ef56"] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    assert!(!page.contains("to be filled in") && !page.contains("DRAFT"), "nothing is blank");
}

#[test]
fn the_supporting_documentation_leads_from_claims_to_evidence() {
    let (declaration, run, gaps) = declared("supplied");
    let documentation = supporting::of(&declaration, &run, &gaps);
    let page = page_of(&documentation).expect("a page");
    assert_sound(&page);
    let text = text_of(&page);
    for result in &documentation.results {
        for id in result.evidence.iter().chain(result.control.iter().flat_map(|control| &control.evidence)) {
            assert!(text.contains(&id.to_string()), "{id}");
        }
    }
    for claim in declaration.requirements.claims.iter().filter(|claim| !claim.rests_on.is_empty()) {
        assert!(documentation.results.iter().any(|result| result.claims.contains(&claim.id)), "{} leads nowhere", claim.id);
    }
    assert!(text.contains("justifiably missing, scenario absent"), "{text}");
}

#[test]
fn a_draft_is_blank_where_nobody_supplied_anything_and_says_what_is_missing() {
    let draft = drafted(&sample::conforming()).expect("a draft");
    assert_eq!(draft.status, Status::Draft);
    let page = html(&draft).expect("a page");
    assert_sound(&page);
    assert!(page.matches("class=\"blank\">to be filled in").count() >= 10);
    assert!(page.contains("DRAFT: not signed") && page.contains("<li>name the issuer (`name`)</li>"));
}

#[test]
fn a_declaration_that_does_not_stand_says_so_first() {
    let (declaration, ..) = declared("supplied");
    for (status, words) in [(Status::Suspended, "Suspended: it does not stand"), (Status::Withdrawn, "Withdrawn: it does not stand")] {
        let page = html(&revise(&declaration, "ab12", status, "a fault", "2026-12-02", "ef56")).expect("a page");
        assert_sound(&page);
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn hostile_text_stays_text() {
    let pages = |text: &str| {
        let mut run = sample::filled_with(text);
        run.requirements.truncate(1);
        run.conclusion = Conclusion::Conforms;
        let (declaration, decided, gaps) = declared(text);
        let documentation = supporting::of(&declaration, &run, &gaps);
        let all = [html(&drafted(&run).expect("a draft")), html(&declaration), page_of(&documentation)];
        assert!(!decided.requirements.is_empty());
        all.map(|page| page.expect("a page"))
    };
    let calm = pages("calm").map(|page| tag_count(&page));
    for text in HOSTILE {
        let hostile = pages(text);
        for page in &hostile {
            assert_sound(page);
        }
        assert_eq!(hostile.map(|page| tag_count(&page)), calm, "{text:?} changed a page");
    }
}

#[test]
fn a_run_that_does_not_conform_is_refused_line_by_line() {
    let refusal = drafted(&sample::mixed()).expect_err("a refusal");
    assert_eq!(refusal.open.len(), 6, "{refusal}");
    let words = refused(&refusal);
    for line in [
        "LA(AUN) (key) is not-satisfied: correct the product and run again, or decide about it (`assay gaps`) [hub web: the hub let in the account admin with the password admin]",
        "DP(STO) is not-assessed: supply what a test of it needs",
    ] {
        assert!(words.contains(line), "{line}\nis not in\n{words}");
    }
    let hostile = refused(&drafted(&sample::filled_with("\u{1b}[2J\nline")).expect_err("a refusal"));
    assert!(hostile.lines().all(|line| !line.contains(|c: char| c.is_control())), "{hostile:?}");
}
