//! Products that announce themselves on loopback: the identifier is found, and none is found good that does not tell all.
#![expect(clippy::unnecessary_wraps, reason = "these are products, all of one form")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::lab::{json, only_run, outcome};
use crate::peers::{self, Says};

const TEST: &str = "identification/announced-identifier";
const PROFILE: &str = r#"
schema = "assay.profile/1"
product = { manufacturer = "Example Works", name = "Herald", model = "H-1", version = "1" }
baseline = { use = "catalog" }
consent = { class = "read-only", authority = "this test" }
budget = { answer_ms = 700, connections_per_second = 500 }

[[component]]
id = "device"
role = "device"
address = "127.0.0.1"
identifier = { interface = "http", operation = "status", expect = "DW-0001" }

[[component.interface]]
id = "http"
speaks = "http"
port = 9

[[component.interface.operation]]
id = "status"
method = "GET"
path = "/status"
allowed = ["public"]
"#;

/// A reply with these other fields; where more is to be read is an address that nobody may ask.
fn reply(more: &str) -> Option<Vec<u8>> {
    let head = "HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nLocation: http://198.51.100.9/d.xml\r\n";
    Some(format!("{head}{more}\r\n\r\n").into_bytes())
}

fn discreet(_: &[u8]) -> Option<Vec<u8>> {
    reply("USN: uuid:1")
}

fn talkative(_: &[u8]) -> Option<Vec<u8>> {
    reply("USN: uuid:dw-0001")
}

/// In Base64, in a field that nobody has to know.
fn hiding(_: &[u8]) -> Option<Vec<u8>> {
    reply("USN: uuid:1\r\nX-Id: RFctMDAwMQ==")
}

fn restless(_: &[u8]) -> Option<Vec<u8>> {
    static TIMES: AtomicUsize = AtomicUsize::new(0);
    reply(&format!("USN: uuid:{}", TIMES.fetch_add(1, Ordering::Relaxed)))
}

/// Answers once.
fn fading(_: &[u8]) -> Option<Vec<u8>> {
    static TIMES: AtomicUsize = AtomicUsize::new(0);
    if TIMES.fetch_add(1, Ordering::Relaxed) == 0 { discreet(&[]) } else { None }
}

fn babbling(_: &[u8]) -> Option<Vec<u8>> {
    Some(b"good evening".to_vec())
}

/// Lists a kind of services and says nothing of it.
fn listing(heard: &[u8]) -> Option<Vec<u8>> {
    let name = b"\x09_services\x07_dns-sd\x04_udp\x05local\0";
    let record = b"\0\x0c\0\x01\0\0\0\x0a\0\x12\x05_http\x04_tcp\x05local\0";
    heard.windows(8).any(|part| part == b"services").then(|| [&b"\0\0\x84\0\0\0\0\x01\0\0\0\0"[..], name, record].concat())
}

const PRODUCTS: [(&str, Says, &str, &str); 8] = [
    ("ssdp", discreet, "pass", "is in nothing that is announced"),
    ("ssdp", talkative, "fail", "is announced (plain) in the field USN of a reply"),
    ("ssdp", hiding, "fail", "is announced (base64) in a reply"),
    ("ssdp", restless, "inconclusive", "announces other things when asked again"),
    ("ssdp", fading, "inconclusive", "no answer from"),
    ("ssdp", babbling, "inconclusive", "1 answers are no reply of SSDP"),
    ("mdns", listing, "inconclusive", "not all was told of `_http._tcp.local`"),
    ("mdns", babbling, "inconclusive", "cannot be read"),
];

#[test]
pub(crate) fn the_identifier_is_found_and_none_is_good_that_does_not_tell_all() {
    let (folder, runtime) = (tempfile::tempdir().expect("a folder"), tokio::runtime::Runtime::new().expect("a runtime"));
    let interface = |(number, (speaks, says, ..)): (usize, &(&str, Says, &str, &str))| {
        let port = runtime.block_on(peers::datagrams(*says));
        format!("\n[[component.interface]]\nid = \"p{number}\"\nspeaks = \"{speaks}\"\nport = {port}\n")
    };
    let interfaces: String = PRODUCTS.iter().enumerate().map(interface).collect();
    let (profile, out) = (folder.path().join("profile.toml"), folder.path().join("runs"));
    std::fs::write(&profile, format!("{PROFILE}{interfaces}")).expect("a profile");
    let (profile, place) = (profile.display().to_string(), out.display().to_string());
    let (code, told, err) = outcome(&["run", &profile, "--out", &place, "--test", TEST]);
    assert_eq!(code, 1, "{told}{err}");

    let run = json(&only_run(&out).join("run.json"));
    let results: BTreeMap<_, _> = run["results"]
        .as_array()
        .expect("results")
        .iter()
        .map(|result| (result["interface"].as_str().expect("an interface"), result))
        .collect();
    for (number, (.., verdict, reason)) in PRODUCTS.into_iter().enumerate() {
        let result = results[format!("p{number}").as_str()];
        assert_eq!(result["verdict"], verdict, "{result}");
        assert!(result["reason"].as_str().expect("a reason").contains(reason), "{result}");
    }
    assert_eq!(results["p0"]["notes"][0], "the description at http://198.51.100.9/d.xml was not read");
    assert!(results["p0"]["control"]["what"].as_str().expect("a control").contains("planted"), "{}", results["p0"]);
}
