//! SSH user authentication (RFC 4252): the methods that are offered, and whether a password lets a user in.
//!
//! Any host key is taken, and its fingerprint noted; algorithms long deprecated are offered too, so that a weak server
//! can still be spoken to.

mod session;

use assay_wire::{Error, Permit, Result};
use serde::{Deserialize, Serialize};

use crate::outcome::Accepted;
use session::{Answer, Session};

/// The most attempts on one connection; many servers hang up at the sixth failure.
pub const MOST_ATTEMPTS: u8 = 6;

/// How a server lets users authenticate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodsFact {
    /// The methods it offers, by their names in the protocol: `publickey`, `password`, `keyboard-interactive`, ...
    pub methods: Vec<String>,
    /// Whether the user was let in without any credential.
    pub none_accepted: bool,
    /// The text that is shown before log-in, if any; at most 1024 characters.
    pub banner: Option<String>,
    /// The fingerprint of the host key, `SHA256:` and base64.
    pub host_key: Option<String>,
    /// The algorithm of the host key: `ssh-ed25519`, `ssh-rsa`, ...
    pub host_key_algorithm: Option<String>,
}

/// One attempt with a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// How it went.
    pub accepted: Accepted,
    /// The method: `password` or `keyboard-interactive`. Absent when the server offers neither; then nothing was sent,
    /// and the password counts as refused.
    pub method: Option<String>,
    /// What a `keyboard-interactive` server asked for.
    pub prompts: Vec<String>,
    /// Whether the server hung up after this attempt.
    pub closed: bool,
}

/// A connection on which several passwords of one user can be tried.
#[derive(Debug)]
pub struct Attempts {
    session: Session,
    permit: Permit,
    fact: MethodsFact,
    made: u8,
    closed: bool,
}

/// Asks a server which methods of authentication it offers to this user, by the method `none`.
///
/// # Errors
/// [`Error::Handshake`] when no key exchange comes about; [`Error::Closed`], [`Error::TimedOut`] and those of the
/// connection.
pub async fn methods(permit: &Permit, user: &str) -> Result<MethodsFact> {
    let attempts = Attempts::open(permit, user).await?;
    let fact = attempts.fact.clone();
    attempts.close().await;
    Ok(fact)
}

/// Tries one password on a connection of its own.
///
/// # Errors
/// As [`methods`], and [`Error::Budget`] when no failed log-in is left.
pub async fn log_in(permit: &Permit, user: &str, password: &str) -> Result<Attempt> {
    let mut attempts = Attempts::open(permit, user).await?;
    let attempt = attempts.password(password).await;
    attempts.close().await;
    attempt
}

impl Attempts {
    /// Connects, and asks for the methods offered to this user.
    ///
    /// # Errors
    /// As [`methods`].
    pub async fn open(permit: &Permit, user: &str) -> Result<Self> {
        let mut session = Session::open(permit, user).await?;
        let answer = session.none().await?;
        if answer == Answer::HungUp {
            return Err(session.hung_up());
        }
        let seen = session.seen();
        let (methods, none_accepted) = match answer {
            Answer::Refused { methods, .. } => (methods, false),
            _ => (Vec::new(), true),
        };
        let fact = MethodsFact {
            methods,
            none_accepted,
            banner: seen.banner,
            host_key: seen.host_key,
            host_key_algorithm: seen.host_key_algorithm,
        };
        Ok(Self { session, permit: permit.clone(), fact, made: 0, closed: false })
    }

    /// What was learned when the connection was opened.
    pub fn fact(&self) -> &MethodsFact {
        &self.fact
    }

    /// Attempts that can still be made on this connection.
    pub fn left(&self) -> u8 {
        if self.closed { 0 } else { MOST_ATTEMPTS.saturating_sub(self.made) }
    }

    /// Tries a password, by the method `password`, or by `keyboard-interactive` when only that is offered.
    ///
    /// # Errors
    /// [`Error::Budget`] when no failed log-in, or no attempt on this connection, is left; [`Error::Closed`] when the
    /// server hangs up at the first attempt without a word; [`Error::TimedOut`].
    pub async fn password(&mut self, password: &str) -> Result<Attempt> {
        if self.fact.none_accepted {
            return Ok(Attempt::without_sending(Accepted::Unclear("the user is let in without any credential".to_owned())));
        }
        let offers = |name: &str| self.fact.methods.iter().any(|method| method == name);
        let method = match (offers("password"), offers("keyboard-interactive")) {
            (true, _) => "password",
            (false, true) => "keyboard-interactive",
            (false, false) => return Ok(Attempt::without_sending(Accepted::Refused)),
        };
        if self.left() == 0 {
            return Err(Error::Budget(format!("no attempt is left on this connection to {}: open another", self.permit.peer())));
        }
        self.permit.spend_login()?;
        self.made += 1;
        let mut prompts = Vec::new();
        let answer = if method == "password" {
            self.session.password(password).await?
        } else {
            self.session.interactive(password, &mut prompts).await?
        };
        let accepted = self.judge(answer)?;
        if accepted.is_accepted() {
            self.permit.return_login();
            self.made = MOST_ATTEMPTS;
        }
        Ok(Attempt { accepted, method: Some(method.to_owned()), prompts, closed: self.closed })
    }

    /// Says goodbye and hangs up.
    pub async fn close(self) {
        self.session.close().await;
    }

    fn judge(&mut self, answer: Answer) -> Result<Accepted> {
        Ok(match answer {
            Answer::Accepted => Accepted::Accepted,
            Answer::Refused { partial: false, .. } => Accepted::Refused,
            Answer::Refused { methods, .. } => {
                Accepted::Unclear(format!("the password was taken, and more is asked for: {}", methods.join(", ")))
            }
            Answer::HungUp => {
                self.closed = true;
                let text = self.session.seen().goodbye.unwrap_or_default();
                if self.made < 2 && !text.to_ascii_lowercase().contains("authentication") {
                    return Err(self.session.hung_up());
                }
                Accepted::Refused
            }
        })
    }
}

impl Attempt {
    fn without_sending(accepted: Accepted) -> Self {
        Self { accepted, method: None, prompts: Vec::new(), closed: false }
    }
}

#[cfg(test)]
mod tests;
