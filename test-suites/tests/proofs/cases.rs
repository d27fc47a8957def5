//! The cases, one for each test and fixture or misfit.

use std::collections::BTreeSet;
use std::path::Path;

use assay_engine::Test;
use assay_model::run::{Run, TestResult};
use assay_model::safety::Method;
use assay_model::verdict::Verdict;
use libtest_mimic::{Failed, Trial};
use reference_product::Misfit;

use crate::fixture::{Fixture, fixtures, source_of};
use crate::papers::Spoiled;
use crate::{runs, turmoil};

/// Every case. Those that make runs come before those that look at the same runs again and would wait for them.
pub(crate) fn all() -> Vec<Trial> {
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for test in assay_suites::all() {
        for fixture in fixtures(test.id, "fail") {
            let same = fixture.clone();
            first.push(Trial::test(format!("fires::{}::{}", test.id, fixture.name), move || fires(test, &fixture)));
            later.push(Trial::test(format!("alone::{}::{}", test.id, same.name), move || disturbs_no_other(test, &same)));
        }
        for fixture in fixtures(test.id, "pass") {
            let silent = Trial::test(format!("silent::{}::{}", test.id, fixture.name), move || stays_silent(test, &fixture));
            later.push(silent);
        }
        for misfit in misfits(test) {
            let name = format!("misfit::{}::{misfit:?}", test.id).to_lowercase();
            later.push(Trial::test(name, move || does_not_guess(test, *misfit)));
        }
        for spoiled in Spoiled::of(test) {
            let name = format!("spoiled::{}::{spoiled:?}", test.id).to_lowercase();
            later.push(Trial::test(name, move || does_not_believe(test, spoiled)));
        }
        later.push(Trial::test(format!("registered::{}", test.id), move || registered(test)));
    }
    later.push(Trial::test("registered::every-source-file-is-listed", every_source_is_listed));
    later.extend(turmoil::trials());
    first.append(&mut later);
    first
}

/// A test of papers or people does not ask the product, so that only its papers can be spoiled.
fn misfits(test: &Test) -> &'static [Misfit] {
    if test.method == Method::Probe { Misfit::ALL } else { &[] }
}

/// The numbers of tests, fixtures, misfit cases and requirements.
pub(crate) fn print_numbers() {
    let tests = assay_suites::all();
    let count = |kind: &str| tests.iter().map(|test| fixtures(test.id, kind).len()).sum::<usize>();
    let catalog = assay_suites::data::catalog().expect("a catalog");
    let covered =
        catalog.requirements().filter(|entry| tests.iter().any(|test| test.requirements().iter().any(|id| entry.id.covers(id)))).count();
    let all = catalog.requirements().count();
    println!(
        "{} tests, {} pass fixtures, {} fail fixtures, {} misfit cases, {} cases of spoiled papers; {covered} requirements covered, {} not covered",
        tests.len(),
        count("pass"),
        count("fail"),
        tests.iter().map(|test| misfits(test).len()).sum::<usize>(),
        tests.iter().map(|test| Spoiled::of(test).len()).sum::<usize>(),
        all - covered
    );
}

fn of<'a>(run: &'a Run, test: &'a Test) -> impl Iterator<Item = &'a TestResult> {
    run.results.iter().filter(|result| result.test == test.id)
}

fn line(result: &TestResult) -> String {
    let place = [result.component.as_deref(), result.interface.as_deref()].into_iter().flatten().collect::<Vec<_>>().join("/");
    format!("{} on {place}: {} ({}; observed: {})", result.test, result.verdict.word(), result.reason, result.observed)
}

fn lines<'a>(results: impl Iterator<Item = &'a TestResult>) -> String {
    results.map(line).collect::<Vec<_>>().join("\n")
}

