//! Texts of a run as OSCAL takes them: values of properties, marked-up lines and paragraphs, points in time, tokens.

use assay_model::catalog::RequirementId;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, UtcOffset};

use crate::visible::{LONG, shorten, visible_line};

/// The whole text as the value of a property, which is plain: on one line, not empty, no space at either end.
/// Nothing when there is no text.
pub(super) fn value(text: &str) -> Option<String> {
    let text = visible_line(text);
    let last = text.chars().count().checked_sub(1)?;
    let written = |(at, character): (usize, char)| match character {
        space if space.is_whitespace() && (at == 0 || at == last) => format!("<U+{:04X}>", u32::from(space)),
        other => other.to_string(),
    };
    Some(text.chars().enumerate().map(written).collect())
}

/// The text as a line of Markdown that shows it and does nothing else; the property beside it has the whole.
pub(super) fn line(text: &str) -> String {
    let text = visible_line(&shorten(text, LONG));
    if text.is_empty() {
        return "(no text)".to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if MARKUP.contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// What Markdown reads as more than itself within a line, with what OSCAL adds (`{{ insert }}`, `^`, `~`, `"`).
const MARKUP: &str = "\\`*_{}[]<>&|~^$\"#!";

/// Paragraphs of Markdown, each with its label.
pub(super) fn paragraphs(labelled: &[(&str, &str)]) -> String {
    let said = labelled.iter().filter(|(_, text)| !text.trim().is_empty());
    let paragraphs: Vec<_> = said.map(|(label, text)| format!("{label}: {}", line(text))).collect();
    if paragraphs.is_empty() { line("") } else { paragraphs.join("\n\n") }
}

/// The years that the schema of OSCAL 1.2.1 takes, without those whose leap days it refuses.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2999;

/// A point in time of the run, in UTC; `None` when it is none, or none that OSCAL can write.
pub(super) fn time(text: &str) -> Option<String> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)?;
    YEARS.contains(&time.year()).then(|| time.format(&Rfc3339).ok())?
}

/// The end of a day that is written as `2026-01-31`.
pub(super) fn end_of(day: &str) -> Option<String> {
    Date::parse(day, format_description!("[year]-[month]-[day]")).ok()?;
    time(&format!("{day}T23:59:59Z"))
}

/// The requirement as a control: `LA(AUN).2.b` is `la-aun.2.b`. Codes are capitals and ordinals are not, so it can be undone.
pub(super) fn control_id(id: &RequirementId) -> String {
    let rest = &id.as_str()[id.code().len()..];
    let code = id.code().trim_end_matches(')').replace('(', "-").to_ascii_lowercase();
    format!("{code}{rest}")
}

/// The objective of that control, which findings are about: `la-aun.2.b_obj`.
pub(super) fn objective_id(id: &RequirementId) -> String {
    format!("{}_obj", control_id(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_no_edges_that_a_schema_refuses() {
        assert_eq!(value(""), None);
        assert_eq!(value(" "), Some("<U+0020>".to_owned()));
        assert_eq!(value(" a b\u{3000}"), Some("<U+0020>a b<U+3000>".to_owned()));
        assert_eq!(value("a\nb\0"), Some("a<LF>b<NUL>".to_owned()));
    }

    #[test]
    fn markup_is_shown_and_not_obeyed() {
        assert_eq!(
            line("[a](b) ![c] <i> {{ insert: param, x }}\n# d"),
            "\\[a\\](b) \\!\\[c\\] \\<i\\> \\{\\{ insert: param, x \\}\\}\\<LF\\>\\# d"
        );
    }

    #[test]
    fn times_outside_the_schema_are_none() {
        assert_eq!(time("2026-11-21T12:14:05.5+02:00").as_deref(), Some("2026-11-21T10:14:05.5Z"));
        for text in ["", "yesterday", "1996-02-29T00:00:00Z", "9999-12-31T00:00:00Z", "2026-02-30T00:00:00Z"] {
            assert_eq!(time(text), None, "{text}");
        }
        assert_eq!(end_of("2027-11-27").as_deref(), Some("2027-11-27T23:59:59Z"));
        assert_eq!(end_of("2027-11-27T00:00:00Z"), None);
    }

    #[test]
    fn ids_are_tokens() {
        let id = |text: &str| text.parse::<RequirementId>().expect("an id");
        assert_eq!(control_id(&id("LA(AUN)")), "la-aun");
        assert_eq!(objective_id(&id("LA(AUN).2.b.i")), "la-aun.2.b.i_obj");
    }
}
