//! Not one packet leaves for an address that the profile does not name, wherever the product and the environment point.

use std::process::Command;

use reference_product::{Mood, Turn};

use crate::apart::{apart, shell};
use crate::lab::{Lab, told};

/// A packet filter that counts what goes to any other host than this one. All addresses lead to this machine, so that a
/// packet to a wrong one is seen and goes nowhere.
const GROUND: [&str; 3] = ["ip link set lo up", "ip route add local default dev lo", "ip -6 route add local default dev lo"];
const FILTER: &str = "table inet scope {
    counter outside {}
    chain out {
        type filter hook output priority 0;
        ip daddr != 127.0.0.0/8 counter name outside
        ip6 daddr != ::1 counter name outside
    }
}";
/// Where redirects, links and proxies point (RFC 5737).
const ELSEWHERE: &str = "http://198.51.100.9:3128";

#[test]
fn nothing_is_sent_to_addresses_that_the_profile_does_not_name() {
    let test = "scope::nothing_is_sent_to_addresses_that_the_profile_does_not_name";
    let proxies = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].map(|name| (name, ELSEWHERE));
    if apart("-n", test, &["nft", "ip"], &proxies) {
        inside();
    }
}

/// Packets to other hosts so far.
fn packets() -> u64 {
    let output = Command::new("nft").args(["list", "counter", "inet", "scope", "outside"]).output().expect("nft");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let count = text.split("packets ").nth(1).and_then(|rest| rest.split(' ').next());
    count.and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("no counter in {text}"))
}

fn inside() {
    for line in GROUND {
        shell(line);
    }
    shell(&format!("nft -f - <<'END'\n{FILTER}\nEND"));
    // at first, and once it is known
    for after in [0, 60] {
        let lab = Lab::start_turning(&[], Some(Turn { into: Mood::Elsewhere, after }));
        let (code, out, err) =
            told(&lab.run(&["--test", "access/*", "--test", "update/*", "--test", "protection/*"]).output().expect("the program starts"));
        assert_ne!(code, 4, "{out}{err}");
        let run = std::fs::read_to_string(lab.only_run().join("run.json")).expect("a run");
        assert!(run.contains("198.51.100.9"), "the product did not point elsewhere");
        assert_eq!(packets(), 0, "packets went elsewhere");
    }
    // what is announced leads nowhere
    crate::announced::the_identifier_is_found_and_none_is_good_that_does_not_tell_all();
    assert_eq!(packets(), 0, "packets went where announcements point");
    // the filter does see them
    let _refused = Command::new("bash").args(["-c", "exec 3<>/dev/tcp/198.51.100.9/80"]).output();
    assert!(packets() > 0, "the filter counts nothing");
}
