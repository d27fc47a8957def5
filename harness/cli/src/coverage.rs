//! `assay coverage`: requirement by test by method, and why the others have none.

use assay_engine::coverage;
use assay_model::coverage::Covered;
use assay_model::safety::Method;
use assay_suites::data;
use clap::{Args, ValueEnum};

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

impl Coverage {
    pub(crate) fn carry_out(self) -> Result<u8, Failure> {
        let rows = coverage(&data::catalog()?, &data::untested()?, &assay_suites::all());
        match self.format {
            Form::Table => table(&rows),
            Form::Csv => csv(&rows),
            Form::Json => say_json!("{:#}", serde_json::to_value(&rows).map_err(Failure::harness)?),
        }
        Ok(0)
    }
}

fn table(rows: &[Covered]) {
    for row in rows {
        let tests: Vec<_> = row.tests.iter().map(|ruling| format!("{} ({})", ruling.test, ruling.method.word())).collect();
        let what = if tests.is_empty() { format!("- {}", row.reason) } else { tests.join(", ") };
        say!("{:<20} {what}", row.requirement.as_str());
    }
    let count = |holds: &dyn Fn(&Covered) -> bool| {
        let (subs, elements): (Vec<_>, Vec<_>) = rows.iter().filter(|row| holds(row)).partition(|row| row.is_sub_capability());
        (subs.len(), elements.len())
    };
    let all = count(&|_| true);
    let covered = count(&Covered::is_covered);
    say!("\nwith a test: {} of {} sub-capabilities, {} of {} elements", covered.0, all.0, covered.1, all.1);
    for method in Method::ALL {
        let (subs, elements) = count(&|row| row.by(method));
        say!("  {:<9} {subs} sub-capabilities, {elements} elements", format!("{}:", method.word()));
    }
}

fn csv(rows: &[Covered]) {
    say!("requirement,test,method,reason");
    for row in rows {
        let id = row.requirement.as_str();
        for ruling in &row.tests {
            say!("{id},{},{},", ruling.test, ruling.method.word());
        }
        if row.tests.is_empty() {
            say!("{id},,,\"{}\"", row.reason.replace('"', "\"\""));
        }
    }
}
