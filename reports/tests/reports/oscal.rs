//! OSCAL, read back as JSON: what is counted, what refers to what, and what is not said.

use std::collections::{BTreeMap, BTreeSet};

use assay_model::run::Run;
use assay_model::verdict::{Determination, Verdict};
use assay_reports::{Format, Options, render};
use serde_json::Value;

use crate::sample;

/// The documents by their names.
pub(crate) fn documents(run: &Run) -> BTreeMap<&'static str, Value> {
    let files = render(Format::Oscal, run, &Options::default()).expect("files");
    files.iter().map(|file| (file.name, serde_json::from_str(&file.contents).expect("JSON"))).collect()
}

/// What the assessment results say.
pub(crate) fn outcome(run: &Run) -> Value {
    documents(run)["oscal-assessment-results.json"]["assessment-results"]["results"][0].clone()
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The values of the properties with this name.
pub(crate) fn props<'a>(value: &'a Value, name: &str) -> Vec<&'a str> {
    list(&value["props"]).iter().filter(|prop| prop["name"] == name).map(|prop| prop["value"].as_str().expect("a text")).collect()
}

/// Every text in the document, with the name that it stands under.
pub(crate) fn texts(value: &Value) -> Vec<(&str, &str)> {
    fn walk<'a>(key: &'a str, value: &'a Value, out: &mut Vec<(&'a str, &'a str)>) {
        match value {
            Value::String(text) => out.push((key, text)),
            Value::Array(all) => all.iter().for_each(|inner| walk(key, inner, out)),
            Value::Object(all) => all.iter().for_each(|(name, inner)| walk(name, inner, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    walk("", value, &mut out);
    out
}

#[test]
fn every_reference_leads_to_one_thing() {
    for run in [sample::mixed(), sample::conforming(), sample::filled_with("x"), sample::filled_with("")] {
        for (name, document) in documents(&run) {
            let texts = texts(&document);
            let own: Vec<_> = texts.iter().filter(|(key, _)| *key == "uuid").map(|(_, uuid)| *uuid).collect();
            let known: BTreeSet<_> = own.iter().copied().collect();
            assert_eq!(own.len(), known.len(), "a UUID of {name} stands for two things");
            let named = texts.iter().filter(|(key, _)| key.ends_with("-uuid") || *key == "party-uuids").map(|(_, uuid)| *uuid);
            let linked = texts.iter().filter(|(key, _)| matches!(*key, "href" | "source")).filter_map(|(_, href)| href.strip_prefix('#'));
            let referred: Vec<_> = named.chain(linked).collect();
            assert!(referred.len() > 3, "{name}");
            for uuid in referred {
                assert!(known.contains(uuid), "{name}: {uuid} is nowhere");
            }
        }
    }
}

#[test]
fn there_is_an_observation_for_each_result() {
    let run = sample::mixed();
    let outcome = outcome(&run);
    let said: Vec<_> = list(&outcome["observations"]).iter().flat_map(|one| props(one, "verdict")).collect();
    assert_eq!(said, run.results.iter().map(|result| result.verdict.word()).collect::<Vec<_>>());
    let failing = &list(&outcome["observations"])[1];
    assert_eq!(failing["methods"][0], "TEST");
    assert_eq!(failing["collected"], "2026-11-21T10:14:09Z");
    assert_eq!(failing["relevant-evidence"][0]["href"], format!("evidence/{}", run.results[1].evidence[0].hex()));
    assert_eq!(list(&outcome["observations"])[8]["methods"][0], "EXAMINE");
}

#[test]
fn a_requirement_has_a_finding_or_a_property_that_says_why_not() {
    let run = sample::mixed();
    let outcome = outcome(&run);
    let stands = |finding: &Value| {
        let status = &finding["target"]["status"];
        format!(
            "{} {} {}",
            props(finding, "requirement")[0],
            status["state"].as_str().expect("one"),
            status["reason"].as_str().expect("one")
        )
    };
    let findings: Vec<_> = list(&outcome["findings"]).iter().map(stands).collect();
    let right = [
        "DI(IMS) satisfied pass",
        "DC(AUN) not-satisfied fail",
        "DP(CRY) not-satisfied other",
        "LA(AUN) not-satisfied fail",
        "SU(APP) satisfied pass",
        "IQ(RVI) satisfied pass",
    ];
    assert_eq!(findings, right);
    assert_eq!(list(&outcome["findings"])[5]["target"]["implementation-status"]["state"], "alternative");
    let told: Vec<_> = props(&outcome, "requirement").into_iter().zip(props(&outcome, "determination")).collect();
    let (not_run, fault) = (("LA(AUN).5", "not-determined"), ("CS(LOG)", "not-determined"));
    assert_eq!(told, [("DP(STO)", "not-assessed"), not_run, ("LA(USE)", "not-applicable"), fault]);
    assert!(outcome["remarks"].as_str().expect("remarks").contains("LA(USE) (not-applicable)"));
    let excluded = &outcome["reviewed-controls"]["control-selections"][0]["exclude-controls"];
    assert_eq!(*excluded, serde_json::json!([{ "control-id": "la-use" }]));
}

#[test]
fn nothing_is_satisfied_that_no_result_bears() {
    let mut run = sample::conforming();
    run.requirements[0].results.clear();
    run.results[1].verdict = Verdict::Inconclusive;
    let satisfied =
        |outcome: &Value| list(&outcome["findings"]).iter().filter(|one| one["target"]["status"]["state"] == "satisfied").count();
    assert_eq!((satisfied(&outcome(&sample::conforming())), satisfied(&outcome(&run))), (3, 1));
    let claims = documents(&run)["oscal-component-definition.json"]["component-definition"]["capabilities"][0].clone();
    assert_eq!(list(&claims["control-implementations"][0]["implemented-requirements"]).len(), 1);
}

#[test]
fn the_plan_has_what_failed_and_what_is_key_and_open() {
    let plan = |run: &Run| documents(run).remove("oscal-poam.json").map(|document| document["plan-of-action-and-milestones"].clone());
    let ids =
        |plan: &Value| list(&plan["poam-items"]).iter().flat_map(|item| props(item, "requirement")).map(str::to_owned).collect::<Vec<_>>();
    let mut run = sample::mixed();
    assert_eq!(ids(&plan(&run).expect("a plan")), ["DC(AUN)", "LA(AUN)"]);
    run.requirements[7].key = true;
    run.requirements[7].determination = Determination::NotDetermined;
    let plan_of_run = plan(&run).expect("a plan");
    assert_eq!(ids(&plan_of_run), ["DC(AUN)", "LA(AUN)", "SU(APP)"]);
    assert_eq!(list(&plan_of_run["risks"]).len(), 3);
    assert_eq!(list(&plan_of_run["observations"]).len(), 5, "those of the items, each once");
    assert_eq!(plan(&sample::conforming()), None, "there is no plan without items");
}
