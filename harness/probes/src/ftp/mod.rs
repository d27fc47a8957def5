//! FTP control connections (RFC 959): what a server offers, and whether it lets a user in.

mod reply;

use assay_wire::{Error, Link, Permit, Result};
use serde::{Deserialize, Serialize};

use crate::outcome::Accepted;
use reply::read_reply;
pub use reply::{Reply, parse_reply};

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

/// One log-in attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// How it went.
    pub accepted: Accepted,
    /// The last reply of the server.
    pub reply: Reply,
    /// Whether the server wanted a password; false when the user name was enough.
    pub asked_password: bool,
}

/// Asks an FTP server what it offers.
///
/// # Errors
/// [`Error::Malformed`] when it is no FTP server; those of the connection.
pub async fn features(permit: &Permit) -> Result<Features> {
    let (mut link, banner) = open(permit).await?;
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

/// Tries to log in. For anonymous access, the user is `anonymous` and the password anything like a mail address.
///
/// # Errors
/// [`Error::Budget`] when no failed log-in is left; [`Error::NotPermitted`] when user or password cannot be sent;
/// [`Error::Malformed`]; those of the connection.
pub async fn log_in(permit: &Permit, user: &str, password: &str) -> Result<Attempt> {
    if [user, password].iter().any(|text| text.contains(['\r', '\n', '\0'])) {
        return Err(Error::NotPermitted("a line end in a user name or password cannot be sent by FTP".to_owned()));
    }
    let (mut link, _) = open(permit).await?;
    permit.spend_login()?;
    let mut attempt = settle(ask(&mut link, &format!("USER {user}")).await?, false);
    if matches!(attempt.reply.code, 331) {
        attempt = settle(ask(&mut link, &format!("PASS {password}")).await?, true);
    }
    if attempt.accepted.is_accepted() {
        permit.return_login();
    }
    link.send(b"QUIT\r\n").await.ok();
    Ok(attempt)
}

fn settle(reply: Reply, asked_password: bool) -> Attempt {
    let text = reply.lines.join(" ").to_ascii_lowercase();
    let wants_tls = ["encrypt", "tls", "ssl", "secure"].iter().any(|word| text.contains(word));
    let accepted = match reply.code {
        230 | 232 | 202 => Accepted::Accepted,
        421 | 450 => Accepted::Throttled,
        430 | 500..=559 if !wants_tls => Accepted::Refused,
        _ => Accepted::Unclear(format!("{} {}", reply.code, reply.lines.join(" "))),
    };
    Attempt { accepted, reply, asked_password }
}

async fn open(permit: &Permit) -> Result<(Link, Reply)> {
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
mod tests {
    use super::*;
    use crate::testing::{permit, serve_lines};

    async fn server() -> u16 {
        let answer = |line: &str| match line {
            "FEAT" => "211-Features:\r\n AUTH TLS\r\n UTF8\r\n211 End\r\n".to_owned(),
            "AUTH TLS" => "234 go on\r\n".to_owned(),
            "USER open" => "230 in\r\n".to_owned(),
            "USER tls" => "530 encryption is needed\r\n".to_owned(),
            "PASS right" => "230-Hello\r\n230 in\r\n".to_owned(),
            _ if line.starts_with("USER") => "331 password?\r\n".to_owned(),
            _ => "530 no\r\n".to_owned(),
        };
        serve_lines("220 ready\r\n", answer).await
    }

    #[tokio::test]
    async fn what_is_offered() {
        let fact = features(&permit(server().await)).await.unwrap();
        assert_eq!((fact.features, fact.auth_tls), (vec!["AUTH TLS".to_owned(), "UTF8".to_owned()], true));
    }

    #[tokio::test]
    async fn log_ins() {
        let permit = permit(server().await);
        let before = permit.logins_left();
        assert_eq!(log_in(&permit, "a", "right").await.unwrap().accepted, Accepted::Accepted);
        assert!(!log_in(&permit, "open", "").await.unwrap().asked_password);
        assert_eq!(permit.logins_left(), before);
        assert_eq!(log_in(&permit, "a", "wrong").await.unwrap().accepted, Accepted::Refused);
        assert!(matches!(log_in(&permit, "tls", "").await.unwrap().accepted, Accepted::Unclear(_)));
        assert_eq!(permit.logins_left(), before - 2);
        assert!(matches!(log_in(&permit, "a\r\nDELE x", "").await, Err(Error::NotPermitted(_))));
    }

    #[tokio::test]
    async fn not_ftp() {
        let port = serve_lines("SSH-2.0-x\r\n", |_| String::new()).await;
        assert!(matches!(features(&permit(port)).await, Err(Error::Malformed { .. })));
    }
}
