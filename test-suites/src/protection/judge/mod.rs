//! Judgements of this family: pure functions from facts and thresholds to offences. They ask nobody.

mod certificates;
mod dtls;
mod flaws;
mod groups;
mod hello;
mod keys;
mod known_keys;
mod offers;
mod remedy;
mod rsa;
mod safeguards;
mod ssh;
mod suites;
mod validity;
mod versions;
mod weak_keys;
mod web;

use assay_engine::{Finding, Outcome, Seen};
use serde::Serialize;

pub(super) use certificates::{Shown, strength};
pub(super) use dtls::dtls;
pub(super) use flaws::{flaws, flaws_in_words};
pub(super) use groups::key_exchange;
pub(super) use hello::hello;
pub(super) use keys::{Reading, unique};
pub(super) use known_keys::{Listed, plain, seek};
pub(super) use offers::offers;
pub(super) use safeguards::safeguards;
pub(super) use ssh::ssh;
pub(super) use suites::suites;
pub(super) use validity::{Checked, validity};
pub(super) use versions::{label, versions};
pub(super) use weak_keys::{PublicKey, looks_find_flaws, weak};
pub(super) use web::{Heard, in_clear, strict_transport};

/// The most names that are told of one offence.
const MOST_NAMES: usize = 6;

/// Something that the policy does not allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Offence {
    what: String,
    change: String,
    source: String,
}

/// What was made of facts: what offends, what could not be told, what was noticed beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Judgement {
    pub(super) offences: Vec<Offence>,
    pub(super) open: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// The words of a finding.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    pub(super) met: String,
    pub(super) expected: String,
    pub(super) observed: String,
    pub(super) source: String,
}

impl Judgement {
    pub(super) fn offend(&mut self, what: impl Into<String>, change: impl Into<String>, source: &str) {
        self.offences.push(Offence { what: what.into(), change: change.into(), source: source.to_owned() });
    }

    pub(super) fn leave_open(&mut self, why: impl Into<String>) {
        self.open.push(why.into());
    }

    pub(super) fn note(&mut self, what: impl Into<String>) {
        self.notes.push(what.into());
    }

    /// Whether an offence stands: then nothing more needs to be asked.
    pub(super) fn offends(&self) -> bool {
        !self.offences.is_empty()
    }

    /// Rules: any offence fails; else anything open, or the lack of a control, leaves it undecided; else it passes.
    pub(super) fn rule(self, seen: Seen, control: Option<String>, words: Words) -> Outcome {
        let Self { offences, open, notes } = self;
        let Words { met, expected, observed, source } = words;
        let finding = |reason: String, source: String| Finding { reason, expected, observed, source };
        let ruling = if !offences.is_empty() {
            let each = offences.iter().map(|offence| format!("{} ({}): {}", offence.what, offence.source, offence.change));
            let reason = each.collect::<Vec<_>>().join("; ");
            seen.fail(finding(reason, distinct(offences.iter().map(|offence| offence.source.as_str()))))
        } else if !open.is_empty() {
            seen.inconclusive(finding(open.join("; "), source))
        } else {
            match control {
                Some(what) => {
                    let control = seen.control(what);
                    seen.pass(control, finding(met, source))
                }
                None => seen.inconclusive(finding("nothing showed that the opposite would have been seen".to_owned(), source)),
            }
        }?;
        Ok(notes.into_iter().fold(ruling, assay_engine::Ruling::note))
    }
}

/// Each text once, in order.
fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut all: Vec<&str> = Vec::new();
    for text in texts {
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all.join("; ")
}

/// Names in a row, the first few only.
pub(super) fn some_of<S: AsRef<str>>(names: &[S]) -> String {
    let shown = names.iter().take(MOST_NAMES).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Why facts of a survey may be incomplete: versions whose answer cannot be told.
pub(super) fn unclear(survey: &assay_probes::tls::Survey) -> impl Iterator<Item = String> + '_ {
    survey.versions.iter().filter_map(|(name, support)| match support {
        assay_probes::tls::Support::Unclear { why } => Some(format!(
            "whether {} is accepted could not be told ({why}): run again when the product is less busy, or with a longer budget.answer_ms",
            label(name)
        )),
        _ => None,
    })
}

/// Why not all certificates of a server were seen.
pub(super) fn sealed(survey: &assay_probes::tls::Survey) -> Option<String> {
    let why = survey.sealed_chain.as_ref()?;
    Some(format!("the certificate that the server shows in TLS 1.3 could not be read ({why})"))
}

#[cfg(test)]
pub(super) fn policy(id: &str) -> assay_model::policy::Policy {
    crate::data::policies().expect("policies").into_iter().find(|policy| policy.id == id).expect("a policy")
}

#[cfg(test)]
impl Judgement {
    fn whats(&self) -> Vec<&str> {
        self.offences.iter().map(|offence| offence.what.as_str()).collect()
    }
}
