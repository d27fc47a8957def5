//! Where one message ends and the next begins in a stream (RFC 6587, RFC 5425).

use serde::{Deserialize, Serialize};

/// The longest message, in bytes. RFC 5425 wants 8192 to be taken.
const LONGEST: usize = 64 * 1024;

/// How messages are marked off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Framing {
    /// One to a datagram (RFC 5426).
    Datagram,
    /// By their length in front (RFC 5425, RFC 6587 section 3.4.1).
    OctetCount,
    /// By line ends (RFC 6587 section 3.4.2).
    Lines,
}

/// Cuts a stream into messages. Each may be framed in either way.
#[derive(Debug, Default)]
pub struct Framer {
    waiting: Vec<u8>,
    /// How many of them were searched for a line end, and hold none.
    searched: usize,
}

impl Framer {
    /// Takes bytes in, and gives the messages out that are complete.
    ///
    /// # Errors
    /// When a message is longer than 65536 bytes: the rest of the stream cannot be read.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<(Framing, Vec<u8>)>, String> {
        self.waiting.extend_from_slice(bytes);
        let mut messages = Vec::new();
        let mut at = 0;
        while let Some((framing, start, end, after)) = next(self.waiting.get(at..).unwrap_or_default(), self.searched)? {
            if start < end {
                messages.push((framing, self.waiting[at + start..at + end].to_vec()));
            }
            (at, self.searched) = (at + after, 0);
        }
        self.waiting.drain(..at);
        self.searched = self.waiting.len();
        Ok(messages)
    }

    /// What was left over when the stream ended: a last line without its end.
    pub fn finish(self) -> Option<Vec<u8>> {
        (!self.waiting.trim_ascii().is_empty()).then_some(self.waiting)
    }
}

/// The next message: its framing, its beginning and end, and where the one after it begins. Its first bytes were
/// searched for a line end before.
fn next(bytes: &[u8], searched: usize) -> Result<Option<(Framing, usize, usize, usize)>, String> {
    let too_long = || format!("a message is longer than {LONGEST} bytes");
    let digits = bytes.iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    if matches!(bytes, [b'1'..=b'9', ..]) && bytes.get(digits).is_none_or(|byte| *byte == b' ') {
        let length = bytes[..digits].iter().fold(0, |length, digit| length * 10 + usize::from(digit - b'0'));
        if length > LONGEST {
            return Err(too_long());
        }
        let (start, end) = (digits + 1, digits + 1 + length);
        return Ok((bytes.len() >= end).then_some((Framing::OctetCount, start, end, end)));
    }
    let fresh = bytes.get(searched..).unwrap_or_default();
    match fresh.iter().position(|byte| matches!(byte, b'\n' | b'\0')).map(|end| searched + end) {
        Some(end) if end <= LONGEST => {
            let text = bytes[..end].trim_ascii_end().len();
            Ok(Some((Framing::Lines, 0, text, end + 1)))
        }
        None if bytes.len() <= LONGEST => Ok(None),
        _ => Err(too_long()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_framings_in_pieces() {
        let mut framer = Framer::default();
        let mut all = Vec::new();
        for byte in b"5 <1>a\n11 <2>one\ntwo\n<3>three\r\n\n<4>four\0<5>rest" {
            all.extend(framer.push(&[*byte]).unwrap());
        }
        let texts: Vec<_> = all.iter().map(|(framing, bytes)| (*framing, String::from_utf8_lossy(bytes).into_owned())).collect();
        assert_eq!(texts[0], (Framing::OctetCount, "<1>a\n".to_owned()));
        assert_eq!(texts[1], (Framing::OctetCount, "<2>one\ntwo\n".to_owned()));
        assert_eq!(texts[2], (Framing::Lines, "<3>three".to_owned()));
        assert_eq!(texts[3], (Framing::Lines, "<4>four".to_owned()));
        assert_eq!(framer.finish().as_deref(), Some(&b"<5>rest"[..]));
    }

    #[test]
    fn endless_messages_are_refused() {
        assert!(Framer::default().push(b"99999 <1>").is_err());
        assert!(Framer::default().push(&vec![b'a'; LONGEST + 1]).is_err());
        assert!(Framer::default().push(b"99999999999999999999999999 <1>").is_ok());
    }

    proptest! {
        #[test]
        fn never_panics(text in "([0-9]{0,7}[ <]?.{0,20}\n?){0,8}") {
            let mut framer = Framer::default();
            let _ = framer.push(text.as_bytes());
            let _ = framer.finish();
        }
    }
}
