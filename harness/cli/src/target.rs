//! Endpoints asked about without a profile: whom, with whose permission, how hard; and how the answers are shown.

use std::future::Future;
use std::io::{BufRead as _, IsTerminal, Read as _};
use std::net::IpAddr;
use std::path::PathBuf;

use assay_model::profile::Budget;
use assay_reports::{visible, visible_line};
use assay_wire::{Authority, Permit};
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::json;
use tokio::task::JoinSet;

use crate::failure::Failure;

/// Endpoints that are asked at the same time. Each has connections of its own; the number bounds the memory.
const AT_ONCE: usize = 64;
/// The longest list of endpoints that is read, in bytes.
const LONGEST_LIST: u64 = 1 << 20;

/// What `tls`, `dtls` and `ssh` have in common.
#[derive(Debug, Args)]
pub(crate) struct Targets {
    /// Where to ask, as HOST:PORT; an IPv6 address stands in brackets
    #[arg(value_name = "HOST:PORT", required_unless_present = "list")]
    endpoints: Vec<String>,
    /// A file with one HOST:PORT a line
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) manner: Manner,
}

/// With whose permission, how hard, and in what form the answer is wanted.
#[derive(Debug, Args)]
pub(crate) struct Manner {
    /// The endpoints are mine, or their owner agreed to this
    #[arg(long)]
    pub(crate) authorized: bool,
    /// The form of the answer; JSON has one object a line
    #[arg(long, value_enum, default_value = "table")]
    format: Form,
    /// Connections open at the same time to one endpoint
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    connections: u16,
    /// New connections to one endpoint in one second
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    per_second: u32,
    /// Milliseconds to wait for a connection, and for an answer
    #[arg(long, value_name = "MS", default_value_t = 5000, value_parser = clap::value_parser!(u64).range(10..=600_000))]
    answer_ms: u64,
}

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Table,
    Json,
}

/// One endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// The host, as it was given.
    pub(crate) host: String,
    /// The port.
    pub(crate) port: u16,
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.host.contains(':') { write!(f, "[{}]:{}", self.host, self.port) } else { write!(f, "{}:{}", self.host, self.port) }
    }
}

impl Endpoint {
    /// Reads `HOST:PORT`.
    pub(crate) fn read(text: &str) -> Result<Self, Failure> {
        let bad = || Failure::usage(format!("`{text}` is not HOST:PORT, such as device.example:8443 or [2001:db8::1]:443"));
        let (host, port) = text.trim().rsplit_once(':').ok_or_else(bad)?;
        let port = port.parse().ok().filter(|port| *port > 0).ok_or_else(bad)?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let fits = |host: &str| !host.is_empty() && host.len() <= 255 && !host.contains(|sign: char| sign.is_whitespace() || sign == '/');
        match bare {
            Some(address) if address.parse::<IpAddr>().is_ok() => Ok(Self { host: address.to_owned(), port }),
            None if fits(host) && !host.contains(':') => Ok(Self { host: host.to_owned(), port }),
            _ => Err(bad()),
        }
    }
}

