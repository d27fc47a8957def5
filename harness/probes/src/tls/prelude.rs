//! What is said in clear before TLS starts: STARTTLS.

use assay_wire::{Error, Link, Result};

/// The most bytes of one answer.
const LONGEST_ANSWER: usize = 8 * 1024;

/// The protocol in which TLS is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Prelude {
    /// None: TLS from the first byte.
    #[default]
    None,
    /// SMTP (RFC 3207).
    Smtp,
    /// FTP (RFC 4217).
    Ftp,
}

impl Prelude {
    /// Speaks up to the point where TLS starts.
    pub(super) async fn speak(self, link: &mut Link) -> Result<()> {
        let dialogue: &[(&str, &str)] = match self {
            Self::None => return Ok(()),
            Self::Smtp => &[("", "220"), ("EHLO assay.invalid\r\n", "250"), ("STARTTLS\r\n", "220")],
            Self::Ftp => &[("", "220"), ("AUTH TLS\r\n", "234")],
        };
        for (line, expected) in dialogue {
            if !line.is_empty() {
                link.send(line.as_bytes()).await?;
            }
            let answer = link.receive_until(LONGEST_ANSWER, is_whole).await?;
            if answer.starts_with(b"4") {
                // too many clients, or not now
                return Err(Error::Reset(link.peer().to_owned()));
            }
            if !answer.starts_with(expected.as_bytes()) {
                let what = format!("TLS was asked for, and the answer was: {}", crate::text::escaped(&answer, 128));
                return Err(Error::Handshake(link.peer().to_owned(), what));
            }
        }
        Ok(())
    }
}

/// Whether the last line of a reply is there: it starts with three digits that no hyphen follows.
fn is_whole(bytes: &[u8]) -> bool {
    let Some(lines) = bytes.strip_suffix(b"\n") else { return false };
    let last = lines.rsplit(|byte| *byte == b'\n').next().unwrap_or(lines);
    let digits = last.iter().take(3).filter(|byte| byte.is_ascii_digit()).count();
    digits == 3 && last.get(3) != Some(&b'-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn replies_of_many_lines_are_waited_for() {
        assert!(is_whole(b"220 hello\r\n") && is_whole(b"250-a\r\n250 b\r\n"));
        assert!(!is_whole(b"250-a\r\n") && !is_whole(b"220 hel"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = is_whole(&bytes);
        }
    }
}
