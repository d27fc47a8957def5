//! The report of a spot check.

use assay_conformity::declaration::Standing;
use assay_conformity::sample::{Sample, Stratum, Taken, Why};
use assay_conformity::spot_check::{Comes, Finding, Found, Point, SCHEMA, SpotCheck};
use assay_reports::spot_check::{html, text};

use crate::pages::{HOSTILE, assert_sound, tag_count};
use crate::sample::id;

fn check(text: &str) -> SpotCheck {
    let owned = || text.to_owned();
    let finding = |code: &str, found| Finding { id: id(code), title: owned(), declared: Standing::Satisfied, found, reason: owned() };
    let point = |same| Point { what: owned(), declared: owned(), found: owned(), same };
    SpotCheck {
        schema: SCHEMA.to_owned(),
        declaration: owned(),
        revision: 2,
        seal: "ab".to_owned(),
        run: owned(),
        conclusion: Comes::Contradicted,
        object: vec![point(Some(true)), point(Some(false)), point(None)],
        sample: Sample {
            rule: owned(),
            seed: owned(),
            share: 20,
            taken: vec![Taken { id: id("LA(AUN)"), because: Why::Key }, Taken { id: id("DP(CRY)"), because: Why::Drawn }],
            strata: vec![Stratum { family: owned(), of: 5, drawn: 1 }],
        },
        findings: vec![
            finding("LA(AUN)", Found::Contradicted),
            finding("DP(CRY)", Found::NotRetested),
            finding("SU(UPD)", Found::NotRetested),
            finding("LA(USE)", Found::NotComparable),
        ],
        confidence: owned(),
    }
}

#[test]
fn the_page_holds_up_whatever_is_in_it() {
    let calm = html(&check("calm")).expect("a page");
    assert_sound(&calm);
    for words in ["The unit contradicts the declaration", "</span> contradicted", "1 of 5", "each unit’s own"] {
        assert!(calm.contains(words), "{words}");
    }
    for hostile in HOSTILE {
        let page = html(&check(hostile)).expect("a page");
        assert_sound(&page);
        assert_eq!(tag_count(&page), tag_count(&calm), "{hostile:?} changed the page");
    }
}

#[test]
fn the_terminal_tells_what_was_contradicted_and_what_of_the_sample_stays_open() {
    let words = text(&check("calm"));
    assert!(words.contains("contradicted: LA(AUN)") && words.contains("could not be shown again: DP(CRY)"), "{words}");
    assert!(!words.contains("shown again: SU(UPD)"), "it was not in the sample: {words}");
    assert!(words.contains("contradicted 1, not-retested 2, not-comparable 1"), "{words}");
    let hostile = text(&check("\u{1b}[2J\u{202e}\n"));
    assert!(hostile.lines().all(|line| !line.contains(|c: char| c.is_control() || c == '\u{202e}')), "{hostile:?}");
}
