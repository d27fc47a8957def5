//! What an SSH server offers before any encryption: its banner, its algorithms and its host keys.
//!
//! The host keys come from key exchanges that are broken off at the server's reply, once for each kind of key. No
//! log-in is tried.

mod connection;
mod exchange;
pub(crate) mod message;

use std::time::Duration;

use assay_wire::{Error, Permit, Result};
use serde::{Deserialize, Serialize};

use connection::Connection;
use message::Algorithms;

/// The most kinds of host key that are asked for.
const MOST_KINDS: usize = 16;

/// A host key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostKey {
    /// The kind, as it stands in the key: `ssh-ed25519`, `ssh-rsa`, ...
    pub algorithm: String,
    /// The size in bits: of the modulus or of the field. 0 when unknown.
    pub bits: u32,
    /// The fingerprint in the form of OpenSSH: `SHA256:` and base64 without padding.
    pub sha256: String,
}

/// All that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SshSurvey {
    /// The identification line, without its end; bytes that are not printable ASCII are escaped.
    pub banner: String,
    /// The protocol version in it: `2.0`, `1.99`, `1.5`. The lists below are empty where only SSH 1 is spoken.
    pub protocol: String,
    /// Key exchanges, without the names that only signal something (`ext-info-s`,
    /// `kex-strict-s-v00@openssh.com`, `kexguess2@matt.ucc.asn.au`).
    pub kex: Vec<String>,
    /// Host-key algorithms.
    pub host_key_algorithms: Vec<String>,
    /// Ciphers from the client to the server.
    pub ciphers_c2s: Vec<String>,
    /// Ciphers from the server to the client.
    pub ciphers_s2c: Vec<String>,
    /// Message authentication codes from the client to the server.
    pub macs_c2s: Vec<String>,
    /// Message authentication codes from the server to the client.
    pub macs_s2c: Vec<String>,
    /// Compression methods, both ways, each once.
    pub compression: Vec<String>,
    /// Whether strict key exchange is signalled, the remedy for CVE-2023-48795.
    pub strict_kex: bool,
    /// The host keys, each once.
    pub host_keys: Vec<HostKey>,
    /// Host-key algorithms whose key was not obtained, and why.
    pub keys_not_read: Vec<String>,
}

/// Finds out all of it.
///
/// # Errors
/// As [`Permit::tcp`]; `Closed`, `Reset` and `TimedOut` before the algorithms are read; `Malformed` when what comes
/// is not SSH.
pub async fn survey(permit: &Permit) -> Result<SshSurvey> {
    let mut connection = Connection::open(permit).await?;
    let mut survey = SshSurvey { banner: connection.banner(), protocol: connection.protocol(), ..SshSurvey::default() };
    if !survey.protocol.starts_with('2') && survey.protocol != "1.99" {
        return Ok(survey);
    }
    let offered = connection.algorithms().await?;
    drop(connection);
    survey.take(&offered);
    for algorithm in kinds(&offered.host_keys) {
        match obtain(permit, &offered, &algorithm).await {
            Ok(key) if survey.host_keys.contains(&key) => {}
            Ok(key) => survey.host_keys.push(key),
            Err(error) if error.is_ours() || matches!(error, Error::Budget(_)) => return Err(error),
            Err(error) => survey.keys_not_read.push(format!("{algorithm}: {error}")),
        }
    }
    Ok(survey)
}

impl SshSurvey {
    fn take(&mut self, offered: &Algorithms) {
        self.strict_kex = offered.kex.iter().any(|name| name == "kex-strict-s-v00@openssh.com");
        let signal = |name: &str| name.starts_with("kex-strict-") || name.starts_with("ext-info-") || name.starts_with("kexguess2@");
        self.kex = offered.kex.iter().filter(|name| !signal(name)).cloned().collect();
        self.host_key_algorithms.clone_from(&offered.host_keys);
        self.ciphers_c2s.clone_from(&offered.ciphers[0]);
        self.ciphers_s2c.clone_from(&offered.ciphers[1]);
        self.macs_c2s.clone_from(&offered.macs[0]);
        self.macs_s2c.clone_from(&offered.macs[1]);
        for method in offered.compression.iter().flatten() {
            if !self.compression.contains(method) {
                self.compression.push(method.clone());
            }
        }
    }
}

/// One algorithm for each kind of key: the three of RSA sign with the same one.
fn kinds(algorithms: &[String]) -> Vec<String> {
    let is_rsa = |name: &str| matches!(name, "ssh-rsa" | "rsa-sha2-256" | "rsa-sha2-512");
    let mut kinds: Vec<String> = Vec::new();
    for name in algorithms {
        if !kinds.iter().any(|known| known == name || (is_rsa(known) && is_rsa(name))) && kinds.len() < MOST_KINDS {
            kinds.push(name.clone());
        }
    }
    kinds
}

/// Runs one key exchange up to the reply; tries once more after a pause when the connection does not hold.
async fn obtain(permit: &Permit, offered: &Algorithms, algorithm: &str) -> Result<HostKey> {
    match exchange::host_key(permit, offered, algorithm).await {
        Err(Error::Refused(_) | Error::Reset(_) | Error::Closed(_) | Error::TimedOut { .. }) => {
            tokio::time::sleep(permit.deadlines().answer.min(Duration::from_secs(5)) / 5).await;
            exchange::host_key(permit, offered, algorithm).await
        }
        other => other,
    }
}

#[cfg(test)]
mod tests;
