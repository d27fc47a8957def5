//! Log-ins on control connections: several on one where the server allows it, and inside TLS where it asks for that.

use assay_wire::{Error, Link, Permit, Result, TlsOptions, Turn};
use serde::{Deserialize, Serialize};

use crate::attempts::{Door, Knock, Load};
use crate::outcome::Accepted;

use super::reply::Reply;
use super::{ask, greet};

/// The most attempts on one connection; servers hang up earlier or never.
const MOST: u8 = 6;

/// One log-in attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// How it went.
    pub accepted: Accepted,
    /// The last reply of the server.
    pub reply: Reply,
    /// Whether the server wanted a password; false when the user name was enough.
    pub asked_password: bool,
    /// Whether it was inside TLS, because the server would not have it otherwise.
    pub tls: bool,
}

/// The log-in of an FTP server.
#[derive(Debug)]
pub struct LogIns {
    permit: Permit,
    standing: Option<Link>,
    load: Load,
    tls: bool,
}

/// Tries to log in, and says goodbye. For anonymous access, the user is `anonymous` and the password anything like a
/// mail address.
///
/// # Errors
/// As [`LogIns::log_in`].
pub async fn log_in(permit: &Permit, user: &str, password: &str) -> Result<Attempt> {
    let mut log_ins = LogIns::new(permit.clone());
    let attempt = log_ins.log_in(user, password).await;
    if let Some(link) = log_ins.standing.take() {
        quit(link).await;
    }
    attempt
}

impl LogIns {
    /// Log-ins under this permit.
    pub fn new(permit: Permit) -> Self {
        Self { permit, standing: None, load: Load::of(MOST), tls: false }
    }

    /// Tries to log in; again on a new connection when the standing one turns out to carry fewer attempts, and inside TLS
    /// when the server asks for it.
    ///
    /// # Errors
    /// [`Error::Budget`] when no failed log-in is left; [`Error::NotPermitted`] when user or password cannot be sent;
    /// [`Error::Malformed`]; those of the connection.
    pub async fn log_in(&mut self, user: &str, password: &str) -> Result<Attempt> {
        if [user, password].iter().any(|text| text.contains(['\r', '\n', '\0'])) {
            return Err(Error::NotPermitted("a line end in a user name or password cannot be sent by FTP".to_owned()));
        }
        loop {
            let mut turn = self.permit.turn_to_log_in().await?;
            turn.send()?;
            match self.attempt(user, password).await {
                Ok(attempt) if wants_tls(&attempt.reply) && !self.tls => {
                    turn.unsent();
                    self.tls = true;
                }
                Ok(attempt) => {
                    end(turn, &attempt.accepted);
                    return Ok(attempt);
                }
                Err(Error::Closed(_) | Error::Reset(_)) if self.load.cut_short() => drop(turn),
                Err(error) => return Err(error),
            }
        }
    }

    async fn attempt(&mut self, user: &str, password: &str) -> Result<Attempt> {
        let (mut link, reply) = self.name(user).await?;
        let mut attempt = settle(reply, false, self.tls);
        if attempt.reply.code == 331 {
            self.load.add();
            attempt = settle(ask(&mut link, &format!("PASS {password}")).await?, true, self.tls);
        }
        if attempt.accepted == Accepted::Refused && attempt.asked_password && self.load.left() > 0 {
            self.standing = Some(link);
        } else {
            quit(link).await;
        }
        Ok(attempt)
    }

    /// Gives the user's name, on the standing connection if that takes one more.
    async fn name(&mut self, user: &str) -> Result<(Link, Reply)> {
        let command = format!("USER {user}");
        if let Some(mut link) = self.standing.take() {
            match ask(&mut link, &command).await {
                Ok(reply) if matches!(reply.code, 230 | 331) => return Ok((link, reply)),
                Ok(_) | Err(Error::Closed(_) | Error::Reset(_)) => self.load.fill(),
                Err(error) => return Err(error),
            }
        }
        let mut link = self.open().await?;
        self.load.begin();
        let reply = ask(&mut link, &command).await?;
        Ok((link, reply))
    }

    async fn open(&self) -> Result<Link> {
        let (mut link, _) = greet(&self.permit).await?;
        if !self.tls {
            return Ok(link);
        }
        let reply = ask(&mut link, "AUTH TLS").await?;
        if reply.code == 234 {
            return self.permit.start_tls(link, &TlsOptions::default()).await;
        }
        let what = format!("it asks for TLS, and answers AUTH TLS with {} {}", reply.code, reply.lines.join(" "));
        Err(Error::Malformed { peer: self.permit.peer(), what })
    }
}

impl Door for LogIns {
    fn knock<'a>(&'a mut self, user: &'a str, password: &'a str) -> Knock<'a> {
        Box::pin(async move { Ok(self.log_in(user, password).await?.accepted) })
    }

    fn hang_up(&mut self) {
        self.standing = None;
    }
}

async fn quit(mut link: Link) {
    link.send(b"QUIT\r\n").await.ok();
}

fn end(turn: Turn, accepted: &Accepted) {
    match accepted {
        Accepted::Accepted => turn.accepted(),
        Accepted::Refused => turn.refused(),
        Accepted::Throttled(_) | Accepted::Unclear(_) => drop(turn),
    }
}

/// Whether a refusal is for want of TLS, by its code (RFC 4217 section 12.4) or its words.
fn wants_tls(reply: &Reply) -> bool {
    let text = reply.lines.join(" ").to_ascii_lowercase();
    reply.code >= 400 && (reply.code == 534 || ["encrypt", "tls", "ssl", "secure"].iter().any(|word| text.contains(word)))
}

/// A reply to `USER` or `PASS`. That a command is not known or out of order (500 to 504) is not about the password.
fn settle(reply: Reply, asked_password: bool, tls: bool) -> Attempt {
    let words = || format!("{} {}", reply.code, reply.lines.join(" "));
    let accepted = match reply.code {
        230 | 232 | 202 => Accepted::Accepted,
        421 | 450 => Accepted::Throttled(format!("answer {}", words())),
        430 | 505..=559 if !wants_tls(&reply) => Accepted::Refused,
        _ => Accepted::Unclear(words()),
    };
    Attempt { accepted, reply, asked_password, tls }
}
