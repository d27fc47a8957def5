//! `assay logins`: whether one of a list of credentials opens a log-in, without a profile, and with care for the product.

use std::io::Read as _;
use std::path::PathBuf;

use assay_model::profile::Speaks;
use assay_probes::attempts::Attempts;
use assay_probes::outcome::Accepted;
use assay_probes::{ftp, http, mqtt, snmp, ssh_auth, telnet};
use assay_wire::{Authority, Effort, Error, Permit};
use clap::Args;
use serde::Serialize;

use crate::failure::Failure;
use crate::target::{Endpoint, Manner};

/// The longest list of pairs that is read, in bytes.
const LONGEST_LIST: u64 = 1 << 20;

/// Try credentials at a log-in: one at a time, gently, within the failures that its owner agreed to.
#[derive(Debug, Args)]
pub(crate) struct Logins {
    /// Where to log in, with http, https (Basic or Digest, as the path asks), ssh, ftp, telnet, mqtt, mqtts or snmp
    #[arg(value_name = "SCHEME://HOST[:PORT][/PATH]")]
    url: String,
    /// A file with one USER:PASSWORD a line; for snmp with one community a line
    #[arg(long, value_name = "FILE")]
    pairs: PathBuf,
    /// Failed log-ins that the owner agreed to; one more than there are pairs does for all, because a password that
    /// cannot be right is tried first
    #[arg(long = "failed-logins", value_name = "N")]
    agreed: u32,
    /// Failures in a row that lock an account: no account fails more often
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    lock: Option<u32>,
    /// Show the passwords that were accepted
    #[arg(long)]
    show: bool,
    #[command(flatten)]
    manner: Manner,
}

/// A pair that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Found {
    line: usize,
    user: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

/// What came out.
#[derive(Debug, Serialize)]
struct Outcome {
    pairs: usize,
    /// Pairs that were clearly accepted or refused.
    answered: usize,
    found: Vec<Found>,
    /// Why not all pairs were tried, if so.
    stopped: Option<String>,
    attempts: u32,
    #[serde(flatten)]
    effort: Effort,
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pair {
    line: usize,
    user: String,
    password: String,
}

impl Logins {
    pub(crate) async fn carry_out(self) -> Result<u8, Failure> {
        let url = Url::read(&self.url)?;
        let pairs = self.pairs(url.speaks)?;
        self.manner.authorise(&[&self.url])?;
        self.tell_what_is_left_out(pairs.len());
        let answer = self.ask(&url, pairs).await;
        let code = match &answer {
            Ok(outcome) if !outcome.found.is_empty() => 1,
            Ok(outcome) if outcome.stopped.is_none() => 0,
            _ => 3,
        };
        self.manner.show(&self.url, answer, table);
        Ok(code)
    }

    /// Tells how many pairs the agreed failures leave out, where all are wrong.
    fn tell_what_is_left_out(&self, pairs: usize) {
        let needed = pairs + 1;
        let agreed = usize::try_from(self.agreed).unwrap_or(usize::MAX);
        if agreed < needed {
            let left_out = (needed - agreed).min(pairs);
            note!("assay: --failed-logins {agreed} leaves out the last {left_out} of {pairs} pairs: {needed} are enough for all");
        }
    }

    fn pairs(&self, speaks: Speaks) -> Result<Vec<Pair>, Failure> {
        let bad = |error: std::io::Error| Failure::usage(format!("{}: {error}", self.pairs.display()));
        let mut text = String::new();
        std::fs::File::open(&self.pairs).and_then(|file| file.take(LONGEST_LIST).read_to_string(&mut text)).map_err(bad)?;
        let at = |line: usize| Failure::usage(format!("{}, line {line}: this is not USER:PASSWORD", self.pairs.display()));
        let mut pairs = read_pairs(&text, speaks == Speaks::Snmp).map_err(at)?;
        if pairs.is_empty() {
            return Err(Failure::usage(format!("{} has no pair", self.pairs.display())));
        }
        if speaks == Speaks::Ssh {
            // a connection of SSH serves one user
            pairs.sort_by(|a, b| a.user.cmp(&b.user));
        }
        Ok(pairs)
    }

    async fn ask(&self, url: &Url, pairs: Vec<Pair>) -> assay_wire::Result<Outcome> {
        let budget = assay_model::profile::Budget { failed_logins: self.agreed, ..self.manner.budget() };
        let permit = Authority::endpoint(&url.endpoint.host, url.endpoint.port, &budget).await?.speaking(url.speaks);
        let mut attempts = url.attempts(permit, self.lock).await?;
        let mut outcome =
            Outcome { pairs: pairs.len(), answered: 0, found: Vec::new(), stopped: None, attempts: 0, effort: attempts.permit().effort() };
        let first = pairs.first().map(|pair| pair.user.clone()).unwrap_or_default();
        match attempts.certainly_wrong(&first).await? {
            Accepted::Refused => self.try_all(&mut attempts, pairs, &mut outcome).await?,
            Accepted::Accepted => outcome.stopped = Some(format!("`{first}` is let in with any password")),
            Accepted::Throttled(_) | Accepted::Unclear(_) => {}
        }
        outcome.stopped = outcome.stopped.or_else(|| attempts.stopped().filter(|_| outcome.answered < outcome.pairs).map(str::to_owned));
        (outcome.attempts, outcome.effort) = (attempts.made(), attempts.permit().effort());
        Ok(outcome)
    }

