//! Verdicts on real servers, in good and in bad configurations, held against what is true of them.
//!
//! The servers are those of `device-profiles/real`. A server that is not installed is ignored, unless
//! `ASSAY_DEMAND_REAL=1`. With `ASSAY_TABLE=PATH` a table of all verdicts beside the truth is written there.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr, reason = "a test may stop at the first surprise")]

mod cases;
mod folder;
mod packages;
mod runs;
mod server;
mod truth;

use libtest_mimic::Arguments;

fn main() {
    let mut arguments = Arguments::from_args();
    // Most of the time is waiting for servers, so many more cases than cores run at once.
    arguments.test_threads = arguments.test_threads.or(Some(24));
    let conclusion = libtest_mimic::run(&arguments, cases::all().into_iter().chain(packages::all()).collect());
    if let Some(path) = std::env::var_os("ASSAY_TABLE") {
        std::fs::write(&path, cases::table()).expect("ASSAY_TABLE names a file that can be written");
    }
    folder::remove();
    conclusion.exit();
}
