//! The test report that a laboratory sends to its client: one web page that needs nothing else, on screen and on paper.

use std::collections::BTreeMap;

use assay_model::evidence::EvidenceId;
use assay_model::run::{RequirementResult, Run, TestResult};
use assay_model::verdict::{Determination, Verdict};
use serde::Serialize;

use crate::ReportError;
use crate::page::{fill, page_mark};
use crate::words::{self, BASES, DETERMINATIONS};

const TEMPLATE: &str = include_str!("../templates/report.html");

/// The width of a bar, in units of its drawing.
const BAR: usize = 200;

/// Writes the run as a web page.
///
/// # Errors
/// When the template asks for what a run does not have, which no content of a run brings about.
pub fn render(run: &Run) -> Result<String, ReportError> {
    let evidence = Evidence::of(run);
    fill(
        TEMPLATE,
        View {
            run,
            page_mark: page_mark(&run.id),
            conclusion: words::conclusion_title(run.conclusion),
            sentences: words::conclusion_sentences(run),
            obstacles: obstacles(run),
            determinations: requirement_words(run),
            verdicts: result_words(run),
            bases: bases(run),
            families: families(run),
            components: components(run),
            results: run.results.iter().enumerate().map(|(at, result)| ResultView::of(run, at, result, &evidence)).collect(),
            evidence: evidence.entries,
        },
    )
}

#[derive(Serialize)]
struct View<'a> {
    run: &'a Run,
    page_mark: Option<&'a str>,
    conclusion: &'static str,
    sentences: Vec<String>,
    obstacles: Vec<RequirementView<'a>>,
    determinations: Vec<Entry>,
    verdicts: Vec<Entry>,
    bases: Vec<Entry>,
    families: Vec<FamilyView<'a>>,
    components: Vec<Row>,
    results: Vec<ResultView<'a>>,
    evidence: Vec<EvidenceView<'a>>,
}

/// A word, what it means, and how often the run says it.
#[derive(Serialize)]
struct Entry {
    word: &'static str,
    meaning: &'static str,
    count: usize,
}

/// A line of a summary: numbers in the order of its words, and the same as a bar.
#[derive(Serialize)]
struct Row {
    name: String,
    total: usize,
    counts: Vec<usize>,
    bar: Vec<Segment>,
}

#[derive(Serialize)]
struct Segment {
    word: &'static str,
    count: usize,
    start: usize,
    width: usize,
}

#[derive(Serialize)]
struct FamilyView<'a> {
    row: Row,
    code: &'a str,
    requirements: Vec<RequirementView<'a>>,
}

#[derive(Serialize)]
struct RequirementView<'a> {
    requirement: &'a RequirementResult,
    /// Its place in the list, for links.
    number: usize,
    determination: &'static str,
    components: Vec<(&'a str, &'static str)>,
    /// Why it is not satisfied, open or set aside.
    why: Vec<String>,
    results: Vec<Link>,
}

#[derive(Serialize)]
struct Link {
    number: usize,
    word: &'static str,
}

#[derive(Serialize)]
struct ResultView<'a> {
    result: &'a TestResult,
    number: usize,
    place: String,
    verdict: &'static str,
    /// Requirements, and the place of each in the list, if it is in the baseline.
    requirements: Vec<(&'a str, Option<usize>)>,
    evidence: Vec<usize>,
    control_evidence: Vec<usize>,
    seconds: String,
}

#[derive(Serialize)]
struct EvidenceView<'a> {
    number: usize,
    id: &'a EvidenceId,
    results: Vec<usize>,
}

/// All evidence of a run, numbered in the order in which results name it.
#[derive(Default)]
struct Evidence<'a> {
    entries: Vec<EvidenceView<'a>>,
    numbers: BTreeMap<&'a EvidenceId, usize>,
}

impl<'a> Evidence<'a> {
    fn of(run: &'a Run) -> Self {
        let mut all = Self::default();
        for (at, result) in run.results.iter().enumerate() {
            for id in result.evidence.iter().chain(result.control.iter().flat_map(|control| &control.evidence)) {
                let number = *all.numbers.entry(id).or_insert_with(|| {
                    all.entries.push(EvidenceView { number: all.entries.len() + 1, id, results: Vec::new() });
                    all.entries.len()
                });
                if let Some(entry) = all.entries.get_mut(number - 1).filter(|entry| entry.results.last() != Some(&(at + 1))) {
                    entry.results.push(at + 1);
                }
            }
        }
        all
    }

    fn numbers(&self, ids: &[EvidenceId]) -> Vec<usize> {
        ids.iter().filter_map(|id| self.numbers.get(id).copied()).collect()
    }
}

