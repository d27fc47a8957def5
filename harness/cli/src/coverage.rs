//! `assay coverage`: requirement by test, and why the others have none.

use assay_model::catalog::RequirementId;
use assay_suites::data;
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Coverage {
    /// How to show it
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    Table,
    Csv,
    Json,
}

struct Row {
    id: String,
    tests: Vec<(&'static str, &'static str)>,
    reason: String,
}

impl Coverage {
    pub(crate) fn carry_out(self) -> Result<u8, Failure> {
        let rows = rows()?;
        match self.format {
            Form::Table => table(&rows),
            Form::Csv => csv(&rows),
            Form::Json => {
                let list = rows.iter().map(|row| {
                    let tests: Vec<_> = row.tests.iter().map(|(test, method)| json!({ "test": test, "method": method })).collect();
                    json!({ "requirement": row.id, "tests": tests, "reason": row.reason })
                });
                say!("{:#}", list.collect::<serde_json::Value>());
            }
        }
        Ok(0)
    }
}

fn rows() -> Result<Vec<Row>, Failure> {
    let (catalog, untested, tests) = (data::catalog()?, data::untested()?, assay_suites::all());
    let row = |id: &RequirementId| {
        let ruling = tests.iter().filter(|test| test.requirements().iter().any(|shown| id.covers(shown)));
        let ruling: Vec<_> = ruling.map(|test| (test.id, test.method.word())).collect();
        let reason = std::iter::successors(Some(id.clone()), RequirementId::parent).find_map(|each| untested.get(&each).cloned());
        let reason = if ruling.is_empty() { reason.unwrap_or_default() } else { String::new() };
        Row { id: id.to_string(), tests: ruling, reason }
    };
    Ok(catalog.requirements().map(|entry| row(&entry.id)).collect())
}

fn table(rows: &[Row]) {
    for row in rows {
        let tests: Vec<_> = row.tests.iter().map(|(test, _)| *test).collect();
        let what = if tests.is_empty() { format!("- {}", row.reason) } else { tests.join(", ") };
        say!("{:<20} {what}", row.id);
    }
    let covered = rows.iter().filter(|row| !row.tests.is_empty());
    let (subs, all): (Vec<_>, Vec<_>) = (rows.iter().filter(|row| row.id.ends_with(')')).collect(), covered.collect());
    let covered_subs = subs.iter().filter(|row| !row.tests.is_empty()).count();
    say!("\n{} of {} ids covered, of these {covered_subs} of {} sub-capabilities", all.len(), rows.len(), subs.len());
}

fn csv(rows: &[Row]) {
    say!("requirement,test,method,reason");
    for row in rows {
        for (test, method) in &row.tests {
            say!("{},{test},{method},", row.id);
        }
        if row.tests.is_empty() {
            say!("{},,,\"{}\"", row.id, row.reason.replace('"', "\"\""));
        }
    }
}
