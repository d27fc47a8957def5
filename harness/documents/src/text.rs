//! Text out of documents, bounded and safe to show, and the small formats that many of them share.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The longest text that is kept of one value, in characters.
pub(crate) const LONGEST: usize = 1_000;

/// The text without control characters, cut to a bound.
pub(crate) fn clean(text: &str) -> String {
    text.chars().filter(|each| !each.is_control()).take(LONGEST).collect()
}

/// A date and time of RFC 3339.
pub(crate) fn moment(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

/// The scheme of an absolute URI in lower case (RFC 3986 section 3.1), when something follows it and no blank or
/// control character is in it.
pub(crate) fn scheme(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once(':')?;
    let fits = |(at, each): (usize, char)| each.is_ascii_alphabetic() || (at > 0 && (each.is_ascii_digit() || "+-.".contains(each)));
    let plain = !rest.is_empty() && !uri.contains(|each: char| each.is_whitespace() || each.is_control());
    (plain && !scheme.is_empty() && scheme.chars().enumerate().all(fits)).then(|| scheme.to_ascii_lowercase())
}

/// Whether this is an `https` address with a host.
pub(crate) fn is_https(uri: &str) -> bool {
    scheme(uri).is_some_and(|scheme| scheme == "https")
        && uri.get(6..).and_then(|rest| rest.strip_prefix("//")).is_some_and(|rest| rest.starts_with(|first| !"/?#:@".contains(first)))
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

/// Whether the text is this many hexadecimal digits.
pub(crate) fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|each| each.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(scheme("MailTo:a@b.example").as_deref(), Some("mailto"));
        for odd in ["", "a", "a:", ":a", "1a:b", "a b:c", "https://a.example/ b"] {
            assert_eq!(scheme(odd), None, "{odd}");
        }
        assert!(is_https("https://a.example/x") && is_https("HTTPS://[2001:db8::1]/"));
        for odd in ["http://a.example", "https:a.example", "https:///x", "https://"] {
            assert!(!is_https(odd), "{odd}");
        }
    }

    #[test]
    fn small_formats() {
        assert!(moment("2026-01-02T03:04:05Z").is_some() && moment("2026-01-02").is_none());
        assert_eq!(hex(&[0, 0xaf]), "00af");
        assert!(is_hex("00aF", 4) && !is_hex("00ag", 4) && !is_hex("00a", 4));
        assert_eq!(clean("a\u{1b}[0m\n"), "a[0m");
        assert_eq!(clean(&"é".repeat(2_000)).chars().count(), LONGEST);
    }
}