    async fn try_all(&self, attempts: &mut Attempts, pairs: Vec<Pair>, outcome: &mut Outcome) -> assay_wire::Result<()> {
        for Pair { line, user, password } in pairs {
            match attempts.attempt(&user, &password).await? {
                Accepted::Refused => {}
                Accepted::Accepted => outcome.found.push(Found { line, user, password: self.show.then_some(password) }),
                Accepted::Throttled(_) | Accepted::Unclear(_) => return Ok(()),
            }
            outcome.answered += 1;
        }
        Ok(())
    }
}

/// Reads the lines of a list; the number of the first that is no pair, if there is one.
fn read_pairs(text: &str, communities: bool) -> Result<Vec<Pair>, usize> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line)).filter(|(_, line)| !line.is_empty());
    let read = |(line, text): (usize, &str)| match text.split_once(':') {
        _ if communities => Ok(Pair { line, user: String::new(), password: text.to_owned() }),
        Some((user, password)) => Ok(Pair { line, user: user.to_owned(), password: password.to_owned() }),
        None => Err(line),
    };
    lines.map(read).collect()
}

/// Where to log in.
#[derive(Debug, PartialEq, Eq)]
struct Url {
    speaks: Speaks,
    endpoint: Endpoint,
    path: String,
}

impl Url {
    fn read(text: &str) -> Result<Self, Failure> {
        let bad = || Failure::usage(format!("`{text}` is not SCHEME://HOST[:PORT][/PATH], such as http://device.example:8080/status"));
        let (scheme, rest) = text.split_once("://").ok_or_else(bad)?;
        let (speaks, usual) = match scheme {
            "http" => (Speaks::Http, 80),
            "https" => (Speaks::Https, 443),
            "ssh" => (Speaks::Ssh, 22),
            "ftp" => (Speaks::Ftp, 21),
            "telnet" => (Speaks::Telnet, 23),
            "mqtt" => (Speaks::Mqtt, 1883),
            "mqtts" => (Speaks::Mqtts, 8883),
            "snmp" => (Speaks::Snmp, 161),
            _ => {
                return Err(Failure::usage(format!(
                    "`{scheme}` has no log-in here: use http, https, ssh, ftp, telnet, mqtt, mqtts or snmp"
                )));
            }
        };
        let (place, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if place.contains('@') || (!speaks.is_http() && path.len() > 1) {
            return Err(bad());
        }
        let with_port = place.rsplit_once(':').is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
        let with_port = with_port && !place.ends_with(']');
        let endpoint = if with_port { Endpoint::read(place)? } else { Endpoint::read(&format!("{place}:{usual}"))? };
        Ok(Self { speaks, endpoint, path: if path.is_empty() { "/".to_owned() } else { path.to_owned() } })
    }

    async fn attempts(&self, permit: Permit, lock: Option<u32>) -> assay_wire::Result<Attempts> {
        Ok(match self.speaks {
            Speaks::Http | Speaks::Https => {
                let door = http::LogIns::at(http::Client::new(permit.clone()), &self.path).await?;
                Attempts::new(permit, door, lock)
            }
            Speaks::Ssh => Attempts::new(permit.clone(), ssh_auth::LogIns::new(permit), lock),
            Speaks::Ftp => Attempts::new(permit.clone(), ftp::LogIns::new(permit), lock),
            Speaks::Telnet => Attempts::new(permit.clone(), telnet::LogIns::new(permit), lock),
            Speaks::Mqtt | Speaks::Mqtts => Attempts::new(permit.clone(), mqtt::LogIns::new(permit), lock),
            Speaks::Snmp => Attempts::new(permit.clone(), snmp::LogIns::new(permit), lock),
            other => return Err(Error::NotPermitted(format!("no password opens {}", other.word()))),
        })
    }
}

fn table(outcome: &Outcome) -> String {
    let found = |found: &Found| {
        let password = found.password.as_ref().map_or_else(String::new, |password| format!(" {}", password.escape_debug()));
        format!("  found {}{password} (line {})", found.user.escape_debug(), found.line)
    };
    let mut lines: Vec<String> = outcome.found.iter().map(found).collect();
    lines.push(format!("  found {} of {} pairs", outcome.found.len(), outcome.pairs));
    if let Some(why) = &outcome.stopped {
        lines.push(format!("  stopped after {} of {} pairs: {why}", outcome.answered, outcome.pairs));
    }
    let effort = &outcome.effort;
    lines.push(format!(
        "  attempts {}, failed log-ins {}, connections {}, refusals {}, {}.{:03} s",
        outcome.attempts,
        effort.failed_logins,
        effort.connections,
        effort.refusals,
        effort.ms / 1000,
        effort.ms % 1000
    ));
    lines.join("\n")
}

/// Reads any text as a list of pairs and as where to log in, for the tests that drive every reader.
#[cfg(test)]
pub(crate) fn read_anything(text: &str) {
    let _ = (read_pairs(text, true), read_pairs(text, false), Url::read(text.lines().next().unwrap_or_default()));
}

#[cfg(test)]
mod tests;
