//! Text that came from a product, made safe to look at.
//!
//! A product may send terminal escapes, marks that turn the reading direction, and characters that cannot be seen.
//! Nothing is dropped: each of them is written out, as `<ESC>` or `<U+202E>`.

use std::fmt::Write as _;

/// Names of the control characters U+0000 to U+001F.
const CONTROLS: [&str; 32] = [
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO", "SI", "DLE", "DC1", "DC2", "DC3",
    "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US",
];

/// The text with everything that cannot be seen written out; line feeds stay.
pub fn visible(text: &str) -> String {
    write_out(text, true)
}

/// The text on one line: as [`visible`], and line feeds are written out too.
pub fn visible_line(text: &str) -> String {
    write_out(text, false)
}

/// The same JSON, in which everything that cannot be seen is an escape.
pub fn visible_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        // a line feed in a string is an escape already: these lay the text out
        if character == '\n' || !is_hidden(character) {
            out.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

/// The most characters of one text that a report shows; `run.json` has the whole.
pub(crate) const LONG: usize = 4_000;

/// The first `limit` characters of a text, and how many more there are.
pub(crate) fn shorten(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((at, _)) => {
            let (head, tail) = text.split_at(at);
            format!("{head} [and {} more characters: see run.json]", tail.chars().count())
        }
    }
}

fn write_out(text: &str, keep_lines: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let code = u32::from(character);
        if character == '\n' && keep_lines || !is_hidden(character) {
            out.push(character);
        } else if let Some(name) = usize::try_from(code).ok().and_then(|at| CONTROLS.get(at)) {
            let _ = write!(out, "<{name}>");
        } else {
            let _ = write!(out, "<U+{code:04X}>");
        }
    }
    out
}

/// Whether the character has no shape of its own or changes how others are shown.
fn is_hidden(character: char) -> bool {
    character.is_control() || is_format(character) || is_filler(character) || is_noncharacter(character)
}

/// Direction marks, joiners, separators, tags: general category Cf and the line separators.
fn is_format(character: char) -> bool {
    matches!(u32::from(character),
        0x00AD | 0x0600..=0x0605 | 0x061C | 0x06DD | 0x070F | 0x0890..=0x0891 | 0x08E2 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xFFF0..=0xFFFB
        | 0x110BD | 0x110CD | 0x13430..=0x1343F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
}

/// Letters and marks that are drawn as nothing.
fn is_filler(character: char) -> bool {
    matches!(u32::from(character), 0x034F | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x2800 | 0x3164 | 0xFE00..=0xFE0F | 0xFFA0)
}

/// Code points that never stand for a character, and private ones that look as a font pleases.
fn is_noncharacter(character: char) -> bool {
    let code = u32::from(character);
    code & 0xFFFE == 0xFFFE || matches!(code, 0xFDD0..=0xFDEF | 0xE000..=0xF8FF | 0xF0000..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        assert_eq!(visible("\u{1b}[31mred\0"), "<ESC>[31mred<NUL>");
        assert_eq!(visible("a\u{202e}b\u{fffe}c\u{9b}d\u{e0041}"), "a<U+202E>b<U+FFFE>c<U+009B>d<U+E0041>");
        assert_eq!(visible_line("one\r\ntwo\u{2028}"), "one<CR><LF>two<U+2028>");
    }

    #[test]
    fn json_stays_the_same_json() {
        let value = serde_json::json!({ "a\u{9b}": "\u{1b}\n\u{202e}\u{7f}\u{e0041}ö", "b": [1] });
        let text = visible_json(&format!("{value:#}"));
        assert!(text.contains("\\u001b\\n\\u202e\\u007f\\udb40\\udc41ö") && text.contains("a\\u009b"), "{text}");
        assert!(!text.chars().any(|character| character != '\n' && is_hidden(character)), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn ordinary_text_stays() {
        for text in ["plain", "größer: 25 °C", "温度", "line\nline", "<script>", "\u{1F600}"] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn shortening_cuts_between_characters_and_says_so() {
        assert_eq!(shorten("äöü", 3), "äöü");
        assert_eq!(shorten("äöüß", 3), "äöü [and 1 more characters: see run.json]");
    }
}
