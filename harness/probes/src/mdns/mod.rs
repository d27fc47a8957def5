//! Multicast DNS (RFC 6762), asked directly: which services a product announces.

mod packet;

use std::collections::BTreeSet;
use std::time::Duration;

use assay_wire::{Error, Permit, Result};
use serde::{Deserialize, Serialize};

pub use packet::{Data, Message, Record, parse};
use packet::{Kind, question};

/// The name under which all kinds of services are listed (RFC 6763, section 9).
const ALL_SERVICES: &str = "_services._dns-sd._udp.local";
/// Answers read to one question, and the wait for another one.
const ANSWERS: usize = 8;
const SETTLE: Duration = Duration::from_millis(500);
/// Names that are asked for, all together: own choice, several times what a product in a home announces.
const NAMES: usize = 64;
/// Records that are kept, all together, and bytes of answers.
const RECORDS: usize = 2_048;
const BYTES: usize = 1 << 20;

/// A service that is announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// The kind, such as `_http._tcp.local`.
    pub kind: String,
    /// The name of this one.
    pub name: String,
    /// The host, if it is told. Not followed.
    pub host: Option<String>,
    /// The port, if it is told.
    pub port: Option<u16>,
    /// The strings of its TXT record, if it has one.
    pub text: Option<Vec<String>>,
}

/// Why something that is announced may be missing in what was heard.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gap {
    /// There is more than is asked for, read or kept: of what.
    CutOff(String),
    /// A name of which not all was told that must be: the names that a kind stands for, a service's host and text, a host's
    /// address.
    Unanswered(String),
    /// The name that was asked for with an answer that cannot be read.
    Malformed(String),
}

/// All that a product announces.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Announced {
    /// The kinds of services.
    pub kinds: BTreeSet<String>,
    /// The services.
    pub services: Vec<Service>,
    /// Every record that was seen.
    pub records: BTreeSet<Record>,
    /// Why there may be more; none when all of it was heard.
    pub gaps: BTreeSet<Gap>,
    /// Every answer as it came, after the name that was asked for: it may hold more than its records tell.
    #[serde(skip)]
    pub messages: Vec<(String, Vec<u8>)>,
}

/// Asks for one name and collects all answers, as they are. Silence is an error.
///
/// # Errors
/// [`Error::TimedOut`], [`Error::Refused`]; [`Error::NotPermitted`] for a name that DNS cannot carry.
pub async fn query(permit: &Permit, name: &str) -> Result<Vec<Vec<u8>>> {
    let mut datagrams = permit.udp().await?;
    let too_long = || Error::NotPermitted(format!("`{name}` is no name that DNS can carry"));
    let kinds = [Kind::Pointer, Kind::Service, Kind::Text, Kind::Address, Kind::Any];
    datagrams.send(&question(name, &kinds).ok_or_else(too_long)?).await?;
    let mut answers = Vec::new();
    while answers.len() < ANSWERS {
        match datagrams.receive().await {
            Ok(bytes) => {
                answers.push(bytes);
                datagrams.set_patience(SETTLE.min(permit.deadlines().answer));
            }
            Err(error) if answers.is_empty() || error.is_ours() => return Err(error),
            Err(_) => break,
        }
    }
    Ok(answers)
}

/// Asks for all kinds of services, then for the services of each kind, then for their details and their hosts.
///
/// # Errors
/// As [`query`], when the first question is not answered. What goes wrong later is a [`Gap`].
pub async fn announced(permit: &Permit) -> Result<Announced> {
    let mut ear = Ear { permit, asked: BTreeSet::new(), all: Announced::default() };
    ear.ask(ALL_SERVICES).await?;
    let kinds = ear.targets(ALL_SERVICES);
    for kind in &kinds {
        ear.ask(kind).await?;
        for name in ear.targets(kind) {
            let mut service = ear.describe(kind, &name);
            if !service.is_whole() {
                ear.ask(&name).await?;
                service = ear.describe(kind, &name);
            }
            ear.demand(service.is_whole(), &name);
            ear.all.services.push(service);
        }
    }
    let hosts: BTreeSet<String> = ear.all.services.iter().filter_map(|service| service.host.clone()).collect();
    for host in &hosts {
        if !ear.has_address(host) {
            ear.ask(host).await?;
        }
        ear.demand(ear.has_address(host), host);
    }
    Ok(Announced { kinds, ..ear.all })
}