impl Targets {
    /// All endpoints of the command line and of the list.
    pub(crate) fn endpoints(&self) -> Result<Vec<Endpoint>, Failure> {
        let mut all = self.endpoints.iter().map(|text| Endpoint::read(text)).collect::<Result<Vec<_>, _>>()?;
        if let Some(path) = &self.list {
            let bad = |error: std::io::Error| Failure::usage(format!("{}: {error}", path.display()));
            let mut text = String::new();
            std::fs::File::open(path).and_then(|file| file.take(LONGEST_LIST).read_to_string(&mut text)).map_err(bad)?;
            for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')) {
                let at = |failure: Failure| Failure::usage(format!("{}, line {}: {failure}", path.display(), number + 1));
                all.push(Endpoint::read(line).map_err(at)?);
            }
        }
        if all.is_empty() { Err(Failure::usage("no endpoint is named: give HOST:PORT, or a list with at least one")) } else { Ok(all) }
    }

    /// Asks every endpoint, many at once, and shows each answer as soon as it is there.
    ///
    /// The exit code is 3 when the facts of one could not be established, else the highest that `code` finds.
    pub(crate) async fn ask_each<F, A, R>(&self, ask: F, table: impl Fn(&R) -> String, code: impl Fn(&R) -> u8) -> Result<u8, Failure>
    where
        F: Fn(Permit) -> A + Clone + Send + 'static,
        A: Future<Output = assay_wire::Result<R>> + Send + 'static,
        R: Serialize + Send + 'static,
    {
        let endpoints = self.endpoints()?;
        self.manner.authorise(&endpoints)?;
        let mut waiting = endpoints.into_iter();
        let mut under_way = JoinSet::new();
        let mut highest = 0;
        loop {
            while under_way.len() < AT_ONCE {
                let Some(endpoint) = waiting.next() else { break };
                let (ask, budget) = (ask.clone(), self.manner.budget());
                under_way.spawn(async move {
                    let answer = match Authority::endpoint(&endpoint.host, endpoint.port, &budget).await {
                        Ok(permit) => ask(permit).await,
                        Err(error) => Err(error),
                    };
                    (endpoint, answer)
                });
            }
            let Some(done) = under_way.join_next().await else { return Ok(highest) };
            let (endpoint, answer) = done.map_err(Failure::harness)?;
            highest = highest.max(answer.as_ref().map_or(3, &code));
            self.manner.show(&endpoint.to_string(), answer, &table);
        }
    }
}

impl Manner {
    /// Goes on only with the word of the user that the endpoints may be touched.
    pub(crate) fn authorise<S: std::fmt::Display>(&self, endpoints: &[S]) -> Result<(), Failure> {
        if self.authorized {
            return Ok(());
        }
        let stdin = std::io::stdin();
        if !stdin.is_terminal() {
            return Err(Failure::usage("add --authorized if the endpoints are yours, or their owner agreed to this"));
        }
        let shown = endpoints.iter().take(5).map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let more = if endpoints.len() > 5 { format!(" and {} more", endpoints.len() - 5) } else { String::new() };
        note!("Connections will be made to {shown}{more}. Are they yours, or did their owner agree? Answer yes to go on.");
        let mut answer = String::new();
        stdin.lock().take(64).read_line(&mut answer).map_err(Failure::harness)?;
        if answer.trim().eq_ignore_ascii_case("yes") { Ok(()) } else { Err(Failure::usage("nothing was sent")) }
    }

    /// The budget that these arguments make.
    pub(crate) fn budget(&self) -> Budget {
        Budget {
            connections: self.connections,
            connections_per_second: self.per_second,
            connect_ms: self.answer_ms,
            answer_ms: self.answer_ms,
            ..Budget::default()
        }
    }

    /// Shows one answer.
    pub(crate) fn show<R: Serialize>(&self, endpoint: &str, answer: assay_wire::Result<R>, table: impl Fn(&R) -> String) {
        match (self.format, answer) {
            (Form::Json, Ok(facts)) => say_json!("{}", json!({ "endpoint": endpoint, "facts": facts })),
            (Form::Json, Err(error)) => say_json!("{}", json!({ "endpoint": endpoint, "error": error.to_string() })),
            (Form::Table, Ok(facts)) => say!("{endpoint}\n{}", visible(&table(&facts))),
            (Form::Table, Err(error)) => note!("{endpoint}: not established: {}", visible_line(&error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_read() {
        let read = |text: &str| Endpoint::read(text).map(|endpoint| (endpoint.host.clone(), endpoint.port, endpoint.to_string())).ok();
        assert_eq!(read("device.example:443"), Some(("device.example".to_owned(), 443, "device.example:443".to_owned())));
        assert_eq!(read(" [::1]:8443\n"), Some(("::1".to_owned(), 8443, "[::1]:8443".to_owned())));
        for bad in ["device", "device:", ":443", "::1:443", "[x]:1", "a b:1", "a:0", "a:70000", "https://a:1"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
