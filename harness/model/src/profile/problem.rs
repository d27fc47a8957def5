//! What is wrong with a profile, shown in its text.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// The most problems that are shown; the count line tells how many there are.
const MAX_SHOWN: usize = 100;

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The bytes of the text that it is about.
    pub span: Range<usize>,
    /// What is wrong: a lower-case fragment.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// Everything that is wrong with one file, in the order of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    name: String,
    text: String,
    list: Vec<Problem>,
}

impl Problems {
    /// The problems of a file with this name and text.
    pub fn new(name: &str, text: &str, mut list: Vec<Problem>) -> Self {
        list.sort_by(|a, b| (a.span.start, a.span.end, &a.message).cmp(&(b.span.start, b.span.end, &b.message)));
        list.dedup();
        Self { name: name.to_owned(), text: text.to_owned(), list }
    }

    /// The problems, in the order of the text.
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// Line, column (both from 1, the column in characters) and message of each problem.
    pub fn lines(&self) -> Vec<(usize, usize, &str)> {
        let placed = |problem: &'_ Problem| {
            let (line, from) = line_at(&self.text, problem.span.start);
            let to = floor(&self.text, problem.span.start);
            (line, self.text[from..to].chars().count() + 1)
        };
        self.list.iter().map(|problem| (placed(problem), problem)).map(|((line, column), p)| (line, column, p.message.as_str())).collect()
    }

    /// All problems with their lines of the file, and a line that counts them.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let mut out = String::new();
        for problem in self.list.iter().take(MAX_SHOWN) {
            out.push_str(&self.render_one(&renderer, problem));
            out.push_str("\n\n");
        }
        let (count, noun) = (self.list.len(), if self.list.len() == 1 { "problem" } else { "problems" });
        let rest = if count > MAX_SHOWN { format!(", the first {MAX_SHOWN} are shown") } else { String::new() };
        out + &format!("{}: {count} {noun}{rest}\n", self.name)
    }

    fn render_one(&self, renderer: &Renderer, problem: &Problem) -> String {
        let (line, from) = line_at(&self.text, problem.span.start);
        let shown = self.text[from..].lines().next().unwrap_or_default();
        let start = floor(shown, problem.span.start.saturating_sub(from));
        let end = floor(shown, problem.span.end.saturating_sub(from)).max(start);
        let snippet = Snippet::source(shown).path(self.name.as_str()).line_start(line).annotation(AnnotationKind::Primary.span(start..end));
        let mut report: Vec<Group<'_>> = vec![Level::ERROR.primary_title(problem.message.as_str()).element(snippet)];
        if let Some(help) = &problem.help {
            report.push(Group::with_title(Level::HELP.secondary_title(help.as_str())));
        }
        renderer.render(&report)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Problems {}

/// The number of the line that holds this byte, from 1, and the byte at which it begins.
pub(super) fn line_at(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..floor(text, byte)];
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before.rfind('\n').map_or(0, |at| at + 1))
}

/// The nearest start of a character at or before this byte.
fn floor(text: &str, byte: usize) -> usize {
    text.floor_char_boundary(byte)
}