impl Service {
    /// Whether all that a service must have was told (RFC 6763, section 6: a TXT record beside the SRV record).
    const fn is_whole(&self) -> bool {
        self.host.is_some() && self.text.is_some()
    }
}

/// What has been asked and heard so far.
struct Ear<'p> {
    permit: &'p Permit,
    asked: BTreeSet<String>,
    all: Announced,
}

impl Ear<'_> {
    /// Asks for a name and keeps what is told. Silence adds nothing, unless nothing was ever heard.
    async fn ask(&mut self, name: &str) -> Result<()> {
        if self.asked.contains(name) {
            return Ok(());
        }
        if self.asked.len() >= NAMES {
            self.cut_off(format!("more than {NAMES} names to ask for"));
            return Ok(());
        }
        self.asked.insert(name.to_owned());
        match query(self.permit, name).await {
            Ok(answers) => {
                if answers.len() >= ANSWERS {
                    self.cut_off(format!("{ANSWERS} answers or more about `{name}`"));
                }
                for bytes in answers {
                    self.take(name, bytes);
                }
            }
            Err(error) if self.all.messages.is_empty() => return Err(error),
            Err(error) if error.is_ours() && !matches!(error, Error::NotPermitted(_)) => return Err(error),
            Err(_) => {}
        }
        Ok(())
    }

    fn take(&mut self, name: &str, bytes: Vec<u8>) {
        if self.all.messages.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() + bytes.len() > BYTES {
            return self.cut_off(format!("more than {BYTES} bytes of answers"));
        }
        match parse(&bytes) {
            Ok(message) => {
                if message.cut {
                    self.cut_off(format!("a message about `{name}` that holds or lacks more than is read"));
                }
                for record in message.records {
                    self.keep(record);
                }
            }
            Err(_) => {
                self.all.gaps.insert(Gap::Malformed(name.to_owned()));
            }
        }
        self.all.messages.push((name.to_owned(), bytes));
    }

    fn keep(&mut self, record: Record) {
        if self.all.records.len() < RECORDS {
            self.all.records.insert(record);
        } else if !self.all.records.contains(&record) {
            self.cut_off(format!("more than {RECORDS} records"));
        }
    }

    fn cut_off(&mut self, of: String) {
        self.all.gaps.insert(Gap::CutOff(of));
    }

    /// Notes that something is missing unless it was told.
    fn demand(&mut self, told: bool, name: &str) {
        if !told {
            self.all.gaps.insert(Gap::Unanswered(name.to_owned()));
        }
    }

    fn about<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Record> {
        self.all.records.iter().filter(move |record| record.is_named(name))
    }

    fn has_address(&self, host: &str) -> bool {
        self.about(host).any(|record| matches!(record.data, Data::Address(_)))
    }

    /// The names that a name stands for, of which there must be one.
    fn targets(&mut self, name: &str) -> BTreeSet<String> {
        let target = |record: &Record| match &record.data {
            Data::Pointer(target) => Some(target.clone()),
            _ => None,
        };
        let targets: BTreeSet<String> = self.about(name).filter_map(target).collect();
        self.demand(!targets.is_empty(), name);
        targets
    }

    fn describe(&self, kind: &str, name: &str) -> Service {
        let mut service = Service { kind: kind.to_owned(), name: name.to_owned(), host: None, port: None, text: None };
        for record in self.about(name) {
            match &record.data {
                Data::Service { host, port } => (service.host, service.port) = (Some(host.clone()), Some(*port)),
                Data::Text(strings) => service.text = Some(strings.clone()),
                _ => {}
            }
        }
        service
    }
}

#[cfg(test)]
mod tests;
