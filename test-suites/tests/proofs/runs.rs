//! Runs of the suite on the reference product, each made once and shared by the cases that look at it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

use assay_engine::{Asker, Folder, Keyring, People, Selection, carry_out, stand_in};
use assay_model::profile::Profile;
use assay_model::run::Run;
use assay_model::verdict::Verdict;
use assay_suites::Choices;
use assay_wire::Authority;
use reference_product::{Addresses, Misfit, Turn};
use tokio::runtime::Runtime;
use toml::Table;

use crate::fixture::{Fixture, Settings, merge};
use crate::papers::{self, Spoiled};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

/// Passes seen in all runs, and those of them without a control.
pub(crate) static PASSES: AtomicUsize = AtomicUsize::new(0);
pub(crate) static BARE_PASSES: AtomicUsize = AtomicUsize::new(0);
/// Runs made.
pub(crate) static RUNS: AtomicUsize = AtomicUsize::new(0);

/// Budgets of a laboratory in a hurry.
pub(crate) const QUICK: &str = "budget = { connect_ms = 300, answer_ms = 300, test_seconds = 8, recovery_seconds = 1 }";

/// What is the matter with a product, beside the settings of a fixture.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trouble {
    None,
    /// It cannot be talked to.
    Misfit(Misfit),
    /// It turns bad in the middle.
    Turn(Turn),
    /// Its papers and answers are spoiled.
    Spoiled(Spoiled),
}

type Shared = Mutex<HashMap<String, Arc<OnceLock<Run>>>>;
static FULL: LazyLock<Shared> = LazyLock::new(Shared::default);

/// The suite under these settings of a fixture of this test.
pub(crate) fn full(test: &str, fixture: &Fixture) -> Run {
    let (settings, key) = (&fixture.settings, format!("{test}::{}", fixture.name));
    let key = if settings.is_plain() { "plain" } else { &key };
    let cell = Arc::clone(FULL.lock().expect("no case panics while it holds this").entry(key.to_owned()).or_default());
    cell.get_or_init(|| assess(settings, Trouble::None, &tests(settings, test))).clone()
}

/// The tests that can be touched by these settings, all when empty: where only papers are other than the good ones, those
/// that look at papers or ask people.
fn tests<'t>(settings: &'t Settings, test: &'t str) -> Vec<&'t str> {
    if !settings.is_on_paper() || settings.is_plain() {
        return Vec::new();
    }
    let touched = assay_suites::all().into_iter().filter(|each| !each.reads.is_empty() || !each.asks.is_empty());
    touched.map(|each| each.id).chain([test]).chain(settings.expect.also.iter().map(String::as_str)).collect()
}

/// One test on a misfit.
pub(crate) fn on_misfit(test: &str, misfit: Misfit) -> Run {
    let profile: Table = QUICK.parse().expect("a table");
    assess(&Settings { profile, ..Settings::default() }, Trouble::Misfit(misfit), &[test])
}

/// One test with papers that are spoiled, on the good product.
pub(crate) fn on_spoiled(test: &str, spoiled: Spoiled) -> Run {
    assess(&Settings::default(), Trouble::Spoiled(spoiled), &[test])
}

/// The suite, or these tests of it, on the product under these settings.
pub(crate) fn assess(settings: &Settings, trouble: Trouble, tests: &[&str]) -> Run {
    let run = RUNTIME.block_on(assess_now(settings, trouble, tests));
    RUNS.fetch_add(1, Ordering::Relaxed);
    for result in run.results.iter().filter(|result| result.verdict == Verdict::Pass) {
        PASSES.fetch_add(1, Ordering::Relaxed);
        if result.control.as_ref().is_none_or(|control| control.evidence.is_empty() || control.what.is_empty()) {
            BARE_PASSES.fetch_add(1, Ordering::Relaxed);
        }
    }
    run
}

async fn assess_now(settings: &Settings, trouble: Trouble, tests: &[&str]) -> Run {
    let folder = tempfile::tempdir().expect("a folder");
    let product = reference_product::start(reference_product::Settings {
        faults: settings.faults(),
        addresses: Addresses::claim(),
        state: folder.path().to_owned(),
        misfit: if let Trouble::Misfit(misfit) = trouble { Some(misfit) } else { None },
        turn: if let Trouble::Turn(turn) = trouble { Some(turn) } else { None },
        ..reference_product::Settings::default()
    });
    let product = product.await.expect("the reference product starts");
    let mut table: Table = product.profile().parse().expect("the profile of the reference product is TOML");
    merge(&mut table, &settings.profile);
    papers::edit(folder.path(), settings);
    if let Trouble::Spoiled(spoiled) = trouble {
        spoiled.apply(folder.path(), &mut table);
    }
    let profile: Profile = table.try_into().unwrap_or_else(|error| panic!("the fixture's profile does not fit: {error}"));
    let somebody = stand_in(papers::answered(folder.path()), product.person());
    let run = carry_out_here(profile, settings, tests, folder.path(), somebody).await;
    product.stop().await;
    run
}

async fn carry_out_here(profile: Profile, settings: &Settings, tests: &[&str], folder: &std::path::Path, somebody: Asker) -> Run {
    let choices = Choices {
        policy: settings.policy.clone(),
        selection: Selection { tests: tests.iter().map(|test| (*test).to_owned()).collect(), ..Selection::default() },
        ..Choices::default()
    };
    let authority = Authority::of_profile(&profile).await.expect("addresses");
    let keyring = Keyring::fetch(&profile, folder).expect("secrets");
    let assessment = assay_suites::assessment(profile, String::new(), folder.to_owned(), choices).expect("choices that can be met");
    let place = Folder::create(&folder.join("runs"), "proof").expect("a folder for the run");
    let (_go_on, stop) = tokio::sync::watch::channel(false);
    let people = People::of_files(&assessment, &papers::more_answers(folder)).unwrap_or_else(|error| panic!("{error}"));
    let people = people.with(somebody);
    carry_out(assessment, &place, authority, keyring, people, Arc::new(|_, _, _| {}), stop).await.expect("a run")
}
