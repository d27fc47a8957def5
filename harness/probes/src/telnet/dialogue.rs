//! A Telnet connection as a person would use it: listen until the other side waits, then type a line.

use std::time::Duration;

use assay_wire::{Error, Link, Permit, Result};

use super::options::Options;

/// The longest text between two lines that are typed.
const LONGEST: usize = 64 * 1024;
/// The most reads in the same time.
const READS: usize = 512;
/// Quiet after which a prompt counts as one.
const SETTLE: Duration = Duration::from_millis(250);

pub(super) struct Dialogue {
    link: Link,
    options: Options,
    last: Vec<u8>,
    patience: Duration,
    heard: bool,
    ended: bool,
}

impl Dialogue {
    pub(super) async fn open(permit: &Permit) -> Result<Self> {
        let link = permit.tcp().await?;
        Ok(Self { link, options: Options::default(), last: Vec::new(), patience: permit.deadlines().answer, heard: false, ended: false })
    }

    /// Whether the other side has hung up.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// The end of what was heard last.
    pub(super) fn last_bytes(&self, limit: usize) -> &[u8] {
        &self.last[self.last.len().saturating_sub(limit)..]
    }

    /// Types a line.
    pub(super) async fn send_line(&mut self, line: &str) -> Result<()> {
        let end = if self.options.seen() { "\r\0" } else { "\r\n" };
        let escaped: Vec<u8> = line.bytes().flat_map(|byte| if byte == 255 { vec![255, 255] } else { vec![byte] }).collect();
        self.link.set_patience(self.patience);
        self.link.send(&[&escaped, end.as_bytes()].concat()).await
    }

    /// Listens until `enough` holds of the text and nothing follows for a moment, or nothing comes at all, or the
    /// other side hangs up. Never an error for silence: that is an empty text.
    pub(super) async fn listen(&mut self, enough: impl Fn(&str) -> bool) -> Result<String> {
        self.last.clear();
        for _ in 0..READS {
            let text = String::from_utf8_lossy(&self.last);
            let settled = enough(&text);
            self.link.set_patience(if settled { SETTLE.min(self.patience) } else { self.patience });
            let bytes = match self.link.receive().await {
                Ok(bytes) => bytes,
                Err(Error::TimedOut { .. }) => return Ok(text.into_owned()),
                Err(Error::Closed(_) | Error::Reset(_)) if self.heard => {
                    self.ended = true;
                    return Ok(text.into_owned());
                }
                Err(error) => return Err(error),
            };
            self.heard = true;
            let mut reply = Vec::new();
            self.options.take(&bytes, &mut self.last, &mut reply);
            if !reply.is_empty() {
                self.link.send(&reply).await?;
            }
            if self.last.len() > LONGEST {
                break;
            }
        }
        Err(Error::TooLong { peer: self.link.peer().to_owned(), limit: LONGEST })
    }
}
