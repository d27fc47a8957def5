//! What is made to break reports and terminals, said in every protocol that has words: nothing breaks.

use std::path::Path;

use serde_json::Value;

use crate::hostile::{is_plain, names, only_own_files, stays_what_it_is};
use crate::lab::{files, json, only_run, outcome};
use crate::peers;

/// Tests that listen to it, and a word that stands in the evidence beside what was heard.
const TALKING: [(&str, &str); 13] = [
    ("access/open-ports", "banner"),
    ("access/forbidden-services", "banner"),
    ("access/debug-services", "banner"),
    ("access/snmp-communities", "public"),
    ("access/anonymous-session", "attempts"),
    ("access/mqtt-topics", "own"),
    ("access/unauthenticated-resources", "/status"),
    ("protection/coap-transport", "discovery"),
    ("protection/ssh-algorithms", "SSH-2.0"),
    ("protection/http-transport", "HTTP"),
    ("update/package-signature", "container"),
    ("identification/announced-identifier", "multicast DNS"),
    ("identification/announced-identifier", "SSDP"),
];
const PROFILE: &str = r#"
schema = "assay.profile/1"
product = { manufacturer = "Example Works", name = "Scribbler", model = "S-1", version = "1" }
baseline = { use = "catalog" }
consent = { class = "read-only", authority = "this test" }
budget = { answer_ms = 600, connections_per_second = 500, failed_logins = 200 }
role = [{ id = "admin" }, { id = "guest" }]
account = [
    { id = "one", role = "admin", user = "one", secret = "file:secret" },
    { id = "two", role = "guest", user = "two", secret = "file:secret" },
]

[[component]]
id = "device"
role = "device"
address = "127.0.0.1"
scan = { tcp = "1", udp = [] }

[component.identifier]
interface = "http"
operation = "status"
expect = "DW-0001"

[component.update]
interface = "http"
operation = "send-update"
genuine = { file = "package.swu", version = "2" }

"#;
const TOPICS: &str = "topics = { account = \"one\", own = \"one/x\", foreign_account = \"two\", foreign = \"two/x\" }\n";
const WEB: &str = r#"
[[component.interface.operation]]
id = "status"
method = "GET"
path = "/status"
allowed = ["public"]

[[component.interface.operation]]
id = "send-update"
method = "POST"
path = "/update"
allowed = ["admin"]

"#;

/// Starts all servers; the profile of a product that has them all, with a package, and what is spoken at which port.
fn product(folder: &Path, runtime: &tokio::runtime::Runtime) -> (String, Vec<(&'static str, u16)>) {
    let streams = peers::STREAMS.map(|(speaks, says)| (speaks, runtime.block_on(peers::stream(says))));
    let datagrams = peers::DATAGRAMS.map(|(speaks, says)| (speaks, runtime.block_on(peers::datagrams(says))));
    let all: Vec<_> = streams.into_iter().chain(datagrams).collect();
    let interface = |(speaks, port): &(&str, u16)| {
        let more = [("mqtt", TOPICS), ("http", WEB)].into_iter().find(|(of, _)| of == speaks).map_or("", |(_, more)| more);
        format!("[[component.interface]]\nid = \"{speaks}\"\nspeaks = \"{speaks}\"\nport = {port}\n{more}")
    };
    let (path, text) = (folder.join("profile.toml"), all.iter().map(interface).collect::<String>());
    let written: [(&Path, Vec<u8>); 3] = [
        (&path, format!("{PROFILE}{text}").into_bytes()),
        (&folder.join("package.swu"), peers::package()),
        (&folder.join("secret"), b"Correct-Horse-7".to_vec()),
    ];
    for (path, bytes) in written {
        std::fs::write(path, bytes).expect("a file");
    }
    (path.display().to_string(), all)
}

/// What the program says is plain to see.
fn told(arguments: &[&str], codes: &[i32]) -> String {
    let (code, out, err) = outcome(arguments);
    assert!(codes.contains(&code), "{arguments:?} {code}: {out}{err}");
    is_plain(&format!("{out}{err}"));
    out
}

#[test]
fn what_is_said_in_any_protocol_breaks_out_of_nothing() {
    let (folder, runtime) = (tempfile::tempdir().expect("a folder"), tokio::runtime::Runtime::new().expect("a runtime"));
    let (profile, all) = product(folder.path(), &runtime);
    let (before, out) = (names(folder.path()), folder.path().join("runs"));
    let chosen = TALKING.map(|(test, _)| format!("--test={test}"));
    let place = out.display().to_string();
    let run = ["run", &profile, "--out", &place].into_iter().chain(chosen.iter().map(String::as_str));
    told(&run.collect::<Vec<_>>(), &[1, 3]);

    let run = only_run(&out);
    let path = run.display().to_string();
    told(&["report", &path, "--format", "junit,html,oscal,sdoc"], &[1, 2, 3]);
    told(&["gaps", &path], &[0]);
    told(&["diff", &path, &path], &[0]);
    for (speaks, port) in &all {
        let command = if matches!(*speaks, "ssh" | "tls") { *speaks } else { "dtls" };
        let asked = [command, &format!("127.0.0.1:{port}"), "--authorized", "--answer-ms", "600", "--format"];
        if matches!(*speaks, "ssh" | "tls" | "udp") {
            told(&[&asked[..], &["table"]].concat(), &[0, 1, 3]);
            let answer = told(&[&asked[..], &["json"]].concat(), &[0, 1, 3]);
            assert!(serde_json::from_str::<Value>(&answer).is_ok(), "{answer}");
        }
    }
    let document = json(&run.join("run.json"));
    arrived(&run, &document);
    stays_what_it_is(&run, document["results"].as_array().map_or(0, Vec::len));
    only_own_files(folder.path(), &before, &run);
}

/// Each test had its turn, and what it heard stands in its evidence.
fn arrived(run: &Path, document: &Value) {
    let evidence: Vec<_> = files(&run.join("evidence")).iter().map(|path| std::fs::read(path).expect("evidence")).collect();
    let evidence: Vec<_> = evidence.iter().map(|bytes| String::from_utf8_lossy(bytes)).collect();
    let turns = |test: &str| {
        let results = document["results"].as_array().expect("results").iter();
        results.filter(|result| result["test"] == *test && result["verdict"] != "not-run").count()
    };
    let heard = |word: &str| evidence.iter().any(|text| text.contains(word) && text.contains("forged"));
    let missing: Vec<_> = TALKING.into_iter().filter(|(test, word)| turns(test) == 0 || !heard(word)).collect();
    assert!(missing.is_empty(), "no turn, or what was heard is not there: {missing:?}");
}
