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
                    json!({ "id": test.id, "title": test.title, "requirements": test.shows, "method": test.method.word(),
                            "safety": test.safety.word(), "sources": test.sources, "limits": test.limits })
                });
                println!("{:#}", rows.collect::<serde_json::Value>());
            }
            Form::Table => {
                for test in &tests {
                    println!("{:<38} {:<12} {:<9} {}", test.id, test.safety.word(), test.method.word(), test.title);
                }
                println!("{} tests; `assay explain ID` tells more", tests.len());
            }
        }
    }
}
