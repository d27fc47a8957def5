//! Telnet: option negotiation, and whether a log-in leads to a prompt for commands.

mod dialogue;
mod log_ins;
pub(crate) mod options;
pub(crate) mod screen;

use assay_wire::{Error, Permit, Result, Turn};
use serde::{Deserialize, Serialize};

use crate::outcome::Accepted;
use crate::text::escaped;
use dialogue::Dialogue;
pub use log_ins::LogIns;
use screen::{Prompt, Verdict, last_line, prompt, verdict};

/// Rounds of questions at log-in that are answered.
const ROUNDS: usize = 6;

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
/// As [`LogIns::log_in`].
pub async fn log_in(permit: &Permit, user: Option<&str>, password: &str) -> Result<Attempt> {
    LogIns::new(permit.clone()).log_in(user, password).await
}

struct Trial<'a> {
    dialogue: &'a mut Dialogue,
    turn: Turn,
    prompts: Vec<String>,
    spent: bool,
    /// Whether a user was asked for.
    named: bool,
}

/// How a trial ended.
struct End {
    accepted: Accepted,
    shell_proven: bool,
    /// What the service said when it asked for the next log-in.
    asks_again: Option<String>,
    /// Whether it hung up, and said nothing about the log-in.
    hung_up: bool,
}

impl From<Accepted> for End {
    fn from(accepted: Accepted) -> Self {
        Self { accepted, shell_proven: false, asks_again: None, hung_up: false }
    }
}

impl Trial<'_> {
    /// Answers questions until the outcome is clear. `heard` is what was said already.
    async fn go(&mut self, mut heard: Option<String>, user: Option<&str>, password: &str) -> Result<End> {
        let mut typed_password = false;
        for _ in 0..ROUNDS {
            let text = match heard.take() {
                Some(text) => text,
                None => self.listen().await?,
            };
            match prompt(&text) {
                Some(Prompt::Commands) => return self.check_commands(&text).await,
                _ if typed_password => return Ok(self.after_password(text)),
                Some(Prompt::User) => match user {
                    None => return Ok(unclear("asks for a user, and none was given").into()),
                    Some(user) => {
                        self.named = true;
                        self.answer(user).await?;
                    }
                },
                Some(Prompt::Password) => {
                    self.answer(password).await?;
                    typed_password = true;
                }
                None if self.dialogue.ended() => return Ok(ended_early(&text)),
                None => return Ok(unclear("no prompt came").into()),
            }
        }
        Ok(unclear("too many questions at log-in").into())
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
            self.turn.send()?;
            self.spent = true;
        }
        self.dialogue.send_line(text).await
    }

    /// At a prompt for commands: lets a shell compute a product, and sees whether the prompt comes back.
    async fn check_commands(&mut self, before: &str) -> Result<End> {
        let (a, b) = numbers()?;
        let product = (u32::from(a) * u32::from(b)).to_string();
        self.dialogue.send_line(&format!("echo $(({a}*{b}))")).await?;
        let text =
            self.dialogue.listen(|text| text.contains(&product) || prompt(text).is_some_and(|kind| kind != Prompt::Commands)).await?;
        if text.contains(&product) {
            return Ok(End { shell_proven: true, ..Accepted::Accepted.into() });
        }
        let back = prompt(&text) == Some(Prompt::Commands) && last_line(&text) == last_line(before);
        Ok(if back { Accepted::Accepted } else { unclear("a prompt for commands came, and did not come back") }.into())
    }

    /// What to make of anything but a prompt for commands after a password.
    fn after_password(&self, text: String) -> End {
        let asks = prompt(&text);
        let accepted = match (verdict(&text), asks) {
            (Some(Verdict::Throttled), _) => Accepted::Throttled(said(&text)),
            (Some(Verdict::Refused), _) | (None, Some(_)) => Accepted::Refused,
            (None, None) if self.dialogue.ended() => {
                return End { hung_up: true, ..unclear("hung up after the password, without a word").into() };
            }
            (None, None) => unclear("neither a prompt nor a refusal came after the password"),
        };
        // a second question for a password may be about the same user
        let next = asks == Some(Prompt::User) || (asks == Some(Prompt::Password) && !self.named);
        let asks_again = (next && accepted == Accepted::Refused && !self.dialogue.ended()).then_some(text);
        End { asks_again, ..accepted.into() }
    }
}

fn unclear(why: &str) -> Accepted {
    Accepted::Unclear(why.to_owned())
}

/// The words in which a service throttles.
fn said(text: &str) -> String {
    format!("it says `{}`", escaped(text.trim().as_bytes(), 80))
}

/// What to make of a service that hung up before it asked for a password.
fn ended_early(text: &str) -> End {
    match verdict(text) {
        Some(Verdict::Throttled) => Accepted::Throttled(said(text)).into(),
        Some(Verdict::Refused) => Accepted::Refused.into(),
        None => End { hung_up: true, ..unclear("hung up before it asked for a password").into() },
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
