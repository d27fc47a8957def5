//! A server that runs: started by `start.sh`, waited for, and ended with everything that it started.

use std::fs::File;
use std::net::IpAddr;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use assay_model::profile::Profile;

use crate::folder;

/// How often and how long a server is waited for.
const LOOKS: usize = 150;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// Starts a server, and ends it with all that it started as soon as either it or this program ends: the standard input
/// is a pipe that only this program holds.
const KEEPER: &str = r#"(sh "$@" </dev/null; kill -KILL 0) & read -r _; kill -KILL 0"#;

/// A running server; dropping it ends it.
pub(crate) struct Running {
    child: Child,
    log: PathBuf,
}

impl Running {
    /// Starts a server and waits until all declared ports are bound.
    pub(crate) fn start(server: &str, configuration: &str, profile: &Profile) -> Result<Self, String> {
        let log = folder::path().join(format!("{server}-{configuration}.log"));
        let file = File::create(&log).map_err(|error| error.to_string())?;
        let both = file.try_clone().map_err(|error| error.to_string())?;
        let child = Command::new("sh")
            .args(["-c", KEEPER, "sh"])
            .arg(folder::path().join("start.sh"))
            .args([server, configuration])
            .stdin(Stdio::piped())
            .stdout(file)
            .stderr(both)
            .process_group(0)
            .spawn()
            .map_err(|error| format!("no shell: {error}"))?;
        let mut running = Self { child, log };
        running.wait_for(&ports(profile))?;
        Ok(running)
    }

    fn wait_for(&mut self, ports: &[String]) -> Result<(), String> {
        for _ in 0..LOOKS {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("the server ended at once ({status}):\n{}", self.said()));
            }
            if ports.iter().all(|port| bound().contains(port)) {
                return Ok(());
            }
            std::thread::sleep(BETWEEN_LOOKS);
        }
        Err(format!("the server does not listen where its profile says:\n{}", self.said()))
    }

    fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The declared ports of all samples as `/proc/net` writes them.
fn ports(profile: &Profile) -> Vec<String> {
    let mut ports = Vec::new();
    for component in &profile.components {
        let samples = profile.samples.iter().filter(|sample| sample.component == component.id).map(|sample| &sample.address);
        for address in samples.chain([&component.address]) {
            let Ok(IpAddr::V4(address)) = address.parse() else { panic!("{address} is no address") };
            let address = u32::from_le_bytes(address.octets());
            ports.extend(component.interfaces.iter().map(|interface| format!("{address:08X}:{:04X}", interface.port)));
        }
    }
    ports
}

/// What is bound on this machine. Nothing is sent, so a server that counts its callers sees only the run.
fn bound() -> String {
    ["/proc/net/tcp", "/proc/net/udp"].iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect()
}
