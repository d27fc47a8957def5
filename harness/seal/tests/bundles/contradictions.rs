//! A run whose files contradict each other is not sealed, and a seal that states something else does not verify.

use assay_model::event::Event;
use assay_model::plan::Plan;
use assay_model::run::Run;
use assay_model::verdict::{Conclusion, Determination, Verdict};
use assay_seal::{Kind, TEST_RESULT, bundle, run};
use serde_json::{Value, json};

use crate::lab::{documents, events, finished, flaw, person, refusal, signer, verify, write};

/// Why a run is not sealed that was changed so.
fn refused(change: impl Fn(&mut Run, &mut Plan, &mut Vec<Event>)) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut run, mut plan) = documents();
    let mut events = events(&run, &plan);
    change(&mut run, &mut plan, &mut events);
    write(folder.path(), &run, &plan, &events);
    let key = person("Ada", Kind::Ed25519);
    let why = refusal(run::seal(folder.path(), &[signer(&key)], &key));
    assert!(!folder.path().join("seal.json").exists());
    why
}

#[test]
fn results_are_those_of_the_journal() {
    let changed = refused(|run, _, _| run.results[0].verdict = Verdict::Fail);
    assert_eq!(changed, "run.json: the result of access/a hub web is not the one in the journal");
    let invented = refused(|run, _, _| run.results[1].verdict = Verdict::Pass);
    assert!(invented.contains("access/b hub mqtt stands neither in the journal"), "{invented}");
    let supported = refused(|run, _, _| run.results[1].evidence = run.results[0].evidence.clone());
    assert!(supported.contains("access/b hub mqtt stands neither in the journal"), "{supported}");
    let left_out = refused(|run, _, _| drop(run.results.remove(0)));
    assert!(left_out.contains("access/a hub web is missing"), "{left_out}");
    let twice = refused(|run, _, _| run.results.push(run.results[0].clone()));
    assert!(twice.contains("stands there twice"), "{twice}");
}

#[test]
fn a_resumed_run_keeps_what_was_tried_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (run, plan) = documents();
    let mut events = events(&run, &plan);
    let mut failed = run.results[0].clone();
    failed.verdict = Verdict::Error;
    events.splice(3..3, [Event::Ended { result: Box::new(failed), spent: Vec::new() }, Event::Resumed { finished: 0, rest_seconds: 0 }]);
    let run = Run { finished: "2026-01-01T00:00:06Z".to_owned(), ..run };
    write(folder.path(), &run, &plan, &events);
    let key = person("Ada", Kind::Ed25519);
    run::seal(folder.path(), &[signer(&key)], &key).expect("a seal");
    verify(folder.path(), &[&key]).expect("a sound bundle");
}

#[test]
fn a_journal_begins_and_ends_its_run() {
    let unfinished = refused(|run, _, events| {
        run.finished = "2026-01-01T00:00:03Z".to_owned();
        drop(events.pop());
    });
    assert!(unfinished.contains("line 4: does not end the run") && unfinished.contains("--resume"), "{unfinished}");
    let headless = refused(|_, _, events| drop(events.remove(0)));
    assert!(headless.contains("does not begin a run"), "{headless}");
    let later = refused(|run, _, _| run.finished = "2026-01-01T00:00:09Z".to_owned());
    assert!(later.contains("begin and end when the journal does"), "{later}");
    let plan = refused(|_, plan, _| plan.aside[0].because = "other".to_owned());
    assert!(plan.starts_with("plan.json: is not the plan"), "{plan}");
    let method = refused(|run, _, _| run.method.policy = "lax".to_owned());
    assert!(method.contains("another profile or method"), "{method}");
}

#[test]
fn results_add_up_to_determinations_and_to_the_conclusion() {
    for (determination, conclusion) in [
        (Determination::NotSatisfied, Conclusion::DoesNotConform),
        (Determination::NotApplicable, Conclusion::Conforms),
        (Determination::SatisfiedByAlternative, Conclusion::Conforms),
    ] {
        let why = refused(|run, _, _| {
            run.requirements[0].determination = determination;
            run.conclusion = conclusion;
        });
        assert_eq!(why, format!("run.json: the results of LA(AUN) do not add up to `{}`", determination.word()));
    }
    let conclusion = refused(|run, _, _| run.conclusion = Conclusion::NotDetermined);
    assert!(conclusion.contains("do not add up to `not-determined`"), "{conclusion}");
    let forgotten = refused(|run, _, _| run.requirements[0].results.truncate(1));
    assert!(forgotten.contains("LA(AUN) do not add up"), "{forgotten}");
    let hidden = refused(|run, _, _| run.requirements[0].components.clear());
    assert!(hidden.contains("LA(AUN) do not add up"), "{hidden}");
}

/// Which components a requirement is allocated to, and what is set aside, only the profile knows.
#[test]
fn what_the_profile_settles_is_believed() {
    let settled = |change: &dyn Fn(&mut Value)| {
        let folder = tempfile::tempdir().expect("a folder");
        let (run, plan) = documents();
        let mut document = serde_json::to_value(&run).expect("JSON");
        change(&mut document);
        let run: Run = serde_json::from_value(document).expect("a run");
        write(folder.path(), &run, &plan, &events(&run, &plan));
        let key = person("Ada", Kind::P256);
        run::seal(folder.path(), &[signer(&key)], &key).map(|()| verify(folder.path(), &[&key]).expect("a sound bundle"))
    };
    settled(&|run| {
        run["requirements"][0]["determination"] = json!("not-applicable");
        run["requirements"][0]["scoped_out"] = json!({"id": "LA(AUN)", "because": "no log-in", "by": "Ada"});
    })
    .expect("a requirement that is scoped out");
    let silent = json!({"component": "backend", "determination": "not-assessed"});
    let allocated = |run: &mut Value| {
        run["requirements"][0]["components"].as_array_mut().expect("components").push(silent.clone());
    };
    assert!(settled(&allocated).is_err(), "a component on which nothing ruled leaves it open");
    settled(&|run| {
        allocated(run);
        run["requirements"][0]["determination"] = json!("not-determined");
        run["conclusion"] = json!("not-determined");
    })
    .expect("a requirement of two components");
}

#[test]
fn evidence_is_there_under_the_name_of_its_bytes() {
    let key = person("Ada", Kind::Ed25519);
    let seal = |folder: &tempfile::TempDir| refusal(run::seal(folder.path(), &[signer(&key)], &key));
    for (bytes, words) in [(Some("other"), "not those that its name stands for"), (None, "is sealed and is not there")] {
        let folder = finished();
        let evidence = std::fs::read_dir(folder.path().join("evidence")).expect("evidence").next().expect("a file").expect("a file").path();
        match bytes {
            Some(bytes) => std::fs::write(evidence, bytes).expect("evidence"),
            None => std::fs::remove_file(evidence).expect("evidence"),
        }
        let why = seal(&folder);
        assert!(why.starts_with("evidence/") && why.contains(words), "{why}");
    }
}

#[test]
fn a_seal_that_states_something_else_does_not_verify() {
    let (folder, key) = (finished(), person("Ada", Kind::Ed25519));
    let predicate = json!({"result": "PASSED", "assay": {}});
    bundle::seal(folder.path(), TEST_RESULT, predicate, &[signer(&key)], &key).expect("a seal");
    let flaw = flaw(folder.path());
    assert!(flaw.starts_with("seal.json: states something else"), "{flaw}");
}
