//! The report of a run for people: one web page that needs nothing else, on screen and on paper.
//!
//! With what a laboratory supplies it is the test report that the laboratory sends to its client; without, a working report.

use std::collections::{BTreeMap, BTreeSet};

use assay_model::catalog::RequirementId;
use assay_model::evidence::EvidenceId;
use assay_model::run::{RequirementResult, Run, TestResult};
use assay_model::verdict::{Determination, Verdict};
use serde::Serialize;

use crate::ReportError;
use crate::controls::{ControlFamily, controls};
use crate::laboratory::{Laboratory, Whole};
use crate::matrix::Matrix;
use crate::page::{fill, page_mark};
use crate::picks::Picks;
use crate::words::{self, BASES, DETERMINATIONS};

const TEMPLATE: &str = include_str!("../templates/report.html");

/// The width of a bar, in units of its drawing.
const BAR: usize = 200;

/// Writes the run as a working report.
///
/// # Errors
/// When the template asks for what a run does not have, which no content of a run brings about.
pub fn render(run: &Run) -> Result<String, ReportError> {
    page(run, None)
}

/// Writes the run as the test report of a laboratory.
pub(crate) fn test_report(run: &Run, whole: Whole<'_>) -> Result<String, ReportError> {
    page(run, Some(whole.laboratory()))
}

fn page(run: &Run, laboratory: Option<&Laboratory>) -> Result<String, ReportError> {
    let source = Source { run, laboratory, picks: Picks::of(run), evidence: Evidence::of(run) };
    fill(TEMPLATE, source.view())
}

/// What the parts of a page are made from.
struct Source<'a> {
    run: &'a Run,
    laboratory: Option<&'a Laboratory>,
    picks: Picks<'a>,
    evidence: Evidence<'a>,
}

#[derive(Serialize)]
struct View<'a> {
    run: &'a Run,
    laboratory: Option<&'a Laboratory>,
    page_mark: Option<&'a str>,
    conclusion: &'static str,
    sentences: Vec<String>,
    marks: BTreeSet<(&'a str, &'static str, &'a str)>,
    matrix: Matrix<'a>,
    components: Vec<Row>,
    obstacles: Vec<RequirementView<'a>>,
    families: Vec<FamilyView<'a>>,
    results: Vec<ResultView<'a>>,
    controls: Vec<ControlFamily<'a>>,
    verdicts: Vec<Entry>,
    determinations: Vec<Entry>,
    bases: Vec<Entry>,
    evidence: &'a [EvidenceView<'a>],
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
    title: &'a str,
    code: &'a str,
    requirements: Vec<RequirementView<'a>>,
}

#[derive(Serialize)]
struct RequirementView<'a> {
    requirement: &'a RequirementResult,
    /// Its place in the list, for links.
    number: usize,
    classes: String,
    determination: &'static str,
    components: Vec<(&'a str, &'static str)>,
    /// Why it is not satisfied, open or set aside.
    why: Vec<String>,
    results: Vec<Links>,
}

/// The results that say one word of a requirement, by number.
#[derive(Serialize)]
struct Links {
    word: &'static str,
    numbers: Vec<usize>,
}

#[derive(Serialize)]
struct ResultView<'a> {
    result: &'a TestResult,
    number: usize,
    classes: String,
    place: String,
    verdict: &'static str,
    /// Who outside the laboratory supplied it.
    provider: Option<&'a str>,
    /// Requirements, and the place of each in the list, if it or what it belongs to is there.
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

