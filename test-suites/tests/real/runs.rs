//! Runs of the suite on real servers, each made once and shared by the cases that look at it.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt;
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

use assay_engine::{Folder, Keyring, People, Selection, carry_out};
use assay_model::profile::{self, Known, Profile};
use assay_model::run::{Run, TestResult};
use assay_suites::Choices;
use assay_wire::Authority;
use tokio::runtime::Runtime;

use crate::folder;
use crate::server::Running;
use crate::truth::Server;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

type Shared = Mutex<HashMap<String, Arc<OnceLock<Result<Run, String>>>>>;
static RUNS: LazyLock<Shared> = LazyLock::new(Shared::default);

/// Why a server cannot be started here.
pub(crate) fn hindrance(server: &Server) -> Option<String> {
    if let Some(why) = missing(&server.programs) {
        return Some(why);
    }
    let root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if server.root && !root {
        return Some("accounts of the system are needed, so only root can start it".to_owned());
    }
    if server.root && !succeeds(Command::new("unshare").args(["--mount", "true"])) {
        return Some("a mount namespace is needed for its accounts, and none is permitted here".to_owned());
    }
    None
}

/// Why something cannot be done without one of these programs.
pub(crate) fn missing(programs: &[String]) -> Option<String> {
    let missing = programs.iter().chain([&"openssl".to_owned()]).find(|program| !installed(program)).cloned();
    missing.map(|program| format!("{program} is not installed"))
}

fn installed(program: &str) -> bool {
    succeeds(Command::new("sh").args(["-c", "command -v \"$0\"", program]))
}

fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The run on a server in a configuration. Where every case is a process of its own, only its own test is run.
pub(crate) fn of(server: &str, configuration: &str, test: Option<&str>) -> Result<Run, String> {
    let alone = std::env::var("NEXTEST_EXECUTION_MODE").is_ok_and(|mode| mode == "process-per-test");
    let tests: Vec<_> = test.filter(|_| alone).into_iter().map(str::to_owned).collect();
    let key = format!("{server}-{configuration}");
    let cell = Arc::clone(RUNS.lock().expect("no case panics while it holds this").entry(key).or_default());
    cell.get_or_init(|| assess(server, configuration, tests)).clone()
}

/// The runs made so far: server and configuration, and what was found.
pub(crate) fn made() -> HashMap<String, Run> {
    let runs = RUNS.lock().expect("no case panics while it holds this");
    runs.iter().filter_map(|(key, cell)| Some((key.clone(), cell.get()?.clone().ok()?))).collect()
}

fn assess(server: &str, configuration: &str, tests: Vec<String>) -> Result<Run, String> {
    let profile = read(&format!("{server}-{configuration}.toml"), |text| text)?;
    let _running = Running::start(server, configuration, &profile)?;
    RUNTIME.block_on(carry_out_here(profile, tests))
}

/// The verdict of one test that speaks to no server, on a profile of the folder with other words in it.
pub(crate) fn without_server(name: &str, words: impl FnOnce(String) -> String, test: &str) -> Result<TestResult, String> {
    let run = RUNTIME.block_on(carry_out_here(read(name, words)?, vec![test.to_owned()]))?;
    run.results.into_iter().next().ok_or_else(|| "the test did not run".to_owned())
}

fn read(name: &str, words: impl FnOnce(String) -> String) -> Result<Profile, String> {
    let text = std::fs::read_to_string(folder::path().join(name)).map_err(|error| format!("{name}: {error}"))?;
    profile::read(name, &words(text), &Known::NOTHING).map_err(|problems| format!("{name}: {problems:?}"))
}

async fn carry_out_here(profile: Profile, tests: Vec<String>) -> Result<Run, String> {
    let folder = folder::path();
    let choices = Choices { selection: Selection { tests, ..Selection::default() }, ..Choices::default() };
    let authority = Authority::of_profile(&profile).await.map_err(|error| error.to_string())?;
    let keyring = Keyring::fetch(&profile, folder).map_err(|error| error.to_string())?;
    let model = profile.product.model.clone();
    let assessment = assay_suites::assessment(profile, String::new(), folder.to_owned(), choices).map_err(|bad| bad.0)?;
    let place = Folder::create(&folder.join("state/runs"), &model).map_err(|error| error.to_string())?;
    let (_go_on, stop) = tokio::sync::watch::channel(false);
    carry_out(assessment, &place, authority, keyring, People::default(), Arc::new(|_, _, _| {}), stop)
        .await
        .map_err(|error| error.to_string())
}
