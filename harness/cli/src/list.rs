//! `assay list`: all tests.

use clap::{Args, ValueEnum};
use serde_json::json;

#[derive(Debug, Args)]
pub(crate) struct List {
    /// How to show them
    #[arg(long, value_enum, default_value_t = Form::Table)]
    format: Form,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    Table,
    Json,
}

impl List {
    pub(crate) fn carry_out(self) {
        let tests = assay_suites::all();
        match self.format {
            Form::Json => {
                let rows = tests.iter().map(|test| {
                    json!({ "id": test.id, "title": test.title, "requirements": test.shown(), "method": test.method.word(),
                            "safety": test.safety.word(), "reads": test.reads, "asks": test.asks.iter().map(|question| question.text).collect::<Vec<_>>(),
                            "sources": test.sources, "limits": test.limits })
                });
                say_json!("{:#}", rows.collect::<serde_json::Value>());
            }
            Form::Table => {
                let width = tests.iter().map(|test| test.id.len()).max().unwrap_or_default();
                for test in &tests {
                    say!("{:<width$}  {:<11}  {:<8}  {}", test.id, test.safety.word(), test.method.word(), test.title);
                }
                say!("\n{} tests; `assay explain ID` tells more", tests.len());
            }
        }
    }
}
