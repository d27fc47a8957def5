//! The workspace is laid out as its map says: who may use whom, and how long a file may be.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::Table;

/// Which of our crates each crate may use, outside its tests.
const ARROWS: [(&str, &[&str]); 12] = [
    ("harness/model", &[]),
    ("harness/wire", &["assay-model"]),
    ("harness/probes", &["assay-model", "assay-wire"]),
    ("harness/capture", &[]),
    ("harness/documents", &[]),
    ("harness/engine", &["assay-model", "assay-wire"]),
    ("harness/seal", &["assay-model"]),
    ("test-suites", &["assay-capture", "assay-documents", "assay-engine", "assay-model", "assay-probes", "assay-wire"]),
    ("test-suites/reference-product", &[]),
    ("harness/conformity", &["assay-model"]),
    ("reports", &["assay-conformity", "assay-model"]),
    (
        "harness/cli",
        &[
            "assay-conformity",
            "assay-engine",
            "assay-model",
            "assay-probes",
            "assay-reports",
            "assay-seal",
            "assay-suites",
            "assay-wire",
            "reference-product",
        ],
    ),
];

/// Lines that a source file may have.
const LONGEST: usize = 400;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn manifest(folder: &str) -> Table {
    let path = root().join(folder).join("Cargo.toml");
    std::fs::read_to_string(path).expect("a manifest").parse().expect("TOML")
}

fn ours(dependencies: Option<&toml::Value>) -> BTreeSet<String> {
    let names = dependencies.and_then(toml::Value::as_table).into_iter().flatten().map(|(name, _)| name.clone());
    names.filter(|name| name.starts_with("assay") || name == "reference-product").collect()
}

#[test]
fn crates_use_each_other_as_drawn() {
    for (folder, allowed) in ARROWS {
        let used = ours(manifest(folder).get("dependencies"));
        let allowed: BTreeSet<_> = allowed.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(used, allowed, "{folder}");
    }
}

#[test]
fn every_member_is_drawn_and_shares_edition_licence_and_lints() {
    let workspace = manifest("");
    let members: BTreeSet<_> =
        workspace["workspace"]["members"].as_array().expect("members").iter().filter_map(toml::Value::as_str).collect();
    assert_eq!(members, ARROWS.iter().map(|(folder, _)| *folder).collect());
    for (folder, _) in ARROWS {
        let manifest = manifest(folder);
        assert_eq!(manifest["lints"]["workspace"].as_bool(), Some(true), "{folder} has lints of its own");
        for key in ["edition", "license", "version"] {
            assert_eq!(manifest["package"][key]["workspace"].as_bool(), Some(true), "{folder}: {key}");
        }
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && path.file_name().is_none_or(|name| name != "target") {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn source_files_are_short() {
    let mut files = Vec::new();
    for folder in ["harness", "test-suites", "reports"] {
        sources(&root().join(folder), &mut files);
    }
    assert!(files.len() > 50, "only {} source files were found", files.len());
    let lines = |path: &PathBuf| std::fs::read_to_string(path).expect("a source file").lines().count();
    let long: Vec<_> = files.iter().filter(|path| lines(path) > LONGEST).collect();
    assert!(long.is_empty(), "longer than {LONGEST} lines: {long:?}");
}

#[test]
fn sockets_and_clocks_stay_behind_their_doors() {
    let mut files = Vec::new();
    for folder in [
        "harness/model/src",
        "harness/probes/src",
        "harness/capture/src",
        "harness/documents/src",
        "harness/engine/src",
        "harness/conformity/src",
        "harness/seal/src",
        "harness/cli/src",
        "test-suites/src",
        "reports/src",
    ] {
        sources(&root().join(folder), &mut files);
    }
    for path in files {
        let text = std::fs::read_to_string(&path).expect("a source file");
        let lifted = text.contains("clippy::disallowed_methods");
        let is_clock = path.ends_with("engine/src/clock.rs");
        let in_tests = text.contains("cfg(test)")
            || path.file_name().is_some_and(|name| ["testing.rs", "tests.rs", "fake.rs"].iter().any(|each| name == *each));
        assert!(!lifted || is_clock || in_tests, "{} lifts the ban on sockets and clocks", path.display());
    }
}