fn demand(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Failed> {
    if holds { Ok(()) } else { Err(otherwise().into()) }
}

fn stays_silent(test: &Test, fixture: &Fixture) -> Result<(), Failed> {
    let run = runs::full(test.id, fixture);
    demand(of(&run, test).any(|result| result.verdict == Verdict::Pass), || format!("no pass:\n{}", lines(of(&run, test))))?;
    let odd = |result: &&TestResult| !matches!(result.verdict, Verdict::Pass | Verdict::NotApplicable);
    demand(!of(&run, test).any(|result| odd(&result)), || lines(of(&run, test).filter(odd)))?;
    let bare = |result: &&TestResult| result.verdict == Verdict::Pass && result.control.is_none();
    demand(!of(&run, test).any(|result| bare(&result)), || format!("without a control: {}", lines(of(&run, test).filter(bare))))
}

fn fires(test: &Test, fixture: &Fixture) -> Result<(), Failed> {
    let run = runs::full(test.id, fixture);
    let expect = &fixture.settings.expect;
    demand(!expect.reason.is_empty(), || "the fixture states no reason".to_owned())?;
    let there = |result: &&TestResult| {
        result.component == expect.component
            && (expect.interface.is_none() || result.interface == expect.interface)
            && result.verdict == Verdict::Fail
    };
    let reason = expect.reason.to_lowercase();
    let stated = of(&run, test).filter(there).any(|result| result.reason.to_lowercase().contains(&reason) && !result.evidence.is_empty());
    demand(stated, || format!("no fail there because of `{}`:\n{}", expect.reason, lines(of(&run, test))))?;
    let elsewhere = |result: &&TestResult| result.verdict == Verdict::Fail && !there(result);
    demand(!of(&run, test).any(|result| elsewhere(&result)), || format!("also fails on: {}", lines(of(&run, test).filter(elsewhere))))
}

fn disturbs_no_other(test: &Test, fixture: &Fixture) -> Result<(), Failed> {
    let run = runs::full(test.id, fixture);
    let also = &fixture.settings.expect.also;
    let disturbed = |result: &&TestResult| result.verdict == Verdict::Fail && result.test != test.id && !also.contains(&result.test);
    demand(!run.results.iter().any(|result| disturbed(&result)), || lines(run.results.iter().filter(disturbed)))?;
    let idle: Vec<_> =
        also.iter().filter(|name| !run.results.iter().any(|result| &result.test == *name && result.verdict == Verdict::Fail)).collect();
    demand(idle.is_empty(), || format!("listed in `also` but does not fail: {idle:?}"))
}

fn does_not_guess(test: &Test, misfit: Misfit) -> Result<(), Failed> {
    let run = runs::on_misfit(test.id, misfit);
    demand(of(&run, test).next().is_some(), || "it does not run on the reference product".to_owned())?;
    // Once a component went silent after one step, its other steps are rightly left out.
    let left_out = |result: &TestResult| {
        let first = |other: &TestResult| other.component == result.component && other.verdict == Verdict::Inconclusive;
        result.verdict == Verdict::NotRun && result.reason.contains("stopped answering before it") && of(&run, test).any(first)
    };
    let guessed = |result: &&TestResult| result.verdict != Verdict::Inconclusive && !left_out(result);
    demand(!of(&run, test).any(|result| guessed(&result)), || lines(of(&run, test).filter(guessed)))?;
    let late = |result: &&TestResult| result.duration_ms > 8_500;
    demand(!of(&run, test).any(|result| late(&result)), || format!("past its deadline: {}", lines(of(&run, test).filter(late))))
}

fn does_not_believe(test: &Test, spoiled: Spoiled) -> Result<(), Failed> {
    let run = runs::on_spoiled(test.id, spoiled);
    // without its documents a test may have no subject at all
    let subject = of(&run, test).next().is_some() || spoiled == Spoiled::Absent;
    demand(subject, || "it does not run on the reference product".to_owned())?;
    let believed = |result: &&TestResult| matches!(result.verdict, Verdict::Pass | Verdict::Error | Verdict::NotApplicable);
    demand(!of(&run, test).any(|result| believed(&result)), || lines(of(&run, test).filter(believed)))
}

fn registered(test: &Test) -> Result<(), Failed> {
    let source = std::fs::read_to_string(source_of(test.id)).map_err(|error| format!("no source file named after it: {error}"))?;
    demand(source.starts_with("//! "), || "its source does not begin with a line that documents it".to_owned())?;
    for (what, text) in [("title", test.title), ("limits", test.limits)] {
        demand(!text.is_empty(), || format!("it has no {what}"))?;
    }
    demand(!test.sources.is_empty() && !test.shown().is_empty(), || "it names no sources or no requirements".to_owned())?;
    let catalog = assay_suites::data::catalog()?;
    for id in test.shown() {
        let known = id.parse().is_ok_and(|id| catalog.get(&id).is_some_and(|entry| !entry.group));
        demand(known, || format!("`{id}` is not a requirement of the catalog"))?;
    }
    demand((test.method == Method::Person) <= !test.asks.is_empty(), || "it asks nobody anything".to_owned())?;
    let keys: BTreeSet<_> = test.asks.iter().map(|question| question.key).collect();
    demand(keys.len() == test.asks.len(), || "two of its questions have one name".to_owned())?;
    for kind in ["pass", "fail"] {
        demand(!fixtures(test.id, kind).is_empty(), || format!("it has no .{kind}.toml"))?;
    }
    Ok(())
}

fn every_source_is_listed() -> Result<(), Failed> {
    let listed: Vec<_> = assay_suites::all().iter().map(|test| source_of(test.id)).collect();
    let families = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))?.flatten();
    for file in families.filter_map(|family| std::fs::read_dir(family.path()).ok()).flatten().flatten() {
        let path = file.path();
        let holds_test = path.extension().is_some_and(|end| end == "rs") && std::fs::read_to_string(&path)?.contains("const TEST:");
        demand(!holds_test || listed.contains(&path), || format!("{} is not in the list of its family", path.display()))?;
    }
    Ok(())
}
