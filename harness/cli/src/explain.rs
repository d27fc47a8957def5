//! `assay explain`: one test or one requirement, in words.

use assay_engine::Test;
use assay_model::catalog::{Catalog, Requirement, RequirementId};
use assay_model::form::near;
use assay_suites::data;
use clap::Args;

use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A test, such as access/default-credentials, or a requirement, such as LA(AUN)
    id: String,
}

impl Explain {
    pub(crate) fn carry_out(self) -> Result<u8, Failure> {
        let tests = assay_suites::all();
        if let Some(test) = tests.iter().find(|test| test.id == self.id) {
            return explain_test(test);
        }
        let catalog = data::catalog()?;
        let id: RequirementId = self.id.parse().map_err(|_| self.unknown(&tests, &catalog))?;
        let entry = catalog.get(&id).ok_or_else(|| self.unknown(&tests, &catalog))?;
        explain_requirement(entry);
        let elements = catalog.requirements().filter(|each| id.covers(&each.id) && each.id != id);
        let mut heading = Some("\nelements");
        for element in elements {
            if let Some(heading) = heading.take() {
                say!("{heading}");
            }
            say!("  {:<16} {}", element.id.as_str(), element.statement);
        }
        show_tests(&tests, &id)
    }
}

impl Explain {
    fn unknown(&self, tests: &[&Test], catalog: &Catalog) -> Failure {
        let (id, lower) = (&self.id, self.id.to_lowercase());
        let requirements = catalog.requirements().map(|entry| entry.id.as_str());
        let known: Vec<&str> = tests.iter().map(|test| test.id).chain(requirements).collect();
        // a test is often called by its name alone
        let by_name = || known.iter().copied().find(|each| each.rsplit('/').next() == Some(&lower));
        let meant = near(id, &known).or_else(by_name).map_or_else(String::new, |near| format!("did you mean `{near}`? "));
        Failure::usage(format!("`{id}` is neither a test nor a requirement: {meant}`assay list` and `assay coverage` show all"))
    }
}

fn explain_test(test: &Test) -> Result<u8, Failure> {
    let catalog = data::catalog()?;
    say!("{}\n  {}\n", test.id, test.title);
    say!("  how:      {}, class {}", test.method.word(), test.safety.word());
    say!("  sources:  {}", test.sources.join("; "));
    say!("  a pass does not show: {}", test.limits);
    if !test.reads.is_empty() {
        say!("  reads:    documents of kind {}", test.reads.join(", "));
    }
    for question in test.asks {
        say!("  asks:     {} ({})", question.text, question.visit.word());
    }
    say!("\n  rules on");
    for id in test.requirements() {
        say!("    {:<16} {}", id.as_str(), catalog.get(&id).map(|entry| entry.statement.as_str()).unwrap_or_default());
    }
    Ok(0)
}

fn explain_requirement(entry: &Requirement) {
    let title = entry.title.as_ref().map_or_else(String::new, |title| format!("  {title}"));
    say!("{}{title}\n  {}", entry.id, entry.statement);
    if entry.id.has_ordinal() {
        say!("  (the number after the bracket is ours, from the order of the source; it is not NIST's)");
    }
    if let Some(note) = &entry.note {
        say!("  note: {note}");
    }
    if !entry.sp800_53.is_empty() {
        say!("  supports SP 800-53 Rev. 5: {}", entry.sp800_53.join(", "));
    }
    if !entry.csf.is_empty() {
        say!("  supports CSF 1.1: {}", entry.csf.join(", "));
    }
}

fn show_tests(tests: &[&Test], id: &RequirementId) -> Result<u8, Failure> {
    let ruling: Vec<_> = tests.iter().filter(|test| test.requirements().iter().any(|shown| id.covers(shown))).collect();
    if ruling.is_empty() {
        let rows = assay_engine::coverage(&data::catalog()?, &data::untested()?, tests);
        let reason = rows.into_iter().find(|row| &row.requirement == id).map(|row| row.reason);
        say!("\nno test rules on it: {}", reason.unwrap_or_default());
        return Ok(0);
    }
    say!("\nruled on by");
    let width = ruling.iter().map(|test| test.id.len()).max().unwrap_or_default();
    for test in ruling {
        say!("  {:<width$}  {}", test.id, test.title);
    }
    Ok(0)
}
