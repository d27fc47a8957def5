//! Searching answers for secrets: known ones in several spellings, and private keys by their form.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

/// The shortest secret that cannot stand in a text by accident.
pub(super) const SHORTEST: usize = 8;
/// The shortest run of base64 that may be a private key.
const RUN: usize = 40;

/// Whether a text holds this word: plain, in hexadecimal or in base64.
pub(super) fn holds(text: &str, word: &str) -> bool {
    let hex = word.bytes().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let escaped = word.replace('"', "\\\"");
    let plain = [word, escaped.as_str(), &STANDARD_NO_PAD.encode(word)].iter().any(|spelling| text.contains(spelling));
    plain || text.to_ascii_lowercase().contains(&hex)
}

/// What kind of private key a text holds, if any.
pub(super) fn private_key(text: &str) -> Option<&'static str> {
    if text.contains("PRIVATE KEY-----") {
        return Some("a private key in PEM");
    }
    if text.contains("\"kty\"") && text.contains("\"d\"") {
        return Some("a private key as a JSON web key");
    }
    let is_sign = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '+' | '/' | '=');
    let mut runs = text.split(|sign| !is_sign(sign)).filter(|run| run.len() >= RUN);
    runs.any(|run| STANDARD.decode(run).or_else(|_| STANDARD_NO_PAD.decode(run)).is_ok_and(|der| is_key(&der)))
        .then_some("a private key in base64")
}

/// Whether bytes begin as a private key does: PKCS #8 (RFC 5958), PKCS #1 (RFC 8017) or SEC 1 (RFC 5915).
fn is_key(der: &[u8]) -> bool {
    let content = match der {
        [0x30, length, rest @ ..] if *length < 0x80 && usize::from(*length) <= rest.len() => rest,
        [0x30, 0x81, _, rest @ ..] | [0x30, 0x82, _, _, rest @ ..] => rest,
        _ => return false,
    };
    matches!(content, [2, 1, 0 | 1, 0x30, ..] | [2, 1, 0, 2, ..] | [2, 1, 1, 4, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_in_their_spellings() {
        let secret = "correct horse";
        for text in ["a correct horse b", "x636F727265637420686F727365", "Y29ycmVjdCBob3JzZQ=="] {
            assert!(holds(text, secret), "{text}");
        }
        assert!(!holds("correct  horse", secret));
    }

    #[test]
    fn private_keys_are_told_from_public_ones() {
        let pkcs8 = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
        let public = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";
        assert_eq!(private_key(&format!("{{\"key\":\"{pkcs8}\"}}")), Some("a private key in base64"));
        assert_eq!(private_key(public), None);
        assert!(private_key("-----BEGIN EC PRIVATE KEY-----").is_some());
    }
}
