//! OSCAL: every text of a run arrives as it stands, and none does anything.

use assay_model::catalog::RequirementId;
use assay_model::profile::Exclusion;
use assay_reports::visible_line;
use serde_json::Value;

use crate::oscal::{documents, list, outcome, props, texts};
use crate::sample;

/// Undoes what makes a control of a requirement.
fn requirement(control: &str) -> RequirementId {
    let (code, ordinal) = control.split_once('.').map_or((control, String::new()), |(code, ordinal)| (code, format!(".{ordinal}")));
    let (family, code) = code.split_once('-').expect("family and code");
    format!("{}({}){ordinal}", family.to_uppercase(), code.to_uppercase()).parse().expect("an id")
}

#[test]
fn controls_are_tokens_from_which_the_ids_can_be_read_back() {
    let mut run = sample::mixed();
    run.requirements[4].id = sample::id("LA(AUN).2.b.iv");
    let outcome = outcome(&run);
    let controls = list(&outcome["reviewed-controls"]["control-selections"][0]["include-controls"]);
    let ids: Vec<_> = controls.iter().map(|control| requirement(control["control-id"].as_str().expect("a token"))).collect();
    assert_eq!(ids, run.requirements.iter().map(|requirement| requirement.id.clone()).collect::<Vec<_>>());
    assert_eq!(outcome["findings"][3]["target"]["target-id"], "la-aun.2.b.iv_obj");
}

#[test]
fn exact_texts_are_properties() {
    let run = sample::mixed();
    let outcome = outcome(&run);
    for (result, observation) in run.results.iter().zip(list(&outcome["observations"])) {
        let control = result.control.as_ref().map(|control| control.what.as_str()).unwrap_or_default();
        let texts = [
            ("test", result.test.as_str()),
            ("title", &result.title),
            ("reason", &result.reason),
            ("expected", &result.expected),
            ("observed", &result.observed),
            ("source", &result.source),
            ("basis", result.basis.word()),
            ("component", result.component.as_deref().unwrap_or_default()),
            ("interface", result.interface.as_deref().unwrap_or_default()),
            ("control", control),
        ];
        for (name, text) in texts {
            let right: Vec<_> = Some(visible_line(text)).filter(|text| !text.is_empty()).into_iter().collect();
            assert_eq!(props(observation, name), right, "{name}");
        }
        assert_eq!(props(observation, "note"), result.notes);
        assert_eq!(props(observation, "requirement"), result.requirements.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
    assert_eq!(props(&outcome, "decision-rule"), [run.method.decision_rule]);
    assert_eq!(props(&outcome, "remark"), run.remarks);
}

/// How often each name stands in the document.
fn shape(document: &Value) -> Vec<String> {
    let mut keys: Vec<_> = texts(document).into_iter().map(|(key, _)| key.to_owned()).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn hostile_text_is_shown_and_changes_nothing() {
    let calm = documents(&sample::filled_with("calm"));
    let banners = [
        "\0\u{1b}[2J",
        "a\nb\r\n",
        " edges ",
        "\u{3000}",
        "\u{202e}\u{2066}\u{fffe}",
        "<script>alert(1)</script>",
        "[here](javascript:alert(1)) ![x](//y)",
        "{{ insert: param, ac-1_prm_1 }}",
        "\",\"uuid\":\"",
    ];
    for banner in banners {
        for (name, document) in documents(&sample::filled_with(banner)) {
            assert_eq!(shape(&document), shape(&calm[name]), "{name} under {banner:?}");
            for (key, text) in texts(&document) {
                let line_feeds = matches!(key, "description" | "remarks");
                let hidden = |c: char| c.is_control() && !(c == '\n' && line_feeds) || matches!(c, '\u{202e}' | '\u{2066}' | '\u{fffe}');
                assert!(!text.contains(hidden), "{key} of {name} under {banner:?}: {text:?}");
                assert!(key != "value" || text.trim() == text && !text.is_empty(), "a property under {banner:?}: {text:?}");
                let marked_up = matches!(key, "title" | "description" | "remarks" | "statement" | "prose");
                let live = |mark: &str| text.match_indices(mark).any(|(at, _)| !text[..at].ends_with('\\'));
                assert!(!marked_up || !["<", "[", "{"].iter().any(|mark| live(mark)), "{key} under {banner:?}: {text}");
            }
        }
    }
}

#[test]
fn times_that_are_none_become_others_that_are() {
    let mut run = sample::mixed();
    run.results[0].started = "soon".to_owned();
    run.finished = "2026-11-21T12:31:47+02:00".to_owned();
    let outcome = outcome(&run);
    assert_eq!(outcome["observations"][0]["collected"], "2026-11-21T10:14:05Z", "that of the run");
    assert_eq!(props(&outcome["observations"][0], "started"), ["soon"]);
    assert_eq!(outcome["end"], "2026-11-21T10:31:47Z");
}

#[test]
fn an_answer_expires_and_who_sets_aside_is_named() {
    let mut run = sample::mixed();
    run.results[0].control.as_mut().expect("a control").until = Some("2027-11-27".to_owned());
    let because = "it has no display".to_owned();
    run.requirements[6].scoped_out = Some(Exclusion { id: "LA(USE)".to_owned(), because, by: Some("A. Assessor".to_owned()) });
    let outcome = outcome(&run);
    assert_eq!(outcome["observations"][0]["expires"], "2027-11-27T23:59:59Z");
    assert_eq!(outcome["observations"][1].get("expires"), None);
    assert_eq!(props(&outcome, "scoped-out-because"), ["it has no display"]);
    assert_eq!(props(&outcome, "scoped-out-by"), ["A. Assessor"]);
}

#[test]
fn no_list_is_empty() {
    let mut bare = sample::filled_with("");
    (bare.components, bare.requirements, bare.results) = (Vec::new(), Vec::new(), Vec::new());
    for run in [bare, sample::filled_with(""), sample::conforming()] {
        for (name, document) in documents(&run) {
            assert!(!document.to_string().contains("[]"), "an empty list in {name}, which the schemas refuse");
        }
    }
}
