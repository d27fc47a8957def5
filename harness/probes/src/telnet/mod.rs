//! Telnet: option negotiation, and whether a log-in leads to a prompt for commands.

mod dialogue;
pub(crate) mod options;
pub(crate) mod screen;

use assay_wire::{Error, Permit, Result};
use serde::{Deserialize, Serialize};

use crate::outcome::Accepted;
use crate::text::escaped;
use dialogue::Dialogue;
use screen::{Prompt, Verdict, last_line, prompt, verdict};

/// Rounds of questions at log-in that are answered.
const ROUNDS: usize = 6;
/// Bytes kept of what was said after the last answer.
const SAID: usize = 512;

/// One log-in attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// How it went.
    pub accepted: Accepted,
    /// The lines at which the service waited for input, in order.
    pub prompts: Vec<String>,
    /// Whether a prompt for commands came without any question for a user or a password.
    pub shell_without_login: bool,
    /// Whether a shell behind the log-in was seen to work: it computed a product that was not in the command.
    pub shell_proven: bool,
    /// What came last, with what cannot be shown escaped; at most 512 bytes of it.
    pub said: String,
}

/// Tries to log in. Without a user, only a question for a password is answered.
///
/// # Errors
/// [`Error::Budget`] when no failed log-in is left; [`Error::NotPermitted`] when user or password cannot be typed;
/// [`Error::TooLong`] when the service does not stop talking; those of the connection.
pub async fn log_in(permit: &Permit, user: Option<&str>, password: &str) -> Result<Attempt> {
    if [user.unwrap_or_default(), password].iter().any(|text| text.contains(['\r', '\n', '\0'])) {
        return Err(Error::NotPermitted("a line end in a user name or password cannot be typed".to_owned()));
    }
    let mut attempt = Trial { dialogue: Dialogue::open(permit).await?, permit, prompts: Vec::new(), spent: false };
    let (accepted, shell_proven) = attempt.go(user, password).await?;
    if attempt.spent && accepted.is_accepted() {
        permit.return_login();
    }
    let shell_without_login = accepted.is_accepted() && !attempt.spent;
    let said = escaped(attempt.dialogue.last_bytes(SAID), SAID);
    let prompts = attempt.prompts;
    if accepted.is_accepted() {
        attempt.dialogue.send_line("exit").await.ok();
    }
    Ok(Attempt { accepted, prompts, shell_without_login, shell_proven, said })
}

struct Trial<'a> {
    dialogue: Dialogue,
    permit: &'a Permit,
    prompts: Vec<String>,
    spent: bool,
}

impl Trial<'_> {
    /// Answers questions until the outcome is clear; the second value says whether a shell was proven.
    async fn go(&mut self, user: Option<&str>, password: &str) -> Result<(Accepted, bool)> {
        let mut typed_password = false;
        for _ in 0..ROUNDS {
            let text = self.listen().await?;
            match prompt(&text) {
                Some(Prompt::Commands) => return self.check_commands(&text).await,
                _ if typed_password => return Ok((after_password(&text, self.dialogue.ended()), false)),
                Some(Prompt::User) => match user {
                    None => return Ok(unclear("asks for a user, and none was given")),
                    Some(user) => self.answer(user).await?,
                },
                Some(Prompt::Password) => {
                    self.answer(password).await?;
                    typed_password = true;
                }
                None if self.dialogue.ended() => return Ok((ended_early(&text), false)),
                None => return Ok(unclear("no prompt came")),
            }
        }
        Ok(unclear("too many questions at log-in"))
    }

    /// Waits for a prompt; a silent service gets one empty line.
    async fn listen(&mut self) -> Result<String> {
        let mut text = self.dialogue.listen(|text| prompt(text).is_some()).await?;
        if text.trim().is_empty() && !self.spent && !self.dialogue.ended() {
            self.dialogue.send_line("").await?;
            text = self.dialogue.listen(|text| prompt(text).is_some()).await?;
        }
        if prompt(&text).is_some() {
            self.prompts.push(last_line(&text));
        }
        Ok(text)
    }

    async fn answer(&mut self, text: &str) -> Result<()> {
        if !self.spent {
            self.permit.spend_login()?;
            self.spent = true;
        }
        self.dialogue.send_line(text).await
    }

    /// At a prompt for commands: lets a shell compute a product, and sees whether the prompt comes back.
    async fn check_commands(&mut self, before: &str) -> Result<(Accepted, bool)> {
        let (a, b) = numbers()?;
        let product = (u32::from(a) * u32::from(b)).to_string();
        self.dialogue.send_line(&format!("echo $(({a}*{b}))")).await?;
        let text =
            self.dialogue.listen(|text| text.contains(&product) || prompt(text).is_some_and(|kind| kind != Prompt::Commands)).await?;
        if text.contains(&product) {
            return Ok((Accepted::Accepted, true));
        }
        let back = prompt(&text) == Some(Prompt::Commands) && last_line(&text) == last_line(before);
        Ok((
            if back { Accepted::Accepted } else { Accepted::Unclear("a prompt for commands came, and did not come back".to_owned()) },
            false,
        ))
    }
}

fn unclear(why: &str) -> (Accepted, bool) {
    (Accepted::Unclear(why.to_owned()), false)
}

/// What to make of anything but a prompt for commands after a password.
fn after_password(text: &str, ended: bool) -> Accepted {
    match (verdict(text), prompt(text)) {
        (Some(Verdict::Throttled), _) => Accepted::Throttled,
        (Some(Verdict::Refused), _) | (None, Some(_)) => Accepted::Refused,
        (None, None) if ended => Accepted::Unclear("hung up after the password, without a word".to_owned()),
        (None, None) => Accepted::Unclear("neither a prompt nor a refusal came after the password".to_owned()),
    }
}

/// What to make of a service that hung up before it asked for a password.
fn ended_early(text: &str) -> Accepted {
    match verdict(text) {
        Some(Verdict::Throttled) => Accepted::Throttled,
        Some(Verdict::Refused) => Accepted::Refused,
        None => Accepted::Unclear("hung up before it asked for a password".to_owned()),
    }
}

/// Two numbers of four digits that cannot be guessed.
fn numbers() -> Result<(u16, u16)> {
    let mut bytes = [0; 4];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::Local("no random numbers can be had".to_owned()))?;
    let four_digits = |high: u8, low: u8| 1_000 + u16::from_be_bytes([high, low]) % 9_000;
    Ok((four_digits(bytes[0], bytes[1]), four_digits(bytes[2], bytes[3])))
}

#[cfg(test)]
mod tests;
