//! Looks for canaries in content, in the forms in which a value is commonly sent.

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::Serialize;

use crate::cursor::hex;
use crate::{Canary, Unreadable};

/// The shortest canary that is searched for, in bytes; shorter ones are found by chance.
const SHORTEST: usize = 6;
/// The longest, and the most of them.
const LONGEST: usize = 256;
const MOST: usize = 1024;

/// The form in which a canary was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// As it is.
    Plain,
    /// In hexadecimal digits, all small or all capital.
    Hex,
    /// In Base64, with either alphabet, at any of three alignments.
    Base64,
    /// With the bytes that are not letters, digits or `-._~` as `%` and two digits (RFC 3986, section 2.1).
    UrlEncoded,
    /// Each character as two bytes, the low one first.
    Utf16,
}

/// A place where a canary was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// The canary.
    pub canary: String,
    /// The form.
    pub form: Form,
    /// The flow, by its place in the list.
    pub flow: usize,
    /// Whether the initiator sent it.
    pub by_initiator: bool,
    /// Where it begins: in bytes from the first byte of the TCP stream that was seen, or of the content of the packet.
    pub offset: u64,
    /// When the packet that completed it was captured.
    pub at: Option<u64>,
}

/// The canaries, made ready to be looked for in any content.
#[derive(Debug)]
pub struct Search {
    /// Nothing when there is no canary.
    automaton: Option<AhoCorasick>,
    /// What each pattern stands for.
    patterns: Vec<(usize, Form)>,
    ids: Vec<String>,
    /// The length of the longest pattern.
    longest: usize,
    /// Canaries that are not searched for, as in [`Capture::unsearched`](crate::Capture::unsearched).
    pub unsearched: Vec<String>,
}

/// What a search remembers of a stream: its last bytes.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    bytes: Vec<u8>,
    /// The place of the byte that comes next.
    place: u64,
}

impl Search {
    /// Makes canaries ready.
    ///
    /// # Errors
    /// [`Unreadable::Canaries`], when they cannot be searched for together.
    pub fn new(canaries: &[Canary]) -> Result<Self, Unreadable> {
        let (mut patterns, mut meanings, mut unsearched) = (Vec::new(), Vec::new(), Vec::new());
        let mut ids = Vec::new();
        for canary in canaries {
            if !(SHORTEST..=LONGEST).contains(&canary.bytes.len()) || ids.len() >= MOST {
                unsearched.push(canary.id.clone());
                continue;
            }
            for (form, pattern) in forms(&canary.bytes) {
                meanings.push((ids.len(), form));
                patterns.push(pattern);
            }
            ids.push(canary.id.clone());
        }
        let longest = patterns.iter().map(Vec::len).max().unwrap_or_default();
        let automaton = (!patterns.is_empty()).then(|| AhoCorasick::new(&patterns)).transpose();
        let automaton = automaton.map_err(|why| Unreadable::Canaries(why.to_string()))?;
        Ok(Self { automaton, patterns: meanings, ids, longest, unsearched })
    }

    /// Finds canaries in content that stands alone: tells each by its name, its form, and where it begins, in bytes.
    pub fn alone(&self, bytes: &[u8], found: &mut impl FnMut(&str, Form, u64)) {
        for each in self.automaton.iter().flat_map(|automaton| automaton.find_overlapping_iter(bytes)) {
            self.tell(each.pattern().as_usize(), each.start().try_into().unwrap_or_default(), found);
        }
    }

    /// Finds canaries in the next bytes of a stream, and those that began before them.
    pub(crate) fn next(&self, tail: &mut Tail, bytes: &[u8], found: &mut impl FnMut(&str, Form, u64)) {
        let Some(automaton) = &self.automaton else { return };
        let before = tail.bytes.len();
        tail.bytes.extend_from_slice(bytes);
        let start = tail.place.saturating_sub(before.try_into().unwrap_or_default());
        for each in automaton.find_overlapping_iter(&tail.bytes).filter(|each| each.end() > before) {
            self.tell(each.pattern().as_usize(), start + u64::try_from(each.start()).unwrap_or_default(), found);
        }
        tail.place = tail.place.saturating_add(bytes.len().try_into().unwrap_or_default());
        let old = tail.bytes.len().saturating_sub(self.longest.saturating_sub(1));
        tail.bytes.drain(..old);
    }

    /// The next bytes of a stream are missing.
    pub(crate) fn skip(tail: &mut Tail, count: u64) {
        tail.bytes.clear();
        tail.place = tail.place.saturating_add(count);
    }

    fn tell(&self, pattern: usize, place: u64, found: &mut impl FnMut(&str, Form, u64)) {
        if let Some((canary, form)) = self.patterns.get(pattern) {
            found(self.ids.get(*canary).map_or("", String::as_str), *form, place);
        }
    }
}

