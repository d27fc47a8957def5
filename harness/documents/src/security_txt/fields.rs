//! What RFC 9116 section 2.5 says of each field.

use super::SecurityTxt;
use crate::json::Notes;
use crate::text::{is_https, moment, scheme};

/// One line of the file, and where its problems are noted.
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    pub(super) number: usize,
    pub(super) problems: &'a Notes,
    pub(super) advice: &'a Notes,
}

impl Line<'_> {
    pub(super) fn problem(&self, what: impl Into<String>) {
        self.problems.add(format!("line {}", self.number), what);
    }

    pub(super) fn advise(&self, what: impl Into<String>) {
        self.advice.add(format!("line {}", self.number), what);
    }
}

/// Holds the value of a field against the rule for it.
pub(super) fn judge(name: &str, value: &str, line: &Line<'_>) {
    let (clause, kind) = match name {
        "acknowledgments" => ("2.5.1", "Acknowledgments"),
        "canonical" => ("2.5.2", "Canonical"),
        "contact" => ("2.5.3", "Contact"),
        "encryption" => ("2.5.4", "Encryption"),
        "expires" => return expires(value, line),
        "hiring" => ("2.5.6", "Hiring"),
        "policy" => ("2.5.7", "Policy"),
        "preferred-languages" => return languages(value, line),
        "csaf" => return csaf(value, line),
        "acknowledgements" => {
            return line.advise("`Acknowledgements` is no field of the standard: write `Acknowledgments` (section 2.5.1)");
        }
        _ => return,
    };
    match scheme(value).as_deref() {
        None if kind == "Contact" && value.contains('@') => {
            line.problem(format!("{kind} `{value}` is no URI: write `mailto:` before it (section {clause})"));
        }
        None => line.problem(format!("{kind} `{value}` is no URI (section {clause})")),
        Some("http") => line.problem(format!("{kind} `{value}` is a web address without https (section {clause})")),
        Some("https") if !is_https(value) => line.problem(format!("{kind} `{value}` has no host (section {clause})")),
        Some(_) => {}
    }
}

fn expires(value: &str, line: &Line<'_>) {
    if moment(value).is_none() {
        line.problem(format!("Expires `{value}` is no date and time of RFC 3339 (section 2.5.5)"));
    }
}

/// Tags of languages (RFC 5646): subtags of at most eight letters or digits, the first of letters.
fn languages(value: &str, line: &Line<'_>) {
    let subtag = |text: &str| (1..=8).contains(&text.len()) && text.bytes().all(|each| each.is_ascii_alphanumeric());
    let tag = |text: &str| {
        let first = text.split('-').next().unwrap_or_default();
        text.split('-').all(subtag) && first.bytes().all(|each| each.is_ascii_alphabetic())
    };
    if let Some(odd) = value.split(',').map(str::trim).find(|text| !tag(text)) {
        line.problem(format!("Preferred-Languages holds `{odd}`, which is no tag of a language (section 2.5.8)"));
    }
}

fn csaf(value: &str, line: &Line<'_>) {
    if !is_https(value) {
        line.problem(format!("CSAF `{value}` is no https address (CSAF 2.0 section 7.1.8)"));
    } else if !value.ends_with("/provider-metadata.json") {
        line.problem(format!("CSAF `{value}` does not end in provider-metadata.json (CSAF 2.0 section 7.1.7)"));
    }
}

/// What only the whole file shows.
pub(super) fn finish(file: &SecurityTxt, problems: &Notes, advice: &Notes) {
    if file.contacts.is_empty() {
        problems.add("", "the file has no Contact: add one (section 2.5.3)");
    } else if !file.contacts.iter().any(|contact| scheme(contact).is_some()) {
        problems.add("", "the file has no Contact that is an address: add one (section 2.5.3)");
    }
    match file.expires.len() {
        0 => problems.add("", "the file has no Expires: add one (section 2.5.5)"),
        1 => {}
        many => problems.add("", format!("the file has {many} Expires: keep one (section 2.5.5)")),
    }
    if file.languages.len() > 1 {
        problems.add("", "the file has more than one Preferred-Languages: keep one (section 2.5.8)");
    }
    if let Some(envelope) = &file.envelope {
        if !envelope.complete {
            problems.add("", "the OpenPGP envelope is not closed by a signature (section 2.3)");
        }
        if file.canonical.is_empty() {
            advice.add("", "a signed file should have a Canonical (section 2.3)");
        }
    }
}
