//! What one syslog message says: RFC 5424, or the looser custom of RFC 3164.

use serde::{Deserialize, Serialize};
use syslog_loose::{Protocol, Variant, parse_message_with_year};

/// Characters read of one message.
const LONGEST: usize = 16 * 1024;

/// The form of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// RFC 5424.
    Rfc5424,
    /// RFC 3164, as far as anything sticks to it.
    Rfc3164,
    /// Text without a priority.
    Text,
}

/// An element of structured data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    /// Its identifier.
    pub id: String,
    /// Its parameters: names and values.
    pub params: Vec<(String, String)>,
}

/// What a message says. What it does not say is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The form.
    pub format: Format,
    /// The facility, 0 to 23.
    pub facility: Option<u8>,
    /// The severity, 0 (emergency) to 7 (debug).
    pub severity: Option<u8>,
    /// The time, letter by letter as it was sent.
    pub time: Option<String>,
    /// The same in milliseconds since the beginning of 1970, when year and zone were sent too.
    pub time_unix_ms: Option<i64>,
    /// The host.
    pub host: Option<String>,
    /// The application, or the tag.
    pub app: Option<String>,
    /// The process.
    pub process: Option<String>,
    /// The identifier of the kind of message.
    pub message_id: Option<String>,
    /// The structured data.
    pub structured: Vec<Element>,
    /// The text.
    pub text: String,
}

/// Reads one message. Whatever cannot be made out is left in the text.
pub fn parse(bytes: &[u8]) -> Message {
    let whole = String::from_utf8_lossy(bytes);
    let raw: String = whole.trim_start_matches('\u{feff}').chars().take(LONGEST).collect();
    // a leap year, so that no day is lost; such times are not turned into milliseconds
    let read = parse_message_with_year(&raw, |_| 2000, Variant::Either);
    let time = time_text(&raw);
    let complete = time.as_deref().is_some_and(|time| time.starts_with(|c: char| c.is_ascii_digit()));
    let some = |text: &&str| (*text).to_owned();
    let priority = priority(&raw);
    // the library leaves a priority in the text when nothing else can be made out
    let text = priority
        .filter(|_| read.severity.is_none())
        .and_then(|_| read.msg.strip_prefix('<')?.split_once('>'))
        .map_or(read.msg, |(_, text)| text);
    Message {
        format: match (&read.protocol, priority) {
            (Protocol::RFC5424(_), _) => Format::Rfc5424,
            (Protocol::RFC3164, Some(_)) => Format::Rfc3164,
            (Protocol::RFC3164, None) => Format::Text,
        },
        facility: priority.map(|priority| priority / 8),
        severity: priority.map(|priority| priority % 8),
        time_unix_ms: read.timestamp.filter(|_| complete).map(|time| time.timestamp_millis()),
        time,
        host: read.hostname.as_ref().map(some),
        app: read.appname.as_ref().map(some),
        process: read.procid.as_ref().map(ToString::to_string),
        message_id: read.msgid.as_ref().map(some),
        structured: read.structured_data.iter().map(element).collect(),
        text: text.trim_start_matches('\u{feff}').to_owned(),
    }
}

fn element(element: &syslog_loose::StructuredElement<&str>) -> Element {
    let params = element.params().map(|(name, value)| ((*name).to_owned(), value)).collect();
    Element { id: element.id.to_owned(), params }
}

/// The number between angle brackets in front: eight times the facility, plus the severity.
fn priority(raw: &str) -> Option<u8> {
    raw.strip_prefix('<')?.split_once('>')?.0.parse().ok().filter(|priority| *priority < 192)
}

/// The time as it stands behind priority and version: a word of digits and dashes, or `Mmm dd hh:mm:ss`.
fn time_text(raw: &str) -> Option<String> {
    let (_, after) = raw.strip_prefix('<')?.split_once('>')?;
    let words: Vec<&str> = after.split_whitespace().take(4).collect();
    let is_full = |word: &&&str| word.len() >= 19 && word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('T');
    if let Some(full) = words.iter().take(2).find(is_full) {
        return Some((*full).to_owned());
    }
    match words.as_slice() {
        [month, day, clock, ..] if month.len() == 3 && day.parse::<u8>().is_ok() && clock.matches(':').count() >= 2 => {
            Some(format!("{month} {day} {}", clock.trim_end_matches(':')))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_new_form() {
        let message =
            parse(b"<165>1 2026-10-11T22:14:15.003Z washer auth 77 LOGIN [x@1 user=\"a\\\"b\" ip=\"::1\"] \xef\xbb\xbflogin failed");
        assert_eq!((message.format, message.facility, message.severity), (Format::Rfc5424, Some(20), Some(5)));
        assert_eq!(message.time.as_deref(), Some("2026-10-11T22:14:15.003Z"));
        assert_eq!(message.time_unix_ms, Some(1_791_756_855_003));
        assert_eq!((message.host.as_deref(), message.app.as_deref()), (Some("washer"), Some("auth")));
        assert_eq!((message.process.as_deref(), message.message_id.as_deref()), (Some("77"), Some("LOGIN")));
        assert_eq!(message.structured[0].params[0], ("user".to_owned(), "a\"b".to_owned()));
        assert_eq!(message.text, "login failed");
    }

    #[test]
    fn the_old_form_and_none() {
        let message = parse(b"<34>Feb 29 02:14:15 washer su[12]: failed for root");
        assert_eq!((message.format, message.severity, message.time_unix_ms), (Format::Rfc3164, Some(2), None));
        assert_eq!((message.time.as_deref(), message.host.as_deref()), (Some("Feb 29 02:14:15"), Some("washer")));
        assert_eq!((message.app.as_deref(), message.text.as_str()), (Some("su"), "failed for root"));
        let bare = parse(b"<13>hello <b>");
        assert_eq!((bare.format, bare.facility, bare.text.as_str()), (Format::Rfc3164, Some(1), "hello <b>"));
        let text = parse(b"hello");
        assert_eq!((text.format, text.text.as_str()), (Format::Text, "hello"));
    }

    proptest! {
        #[test]
        fn never_panics(text in "(<[0-9]{0,4}>)?1? ?(Feb 3[0-9] |2026-1[0-9]-[0-9]{2}T[0-9:.]{0,12}Z? )?.{0,60}(\\[.{0,30}\\])?") {
            let _ = parse(text.as_bytes());
        }

        #[test]
        fn never_panics_on_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }
    }
}
