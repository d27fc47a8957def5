//! What every test must prove: it fires, stays silent, does not guess, disturbs no other, and is registered.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr, reason = "a test may stop at the first surprise")]

mod cases;
mod fixture;
mod papers;
mod runs;
mod turmoil;

use std::sync::atomic::Ordering;

use libtest_mimic::Arguments;

fn main() {
    let mut arguments = Arguments::from_args();
    // Most of the time is waiting for deadlines, so more cases than cores run at once; with many more than eight a core,
    // answers become as late as those of a failing product.
    arguments.test_threads = arguments.test_threads.or(Some(8 * std::thread::available_parallelism().map_or(2, usize::from)));
    let trials = cases::all();
    cases::print_numbers();
    let conclusion = libtest_mimic::run(&arguments, trials);
    turmoil::print_counts();
    let count = |number: &std::sync::atomic::AtomicUsize| number.load(Ordering::Relaxed);
    eprintln!("{} runs, {} passes, of which {} without a control", count(&runs::RUNS), count(&runs::PASSES), count(&runs::BARE_PASSES));
    if count(&runs::BARE_PASSES) > 0 {
        std::process::exit(101);
    }
    conclusion.exit();
}
