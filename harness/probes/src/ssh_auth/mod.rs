//! SSH user authentication (RFC 4252): the methods that are offered, and whether a password lets a user in.
//!
//! Any host key is taken, and its fingerprint noted; algorithms long deprecated are offered too, so that a weak server
//! can still be spoken to.

mod session;

use assay_wire::{Error, Permit, Result, Turn};
use serde::{Deserialize, Serialize};

use crate::attempts::{Door, Knock, Load};
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
    user: String,
    load: Load,
    /// Whether no other attempt can follow: the server hung up, or let the user in.
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
        Ok(Self { session, permit: permit.clone(), fact, user: user.to_owned(), load: Load::of(MOST_ATTEMPTS), closed: false })
    }

    /// What was learned when the connection was opened.
    pub fn fact(&self) -> &MethodsFact {
        &self.fact
    }

    /// Attempts that can still be made on this connection.
    pub fn left(&self) -> u8 {
        if self.closed { 0 } else { self.load.left() }
    }

    /// Tries a password, by the method `password`, or by `keyboard-interactive` when only that is offered.
    ///
    /// # Errors
    /// [`Error::Budget`] when no failed log-in, or no attempt on this connection, is left; [`Error::Closed`] when the
    /// server hangs up without saying that it was for too many failures; [`Error::TimedOut`].
    pub async fn password(&mut self, password: &str) -> Result<Attempt> {
        let turn = self.permit.turn_to_log_in().await?;
        self.password_in(turn, password).await
    }

    async fn password_in(&mut self, mut turn: Turn, password: &str) -> Result<Attempt> {
        if self.fact.none_accepted {
            turn.unsent();
            return Ok(Attempt::without_sending(Accepted::Unclear("the user is let in without any credential".to_owned())));
        }
        let offers = |name: &str| self.fact.methods.iter().any(|method| method == name);
        let method = match (offers("password"), offers("keyboard-interactive")) {
            (true, _) => "password",
            (false, true) => "keyboard-interactive",
            (false, false) => {
                turn.unsent();
                return Ok(Attempt::without_sending(Accepted::Refused));
            }
        };
        if self.left() == 0 {
            return Err(Error::Budget(format!("no attempt is left on this connection to {}: open another", self.permit.peer())));
        }
        turn.send()?;
        self.load.add();
        let mut prompts = Vec::new();
        let answer = if method == "password" {
            self.session.password(password).await?
        } else {
            self.session.interactive(password, &mut prompts).await?
        };
        let accepted = self.judge(answer)?;
        let closed = self.closed;
        match accepted {
            Accepted::Accepted => {
                turn.accepted();
                self.closed = true;
            }
            Accepted::Refused => turn.refused(),
            Accepted::Throttled(_) | Accepted::Unclear(_) => drop(turn),
        }
        Ok(Attempt { accepted, method: Some(method.to_owned()), prompts, closed })
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
                let words = self.session.seen().goodbye.unwrap_or_default().to_ascii_lowercase();
                if !["authentication", "auth tries", "too many"].iter().any(|each| words.contains(each)) {
                    return Err(self.session.hung_up());
                }
                Accepted::Refused
            }
        })
    }
}

/// Log-ins with passwords: as many on one connection as the server allows, at most [`MOST_ATTEMPTS`].
#[derive(Debug)]
pub struct LogIns {
    permit: Permit,
    standing: Option<Attempts>,
    load: Load,
}

impl LogIns {
    /// Log-ins under this permit.
    pub fn new(permit: Permit) -> Self {
        Self { permit, standing: None, load: Load::of(MOST_ATTEMPTS) }
    }

    /// Tries a password; again on a new connection when the standing one turns out to carry fewer attempts.
    async fn attempt(&mut self, user: &str, password: &str) -> Result<Accepted> {
        loop {
            let turn = self.permit.turn_to_log_in().await?;
            let mut standing = self.connection(user).await?;
            let tried = standing.password_in(turn, password).await;
            self.load = standing.load;
            match tried {
                Ok(attempt) if attempt.accepted == Accepted::Refused && standing.left() > 0 => {
                    self.standing = Some(standing);
                    return Ok(Accepted::Refused);
                }
                Ok(attempt) => {
                    standing.close().await;
                    return Ok(attempt.accepted);
                }
                Err(Error::Closed(_) | Error::Reset(_)) if self.load.cut_short() => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The standing connection, if it is this user's and carries one more attempt; a new one otherwise. A server does not
    /// allow that the user changes.
    async fn connection(&mut self, user: &str) -> Result<Attempts> {
        if let Some(standing) = self.standing.take() {
            if standing.user == user && standing.left() > 0 {
                return Ok(standing);
            }
            standing.close().await;
        }
        let mut opened = Attempts::open(&self.permit, user).await?;
        self.load.begin();
        opened.load = self.load;
        Ok(opened)
    }
}

impl Door for LogIns {
    fn knock<'a>(&'a mut self, user: &'a str, password: &'a str) -> Knock<'a> {
        Box::pin(self.attempt(user, password))
    }

    fn hang_up(&mut self) {
        self.standing = None;
    }
}

impl Attempt {
    fn without_sending(accepted: Accepted) -> Self {
        Self { accepted, method: None, prompts: Vec::new(), closed: false }
    }
}

#[cfg(test)]
mod tests;
