//! The cases: one for each row of the truth, and one for each configuration that asks for verdicts without a row.

use std::fmt::Write;

use assay_model::run::{Run, TestResult};
use assay_model::verdict::Verdict;
use libtest_mimic::{Completion, Failed, Trial};

use crate::runs;
use crate::truth::{Configuration, Row, Server, servers};

/// Every case: first the first of each configuration, so that all servers run side by side.
pub(crate) fn all() -> Vec<Trial> {
    let mut trials = Vec::new();
    for server in servers() {
        for configuration in &server.configurations {
            let name = format!("{}::{}", server.name, configuration.name);
            for (place, row) in configuration.rows.iter().cloned().enumerate() {
                let (server, configuration) = (server.clone(), configuration.name.clone());
                let name = [&name, &row.0, &row.1].map(String::as_str).join("::");
                let name = name.trim_end_matches("::").to_owned();
                trials.push((place, Trial::ignorable_test(name, move || on(&server, || holds(&server.name, &configuration, &row)))));
            }
            let (server, configuration) = (server.clone(), configuration.clone());
            let name = format!("{name}::no-other-verdict");
            let trial = Trial::ignorable_test(name, move || on(&server, || nothing_else(&server.name, &configuration)));
            trials.push((usize::MAX, trial));
        }
    }
    trials.sort_by_key(|(place, _)| *place);
    trials.into_iter().map(|(_, trial)| trial).collect()
}

/// Carries a case out where the server can be started.
fn on(server: &Server, case: impl FnOnce() -> Result<(), Failed>) -> Result<Completion, Failed> {
    match runs::hindrance(server) {
        None => case().map(|()| Completion::Completed),
        Some(why) if std::env::var("ASSAY_DEMAND_REAL").is_ok_and(|value| value == "1") => Err(why.into()),
        Some(why) => Ok(Completion::ignored_with(why)),
    }
}

/// A verdict is the one that is right.
fn holds(server: &str, configuration: &str, row: &Row) -> Result<(), Failed> {
    let run = runs::of(server, configuration, Some(&row.0))?;
    let Some(result) = run.results.iter().find(|result| is_of(result, row)) else {
        return Err("the test did not run there".into());
    };
    if result.verdict == row.2 {
        return Ok(());
    }
    Err(format!("{} is right, because {}\n{}", row.2.word(), row.3, line(result)).into())
}

/// No test passes or fails without a row: every such verdict was held against the truth.
fn nothing_else(server: &str, configuration: &Configuration) -> Result<(), Failed> {
    let run = runs::of(server, &configuration.name, None)?;
    let other = unlisted(&run, configuration).filter(|result| matches!(result.verdict, Verdict::Pass | Verdict::Fail | Verdict::Error));
    let lines: Vec<_> = other.map(line).collect();
    if lines.is_empty() { Ok(()) } else { Err(lines.join("\n").into()) }
}

fn unlisted<'r>(run: &'r Run, configuration: &'r Configuration) -> impl Iterator<Item = &'r TestResult> {
    run.results.iter().filter(|result| !configuration.rows.iter().any(|row| is_of(result, row)))
}

fn is_of(result: &TestResult, row: &Row) -> bool {
    result.test == row.0 && result.interface.as_deref().unwrap_or_default() == row.1
}

fn line(result: &TestResult) -> String {
    let place = result.interface.as_deref().unwrap_or("component");
    let (verdict, reason, observed) = (result.verdict.word(), &result.reason, &result.observed);
    format!("{} on {place}: {verdict} ({reason}; observed: {observed})", result.test)
}

/// All verdicts of all runs beside the truth, as a table in Markdown.
pub(crate) fn table() -> String {
    let mut text = "| server | configuration | test | interface | verdict | right | because |\n|---|---|---|---|---|---|---|\n".to_owned();
    let made = runs::made();
    for server in servers() {
        for configuration in &server.configurations {
            let Some(run) = made.get(&format!("{}-{}", server.name, configuration.name)) else { continue };
            for result in &run.results {
                let row = configuration.rows.iter().find(|row| is_of(result, row));
                let (right, why) = row.map_or(("", result.reason.as_str()), |row| (row.2.word(), row.3.as_str()));
                let cells = [&server.name, &configuration.name, &result.test, result.interface.as_deref().unwrap_or("")];
                let cells = cells.into_iter().chain([result.verdict.word(), right, why]).map(|cell| cell.replace('|', "/"));
                let _ = writeln!(text, "| {} |", cells.collect::<Vec<_>>().join(" | "));
            }
        }
    }
    text
}
