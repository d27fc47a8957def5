//! The web page of a run.

use assay_reports::html::render;

use crate::pages::{HOSTILE, assert_sound, tag_count};
use crate::sample;

#[test]
fn the_page_is_whole_for_every_kind_of_run() {
    let mut empty = sample::mixed();
    (empty.components, empty.results, empty.requirements, empty.remarks) = (vec![], vec![], vec![], vec![]);
    for run in [sample::mixed(), sample::conforming(), empty] {
        assert_sound(&render(&run).expect("a page"));
    }
}

#[test]
fn hostile_text_stays_text() {
    let calm = tag_count(&render(&sample::filled_with("calm")).expect("a page"));
    for text in HOSTILE {
        let page = render(&sample::filled_with(text)).expect("a page");
        assert_sound(&page);
        assert_eq!(tag_count(&page), calm, "{text:?} changed the page");
    }
    let page = render(&sample::filled_with("\u{1b}[31m\u{202e}")).expect("a page");
    assert!(page.contains("&lt;ESC&gt;[31m&lt;U+202E&gt;"), "what cannot be seen is written out");
}

#[test]
fn the_conclusion_stands_in_plain_words() {
    let page = render(&sample::mixed()).expect("a page");
    for words in [
        "The product does not conform",
        "Of 10 requirements in the baseline network, 3 are satisfied (1 by an alternative).",
        "2 are not satisfied.",
        "1 is not assessed",
        "The product cannot be accepted without LA(AUN).",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let page = render(&sample::conforming()).expect("a page");
    assert!(page.contains("The product conforms") && page.contains("Nothing: every requirement"));
    assert!(!page.contains("cannot be accepted without LA"));
}

#[test]
fn who_set_a_requirement_aside_and_what_was_read_on_the_units_is_told() {
    let page = render(&sample::filled_with("the words")).expect("a page");
    assert!(page.contains("set aside by the words"));
    assert!(page.contains("<td>software version</td><td class=\"code\">the words</td>"));
}

#[test]
fn a_result_can_be_followed_to_its_evidence() {
    let run = sample::mixed();
    let page = render(&run).expect("a page");
    let failing = page.split("<article ").find(|article| article.starts_with("id=\"r2\"")).expect("the second result");
    for words in [
        "hub web",
        "the hub let in the account admin",
        "EN 303 645 V2.1.1, 5.1-1",
        "href=\"#q5\">LA(AUN)",
        "href=\"#q2\">DC(AUN)",
        "terminal escapes",
        "took 2.3 s",
    ] {
        assert!(failing.contains(words), "{words} is missing");
    }
    for id in run.results.iter().flat_map(|result| &result.evidence) {
        assert_eq!(page.matches(id.hex()).count(), 1, "each piece stands once in the list");
    }
    let method = [
        run.method.catalog_hash.as_str(),
        &run.method.profile_hash,
        &run.method.authority,
        "assay.rule&#x2f;1",
        "relate only to the items tested",
    ];
    assert!(method.iter().all(|words| page.contains(words)));
}

#[test]
fn bars_are_as_long_as_what_they_stand_for() {
    let page = render(&sample::mixed()).expect("a page");
    let number = |tag: &str, name: &str| tag.split_once(name)?.1.split('"').next()?.parse::<usize>().ok();
    let mut bars = 0;
    for bar in page.split("<svg class=\"bar\"").skip(1).filter_map(|rest| rest.split("class=\"frame\"").next()) {
        let total: usize = bar.split("<rect ").skip(1).filter(|part| part.contains("b-")).filter_map(|part| number(part, "width=\"")).sum();
        assert_eq!(total, 200, "{bar}");
        bars += 1;
    }
    assert_eq!(bars, 4, "components, and the whole product");
}

#[test]
fn endless_text_is_cut_and_a_bare_pass_is_marked() {
    let mut run = sample::mixed();
    run.results[1].observed = "x".repeat(3_000_000);
    run.results[0].control = None;
    let page = render(&run).expect("a page");
    assert!(page.len() < 200_000, "{} bytes", page.len());
    assert!(page.contains("more characters: see run.json"));
    assert_eq!(page.matches("do not rely on this pass").count(), 1);
}

#[test]
fn only_a_plain_name_gets_into_the_style_sheet() {
    let page = render(&sample::mixed()).expect("a page");
    assert!(page.contains("content: \"Working report 2026-11-21T10-14-05Z-dw100\""));
    let mut run = sample::mixed();
    run.id = "x\"; } body { display: none".to_owned();
    assert!(!render(&run).expect("a page").contains("@bottom-left"));
}
