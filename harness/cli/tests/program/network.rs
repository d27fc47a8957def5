//! The network breaks in the middle of a run: what is said of the product stays true.
#![expect(clippy::print_stderr, reason = "what was tried is said")]

use std::collections::BTreeMap;

use crate::apart::{apart, shell};
use crate::lab::{Lab, ended, json, said};

/// What happens to all ways to the product, and the command that makes it happen to these addresses.
const TROUBLES: [(&str, &str); 6] = [
    ("blackholed", "nft add rule inet trouble way ip daddr NET drop"),
    ("deaf", "nft add rule inet trouble way ip saddr NET drop"),
    ("lossy", "nft add rule inet trouble way ip saddr NET numgen random mod 100 '<' 25 drop"),
    ("refused", "nft add rule inet trouble way ip daddr NET meta l4proto tcp reject with tcp reset"),
    ("forbidden", "nft add rule inet trouble way ip daddr NET reject with icmp type admin-prohibited"),
    ("moved", "ip route add unreachable NET table local"),
];
const PROBES: [&str; 2] = ["--method", "probe"];
const FAULTS: [&str; 11] = [
    "default-web",
    "default-mqtt",
    "tls-1-0",
    "anonymous-setting",
    "log-plain",
    "telnet",
    "ftp",
    "http-plain",
    "debug-shell",
    "undeclared-port",
    "snmp-public",
];
/// Moments for each trouble; `ASSAY_SEEDS` sets another number.
const SEEDS: usize = 1;
/// The network breaks before so many steps have ended.
const MOST_STEPS: usize = 150;
/// Runs at the same time.
const ABREAST: usize = 12;
const BUDGET: &str = "connect_ms = 400\nanswer_ms = 400\ntest_seconds = 8\nrecovery_seconds = 1";

type Said = BTreeMap<String, (String, String)>;

#[test]
fn a_network_that_breaks_makes_nothing_untrue() {
    if apart("-n", "network::a_network_that_breaks_makes_nothing_untrue", &["nft", "ip"], &[]) {
        inside();
    }
}

/// A laboratory, with or without faults in the product.
fn lab(faulty: bool) -> Lab {
    Lab::start(if faulty { &FAULTS } else { &[] })
}

/// What the tests of the probes say of a product on the network as it is.
fn truth(faulty: bool) -> Said {
    let lab = lab(faulty);
    let _told = lab.run(&PROBES).output().expect("the program starts");
    said(&json(&lab.only_run().join("run.json")))
}

/// What is said where the network breaks after some steps.
fn broken(command: &str, faulty: bool, steps: usize) -> Said {
    let lab = lab(faulty);
    let text = std::fs::read_to_string(lab.profile()).expect("a profile");
    let quick = text.replace("answer_ms = 2000", BUDGET);
    assert_ne!(text, quick);
    std::fs::write(lab.profile(), quick).expect("a profile");
    let mut run = lab.run_until(&PROBES, |journal| ended(journal) >= steps);
    assert!(run.try_wait().expect("a child").is_none(), "the run was over before the network broke");
    shell(&command.replace("NET", &lab.network()));
    run.wait().expect("the run ends");
    said(&json(&lab.only_run().join("run.json")))
}

/// What is said and not so: a verdict that differs, or a test that panicked.
fn untrue(said: &Said, truth: &Said) -> Vec<String> {
    let differs = |(place, (verdict, reason)): (&String, &(String, String))| {
        let is = truth.get(place).map(|(verdict, _)| verdict);
        let settled = matches!(verdict.as_str(), "pass" | "fail") && is != Some(verdict);
        (settled || reason.contains("broke off")).then(|| format!("{place} is {verdict}, in truth {is:?}: {reason}"))
    };
    said.iter().filter_map(differs).collect()
}

fn inside() {
    shell("ip link set lo up && nft 'add table inet trouble; add chain inet trouble way { type filter hook output priority 0; }'");
    let seeds = std::env::var("ASSAY_SEEDS").ok().and_then(|number| number.parse().ok()).unwrap_or(SEEDS);
    let cases: Vec<usize> = (0..seeds * TROUBLES.len()).collect();
    std::thread::scope(|scope| {
        let truths = [false, true].map(|faulty| scope.spawn(move || truth(faulty)));
        let all: Vec<Case> = cases.chunks(ABREAST).flat_map(side_by_side).collect();
        judge(&all, &truths.map(|run| run.join().expect("a run")));
    });
}

/// A case, with what was said in it.
struct Case {
    trouble: &'static str,
    faulty: bool,
    steps: usize,
    said: Said,
}

fn side_by_side(cases: &[usize]) -> Vec<Case> {
    std::thread::scope(|scope| {
        let start = |case: &usize| {
            let ((trouble, command), faulty, steps) =
                (TROUBLES[case % TROUBLES.len()], (case / TROUBLES.len() + case) % 2 == 1, case * 37 % MOST_STEPS);
            scope.spawn(move || Case { trouble, faulty, steps, said: broken(command, faulty, steps) })
        };
        let runs: Vec<_> = cases.iter().map(start).collect();
        runs.into_iter().map(|run| run.join().expect("a run")).collect()
    })
}

/// Prints a line for each trouble. Nothing may be untrue.
fn judge(cases: &[Case], truths: &[Said; 2]) {
    let mut wrong = Vec::new();
    for (trouble, _) in TROUBLES {
        let (mut results, mut passes, mut fails, mut lies) = (0, 0, 0, 0);
        for case in cases.iter().filter(|case| case.trouble == trouble) {
            let count = |wanted: &str| case.said.values().filter(|(verdict, _)| verdict == wanted).count();
            let untrue = untrue(&case.said, &truths[usize::from(case.faulty)]);
            (results, passes, fails, lies) =
                (results + case.said.len(), passes + count("pass"), fails + count("fail"), lies + untrue.len());
            wrong.extend(untrue.into_iter().map(|what| format!("{trouble} after {} steps: {what}", case.steps)));
        }
        eprintln!("{trouble:<12} {results:>6} results {passes:>6} passes {fails:>6} fails {lies:>4} untrue");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
