//! `plan`, `list`, `explain`, `coverage` and `--help`: what they tell, and to whom.

use std::io::Read as _;
use std::process::Stdio;

use crate::lab::{Lab, assay, outcome, told};

#[test]
fn help_of_every_command() {
    let (code, out, _) = outcome(&["--help"]);
    assert_eq!(code, 0);
    let commands: Vec<_> = out.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| line.starts_with("  ")).collect();
    assert!(commands.len() >= 9, "{out}");
    for command in commands.iter().filter_map(|line| line.split_whitespace().next()).filter(|word| *word != "help") {
        for flag in ["-h", "--help"] {
            let (code, out, err) = outcome(&[command, flag]);
            assert_eq!((code, err.as_str()), (0, ""), "{command} {flag}");
            assert!(out.contains("Usage: assay"), "{command}: {out}");
            assert!(out.lines().all(|line| line.chars().count() <= 100), "{command}: {out}");
        }
    }
    assert_eq!(outcome(&[]).0, 2);
    assert_eq!(outcome(&["nonsense"]).0, 2);
    assert!(outcome(&["--version"]).1.starts_with("assay "));
}

#[test]
fn tests_are_listed_and_explained() {
    let (code, out, err) = outcome(&["list"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let (_, json, _) = outcome(&["list", "--format", "json"]);
    let all: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    for test in all.as_array().expect("a list") {
        let id = test["id"].as_str().expect("an id");
        assert!(out.contains(id), "{id} is not in {out}");
        let (code, words, _) = outcome(&["explain", id]);
        assert_eq!(code, 0);
        assert!(words.contains("a pass does not show") && words.contains("rules on"), "{words}");
    }
}

#[test]
fn requirements_are_explained_and_strange_ids_are_not() {
    let (code, out, _) = outcome(&["explain", "LA(AUN)"]);
    assert_eq!(code, 0);
    assert!(out.contains("LA(AUN).2") && out.contains("access/default-credentials"), "{out}");
    for (strange, offered) in
        [("LA(AUX)", "LA("), ("nonsense", "assay list"), ("default-credentials", "`access/default-credentials`"), ("", "assay list")]
    {
        let (code, out, err) = outcome(&["explain", strange]);
        assert_eq!((code, out.as_str()), (2, ""), "{strange}");
        assert!(err.contains(offered), "{strange}: {err}");
    }
}

#[test]
fn coverage_has_every_requirement() {
    let (_, json, _) = outcome(&["coverage", "--format", "json"]);
    let all: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let ids: Vec<_> = all.as_array().expect("a list").iter().map(|row| row["requirement"].as_str().expect("an id")).collect();
    let catalog = assay_suites::data::catalog().expect("a catalog");
    assert_eq!(ids, catalog.requirements().map(|entry| entry.id.as_str()).collect::<Vec<_>>());
    let (_, csv, _) = outcome(&["coverage", "--format", "csv"]);
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("requirement,test,method,reason"));
    let rows: Vec<Vec<String>> = lines.map(cells).collect();
    assert!(rows.iter().all(|row| row.len() == 4), "{csv}");
    for id in &ids {
        assert!(rows.iter().any(|row| row[0] == *id), "{id} is not in the table");
    }
    for row in &rows {
        assert!(row[1].is_empty() != row[3].is_empty(), "a test or a reason: {row:?}");
    }
    let (code, table, _) = outcome(&["coverage"]);
    assert_eq!(code, 0);
    assert!(ids.iter().all(|id| table.contains(id)), "{table}");
}

/// The cells of a line of CSV (RFC 4180).
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().expect("a cell").push(other),
        }
    }
    assert!(!quoted, "{line}");
    cells
}

#[test]
fn a_plan_touches_nothing_and_tells_what_is_set_aside() {
    let lab = Lab::start(&[]);
    let (code, out, err) = outcome(&["plan", &lab.profile(), "--consent", "read-only", "--component", "device"]);
    assert_eq!((code, err.as_str()), (0, ""));
    for words in
        ["baseline catalog, policy general, tests up to read-only", "would run", "set aside", "update/rollback", "--consent destructive"]
    {
        assert!(out.contains(words), "{words} is not in {out}");
    }
    assert!(!out.contains("hub/web"), "{out}");
    assert!(out.contains("left out by what was selected"), "{out}");
    let none = ["--test", "access/role-matrix", "--requirement", "DI(IMS)"];
    let (code, out, _) = outcome(&[&["plan", &lab.profile()], &none[..]].concat());
    assert!(code == 0 && out.contains("nothing would run"), "{out}");
    let (code, _, err) = told(&lab.run(&none).output().expect("the program starts"));
    assert!(code == 2 && err.contains("assay plan") && !lab.out().exists(), "{err}");
    let refused: [(&[&str], &str); 5] = [
        (&["--baseline", "cor"], "core"),
        (&["--policy", "strict"], "general"),
        (&["--component", "hbu"], "device, hub, backend"),
        (&["--test", "access/*zz"], "assay list"),
        (&["--requirement", "LA(ZZZ)"], "assay coverage"),
    ];
    for (more, offered) in refused {
        let (code, _, err) = outcome(&[&["plan", &lab.profile()], more].concat());
        assert_eq!(code, 2, "{more:?}");
        assert!(err.contains(offered), "{more:?}: {err}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_harm() {
    for arguments in [["coverage", "--format=table"], ["list", "--format=table"], ["demo", "--list-faults"]] {
        let mut child = assay(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("text");
        assert_eq!((child.wait().expect("an end").code(), said.as_str()), (Some(0), ""), "{arguments:?}");
    }
}
