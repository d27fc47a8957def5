//! `assay demo`: the main job, with and without a fault.

use crate::lab::{assay, determined, json, only_run, outcome, told};

#[test]
fn the_good_product_conforms_and_one_fault_turns_one_requirement_red() {
    let folder = tempfile::tempdir().expect("a folder");
    let (good, bad) = (folder.path().join("good"), folder.path().join("bad"));
    let demo = |out, more: &[&str]| {
        let mut command = assay(&["demo", "--out"]);
        told(&command.arg(out).args(more).output().expect("the program starts"))
    };
    let (of_good, of_bad) = std::thread::scope(|scope| {
        let one = scope.spawn(|| demo(&good, &[]));
        let other = scope.spawn(|| demo(&bad, &["--fault", "default-web"]));
        (one.join().expect("a demo"), other.join().expect("a demo"))
    });

    let (code, out, err) = of_good;
    assert_eq!(code, 0, "{out}{err}");
    let good = only_run(&good);
    for name in ["run.json", "junit.xml", "report.html", "declaration-draft.html", "declaration-draft.json"] {
        let path = good.join(name);
        assert!(path.is_file() && out.contains(&path.display().to_string()), "{name}: {out}");
    }
    let run = json(&good.join("run.json"));
    assert_eq!(run["conclusion"], "conforms");
    let good = determined(&run);
    assert!(good.values().all(|word| ["satisfied", "not-applicable"].contains(&word.as_str())), "{good:?}");

    let (code, out, err) = of_bad;
    assert_eq!(code, 1, "{out}{err}");
    assert!(out.contains("access/default-credentials on hub web"), "{out}");
    let folder = only_run(&bad);
    let run = json(&folder.join("run.json"));
    assert_eq!(run["conclusion"], "does-not-conform");
    let bad = determined(&run);
    assert_eq!(bad["LA(AUN)"], "not-satisfied");
    let others = |all: &std::collections::BTreeMap<String, String>| {
        all.iter().filter(|(id, _)| *id != "LA(AUN)").map(|(id, word)| (id.clone(), word.clone())).collect::<Vec<_>>()
    };
    assert_eq!(others(&good), others(&bad));
    assert!(!folder.join("declaration-draft.html").exists(), "a declaration of what does not conform");

    let path = folder.display().to_string();
    let (code, _, err) = outcome(&["report", &path, "--format", "sdoc"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("LA(AUN)") && err.contains("hub web: user `admin`"), "{err}");
}

#[test]
fn an_unknown_fault_is_refused_with_a_near_one() {
    let (code, out, err) = outcome(&["demo", "--fault", "defalt-web"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("`default-web`") && err.contains("--list-faults"), "{err}");
    let (code, _, err) = outcome(&["demo", "--fault", "x"]);
    assert_eq!(code, 2);
    assert!(err.contains("--list-faults") && !err.contains("did you mean"), "{err}");
}

#[test]
fn faults_are_listed_one_a_line() {
    let (code, out, _) = outcome(&["demo", "--list-faults"]);
    assert_eq!(code, 0);
    assert_eq!(out.lines().count(), reference_product::Fault::ALL.len());
    assert!(out.lines().all(|line| line.split_whitespace().count() > 3), "{out}");
}
