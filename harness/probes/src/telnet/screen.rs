//! What a person would read from the screen.

use crate::text::clean;

/// Characters kept of a prompt.
const LINE: usize = 128;

/// What the service waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prompt {
    User,
    Password,
    Commands,
}

/// What was said about a log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Refused,
    Throttled,
}

const USER: &[&str] = &["login:", "login", "username:", "user:", "user name:", "username", "account:", "user id:", "name:"];
const PASSWORD: &[&str] = &["password:", "password", "passwd:", "pass:", "passcode:", "pin:", "passphrase:", "kennwort:"];
const THROTTLED: &[&str] = &["too many", "locked", "try again later", "try later", "temporarily", "blocked", "wait "];
const REFUSED: &[&str] = &[
    "incorrect",
    "failed",
    "failure",
    "denied",
    "invalid",
    "bad password",
    "wrong",
    "not allowed",
    "unauthorized",
    "unauthorised",
    "no such user",
    "rejected",
];

/// The last line, without control sequences.
pub(crate) fn last_line(text: &str) -> String {
    let plain = without_colours(text);
    let line = plain.rsplit(['\n', '\r']).next().unwrap_or_default();
    clean(line.trim().as_bytes(), LINE)
}

/// What the text ends in waiting for; `None` when it does not end like a prompt.
pub(crate) fn prompt(text: &str) -> Option<Prompt> {
    let line = last_line(text).to_ascii_lowercase();
    let after_user = |ends: &[&str]| ends.iter().any(|end| line.ends_with(end));
    if line.is_empty() || line.len() >= LINE {
        return None;
    }
    if after_user(PASSWORD) || (line.contains("password for") && line.ends_with(':')) {
        return Some(Prompt::Password);
    }
    if after_user(USER) {
        return Some(Prompt::User);
    }
    line.ends_with(['#', '$', '>', '%']).then_some(Prompt::Commands)
}

/// What the text says of a log-in, by the usual words.
pub(crate) fn verdict(text: &str) -> Option<Verdict> {
    let text = text.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(THROTTLED) {
        return Some(Verdict::Throttled);
    }
    has(REFUSED).then_some(Verdict::Refused)
}

/// Drops escape sequences of terminals: `ESC [ ... letter` and `ESC letter`.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            plain.push(c);
            continue;
        }
        if chars.next() == Some('[') {
            let _ = chars.by_ref().find(|c| c.is_ascii_alphabetic() || *c == '~');
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prompts() {
        let cases = [
            ("Debian GNU/Linux 12\r\nhost login: ", Some(Prompt::User)),
            ("User Name:", Some(Prompt::User)),
            ("Password: ", Some(Prompt::Password)),
            ("Welcome\r\n\u{1b}[1;32mroot@x:~\u{1b}[0m# ", Some(Prompt::Commands)),
            ("OpenWrt> ", Some(Prompt::Commands)),
            ("Last failed login: today\r\n$ ", Some(Prompt::Commands)),
            ("Login incorrect\r\n", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(prompt(text), expected, "{text:?}");
        }
    }

    #[test]
    fn verdicts() {
        assert_eq!(verdict("\r\nLogin incorrect\r\n"), Some(Verdict::Refused));
        assert_eq!(verdict("Too many failed attempts, wait 60 s"), Some(Verdict::Throttled));
        assert_eq!(verdict("Welcome"), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,200}") {
            let _ = (prompt(&text), verdict(&text), last_line(&text));
        }
    }
}
