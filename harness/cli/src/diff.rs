//! `assay diff`: two runs side by side.

use std::path::{Path, PathBuf};

use assay_conformity::comparison::{Change, Comparison, compare};
use assay_engine::Folder;
use assay_model::run::Run;
use assay_model::verdict::{Determination, Verdict};
use assay_reports::visible_line;
use clap::{Args, ValueEnum};

use crate::failure::Failure;
use crate::plan::whereabouts;

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The folder of the earlier run
    before: PathBuf,
    /// The folder of the later run
    after: PathBuf,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    Table,
    Json,
}

impl Diff {
    /// Exit code 1 when a requirement came to be not satisfied, 3 when anything else differs.
    pub(crate) fn carry_out(self) -> Result<u8, Failure> {
        let read =
            |path: &Path| -> Result<Run, Failure> { Folder::open(path).and_then(|folder| folder.read_run()).map_err(Failure::usage) };
        let found = compare(&read(&self.before)?, &read(&self.after)?);
        match self.format {
            Form::Json => say_json!("{:#}", serde_json::to_value(&found).map_err(Failure::harness)?),
            Form::Table => table(&found),
        }
        Ok(if found.is_worse() { 1 } else { u8::from(found.differs()) * 3 })
    }
}

fn table(found: &Comparison) {
    for each in &found.circumstances {
        say!("{}: {} -> {}", each.what, visible_line(&each.before), visible_line(&each.after));
    }
    for change in &found.requirements {
        line(change.of.as_str(), change, Determination::word);
    }
    for change in &found.results {
        line(&format!("{} on {}", change.of.test, whereabouts(&change.of)), change, Verdict::word);
    }
    if !found.differs() {
        say!("no requirement and no result differs");
    }
}

fn line<K, W: Copy>(what: &str, change: &Change<K, W>, word: fn(W) -> &'static str) {
    let [before, after] = [change.before, change.after].map(|each| each.map_or("absent", word));
    say!("{}: {before} -> {after}: {}", visible_line(what), visible_line(&change.reason));
}