impl<'a> Source<'a> {
    fn view(&'a self) -> View<'a> {
        let run = self.run;
        View {
            run,
            laboratory: self.laboratory,
            page_mark: page_mark(self.laboratory.map_or(&run.id, |laboratory| &laboratory.report.number)),
            conclusion: words::conclusion_title(run.conclusion),
            sentences: words::conclusion_sentences(run),
            marks: marks(run),
            matrix: Matrix::of(run, &self.picks),
            components: components(run),
            obstacles: self.obstacles(),
            families: self.families(),
            results: run.results.iter().enumerate().map(|(at, result)| self.result(at, result)).collect(),
            controls: controls(run),
            verdicts: result_words(run),
            determinations: requirement_words(run),
            bases: bases(run),
            evidence: &self.evidence.entries,
        }
    }

    fn result(&self, at: usize, result: &'a TestResult) -> ResultView<'a> {
        let control = result.control.as_ref();
        ResultView {
            result,
            number: at + 1,
            classes: self.picks.of_result(result),
            place: words::place(result),
            verdict: result.verdict.word(),
            provider: self.laboratory.and_then(|laboratory| laboratory.provider_of(result)),
            requirements: result.requirements.iter().map(|id| (id.as_str(), self.place_of(id))).collect(),
            evidence: self.evidence.numbers(&result.evidence),
            control_evidence: control.map(|control| self.evidence.numbers(&control.evidence)).unwrap_or_default(),
            seconds: format!("{}.{} s", result.duration_ms / 1000, result.duration_ms % 1000 / 100),
        }
    }

    /// The place in the list of a requirement, or of that which it is an element of; none when the baseline holds neither.
    fn place_of(&self, id: &RequirementId) -> Option<usize> {
        let requirements = &self.run.requirements;
        let itself = requirements.iter().position(|requirement| &requirement.id == id);
        itself.or_else(|| requirements.iter().position(|requirement| requirement.id.covers(id))).map(|at| at + 1)
    }

    fn requirement(&self, at: usize, requirement: &'a RequirementResult) -> RequirementView<'a> {
        let run = self.run;
        let quiet = matches!(requirement.determination, Determination::Satisfied) && requirement.reason.is_empty();
        RequirementView {
            requirement,
            number: at + 1,
            classes: self.picks.of_requirement(run, requirement),
            determination: requirement.determination.word(),
            components: requirement.components.iter().map(|one| (one.component.as_str(), one.determination.word())).collect(),
            why: if quiet { Vec::new() } else { words::why(run, requirement) },
            results: links(run, requirement),
        }
    }

    /// What stands between the product and conformity: what is not satisfied first, then what is open.
    fn obstacles(&self) -> Vec<RequirementView<'a>> {
        let mut obstacles = Vec::new();
        for wanted in [Determination::NotSatisfied, Determination::NotDetermined, Determination::NotAssessed] {
            let these = self.run.requirements.iter().enumerate().filter(|(_, requirement)| requirement.determination == wanted);
            obstacles.extend(these.map(|(at, requirement)| self.requirement(at, requirement)));
        }
        obstacles
    }

    /// The requirements by family, in the order of the run.
    fn families(&self) -> Vec<FamilyView<'a>> {
        let of_family = |code: &&'a str| {
            let these = self.run.requirements.iter().enumerate().filter(|(_, requirement)| requirement.id.family() == *code);
            let requirements = these.map(|(at, requirement)| self.requirement(at, requirement)).collect();
            FamilyView { title: words::family_title(code), code, requirements }
        };
        self.picks.families().iter().map(of_family).collect()
    }
}

/// The results that count for a requirement, verdict by verdict.
fn links(run: &Run, requirement: &RequirementResult) -> Vec<Links> {
    let numbers = |verdict| {
        let these = words::results_of(run, requirement).filter(move |(_, result)| result.verdict == verdict);
        these.map(|(at, _)| at + 1).collect()
    };
    let links = Verdict::ALL.iter().map(|&verdict| Links { word: verdict.word(), numbers: numbers(verdict) });
    links.filter(|links| !links.numbers.is_empty()).collect()
}

/// By what the units are told from others: component, what was read, and how it reads; each once.
fn marks(run: &Run) -> BTreeSet<(&str, &'static str, &str)> {
    let marks = run.results.iter().flat_map(|result| result.marks.iter().map(move |mark| (result.component.as_deref(), mark)));
    marks.map(|(component, mark)| (component.unwrap_or("product"), mark.what.word(), mark.value.as_str())).collect()
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
