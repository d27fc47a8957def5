//! Fixtures: settings of the reference product beside each test, and what the test must say of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use assay_model::answers::Answer;
use reference_product::Fault;
use serde::Deserialize;
use toml::{Table, Value};

/// One `.pass.toml` or `.fail.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// Faults of the reference product.
    pub(crate) faults: Vec<String>,
    /// The policy; `general` when absent.
    pub(crate) policy: Option<String>,
    /// Merged into the reference product's profile.
    pub(crate) profile: Table,
    /// Words of the product's papers that are replaced by others.
    #[serde(rename = "edit")]
    pub(crate) edits: Vec<Edit>,
    /// Answers in place of those of the good product to the same questions.
    #[serde(rename = "answer")]
    pub(crate) answers: Vec<Answer>,
    /// What a fail must look like.
    pub(crate) expect: Expect,
}

/// Words in a paper, and others for them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edit {
    pub(crate) file: String,
    pub(crate) find: String,
    pub(crate) put: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Expect {
    pub(crate) component: Option<String>,
    pub(crate) interface: Option<String>,
    pub(crate) reason: String,
    pub(crate) also: Vec<String>,
}

impl Settings {
    pub(crate) fn faults(&self) -> BTreeSet<Fault> {
        self.faults.iter().map(|name| name.parse().unwrap_or_else(|error| panic!("{error}"))).collect()
    }

    /// Whether the product is the good one under its own profile: such runs are all the same.
    pub(crate) fn is_plain(&self) -> bool {
        self.is_on_paper() && self.edits.is_empty() && self.answers.is_empty()
    }

    /// Whether only papers and answers are other than the good ones: then the product itself behaves as ever.
    pub(crate) fn is_on_paper(&self) -> bool {
        self.faults.is_empty() && self.policy.is_none() && self.profile.is_empty()
    }
}

/// A fixture of one test.
#[derive(Debug, Clone)]
pub(crate) struct Fixture {
    /// The part of the file name that tells it apart: `fail`, `fail-ssh`.
    pub(crate) name: String,
    pub(crate) settings: Settings,
}

/// The source file of a test.
pub(crate) fn source_of(test: &str) -> PathBuf {
    let path = test.replace('-', "_");
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(path).with_extension("rs")
}

/// The fixtures of a test whose name begins with `kind` (`pass`, `fail`), in the order of their names.
pub(crate) fn fixtures(test: &str, kind: &str) -> Vec<Fixture> {
    let source = source_of(test);
    let stem = format!("{}.{kind}", source.file_stem().unwrap_or_default().to_string_lossy());
    let folder = source.parent().expect("a test stands in a folder");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        let Some(rest) = file.strip_prefix(&stem).and_then(|rest| rest.strip_suffix(".toml")) else { continue };
        let text = std::fs::read_to_string(entry.path()).expect("a fixture that can be read");
        let settings = toml::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        found.push(Fixture { name: format!("{kind}{rest}"), settings });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Merges `more` into `base`: tables key by key, arrays of tables by `id`, anything else takes the place of the old.
pub(crate) fn merge(base: &mut Table, more: &Table) {
    for (key, value) in more {
        match (base.get_mut(key), value) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new),
            (Some(Value::Array(old)), Value::Array(new)) if new.iter().all(Value::is_table) => merge_array(old, new),
            _ => {
                base.insert(key.clone(), value.clone());
            }
        }
    }
}

fn merge_array(old: &mut Vec<Value>, new: &[Value]) {
    for value in new {
        let same = |each: &&mut Value| value.get("id").is_some() && each.get("id") == value.get("id");
        match (old.iter_mut().find(same), value) {
            (Some(Value::Table(known)), Value::Table(more)) => merge(known, more),
            _ => old.push(value.clone()),
        }
    }
}
