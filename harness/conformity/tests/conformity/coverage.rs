//! The buyer's view.

use assay_conformity::coverage::{Cover, view};
use assay_model::catalog::{Catalog, Family, FamilyKind};

use crate::run::{declaration, id};

fn covers(wanted: &str) -> (Cover, String) {
    let family = Family {
        code: "LA".to_owned(),
        title: "Logical Access".to_owned(),
        kind: FamilyKind::Technical,
        statement: String::new(),
        requirements: Vec::new(),
    };
    let catalog = Catalog { id: "sp800-213a", title: "SP 800-213A", families: vec![family] };
    let rows = view(&declaration(), &catalog, &[id(wanted)]);
    (rows[0].cover, rows[0].by.join("; "))
}

#[test]
fn each_kind_of_cover_is_told_apart() {
    for (wanted, cover, by) in [
        ("LA(AUN)", Cover::Observed, "access/default-credentials"),
        ("DO(ASM)", Cover::Attested, "documentation/expected-use"),
        ("DO(CAP).2", Cover::Document, "bill-of-materials"),
        ("LA(USE)", Cover::NotApplicable, "it has no log-in"),
        ("LA(USE).1", Cover::NotApplicable, "it has no log-in"),
        ("SU(UPD)", Cover::Nothing, "not in the baseline"),
    ] {
        let (is, words) = covers(wanted);
        assert!(is == cover && words.contains(by), "{wanted}: {is:?}, {words}");
    }
}

#[test]
fn an_element_is_covered_only_where_a_test_rules_on_it() {
    let (cover, by) = covers("LA(AUN).2");
    assert_eq!(cover, Cover::Nothing);
    assert!(by.contains("none of its tests rules on this"), "{by}");
}

#[test]
fn a_whole_is_covered_by_what_is_declared_of_its_elements() {
    assert_eq!(covers("DO(CAP)").0, Cover::Document);
}
