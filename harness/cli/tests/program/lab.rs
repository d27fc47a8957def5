//! A laboratory: the reference product inside the test, its profile, and the program as a child process.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use reference_product::{Addresses, Fault, Product, Settings, Turn, start};
use serde_json::Value;
use tempfile::TempDir;

/// The program with these arguments.
pub(crate) fn assay(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
    command.args(arguments).stdin(Stdio::null()).env_remove("COLUMNS");
    command
}

/// Runs the program to its end: its exit code, and what it wrote to the standard output and error.
pub(crate) fn outcome(arguments: &[&str]) -> (i32, String, String) {
    told(&assay(arguments).output().expect("the program starts"))
}

pub(crate) fn told(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8 on the terminal");
    (output.status.code().expect("an exit code"), text(&output.stdout), text(&output.stderr))
}

/// A running reference product.
pub(crate) struct Lab {
    pub(crate) folder: TempDir,
    _product: Product,
    _runtime: tokio::runtime::Runtime,
}

impl Lab {
    /// Starts a product with these faults. Its profile looks at few ports, so that tests are quick.
    pub(crate) fn start(faults: &[&str]) -> Self {
        Self::start_turning(faults, None)
    }

    /// The same, with a product that turns bad.
    pub(crate) fn start_turning(faults: &[&str], turn: Option<Turn>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let faults = faults.iter().map(|name| name.parse::<Fault>().expect("a fault")).collect();
        let settings = Settings { faults, addresses: Addresses::claim(), state: folder.path().join("state"), turn, ..Settings::default() };
        let product = runtime.block_on(start(settings)).expect("the product starts");
        let few = |line: &str| {
            if line.starts_with("scan = ") { "scan = { tcp = \"2323, 8080, 8443, 9443, 9998-9999\", udp = [161, 5353] }" } else { line }
                .to_owned()
        };
        let text: Vec<String> = product.profile().lines().map(few).collect();
        std::fs::write(folder.path().join("state/profile.toml"), text.join("\n")).expect("a profile");
        Self { folder, _product: product, _runtime: runtime }
    }

    pub(crate) fn profile(&self) -> String {
        self.folder.path().join("state/profile.toml").display().to_string()
    }

    /// The addresses of the product, and of nothing else.
    pub(crate) fn network(&self) -> String {
        let text = std::fs::read_to_string(self.profile()).expect("a profile");
        let address = text.lines().find_map(|line| line.strip_prefix("address = \"")).expect("an address");
        format!("{}.0/24", address.trim_end_matches('"').rsplit_once('.').expect("four numbers").0)
    }

    /// Where runs of this laboratory are kept.
    pub(crate) fn out(&self) -> PathBuf {
        self.folder.path().join("runs")
    }

    /// `assay run` on this product.
    pub(crate) fn run(&self, more: &[&str]) -> Command {
        let mut command = assay(&["run", &self.profile(), "--out"]);
        command.arg(self.out()).args(more).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The folder of the only run.
    pub(crate) fn only_run(&self) -> PathBuf {
        only_run(&self.out())
    }

    /// Starts `assay run` and waits until its journal satisfies the condition. The child has ended if it never does.
    pub(crate) fn run_until(&self, more: &[&str], reached: impl Fn(&str) -> bool) -> Child {
        self.until(self.run(more), reached)
    }

    /// The same with a run that is made ready already.
    pub(crate) fn until(&self, mut run: Command, reached: impl Fn(&str) -> bool) -> Child {
        let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
        for _ in 0..6_000 {
            let journal =
                std::fs::read_dir(self.out()).into_iter().flatten().flatten().next().map(|entry| entry.path().join("journal.jsonl"));
            let text = journal.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
            if reached(&text) || child.try_wait().expect("a child").is_some() {
                return child;
            }
            sleep(Duration::from_millis(10));
        }
        panic!("the run did not come that far");
    }
}

/// The number of finished steps in a journal.
pub(crate) fn ended(journal: &str) -> usize {
    journal.matches("\"event\":\"ended\"").count()
}

/// Kills a child as `kill -9` does.
pub(crate) fn kill(mut child: Child) {
    child.kill().expect("the child can be killed");
    let _status = child.wait().expect("the child ends");
}

/// The only folder below `out`.
pub(crate) fn only_run(out: &Path) -> PathBuf {
    let all: Vec<_> = std::fs::read_dir(out).expect("a folder of runs").flatten().map(|entry| entry.path()).collect();
    assert_eq!(all.len(), 1, "{all:?}");
    all.into_iter().next().expect("a run")
}

/// All files in a folder and below.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// A JSON file of a run.
pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).expect("JSON")
}

/// What a run says of each place: the verdict, and the reason without its numbers, which tell addresses and times.
pub(crate) fn said(run: &Value) -> BTreeMap<String, (String, String)> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let results = run["results"].as_array().expect("results").iter();
    let place = |result: &Value| format!("{} {}/{}", word(&result["test"]), word(&result["component"]), word(&result["interface"]));
    results
        .map(|result| (place(result), (word(&result["verdict"]), word(&result["reason"]).replace(|c: char| c.is_ascii_digit(), ""))))
        .collect()
}

/// The determination of each requirement.
pub(crate) fn determined(run: &Value) -> BTreeMap<String, String> {
    let word = |value: &Value| value.as_str().expect("a word").to_owned();
    let requirements = run["requirements"].as_array().expect("requirements").iter();
    requirements.map(|each| (word(&each["id"]), word(&each["determination"]))).collect()
}
