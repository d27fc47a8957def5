//! Little of what a machine has: few descriptors, little memory. A run needs little, and says nothing wrong when it has less.

use std::process::{Command, Output};

use reference_product::{Misfit, Mood, Turn};

use crate::lab::{Lab, json, only_run, said};

/// Descriptors that are enough for a run on this product: 24, and four connections to each of four addresses (SECURITY.md).
const ENOUGH: usize = 40;
/// Descriptors with which a run starts, and does not come far.
const FEW: usize = 14;
/// Bytes of memory that are enough for a run, whatever a product sends (SECURITY.md).
const MEMORY: usize = 256 << 20;

/// `assay run` with at most so much of something.
fn limited(lab: &Lab, limit: &str) -> Output {
    let run = lab.run(&["--method", "probe"]);
    Command::new("prlimit").arg(limit).arg(run.get_program()).args(run.get_args()).output().expect("prlimit starts")
}

#[test]
fn few_descriptors_are_enough_and_fewer_make_errors_alone() {
    let [whole, few] = std::thread::scope(|scope| {
        let run = |limit: usize| {
            scope.spawn(move || {
                let lab = Lab::start(&[]);
                let output = limited(&lab, &format!("--nofile={limit}"));
                let path = only_run(&lab.out()).join("run.json");
                assert!(path.is_file(), "{}", String::from_utf8_lossy(&output.stderr));
                said(&json(&path))
            })
        };
        [ENOUGH, FEW].map(run).map(|run| run.join().expect("a run"))
    });
    let errors = |said: &std::collections::BTreeMap<String, (String, String)>| {
        said.values().filter(|(verdict, why)| verdict == "error" && why.contains("Too many open files")).count()
    };
    assert_eq!(errors(&whole), 0);
    assert!(errors(&few) > 10, "{few:?}");
    for (place, (verdict, why)) in &few {
        assert!(verdict != "fail" && (verdict != "pass" || whole[place].0 == "pass"), "{place} is {verdict}: {why}");
    }
}

#[test]
fn endless_answers_fit_into_little_memory() {
    let lab = Lab::start_turning(&[], Some(Turn { into: Mood::Misfit(Misfit::Endless), after: 20 }));
    let output = limited(&lab, &format!("--data={MEMORY}"));
    assert!(matches!(output.status.code(), Some(1 | 3)), "{:?}: {}", output.status, String::from_utf8_lossy(&output.stderr));
}
