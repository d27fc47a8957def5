//! The product turns bad at some moment of a run: nothing may be said of it that is not true.
//!
//! Each case draws by its seed the moment, whether the product had faults before, and a part of the suite. What is true of
//! the product comes from a run in which it does not turn.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use assay_model::plan::Place;
use assay_model::run::{Run, TestResult};
use assay_model::safety::Method;
use assay_model::verdict::Verdict;
use libtest_mimic::{Failed, Trial};
use reference_product::{Mood, Turn};

use crate::fixture::Settings;
use crate::runs::{self, QUICK, Trouble};

/// Seeds for each mood; `ASSAY_SEEDS` sets another number.
const SEEDS: u64 = 2;
/// Faults that can be there together.
const FAULTS: [&str; 6] = ["default-web", "default-mqtt", "tls-1-0", "log-plain", "anonymous-setting", "update-rollback"];
/// Connections that a part of the suite opens to the whole product, about.
const CONNECTIONS: u64 = 900;
/// Milliseconds after the deadline of a test from which on it counts as hanging, on a busy machine too.
const OVERRUN: u64 = 8_000;

pub(crate) fn trials() -> Vec<Trial> {
    let seeds = std::env::var("ASSAY_SEEDS").ok().and_then(|number| number.parse().ok()).unwrap_or(SEEDS);
    let moods = Mood::ALL.iter().flat_map(|mood| (0..seeds).map(move |seed| (*mood, seed)));
    moods.map(|(mood, seed)| Trial::test(format!("turmoil::{}::{seed}", word(mood)), move || stays_true(mood, seed))).collect()
}

fn word(mood: Mood) -> String {
    format!("{mood:?}").to_lowercase().replace(['(', ')'], "-").trim_end_matches('-').to_owned()
}

/// Numbers that follow from a seed (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

fn stays_true(mood: Mood, seed: u64) -> Result<(), Failed> {
    let mut dice = Dice(seed.wrapping_mul(0x1_0001).wrapping_add(word(mood).bytes().map(u64::from).sum()));
    let faulty = dice.roll(2) == 1;
    let settings = settings(faulty);
    let tests: Vec<&str> =
        assay_suites::all().into_iter().filter(|test| test.method == Method::Probe && dice.roll(3) == 0).map(|test| test.id).collect();
    let after = u32::try_from(dice.roll(CONNECTIONS)).unwrap_or(u32::MAX);
    let run = runs::assess(&settings, Trouble::Turn(Turn { into: mood, after }), &tests);
    let truth = truth(faulty);
    let untrue: Vec<String> = run.results.iter().filter_map(|result| untrue(mood, result, truth)).collect();
    count(mood, &run, untrue.len());
    if untrue.is_empty() {
        Ok(())
    } else {
        Err(format!("turned after {after} connections, faults: {faulty}:\n{}", untrue.join("\n")).into())
    }
}

fn settings(faulty: bool) -> Settings {
    Settings {
        faults: if faulty { FAULTS.map(str::to_owned).to_vec() } else { Vec::new() },
        profile: QUICK.parse().expect("a table"),
        ..Settings::default()
    }
}

/// What is true of the product where it does not turn.
fn truth(faulty: bool) -> &'static BTreeMap<Place, Verdict> {
    static TRUTHS: [OnceLock<BTreeMap<Place, Verdict>>; 2] = [const { OnceLock::new() }; 2];
    TRUTHS[usize::from(faulty)].get_or_init(|| {
        let settings = Settings { profile: toml::Table::new(), ..settings(faulty) };
        let run = runs::assess(&settings, Trouble::None, &[]);
        run.results.iter().map(|result| (result.place(), result.verdict)).collect()
    })
}

/// What is wrong with a result, if anything is.
fn untrue(mood: Mood, result: &TestResult, truth: &BTreeMap<Place, Verdict>) -> Option<String> {
    let is = truth.get(&result.place()).copied();
    let what = match result.verdict {
        Verdict::Pass if is != Some(Verdict::Pass) => format!("passes, and in truth it is {is:?}"),
        // who says yes to everything does let strangers in
        Verdict::Fail if is != Some(Verdict::Fail) && mood != Mood::SayingYes => format!("fails, and in truth it is {is:?}"),
        Verdict::Error if result.reason.contains("broke off") => "broke off".to_owned(),
        _ if result.duration_ms > 8_000 + OVERRUN => format!("took {} ms", result.duration_ms),
        _ => return None,
    };
    let place = format!("{}/{}", result.component.as_deref().unwrap_or("-"), result.interface.as_deref().unwrap_or("-"));
    Some(format!("{} on {place} {what}: {}", result.test, result.reason))
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    runs: usize,
    results: usize,
    passes: usize,
    open: usize,
    untrue: usize,
    longest: u64,
}

static COUNTS: Mutex<BTreeMap<String, Counts>> = Mutex::new(BTreeMap::new());

fn count(mood: Mood, run: &Run, untrue: usize) {
    let mut all = COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
    let counts = all.entry(word(mood)).or_default();
    counts.runs += 1;
    counts.results += run.results.len();
    counts.passes += run.results.iter().filter(|result| result.verdict == Verdict::Pass).count();
    counts.open += run.results.iter().filter(|result| result.verdict.is_open()).count();
    counts.untrue += untrue;
    counts.longest = run.results.iter().map(|result| result.duration_ms).fold(counts.longest, u64::max);
}

/// The table of moods, if any was tried.
pub(crate) fn print_counts() {
    let all = COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
    if !all.is_empty() {
        eprintln!("{:<20} {:>5} {:>8} {:>7} {:>7} {:>7} {:>11}", "turned", "runs", "results", "passes", "open", "untrue", "longest ms");
    }
    for (mood, counts) in all.iter() {
        let Counts { runs, results, passes, open, untrue, longest } = counts;
        eprintln!("{mood:<20} {runs:>5} {results:>8} {passes:>7} {open:>7} {untrue:>7} {longest:>11}");
    }
}
