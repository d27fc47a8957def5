//! Replies of an FTP server: three digits and text, on one line or several.

use assay_wire::{Error, Link, Result};
use serde::{Deserialize, Serialize};

use crate::text::clean;

/// The longest reply, in bytes.
const LONGEST: usize = 16 * 1024;
/// Characters kept of one line.
const LINE: usize = 512;

/// One reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The code, 100 to 599.
    pub code: u16,
    /// Its lines without the code, control characters dropped.
    pub lines: Vec<String>,
}

/// Reads a reply out of the bytes received so far: `None` while it is not complete.
///
/// # Errors
/// What is odd about the bytes, when they cannot become a reply any more.
pub fn parse_reply(bytes: &[u8]) -> std::result::Result<Option<Reply>, String> {
    let mut code = None;
    let mut lines = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if !line.ends_with(b"\n") {
            return Ok(None);
        }
        let start = code_of(line);
        let last = line.get(3).is_none_or(|byte| *byte != b'-');
        match (code, start) {
            (None, None) => return Err(format!("a reply begins with `{}`, not with a code", clean(line, 32))),
            (None, Some(start)) => code = Some(start),
            (Some(_), _) => {}
        }
        let mine = start.is_some() && start == code;
        lines.push(clean(if mine { line.get(4..).unwrap_or_default() } else { line }, LINE));
        if let Some(code) = code.filter(|_| mine && last) {
            return Ok(Some(Reply { code, lines }));
        }
    }
    Ok(None)
}

fn code_of(line: &[u8]) -> Option<u16> {
    let digits = line.get(..3)?;
    let follows = line.get(3)?;
    if !matches!(follows, b' ' | b'-' | b'\r' | b'\n') {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok().filter(|code| (100..600).contains(code))
}

/// Receives one reply.
pub(super) async fn read_reply(link: &mut Link) -> Result<Reply> {
    let bytes = link.receive_until(LONGEST, |all| !matches!(parse_reply(all), Ok(None))).await?;
    let peer = || link.peer().to_owned();
    parse_reply(&bytes).map_err(|what| Error::Malformed { peer: peer(), what })?.ok_or_else(|| Error::Closed(peer()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_line_and_several() {
        let one = Reply { code: 220, lines: vec!["ready".to_owned()] };
        assert_eq!(parse_reply(b"220 ready\r\n"), Ok(Some(one)));
        assert_eq!(parse_reply(b"220 rea"), Ok(None));
        assert_eq!(parse_reply(b"220-a\r\n220-b\r\n"), Ok(None));
        let several = Reply { code: 211, lines: vec!["a".into(), " 212 b".into(), "end".into()] };
        assert_eq!(parse_reply(b"211-a\r\n 212 b\r\n211 end\r\n"), Ok(Some(several)));
        assert!(parse_reply(b"hello\r\n").is_err());
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_reply(&bytes);
        }

        #[test]
        fn never_panics_on_codes(text in "([0-9]{2,4}[ -]?.{0,5}\n){0,6}") {
            let _ = parse_reply(text.as_bytes());
        }
    }
}
