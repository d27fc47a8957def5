//! The catalog is complete, and every requirement has a test or a reason why not.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr, reason = "a test may stop at the first surprise")]

use std::collections::BTreeMap;
use std::path::Path;

use assay_model::catalog::{Catalog, Requirement, RequirementId};
use assay_suites::data;
use serde_json::Value;

fn catalog() -> Catalog {
    data::catalog().expect("a catalog")
}

#[test]
fn eleven_families_hold_54_sub_capabilities_and_516_elements() {
    let catalog = catalog();
    assert_eq!(catalog.families.len(), 11);
    let (elements, subs): (Vec<_>, Vec<_>) = catalog.requirements().partition(|entry| entry.id.has_ordinal());
    assert_eq!((subs.len(), elements.len()), (54, 516));
    for entry in catalog.requirements() {
        assert!(!entry.statement.trim().is_empty(), "{} has no statement", entry.id);
        assert!(entry.id.has_ordinal() || entry.title.is_some(), "{} has no title", entry.id);
        assert!(entry.id.parent().is_none_or(|parent| catalog.get(&parent).is_some()), "{} has no parent", entry.id);
    }
}

#[test]
fn statements_and_ids_are_unique() {
    let catalog = catalog();
    let mut seen: BTreeMap<&str, &RequirementId> = BTreeMap::new();
    for entry in catalog.requirements() {
        if let Some(other) = seen.insert(&entry.statement, &entry.id) {
            panic!("{} and {other} say the same", entry.id);
        }
        assert_eq!(catalog.requirements().filter(|each| each.id == entry.id).count(), 1, "{} stands twice", entry.id);
    }
}

#[test]
fn every_requirement_has_a_test_or_a_reason() {
    let (catalog, untested) = (catalog(), data::untested().expect("reasons"));
    let shown: Vec<_> = assay_suites::all().iter().flat_map(|test| test.requirements()).collect();
    let has_test = |id: &RequirementId| shown.iter().any(|each| id.covers(each));
    for entry in catalog.requirements().filter(|entry| !has_test(&entry.id)) {
        let reason = std::iter::successors(Some(entry.id.clone()), RequirementId::parent).find_map(|id| untested.get(&id));
        assert!(reason.is_some_and(|reason| !reason.is_empty()), "{} has no test and no reason in untested.toml", entry.id);
    }
    for id in untested.keys() {
        let below: Vec<_> = catalog.requirements().filter(|entry| id.covers(&entry.id)).collect();
        assert!(below.iter().any(|entry| !has_test(&entry.id)), "{id} stands in untested.toml, but all of it has tests");
    }
}

#[test]
fn baselines_choose_what_they_name() {
    let catalog = catalog();
    let baselines = data::baselines().expect("baselines");
    for baseline in &baselines {
        assert_eq!(baseline.catalog, catalog.id, "{}", baseline.id);
        let chosen = baseline.choose(&catalog);
        for id in &baseline.requirements {
            assert!(chosen.contains(id), "{} names {id}, which the catalog does not have", baseline.id);
        }
        assert!(!chosen.is_empty(), "{} chooses nothing", baseline.id);
    }
    let low = baselines.iter().find(|baseline| baseline.id == "federal-low").expect("federal-low");
    assert_eq!(low.controls.len(), 149);
}

#[test]
fn policies_are_readable_and_each_threshold_has_a_source() {
    for policy in data::policies().expect("policies") {
        let text = serde_json::to_string(&policy).expect("JSON");
        assert!(!text.contains(r#""source":"""#), "{} has a threshold without a source", policy.id);
    }
}

/// The published facts, where a copy of the reference data lies beside the project.
fn reference(file: &str) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/catalog").join(file);
    let text = std::fs::read(path).ok()?;
    Some(serde_json::from_slice(&text).expect("the reference data are JSON"))
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn hold(entry: Option<&Requirement>, expected: &Value) -> usize {
    let id = expected["id"].as_str().expect("an id");
    let entry = entry.unwrap_or_else(|| panic!("{id} is missing"));
    assert_eq!(entry.sp800_53, strings(&expected["sp800_53"]), "{id}: controls");
    assert_eq!(entry.csf, strings(&expected["csf"]), "{id}: CSF");
    assert_eq!(entry.group, expected["group"].as_bool().unwrap_or(false), "{id}: group");
    assert_eq!(entry.inherited, expected["inherited"].as_bool().unwrap_or(false), "{id}: inherited");
    if let Some(title) = expected["title"].as_str() {
        assert_eq!(entry.title.as_deref(), Some(title), "{id}: title");
    }
    1
}

fn hold_elements(catalog: &Catalog, elements: &Value) -> usize {
    let mut held = 0;
    for element in elements.as_array().into_iter().flatten() {
        let id = element["id"].as_str().expect("an id").parse().expect("a well-formed id");
        held += hold(catalog.get(&id), element) + hold_elements(catalog, &element["children"]);
    }
    held
}

#[test]
fn ids_titles_and_mappings_are_those_of_the_reference_data() {
    let Some(families) = reference("sp800-213a.json") else { return };
    let catalog = catalog();
    let mut held = 0;
    for family in families.as_array().into_iter().flatten() {
        for sub in family["sub_capabilities"].as_array().into_iter().flatten() {
            let id = sub["id"].as_str().expect("an id").parse().expect("a well-formed id");
            held += hold(catalog.get(&id), sub) + hold_elements(&catalog, &sub["elements"]);
        }
    }
    assert_eq!(held, catalog.requirements().count(), "the catalog has entries that the reference data lack");
}

fn marked(value: &Value, found: &mut Vec<String>) {
    for element in value.as_array().into_iter().flatten() {
        if element["federal_low"] == true {
            found.push(element["id"].as_str().expect("an id").to_owned());
        }
        marked(&element["elements"], found);
        marked(&element["children"], found);
    }
}

#[test]
fn the_low_baseline_chooses_what_the_reference_data_mark() {
    let Some(families) = reference("sp800-213a.json") else { return };
    let mut expected = Vec::new();
    for family in families.as_array().into_iter().flatten() {
        marked(&family["sub_capabilities"], &mut expected);
    }
    let baselines = data::baselines().expect("baselines");
    let low = baselines.iter().find(|baseline| baseline.id == "federal-low").expect("federal-low");
    let mut chosen: Vec<_> = low.choose(&catalog()).iter().map(ToString::to_string).collect();
    chosen.sort();
    expected.sort();
    assert_eq!(chosen, expected);
}
