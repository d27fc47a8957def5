//! Log-ins at the prompts of a service: the next one on the same connection where it asks again.

use assay_wire::{Error, Permit, Result};

use crate::attempts::{Door, Knock, Load};
use crate::outcome::Accepted;
use crate::text::escaped;

use super::dialogue::Dialogue;
use super::{Attempt, End, Trial};

/// The most attempts on one connection; services hang up earlier or never.
const MOST: u8 = 6;
/// Bytes kept of what was said after the last answer.
const SAID: usize = 512;

/// The log-in of a Telnet service.
pub struct LogIns {
    permit: Permit,
    standing: Option<(Dialogue, String)>,
    load: Load,
}

impl LogIns {
    /// Log-ins under this permit.
    pub fn new(permit: Permit) -> Self {
        Self { permit, standing: None, load: Load::of(MOST) }
    }

    /// Tries to log in; again on a new connection when the standing one turns out to carry fewer attempts. Without a user,
    /// only a question for a password is answered.
    ///
    /// # Errors
    /// [`Error::Budget`] when no failed log-in is left; [`Error::NotPermitted`] when user or password cannot be typed;
    /// [`Error::TooLong`] when the service does not stop talking; those of the connection.
    pub async fn log_in(&mut self, user: Option<&str>, password: &str) -> Result<Attempt> {
        if [user.unwrap_or_default(), password].iter().any(|text| text.contains(['\r', '\n', '\0'])) {
            return Err(Error::NotPermitted("a line end in a user name or password cannot be typed".to_owned()));
        }
        loop {
            let tried = self.attempt(user, password).await;
            let silent = matches!(tried, Ok((_, true)) | Err(Error::Closed(_) | Error::Reset(_)));
            // what was tried before on the connection shows that it is the number, not the password
            if !(silent && self.load.cut_short()) {
                return tried.map(|(attempt, _)| attempt);
            }
        }
    }

    /// One attempt, and whether the service hung up without a word about it.
    async fn attempt(&mut self, user: Option<&str>, password: &str) -> Result<(Attempt, bool)> {
        let turn = self.permit.turn_to_log_in().await?;
        let (mut dialogue, heard) = if let Some((dialogue, heard)) = self.standing.take() {
            (dialogue, Some(heard))
        } else {
            self.load.begin();
            (Dialogue::open(&self.permit).await?, None)
        };
        self.load.add();
        let mut trial = Trial { dialogue: &mut dialogue, turn, prompts: Vec::new(), spent: false, named: false };
        let end = trial.go(heard, user, password).await?;
        let Trial { turn, prompts, spent, .. } = trial;
        let End { accepted, shell_proven, asks_again, hung_up } = end;
        match accepted {
            Accepted::Accepted => turn.accepted(),
            Accepted::Refused => turn.refused(),
            Accepted::Throttled(_) | Accepted::Unclear(_) => drop(turn),
        }
        let said = escaped(dialogue.last_bytes(SAID), SAID);
        let shell_without_login = accepted.is_accepted() && !spent;
        if accepted.is_accepted() {
            dialogue.send_line("exit").await.ok();
        } else if let Some(text) = asks_again.filter(|_| self.load.left() > 0) {
            self.standing = Some((dialogue, text));
        }
        Ok((Attempt { accepted, prompts, shell_without_login, shell_proven, said }, hung_up))
    }
}

impl Door for LogIns {
    fn knock<'a>(&'a mut self, user: &'a str, password: &'a str) -> Knock<'a> {
        Box::pin(async move {
            let attempt = self.log_in(Some(user), password).await?;
            let open = attempt.shell_without_login;
            Ok(if open { Accepted::Unclear("a shell without any log-in".to_owned()) } else { attempt.accepted })
        })
    }

    fn hang_up(&mut self) {
        self.standing = None;
    }
}