impl<'a> ResultView<'a> {
    fn of(run: &'a Run, at: usize, result: &'a TestResult, evidence: &Evidence<'_>) -> Self {
        let position = |id: &_| run.requirements.iter().position(|requirement| &requirement.id == id).map(|at| at + 1);
        Self {
            result,
            number: at + 1,
            place: words::place(result),
            verdict: result.verdict.word(),
            requirements: result.requirements.iter().map(|id| (id.as_str(), position(id))).collect(),
            evidence: evidence.numbers(&result.evidence),
            control_evidence: result.control.as_ref().map(|control| evidence.numbers(&control.evidence)).unwrap_or_default(),
            seconds: format!("{}.{} s", result.duration_ms / 1000, result.duration_ms % 1000 / 100),
        }
    }
}

impl<'a> RequirementView<'a> {
    fn of(run: &'a Run, at: usize, requirement: &'a RequirementResult) -> Self {
        let quiet = matches!(requirement.determination, Determination::Satisfied) && requirement.reason.is_empty();
        Self {
            requirement,
            number: at + 1,
            determination: requirement.determination.word(),
            components: requirement.components.iter().map(|one| (one.component.as_str(), one.determination.word())).collect(),
            why: if quiet { Vec::new() } else { words::why(run, requirement) },
            results: words::results_of(run, requirement).map(|(at, result)| Link { number: at + 1, word: result.verdict.word() }).collect(),
        }
    }
}

/// What stands between the product and conformity: what is not satisfied first, then what is open.
fn obstacles(run: &Run) -> Vec<RequirementView<'_>> {
    let mut obstacles = Vec::new();
    for wanted in [Determination::NotSatisfied, Determination::NotDetermined, Determination::NotAssessed] {
        let these = run.requirements.iter().enumerate().filter(|(_, requirement)| requirement.determination == wanted);
        obstacles.extend(these.map(|(at, requirement)| RequirementView::of(run, at, requirement)));
    }
    obstacles
}

fn requirement_words(run: &Run) -> Vec<Entry> {
    let count = |which| run.requirements.iter().filter(|requirement| requirement.determination == which).count();
    DETERMINATIONS
        .map(|word| Entry { word: word.word(), meaning: words::determination_meaning(word), count: count(word) })
        .into_iter()
        .collect()
}

fn result_words(run: &Run) -> Vec<Entry> {
    let count = |which| run.results.iter().filter(|result| result.verdict == which).count();
    Verdict::ALL.map(|word| Entry { word: word.word(), meaning: words::verdict_meaning(word), count: count(word) }).into_iter().collect()
}

/// What the passes rest on.
fn bases(run: &Run) -> Vec<Entry> {
    let count = |which| run.results.iter().filter(|result| result.verdict == Verdict::Pass && result.basis == which).count();
    BASES.map(|word| Entry { word: word.word(), meaning: words::basis_meaning(word), count: count(word) }).into_iter().collect()
}

/// The requirements by family, in the order of the run.
fn families(run: &Run) -> Vec<FamilyView<'_>> {
    let mut families: Vec<(&str, Vec<RequirementView<'_>>)> = Vec::new();
    for (at, requirement) in run.requirements.iter().enumerate() {
        let view = RequirementView::of(run, at, requirement);
        match families.iter_mut().find(|(code, _)| *code == requirement.id.family()) {
            Some((_, views)) => views.push(view),
            None => families.push((requirement.id.family(), vec![view])),
        }
    }
    let row = |code: &str, views: &[RequirementView<'_>]| {
        let count = |word: &Determination| views.iter().filter(|view| view.requirement.determination == *word).count();
        Row::of(words::family_title(code).to_owned(), DETERMINATIONS.iter().map(|word| (word.word(), count(word))).collect())
    };
    families.into_iter().map(|(code, requirements)| FamilyView { row: row(code, &requirements), code, requirements }).collect()
}

/// The results by component; those on the whole product last.
fn components(run: &Run) -> Vec<Row> {
    let mut names: Vec<Option<&str>> = run.components.iter().map(|component| Some(component.id.as_str())).collect();
    for result in &run.results {
        if !names.contains(&result.component.as_deref()) {
            names.push(result.component.as_deref());
        }
    }
    names.sort_by_key(Option::is_none);
    let count = |name: Option<&str>, verdict| {
        run.results.iter().filter(|result| result.component.as_deref() == name && result.verdict == verdict).count()
    };
    names
        .into_iter()
        .map(|name| {
            let counts = Verdict::ALL.iter().map(|&verdict| (verdict.word(), count(name, verdict))).collect();
            Row::of(name.unwrap_or("the whole product").to_owned(), counts)
        })
        .collect()
}

impl Row {
    fn of(name: String, counts: Vec<(&'static str, usize)>) -> Self {
        let total: usize = counts.iter().map(|(_, count)| count).sum();
        let mut bar = Vec::new();
        let mut before = 0_usize;
        for &(word, count) in counts.iter().filter(|(_, count)| *count > 0) {
            let (start, end) = (before * BAR / total, (before + count) * BAR / total);
            bar.push(Segment { word, count, start, width: end - start });
            before += count;
        }
        Self { name, total, counts: counts.into_iter().map(|(_, count)| count).collect(), bar }
    }
}
