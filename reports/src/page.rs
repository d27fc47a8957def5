//! Templates of web pages: everything that is filled in is made visible, cut to a readable length and escaped.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, escape_formatter};
use serde::Serialize;

use crate::ReportError;
use crate::visible::{LONG, shorten, visible};

/// Texts that stand in pages as they are: what all share (colours, type, tables, print), and what a report needs beside.
const TEXTS: [(&str, &str); 3] = [
    ("style", include_str!("../templates/style.css")),
    ("report_style", include_str!("../templates/report/report.css")),
    ("search", include_str!("../templates/report/search.js")),
];

/// Templates that others include.
const PARTS: [(&str, &str); 4] = [
    ("macros.html", include_str!("../templates/report/macros.html")),
    ("matrix.html", include_str!("../templates/report/matrix.html")),
    ("look.html", include_str!("../templates/report/look.html")),
    ("controls.html", include_str!("../templates/report/controls.html")),
];

/// Fills a template in.
///
/// # Errors
/// When the template asks for what `view` does not have.
pub(crate) fn fill(template: &str, view: impl Serialize) -> Result<String, ReportError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(|error| of_template(&error))?;
    environment.set_syntax(syntax);
    environment.set_debug(false);
    environment.add_filter("symbol", |word: String| symbol(&word));
    environment.add_filter("plain", |word: String| word.replace('-', " "));
    for (name, text) in TEXTS {
        environment.add_global(name, Value::from_safe_string(text.to_owned()));
    }
    for (name, part) in PARTS {
        environment.add_template(name, part).map_err(|error| of_template(&error))?;
    }
    environment.set_formatter(|out, state, value| match (value.as_str(), value.kind()) {
        (Some(text), _) if !value.is_safe() => escape_formatter(out, state, &Value::from(visible(&shorten(text, LONG)))),
        (Some(_), _) | (_, ValueKind::Number) => escape_formatter(out, state, value),
        _ => Err(Error::new(ErrorKind::InvalidOperation, "only texts and numbers can be filled in")),
    });
    environment.render_str(template, Serde(view)).map_err(|error| of_template(&error))
}

fn of_template(error: &Error) -> ReportError {
    ReportError::Template(error.to_string())
}

/// The text as the mark on each printed page, if nothing in it could end a string of a style sheet or the sheet itself.
pub(crate) fn page_mark(text: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/' | ' ');
    (!text.is_empty() && text.len() <= 80 && text.chars().all(plain)).then_some(text)
}

/// The sign beside a word, so that no meaning hangs on colour alone.
fn symbol(word: &str) -> &'static str {
    match word {
        "pass" | "satisfied" | "conforms" | "confirmed" => "✓",
        "satisfied-by-alternative" => "≈",
        "fail" | "not-satisfied" | "does-not-conform" | "contradicted" => "✗",
        "not-applicable" | "not-comparable" => "–",
        "not-run" | "not-assessed" | "not-retested" => "○",
        "error" => "!",
        _ => "?",
    }
}