/// All patterns for one canary, none twice.
fn forms(bytes: &[u8]) -> Vec<(Form, Vec<u8>)> {
    let small = hex(bytes, usize::MAX);
    let mut all = vec![
        (Form::Plain, bytes.to_vec()),
        (Form::Hex, small.to_uppercase().into_bytes()),
        (Form::Hex, small.into_bytes()),
        (Form::UrlEncoded, url_encoded(bytes, false, "%20")),
        (Form::UrlEncoded, url_encoded(bytes, true, "%20")),
        (Form::UrlEncoded, url_encoded(bytes, true, "+")),
    ];
    for shift in 0..3 {
        let standard = base64(bytes, shift);
        let other = standard.replace('+', "-").replace('/', "_");
        all.extend([(Form::Base64, standard.into_bytes()), (Form::Base64, other.into_bytes())]);
    }
    if let Ok(text) = str::from_utf8(bytes) {
        all.push((Form::Utf16, text.encode_utf16().flat_map(u16::to_le_bytes).collect()));
    }
    let mut seen: Vec<Vec<u8>> = Vec::new();
    all.retain(|(_, pattern)| {
        let new = pattern.len() >= SHORTEST && !seen.contains(pattern);
        seen.extend(new.then(|| pattern.clone()));
        new
    });
    all
}

/// The characters of Base64 that the bytes alone decide when so many other bytes stand before them in the first three.
fn base64(bytes: &[u8], shift: usize) -> String {
    let text = STANDARD_NO_PAD.encode([&[0].repeat(shift)[..], bytes].concat());
    let (start, end) = ((shift * 8).div_ceil(6), (shift + bytes.len()) * 8 / 6);
    text.get(start..end).unwrap_or_default().to_owned()
}

fn url_encoded(bytes: &[u8], capital: bool, space: &str) -> Vec<u8> {
    let each = |byte: &u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(*byte).to_string(),
        b' ' => space.to_owned(),
        _ if capital => format!("%{byte:02X}"),
        _ => format!("%{byte:02x}"),
    };
    bytes.iter().map(each).collect::<String>().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search() -> Search {
        Search::new(&[
            Canary { id: "key".into(), bytes: b"s3cret /\xc3\xa4?>".to_vec() },
            Canary { id: "x".into(), bytes: b"abc".to_vec() },
        ])
        .unwrap()
    }

    #[test]
    fn each_form_is_found_across_pieces_once() {
        let (search, secret) = (search(), "s3cret /\u{e4}?>");
        assert_eq!(search.unsearched, ["x"]);
        let coded = |before: &str| STANDARD_NO_PAD.encode(format!("{before}{secret} and more"));
        let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cases: Vec<(Form, Vec<u8>)> = vec![
            (Form::Plain, secret.into()),
            (Form::Hex, hex(secret.as_bytes(), 99).into()),
            (Form::Hex, hex(secret.as_bytes(), 99).to_uppercase().into()),
            (Form::Base64, coded("").into()),
            (Form::Base64, coded("a").into()),
            (Form::Base64, coded("ab").replace('/', "_").replace('+', "-").into()),
            (Form::UrlEncoded, b"s3cret%20%2F%C3%A4%3F%3E".to_vec()),
            (Form::UrlEncoded, b"s3cret%20%2f%c3%a4%3f%3e".to_vec()),
            (Form::UrlEncoded, b"s3cret+%2F%C3%A4%3F%3E".to_vec()),
            (Form::Utf16, wide),
        ];
        for (form, bytes) in cases {
            let whole = [b"..", &bytes[..], b".."].concat();
            for size in [1, 3, 100] {
                let (mut tail, mut found) = (Tail::default(), Vec::new());
                for piece in whole.chunks(size) {
                    search.next(&mut tail, piece, &mut |id, form, _| found.push((id.to_owned(), form)));
                }
                assert_eq!(found, [("key".to_owned(), form)], "{} by {size}", whole.escape_ascii());
            }
        }
    }

    #[test]
    fn places_are_counted_and_gaps_end_a_match() {
        let (search, mut tail, mut places) = (search(), Tail::default(), Vec::new());
        let mut found = |_: &str, _, place| places.push(place);
        search.next(&mut tail, b"1234567s3cr", &mut found);
        Search::skip(&mut tail, 10);
        search.next(&mut tail, "et /\u{e4}?>s3cret /\u{e4}?>".as_bytes(), &mut found);
        search.alone("s3cret /\u{e4}?>".as_bytes(), &mut found);
        assert_eq!(places, [29, 0]);
        assert!(Search::new(&[]).unwrap().automaton.is_none());
    }
}
