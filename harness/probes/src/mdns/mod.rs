//! Multicast DNS (RFC 6762), asked directly: which services a product announces.

mod packet;

use std::collections::BTreeSet;
use std::time::Duration;

use assay_wire::{Error, Permit, Result};
use serde::{Deserialize, Serialize};

pub use packet::{Data, Record, parse};
use packet::{Kind, question};

/// The name under which all kinds of services are listed (RFC 6763, section 9).
const ALL_SERVICES: &str = "_services._dns-sd._udp.local";
/// Answers read to one question, and the wait for another one.
const ANSWERS: usize = 8;
const SETTLE: Duration = Duration::from_millis(500);
/// Kinds of services, and services of one kind, that are followed.
const FOLLOWED: usize = 32;

/// A service that is announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// The kind, such as `_http._tcp.local`.
    pub kind: String,
    /// The name of this one.
    pub name: String,
    /// The host, if it is told.
    pub host: Option<String>,
    /// The port, if it is told.
    pub port: Option<u16>,
    /// The strings of its TXT record.
    pub text: Vec<String>,
}

/// All that a product announces.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Announced {
    /// The kinds of services.
    pub kinds: Vec<String>,
    /// The services.
    pub services: Vec<Service>,
    /// Every record that was seen.
    pub records: Vec<Record>,
}

/// Asks for one name and collects the records of all answers. Silence is an error.
///
/// # Errors
/// [`Error::TimedOut`], [`Error::Refused`]; [`Error::Malformed`] when an answer cannot be read; [`Error::NotPermitted`]
/// for a name that DNS cannot carry.
pub async fn query(permit: &Permit, name: &str) -> Result<Vec<Record>> {
    let mut datagrams = permit.udp().await?;
    let too_long = || Error::NotPermitted(format!("`{name}` is no name that DNS can carry"));
    let request = question(name, &[Kind::Pointer, Kind::Service, Kind::Text, Kind::Address]).ok_or_else(too_long)?;
    datagrams.send(&request).await?;
    let mut records: Vec<Record> = Vec::new();
    for heard in 0..ANSWERS {
        match datagrams.receive().await {
            Ok(bytes) => {
                let new = parse(&bytes).map_err(|what| Error::Malformed { peer: permit.peer(), what })?;
                records.extend(new.into_iter().filter(|record| !records.contains(record)).collect::<Vec<_>>());
                datagrams.set_patience(SETTLE.min(permit.deadlines().answer));
            }
            Err(Error::TimedOut { .. }) if heard > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(records)
}

/// Asks for all kinds of services, then for the services of each kind and of `more_kinds`, then for their details.
///
/// # Errors
/// As [`query`], when not even one of the first questions is answered.
pub async fn announced(permit: &Permit, more_kinds: &[&str]) -> Result<Announced> {
    let first = query(permit, ALL_SERVICES).await;
    let mut records = first.clone().unwrap_or_default();
    let mut kinds: BTreeSet<String> = pointers(&records, ALL_SERVICES).collect();
    kinds.extend(more_kinds.iter().map(|kind| (*kind).to_owned()));
    let mut services = Vec::new();
    for kind in kinds.iter().take(FOLLOWED) {
        look_up(permit, kind, &mut records).await?;
        let names: Vec<String> = pointers(&records, kind).take(FOLLOWED).collect();
        for name in names {
            if !records.iter().any(|record| record.is_named(&name)) {
                look_up(permit, &name, &mut records).await?;
            }
            services.push(describe(kind, &name, &records));
        }
    }
    if records.is_empty() {
        first?;
    }
    Ok(Announced { kinds: kinds.into_iter().collect(), services, records })
}

/// Adds what is told of a name; silence adds nothing.
async fn look_up(permit: &Permit, name: &str, records: &mut Vec<Record>) -> Result<()> {
    match query(permit, name).await {
        Ok(new) => {
            for record in new {
                if !records.contains(&record) {
                    records.push(record);
                }
            }
            Ok(())
        }
        Err(Error::TimedOut { .. } | Error::NotPermitted(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

fn pointers<'a>(records: &'a [Record], name: &'a str) -> impl Iterator<Item = String> + 'a {
    let target = |record: &Record| match &record.data {
        Data::Pointer(target) => Some(target.clone()),
        _ => None,
    };
    let unique: BTreeSet<String> = records.iter().filter(|record| record.is_named(name)).filter_map(target).collect();
    unique.into_iter()
}

fn describe(kind: &str, name: &str, records: &[Record]) -> Service {
    let mut service = Service { kind: kind.to_owned(), name: name.to_owned(), host: None, port: None, text: Vec::new() };
    for record in records.iter().filter(|record| record.is_named(name)) {
        match &record.data {
            Data::Service { host, port } => (service.host, service.port) = (Some(host.clone()), Some(*port)),
            Data::Text(strings) => service.text.clone_from(strings),
            _ => {}
        }
    }
    service
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{permit, serve_udp};

    /// A responder with one web service; details come only when asked for.
    fn responder(request: &[u8]) -> Vec<Vec<u8>> {
        let asked = String::from_utf8_lossy(request).into_owned();
        let (name, rest): (&[u8], &[u8]) = if asked.contains("_services") {
            (b"\x09_services\x07_dns-sd\x04_udp\x05local\0", b"\0\x0c\0\x01\0\0\0\x0a\0\x12\x05_http\x04_tcp\x05local\0")
        } else if asked.contains("washer") {
            (b"\x06washer\x05_http\x04_tcp\x05local\0", b"\0\x21\x80\x01\0\0\0\x0a\0\x0f\0\0\0\0\x1f\x90\x01w\x05local\0")
        } else {
            (b"\x05_http\x04_tcp\x05local\0", b"\0\x0c\0\x01\0\0\0\x0a\0\x09\x06washer\xc0\x0c")
        };
        vec![[b"\0\0\x84\0\0\0\0\x01\0\0\0\0", name, rest].concat()]
    }

    #[tokio::test]
    async fn services_are_followed() {
        let all = announced(&permit(serve_udp(responder).await), &[]).await.unwrap();
        assert_eq!(all.kinds, ["_http._tcp.local"]);
        let expected = Service {
            kind: "_http._tcp.local".into(),
            name: "washer._http._tcp.local".into(),
            host: Some("w.local".into()),
            port: Some(8080),
            text: vec![],
        };
        assert_eq!(all.services, [expected]);
    }

    #[tokio::test]
    async fn silence_is_an_error() {
        let mute = serve_udp(|_| vec![]).await;
        assert!(matches!(announced(&permit(mute), &[]).await, Err(Error::TimedOut { .. })));
    }
}
