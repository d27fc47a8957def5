//! What a campaign came to: one line for each product, as a table and as a file.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use assay_model::run::Run;
use assay_model::verdict::{Conclusion, Verdict};
use serde::Serialize;

use crate::failure::Failure;

/// The schema word of a summary.
const SCHEMA: &str = "assay.campaign-summary/1";
/// The name of the file.
const FILE: &str = "campaign.json";

/// What came of all products, in the order of the list.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    schema: &'static str,
    /// How many products came to each conclusion, or to `none`.
    conclusions: BTreeMap<&'static str, usize>,
    products: Vec<Line>,
}

/// What came of one product.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    pub(super) id: String,
    /// The profile, as the list names it.
    pub(super) profile: PathBuf,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
}

/// How it ended.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Outcome {
    /// The run came to results.
    Ran(Ran),
    /// There are none.
    None {
        /// The exit code that `assay run` has for this.
        exit_code: u8,
        /// Why, and what to do.
        because: String,
    },
}

/// The numbers of a run.
#[derive(Debug, Serialize)]
pub(super) struct Ran {
    conclusion: Conclusion,
    /// Whether every step had its turn.
    finished: bool,
    /// The folder of the run, relative to the summary.
    run: PathBuf,
    started: String,
    ended: String,
    /// Requirements by determination.
    requirements: BTreeMap<&'static str, usize>,
    /// Results by verdict.
    results: BTreeMap<&'static str, usize>,
}

impl Outcome {
    pub(super) fn of_run(run: &Run, finished: bool, folder: PathBuf) -> Self {
        Self::Ran(Ran {
            conclusion: run.conclusion,
            finished,
            run: folder,
            started: run.started.clone(),
            ended: run.finished.clone(),
            requirements: counted(run.requirements.iter().map(|each| each.determination.word())),
            results: counted(run.results.iter().map(|each| each.verdict.word())),
        })
    }

    /// Why there is no run, in one line. A profile with problems is shown whole by `assay check`.
    pub(super) fn of_failure(failure: &Failure, profile: &Path) -> Self {
        let because = match failure {
            Failure::Profile(_) => format!("the profile or its answers have mistakes: `assay check {}` shows them", profile.display()),
            other => other.to_string().replace('\n', " "),
        };
        Self::None { exit_code: failure.code(), because }
    }

    /// The product was not looked at, because somebody stopped the campaign before.
    pub(super) fn not_begun() -> Self {
        let because = "the campaign was stopped before it began: `--resume` goes on".to_owned();
        Self::None { exit_code: Conclusion::NotDetermined.exit_code(), because }
    }

    fn exit_code(&self) -> u8 {
        match self {
            Self::Ran(ran) => ran.conclusion.exit_code(),
            Self::None { exit_code, .. } => *exit_code,
        }
    }

    fn conclusion(&self) -> &'static str {
        match self {
            Self::Ran(ran) => ran.conclusion.word(),
            Self::None { .. } => "none",
        }
    }

    /// In one line: the conclusion and its numbers, or why there is none.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Ran(ran) => {
                let words = ran.conclusion.word().replace('-', " ");
                let stopped = if ran.finished { "" } else { "; stopped, `--resume` goes on" };
                format!("{words:<16}  {}{stopped}", numbers(&ran.requirements))
            }
            Self::None { because, .. } => format!("{:<16}  {because}", "no conclusion"),
        }
    }
}

impl Summary {
    pub(super) fn of(products: Vec<Line>) -> Self {
        Self { schema: SCHEMA, conclusions: counted(products.iter().map(|line| line.outcome.conclusion())), products }
    }

    /// The exit code of the worst: a fault of the harness before a bad profile, before a product that does not conform,
    /// before one that is not determined.
    pub(super) fn exit_code(&self) -> u8 {
        const RISING: [u8; 5] = [0, 3, 1, 2, 4];
        let rank = |line: &Line| RISING.iter().position(|code| *code == line.outcome.exit_code()).unwrap_or_default();
        self.products.iter().map(rank).max().map_or(0, |rank| RISING[rank])
    }

    /// Writes the file.
    pub(super) fn write(&self, out: &Path) -> Result<PathBuf, Failure> {
        let path = out.join(FILE);
        let failed = |error: &dyn std::fmt::Display| Failure::harness(format!("{}: {error}", path.display()));
        let text = serde_json::to_vec_pretty(self).map_err(|error| failed(&error))?;
        std::fs::write(&path, text).map_err(|error| failed(&error))?;
        Ok(path)
    }

    /// A table of one line for each product, and the sum.
    pub(super) fn table(&self) -> String {
        let width = self.products.iter().map(|line| line.id.len()).max().unwrap_or_default();
        let mut text = String::new();
        for line in &self.products {
            let _ = writeln!(text, "{:<width$}  {}", line.id, line.outcome.told());
        }
        let _ = write!(text, "\n{} products: {}", self.products.len(), numbers(&self.conclusions));
        let errors: usize = self.products.iter().map(|line| line.outcome.errors()).sum();
        if errors > 0 {
            let _ = write!(text, "; {errors} results are errors of the harness or the laboratory, not findings");
        }
        text
    }
}

impl Outcome {
    fn errors(&self) -> usize {
        match self {
            Self::Ran(ran) => ran.results.get(Verdict::Error.word()).copied().unwrap_or_default(),
            Self::None { .. } => 0,
        }
    }
}

fn counted(words: impl Iterator<Item = &'static str>) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

/// `satisfied 30, not satisfied 2`.
fn numbers(counts: &BTreeMap<&'static str, usize>) -> String {
    let parts: Vec<_> = counts.iter().map(|(word, count)| format!("{} {count}", word.replace('-', " "))).collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_decides() {
        let line = |exit_code| Line {
            id: "a".to_owned(),
            profile: PathBuf::new(),
            outcome: Outcome::None { exit_code, because: "for some reason".to_owned() },
        };
        let worst = |codes: &[u8]| Summary::of(codes.iter().map(|code| line(*code)).collect()).exit_code();
        assert_eq!(worst(&[0, 0]), 0);
        assert_eq!(worst(&[0, 3, 0]), 3);
        assert_eq!(worst(&[1, 3]), 1);
        assert_eq!(worst(&[3, 2, 1]), 2);
        assert_eq!(worst(&[2, 4, 1]), 4);
    }
}
