//! Certificate chains of an answer, taken apart.

use std::path::PathBuf;

use assay_probes::tls::Chain;
use assay_probes::x509::{self, Certificate, Validation};
use clap::Args;
use serde::Serialize;
use time::OffsetDateTime;

use crate::failure::Failure;

/// The longest file of anchors that is read, in bytes.
const LONGEST_FILE: u64 = 16 << 20;
const DAY: i64 = 86_400;

/// What chains are held against.
#[derive(Debug, Args)]
pub(crate) struct Trust {
    /// A PEM file of the anchors that the certificates should lead to
    #[arg(long = "trust", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Trust {
    /// The anchors, in DER; none where no file was named.
    pub(crate) fn anchors(&self) -> Result<Vec<Vec<u8>>, Failure> {
        let Some(path) = &self.file else { return Ok(Vec::new()) };
        let bad = |why: String| Failure::usage(format!("{}: {why}", path.display()));
        if std::fs::metadata(path).map_err(|error| bad(error.to_string()))?.len() > LONGEST_FILE {
            return Err(bad(format!("is longer than {LONGEST_FILE} bytes")));
        }
        let pem = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
        x509::pem_to_der(&pem).map_err(bad)
    }
}

/// Facts with the chains in them taken apart.
#[derive(Debug, Serialize)]
pub(crate) struct Told<F> {
    #[serde(flatten)]
    pub(crate) facts: F,
    pub(crate) certificates: Vec<Opened>,
}

/// One chain.
#[derive(Debug, Serialize)]
pub(crate) struct Opened {
    version: String,
    asked: String,
    named: bool,
    /// From the first moment of the leaf's validity to the last.
    lifetime_days: Option<i64>,
    validation: Validation,
    /// As shown, leaf first; what cannot be read tells why.
    chain: Vec<Result<Certificate, String>>,
}

/// Takes the chains apart, and holds them against the name, the time and the anchors.
pub(crate) fn open(chains: &[Chain], name: &str, anchors: &[Vec<u8>]) -> Vec<Opened> {
    let one = |chain: &Chain| {
        let der = chain.to_der();
        let read: Vec<_> = der.iter().map(|each| x509::parse(each)).collect();
        let lifetime = |leaf: &Certificate| leaf.not_after.saturating_sub(leaf.not_before) / DAY;
        Opened {
            version: chain.version.clone(),
            asked: chain.asked.clone(),
            named: chain.named,
            lifetime_days: read.first().and_then(|leaf| leaf.as_ref().ok()).map(lifetime),
            validation: x509::validate(&der, anchors, name, assay_engine::unix_now()),
            chain: read,
        }
    };
    chains.iter().map(one).collect()
}

/// The lines of a table.
pub(crate) fn lines(chains: &[Opened]) -> impl Iterator<Item = String> + '_ {
    chains.iter().flat_map(|opened| {
        let asked = if opened.named { "for the name asked for" } else { "for no name" };
        let found = &opened.validation;
        let path = match &found.chain_to_anchor {
            Ok(()) => "leads to an anchor",
            Err(why) => why.as_str(),
        };
        let sum = format!(
            "  chain in {:<15} key: {}, {asked}; {path}; in time: {}, carries the name: {}, may be a server's: {}, in order: {}",
            opened.version,
            opened.asked,
            word(found.in_time),
            word(found.name_matches),
            word(found.server_auth),
            word(found.order_ok),
        );
        std::iter::once(sum).chain(opened.chain.iter().map(|each| format!("{:27}{}", "", certificate(each))))
    })
}

fn certificate(read: &Result<Certificate, String>) -> String {
    let found = match read {
        Ok(found) => found,
        Err(why) => return format!("cannot be read: {why}"),
    };
    let names = found.dns_names.iter().cloned().chain(found.ip_addresses.iter().map(ToString::to_string)).collect::<Vec<_>>().join(" ");
    let kind = if found.self_signed { "signed by itself" } else { "signed" };
    let key = match &found.key.curve {
        Some(curve) => format!("{} {curve}", found.key.algorithm),
        None => format!("{} {} bits", found.key.algorithm, found.key.bits),
    };
    let names = if names.is_empty() { String::new() } else { format!(", for {names}") };
    let subject = &found.subject;
    format!("{subject}: {key}, {kind} with {}, {} to {}{names}", found.signature_algorithm, day(found.not_before), day(found.not_after))
}

fn day(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds).map_or_else(|_| "?".to_owned(), |time| time.date().to_string())
}

const fn word(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}
