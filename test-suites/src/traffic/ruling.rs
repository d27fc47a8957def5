//! Rulings on captured traffic: an offence fails, whatever is missing; anything open leaves it undecided.

use assay_engine::{Control, Finding, Outcome, Seen};

/// The most reasons that are told.
const MOST: usize = 6;

/// What was made of captured flows.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    offences: Vec<String>,
    open: Vec<String>,
}

/// The words of a finding.
pub(crate) struct Words {
    /// Why it passes.
    pub(crate) met: String,
    pub(crate) expected: &'static str,
    pub(crate) observed: String,
}

impl Judged {
    /// A judgement in which this much is open from the start.
    pub(crate) fn with(open: Vec<String>) -> Self {
        Self { offences: Vec::new(), open }
    }

    pub(crate) fn offend(&mut self, what: impl Into<String>) {
        note(&mut self.offences, what.into());
    }

    pub(crate) fn leave_open(&mut self, why: impl Into<String>) {
        note(&mut self.open, why.into());
    }

    /// Rules on what was seen.
    pub(crate) fn rule(self, seen: Seen, control: Control, words: Words) -> Outcome {
        let Words { met, expected, observed } = words;
        let finding = |reason: String| Finding { reason, expected: expected.to_owned(), observed, ..Finding::default() };
        if !self.offences.is_empty() {
            seen.fail(finding(some(&self.offences)))
        } else if !self.open.is_empty() {
            seen.inconclusive(finding(some(&self.open)))
        } else {
            seen.pass(control, finding(met))
        }
    }
}

/// Takes down a text once.
fn note(list: &mut Vec<String>, text: String) {
    if !list.contains(&text) {
        list.push(text);
    }
}

fn some(all: &[String]) -> String {
    let shown = all.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join("; ");
    match all.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown}; and {more} more"),
    }
}
