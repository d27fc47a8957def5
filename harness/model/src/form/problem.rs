//! What is wrong with a file, shown in its text.

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
    lines: Lines,
    list: Vec<Problem>,
}

impl Problems {
    /// The problems of a file with this name and text.
    pub fn new(name: &str, text: &str, mut list: Vec<Problem>) -> Self {
        list.sort_by(|a, b| (a.span.start, a.span.end, &a.message).cmp(&(b.span.start, b.span.end, &b.message)));
        list.dedup();
        Self { name: name.to_owned(), text: text.to_owned(), lines: Lines::of(text), list }
    }

    /// The problems, in the order of the text.
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// Line, column (both from 1, the column in characters) and message of each problem.
    pub fn lines(&self) -> Vec<(usize, usize, &str)> {
        self.list.iter().map(|problem| self.placed(problem)).collect()
    }

    fn placed<'a>(&self, problem: &'a Problem) -> (usize, usize, &'a str) {
        let (line, from) = self.lines.at(problem.span.start);
        let before = self.text.get(from..floor(&self.text, problem.span.start)).unwrap_or_default();
        (line, before.chars().count() + 1, &problem.message)
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
        let (line, from) = self.lines.at(problem.span.start);
        let shown = self.text.get(from..).unwrap_or_default().lines().next().unwrap_or_default();
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

/// Where the lines of a text begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    /// The lines of this text.
    pub(crate) fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    /// The number of the line that holds this byte, from 1, and the byte at which it begins.
    pub(crate) fn at(&self, byte: usize) -> (usize, usize) {
        let line = self.0.partition_point(|from| *from <= byte);
        (line, self.0.get(line.saturating_sub(1)).copied().unwrap_or_default())
    }
}

/// The nearest start of a character at or before this byte.
fn floor(text: &str, byte: usize) -> usize {
    text.floor_char_boundary(byte)
}
