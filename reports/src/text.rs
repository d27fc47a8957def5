//! The summary of a run for the command line: plain text, no colours, no wider than asked.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use assay_model::run::{Run, TestResult};
use assay_model::verdict::{Determination, Verdict};

use crate::visible::{shorten, visible_line};
use crate::words::{self, DETERMINATIONS};

/// The narrowest width that is kept to, in characters.
const NARROWEST: usize = 40;

/// The most characters of one reason.
const REASON: usize = 400;

/// Writes the summary, in lines of at most `width` characters; below 40, of 40.
pub fn render(run: &Run, width: usize) -> String {
    let mut page = Page { out: String::new(), width: width.max(NARROWEST) };
    let product = &run.product;
    page.line(0, &format!("{} {} {} ({})", product.name, product.model, product.version, product.manufacturer));
    page.line(0, &format!("{}: {}", words::conclusion_title(run.conclusion), words::conclusion_sentences(run).join(" ")));
    page.gap();
    page.line(0, &format!("results: {}", counts(Verdict::ALL.map(|verdict| (verdict.word(), with(run, verdict).count())))));
    page.line(0, &format!("requirements: {}", counts(DETERMINATIONS.map(|word| (word.word(), determined(run, word))))));
    section(&mut page, "failed", with(run, Verdict::Fail));
    let open = run.results.iter().filter(|result| result.verdict.is_open());
    section(&mut page, "open, and what would settle it", open);
    without_results(&mut page, run);
    if !run.remarks.is_empty() {
        page.title("remarks");
        run.remarks.iter().for_each(|remark| page.line(2, &shorten(remark, REASON)));
    }
    page.out
}

fn with(run: &Run, verdict: Verdict) -> impl Iterator<Item = &TestResult> {
    run.results.iter().filter(move |result| result.verdict == verdict)
}

fn determined(run: &Run, word: Determination) -> usize {
    run.requirements.iter().filter(|requirement| requirement.determination == word).count()
}

/// `pass 30, fail 2`: what there is, without what there is not.
fn counts<const N: usize>(all: [(&str, usize); N]) -> String {
    let some: Vec<_> =
        all.iter().filter(|(_, count)| *count > 0).map(|(word, count)| format!("{} {count}", word.replace('-', " "))).collect();
    if some.is_empty() { "none".to_owned() } else { some.join(", ") }
}

fn section<'a>(page: &mut Page, title: &str, results: impl Iterator<Item = &'a TestResult>) {
    let mut results = results.peekable();
    if results.peek().is_some() {
        page.title(title);
    }
    for result in results {
        let ids: Vec<_> = result.requirements.iter().map(ToString::to_string).collect();
        let word = if result.verdict == Verdict::Fail { String::new() } else { format!(" ({})", result.verdict.word().replace('-', " ")) };
        page.line(2, &format!("{} on {}, for {}{word}", result.test, words::place(result), ids.join(" ")));
        page.line(4, &shorten(&result.reason, REASON));
    }
}

/// The requirements that stand in the way while no result says so, those with the same reason together.
fn without_results(page: &mut Page, run: &Run) {
    let mut by_reason: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let stands = |word| matches!(word, Determination::NotSatisfied | Determination::NotDetermined | Determination::NotAssessed);
    for requirement in run.requirements.iter().filter(|requirement| stands(requirement.determination)) {
        if words::deciding(run, requirement).next().is_none() {
            let word = requirement.determination.word().replace('-', " ");
            by_reason.entry(&requirement.reason).or_default().push(format!("{} ({word})", requirement.id));
        }
    }
    if !by_reason.is_empty() {
        page.title("requirements that no result rules on");
    }
    for (reason, ids) in by_reason {
        page.line(2, &ids.join(", "));
        page.line(4, &shorten(if reason.is_empty() { "no test rules on it" } else { reason }, REASON));
    }
}

struct Page {
    out: String,
    width: usize,
}

impl Page {
    fn gap(&mut self) {
        self.out.push('\n');
    }

    fn title(&mut self, title: &str) {
        self.gap();
        self.line(0, title);
    }

    /// Writes a text with nothing unseen in it, broken at spaces, or within a word that is too long.
    fn line(&mut self, indent: usize, text: &str) {
        let (mut room, mut line) = (self.width.saturating_sub(indent), String::new());
        let mut indent = indent;
        let text = visible_line(text);
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let mut word = word;
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
                self.put(indent, &line);
                line.clear();
                if indent == 0 {
                    (indent, room) = (2, room - 2);
                }
            }
            while let Some((at, _)) = word.char_indices().nth(room) {
                let (head, tail) = word.split_at(at);
                self.put(indent, head);
                word = tail;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if !line.is_empty() {
            self.put(indent, &line);
        }
    }

    fn put(&mut self, indent: usize, line: &str) {
        let _ = writeln!(self.out, "{:indent$}{line}", "");
    }
}
