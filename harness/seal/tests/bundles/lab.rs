//! A small run made by hand, and people with keys.

use std::fs;
use std::path::Path;

use assay_model::event::{Event, Line, hash_of_line, no_line_before};
use assay_model::evidence::{EvidenceId, sha256_hex};
use assay_model::plan::Plan;
use assay_model::run::Run;
use assay_seal::{Bundle, Error, Flaw, Kind, Person, PrivateKey, PublicKey, Signer, bundle, run};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const SEEN: &[u8] = b"HTTP/1.1 401 Unauthorized";

pub(crate) fn person(name: &str, kind: Kind) -> PrivateKey {
    PrivateKey::generate(kind, Person::new(name, "test engineer").expect("a person")).expect("a key")
}

pub(crate) fn signer(key: &PrivateKey) -> Signer {
    Signer::of(key.public()).expect("a signer")
}

fn result(test: &str, interface: &str) -> Value {
    json!({
        "test": test, "title": "asks something", "component": "hub", "interface": interface, "requirements": ["LA(AUN)"],
        "method": "probe", "safety": "read-only", "verdict": "pass", "basis": "observed", "reason": "refused", "expected": "401",
        "observed": "401", "source": "a clause", "evidence": [EvidenceId::of(SEEN)],
        "control": {"what": "the right password worked", "evidence": [EvidenceId::of(SEEN)]},
        "started": "2026-01-01T00:00:01Z", "duration_ms": 5,
    })
}

fn method() -> Value {
    json!({
        "harness": "assay 0", "catalog": "a catalog", "catalog_hash": "c".repeat(64), "baseline": "core", "policy": "general",
        "consent": "read-only", "authority": "its maker", "decision_rule": "worst", "profile_hash": "b".repeat(64),
    })
}

/// `run.json` and `plan.json` of a run of two tests, one of which the plan sets aside.
pub(crate) fn documents() -> (Run, Plan) {
    let mut aside = result("access/b", "mqtt");
    for (key, value) in
        [("verdict", json!("not-applicable")), ("reason", json!("no log-in")), ("evidence", json!([])), ("control", json!(null))]
    {
        aside[key] = value;
    }
    let place = |test: &str, interface: &str| json!({"test": test, "component": "hub", "interface": interface});
    let mut step = place("access/a", "web");
    (step["safety"], step["method"], step["requirements"]) = (json!("read-only"), json!("probe"), json!(["LA(AUN)"]));
    let mut left = place("access/b", "mqtt");
    (left["verdict"], left["because"]) = (json!("not-applicable"), json!("no log-in"));
    let plan = json!({"steps": [step], "aside": [left], "uncovered": []});
    let run = json!({
        "schema": "assay.run/1", "id": "a-run", "conclusion": "conforms",
        "product": {"manufacturer": "M", "name": "N", "model": "X", "version": "1"}, "components": [], "method": method(),
        "started": "2026-01-01T00:00:00Z", "finished": "2026-01-01T00:00:04Z", "results": [result("access/a", "web"), aside],
        "requirements": [{
            "id": "LA(AUN)", "title": "t", "statement": "s", "key": true, "determination": "satisfied", "reason": "",
            "components": [{"component": "hub", "determination": "satisfied"}], "results": [0, 1],
        }],
    });
    (serde_json::from_value(run).expect("a run"), serde_json::from_value(plan).expect("a plan"))
}

/// The events of that run.
pub(crate) fn events(run: &Run, plan: &Plan) -> Vec<Event> {
    let pretty = |bytes: Result<Vec<u8>, _>| sha256_hex(&bytes.expect("JSON"));
    vec![
        Event::Started {
            plan: pretty(serde_json::to_vec_pretty(plan)),
            profile: run.method.profile_hash.clone(),
            method: pretty(serde_json::to_vec_pretty(&run.method)),
            harness: run.method.harness.clone(),
        },
        Event::Began { place: plan.steps[0].place.clone() },
        Event::Fact { key: "tls".to_owned(), evidence: EvidenceId::of(SEEN) },
        Event::Ended { result: Box::new(run.results[0].clone()), spent: Vec::new() },
        Event::Finished,
    ]
}

/// Writes the files of a run.
pub(crate) fn write(folder: &Path, run: &Run, plan: &Plan, events: &[Event]) {
    let (mut before, mut text) = (no_line_before(), String::new());
    for (second, event) in events.iter().enumerate() {
        let line = Line { before, at: format!("2026-01-01T00:00:0{second}Z"), event: event.clone() };
        let line = serde_json::to_string(&line).expect("JSON");
        before = hash_of_line(&line);
        text += &(line + "\n");
    }
    fs::create_dir_all(folder.join("evidence")).expect("a folder");
    fs::write(folder.join("evidence").join(EvidenceId::of(SEEN).hex()), SEEN).expect("evidence");
    fs::write(folder.join("journal.jsonl"), text).expect("a journal");
    fs::write(folder.join("run.json"), serde_json::to_vec_pretty(run).expect("JSON")).expect("a run");
    fs::write(folder.join("plan.json"), serde_json::to_vec_pretty(plan).expect("JSON")).expect("a plan");
    fs::write(folder.join("report.html"), "<p>conforms</p>").expect("a report");
}

/// A run that is not sealed.
pub(crate) fn finished() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let (run, plan) = documents();
    write(folder.path(), &run, &plan, &events(&run, &plan));
    folder
}

/// A run that a tester and a reviewer sealed, and their keys.
pub(crate) fn sealed() -> (TempDir, [PrivateKey; 2]) {
    let (folder, keys) = (finished(), [person("Ada Tester", Kind::Ed25519), person("Rob Reviewer", Kind::P256)]);
    run::seal(folder.path(), &[signer(&keys[0]), signer(&keys[1])], &keys[0]).expect("a seal");
    bundle::countersign(folder.path(), &keys[1]).expect("a second signature");
    (folder, keys)
}

pub(crate) fn verify(folder: &Path, trusted: &[&PrivateKey]) -> Result<Bundle, Flaw> {
    let trusted: Vec<PublicKey> = trusted.iter().map(|key| key.public().clone()).collect();
    let bundle = bundle::open(folder, &trusted)?;
    run::verify(folder, &bundle).map(|_| bundle)
}

/// What is wrong, in words.
pub(crate) fn flaw(folder: &Path) -> String {
    verify(folder, &[]).expect_err("something is wrong").to_string()
}

pub(crate) fn refusal(result: Result<(), Error>) -> String {
    result.expect_err("a refusal").to_string()
}
