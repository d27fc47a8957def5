//! The program `assay`: connects to a live IoT product, rules on catalog requirements with evidence and controls, and
//! writes reports that a stranger can check.

/// Writes a line to the standard output.
macro_rules! say {
    ($($words:tt)*) => { crate::screen::say(format_args!($($words)*)) };
}
/// Writes JSON to the standard output.
macro_rules! say_json {
    ($($words:tt)*) => { crate::screen::say_json(format_args!($($words)*)) };
}
/// Writes a line to the standard error.
macro_rules! note {
    ($($words:tt)*) => { crate::screen::note(format_args!($($words)*)) };
}

mod ask;
mod campaign;
mod capture;
mod chain;
mod check;
mod coverage;
mod declare;
mod demo;
mod diff;
mod dtls;
mod explain;
mod failure;
mod files;
#[cfg(test)]
mod fuzzing;
mod gap;
mod gaps;
mod keygen;
mod list;
mod load;
mod logins;
mod plan;
mod questions;
mod report;
mod run;
mod screen;
mod seal;
mod spot_check;
mod ssh;
mod target;
mod tls;
mod verdict;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;

/// Conformity assessment of IoT products: tests what is live, keeps the evidence, proves each pass with a control.
///
/// Exit codes: 0 conforms, 1 does not conform, 2 usage or a bad profile, 3 not determined, 4 harness fault,
/// 5 a bundle did not verify.
#[derive(Debug, Parser)]
#[command(name = "assay", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Assess a simulated product inside this process, on loopback, and write all reports
    Demo(demo::Demo),
    /// Read a profile and show every problem at once, each at its line and column
    Check(check::Check),
    /// Show what would run, against what, how hard, what is set aside and why
    Plan(plan::Plan),
    /// Write the questions that people have to answer, as a file to fill in
    Questions(questions::Questions),
    /// Keep the traffic of the product that passes this machine, as evidence for a run
    Capture(capture::Capture),
    /// Assess the product that a profile describes
    Run(run::Run),
    /// Assess many products at once, each within its own budgets
    ///
    /// Each has a folder of its own. Products that share an address take turns, because a budget counts what one run sends;
    /// so do those whose connections would be more than the files that this machine lets the program open (`ulimit -n`).
    /// Nobody is asked anything: answers come from files. The exit code is that of the worst, from a fault of the harness (4)
    /// over a bad profile (2) and a product that does not conform (1) to one that is not determined (3).
    Campaign(campaign::Campaign),
    /// Write the reports of an earlier run again
    Report(report::Report),
    /// Show what a run does not show as satisfied, for a person to decide about
    Gaps(gaps::Gaps),
    /// Show what differs between two runs: firmware versions, days, laboratories
    Diff(diff::Diff),
    /// Make a key for somebody who signs
    Keygen(keygen::Keygen),
    /// Put a finished run under seal, or add a signature to its seal
    Seal(seal::Seal),
    /// Make the supplier's declaration of conformity from a sealed run, and sign it
    Declare(declare::Declare),
    /// Make the next revision of a declaration: suspended, withdrawn, in force again
    Revise(declare::Revise),
    /// Hold a declaration against a delivered unit, by a sample
    SpotCheck(spot_check::SpotCheck),
    /// Show what of a buyer's baseline a declaration covers, without a device
    Gap(gap::Gap),
    /// Say whether a run or a declaration is as it was sealed, and what is not
    Verify(verify::Verify),
    /// List all tests
    List(list::List),
    /// Explain one test or one requirement in words
    Explain(explain::Explain),
    /// Show requirement by test, and why the others have none
    Coverage(coverage::Coverage),
    /// Try a list of credentials at one log-in, without a profile and with care
    Logins(logins::Logins),
    /// Find out what DTLS servers accept, without a profile
    Dtls(dtls::Dtls),
    /// Find out what SSH servers offer, without a profile
    Ssh(ssh::Ssh),
    /// Find out what TLS servers accept, without a profile
    Tls(tls::Tls),
}

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    keep_memory_private();
    match carry_out(Arguments::parse().command) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            match &failure {
                Failure::Profile(problems) => note!("{problems}"),
                Failure::Usage(_) | Failure::Harness(_) | Failure::Refused { .. } | Failure::Unverified(_) => {
                    note!("assay: {}", assay_reports::visible(&failure.to_string()));
                }
            }
            ExitCode::from(failure.code())
        }
    }
}

/// Secrets stand in memory: it is not written out when the program is broken off, and other programs of the same user may
/// not look into it (`PR_SET_DUMPABLE`, prctl(2)).
#[cfg(target_os = "linux")]
fn keep_memory_private() {
    if let Err(error) = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable) {
        note!("assay: a core dump of this program would hold secrets, and cannot be prevented: {error}");
    }
}

fn carry_out(command: Command) -> Result<u8, Failure> {
    match command {
        Command::Demo(demo) => wait_for(demo.carry_out()),
        Command::Check(check) => check.carry_out(),
        Command::Plan(plan) => plan.carry_out(),
        Command::Questions(questions) => questions.carry_out(),
        Command::Capture(capture) => wait_lightly(capture.carry_out()),
        Command::Run(run) => wait_for(run.carry_out()),
        Command::Campaign(campaign) => wait_for(campaign.carry_out()),
        Command::Report(report) => report.carry_out(),
        Command::Gaps(gaps) => gaps.carry_out(),
        Command::Diff(diff) => diff.carry_out(),
        Command::Keygen(keygen) => keygen.carry_out(),
        Command::Seal(seal) => seal.carry_out(),
        Command::Declare(declare) => declare.carry_out(),
        Command::Revise(revise) => revise.carry_out(),
        Command::Verify(verify) => verify.carry_out(),
        Command::SpotCheck(check) => wait_for(check.carry_out()),
        Command::Gap(gap) => gap.carry_out(),
        Command::List(list) => {
            list.carry_out();
            Ok(0)
        }
        Command::Explain(explain) => explain.carry_out(),
        Command::Coverage(coverage) => coverage.carry_out(),
        Command::Logins(logins) => wait_lightly(logins.carry_out()),
        Command::Dtls(dtls) => wait_lightly(dtls.carry_out()),
        Command::Ssh(ssh) => wait_lightly(ssh.carry_out()),
        Command::Tls(tls) => wait_lightly(tls.carry_out()),
    }
}

fn wait_for<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Failure::harness(format!("no runtime: {error}")))?.block_on(work)
}

/// As [`wait_for`], on this thread alone: for questions that wait for the network more than they work.
fn wait_lightly<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::harness(format!("no runtime: {error}")))?.block_on(work)
}
