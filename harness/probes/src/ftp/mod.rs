//! FTP control connections (RFC 959): what a server offers, and whether it lets a user in.

mod log_ins;
mod reply;

use assay_wire::{Error, Link, Permit, Result};
use serde::{Deserialize, Serialize};

use reply::read_reply;
pub use reply::{Reply, parse_reply};

pub use log_ins::{Attempt, LogIns, log_in};

/// What an FTP server says of itself before any log-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Features {
    /// The greeting.
    pub banner: Reply,
    /// The lines of the answer to `FEAT` (RFC 2389); none when it is not known there.
    pub features: Vec<String>,
    /// Whether `AUTH TLS` (RFC 4217) was taken up.
    pub auth_tls: bool,
}

/// Asks an FTP server what it offers.
///
/// # Errors
/// [`Error::Malformed`] when it is no FTP server; those of the connection.
pub async fn features(permit: &Permit) -> Result<Features> {
    let (mut link, banner) = greet(permit).await?;
    let feat = ask(&mut link, "FEAT").await?;
    let features = match feat.code {
        211 => match feat.lines.as_slice() {
            [_, between @ .., _] => between.iter().map(|line| line.trim().to_owned()).collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    let auth_tls = ask(&mut link, "AUTH TLS").await?.code == 234;
    Ok(Features { banner, features, auth_tls })
}

async fn greet(permit: &Permit) -> Result<(Link, Reply)> {
    let mut link = permit.tcp().await?;
    let banner = read_reply(&mut link).await?;
    match banner.code {
        220 => Ok((link, banner)),
        code => Err(Error::Malformed { peer: permit.peer(), what: format!("greeting with {code}, not 220: the service is not ready") }),
    }
}

async fn ask(link: &mut Link, command: &str) -> Result<Reply> {
    link.send(format!("{command}\r\n").as_bytes()).await?;
    read_reply(link).await
}

#[cfg(test)]
mod tests;
