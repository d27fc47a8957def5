//! A security.txt (RFC 9116): its fields, its `OpenPGP` envelope, and where it departs from the format.

mod fields;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::json::Notes;
use crate::text::{clean, moment};
use crate::{Problem, Unreadable};
use fields::{Line, finish, judge};

/// The largest file that is read, in bytes.
pub const LARGEST: usize = 256 * 1024;
/// The most lines that are looked at.
const MOST_LINES: usize = 4_000;

/// What stands in the file. Values are as written, cut to 1,000 characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityTxt {
    /// Whether all of it is UTF-8 (section 3).
    pub utf8: bool,
    /// The `OpenPGP` envelope, when there is one (section 2.3).
    pub envelope: Option<Envelope>,
    /// The values of `Contact` (section 2.5.3), in order.
    pub contacts: Vec<String>,
    /// The values of `Expires` (section 2.5.5); there should be one.
    pub expires: Vec<String>,
    /// The values of `Preferred-Languages` (section 2.5.8); there should be at most one.
    pub languages: Vec<String>,
    /// The values of `Canonical` (section 2.5.2): where the file says that it stands.
    pub canonical: Vec<String>,
    /// The values of `CSAF`: where the provider metadata stands (CSAF 2.0 section 7.1.8).
    pub csaf: Vec<String>,
    /// All other fields, names in lower case, in order.
    pub others: Vec<(String, String)>,
    /// Departures from what RFC 9116 demands, except for the moment of expiry, which depends on the time.
    pub problems: Vec<Problem>,
    /// Departures from what it only advises.
    pub advice: Vec<Problem>,
}

/// An `OpenPGP` cleartext signature (RFC 4880 section 7). It is not verified here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The hash that its armour header names, if it does.
    pub hash: Option<String>,
    /// Whether an armoured signature follows the text, with a body and an end.
    pub complete: bool,
}

impl SecurityTxt {
    /// When the file expires, if it has exactly one `Expires` and that is a date and time of RFC 3339.
    pub fn expiry(&self) -> Option<OffsetDateTime> {
        match self.expires.as_slice() {
            [one] => moment(one),
            _ => None,
        }
    }

    /// Whether that lies in the past at `now`; none without a readable `Expires`.
    pub fn has_expired(&self, now: OffsetDateTime) -> Option<bool> {
        self.expiry().map(|expiry| expiry <= now)
    }

    /// Whether it lies more than a year ahead of `now`, which section 2.5.5 advises against.
    pub fn is_far_ahead(&self, now: OffsetDateTime) -> bool {
        self.expiry().is_some_and(|expiry| expiry - now > time::Duration::days(366))
    }
}

/// Reads the file.
///
/// # Errors
/// [`Unreadable`] when it is larger than [`LARGEST`].
pub fn read(bytes: &[u8]) -> Result<SecurityTxt, Unreadable> {
    if bytes.len() > LARGEST {
        return Err(Unreadable::because(format!("the file is larger than {LARGEST} bytes")));
    }
    let (mut file, problems, advice) = (SecurityTxt::default(), Notes::default(), Notes::default());
    file.utf8 = std::str::from_utf8(bytes).is_ok();
    if !file.utf8 {
        problems.add("", "the file is not UTF-8 (section 3)");
    }
    if !bytes.is_empty() && !bytes.ends_with(b"\n") {
        advice.add("", "the last line has no end of line (section 4)");
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).zip(1..);
    let mut part = Part::Text;
    for (line, number) in lines.by_ref().take(MOST_LINES) {
        part = part.after(line, &mut file);
        if part == Part::Text && !line.starts_with("-----") {
            let line = if file.envelope.is_some() { line.strip_prefix("- ").unwrap_or(line) } else { line };
            take(&mut file, &Line { text: line, number, problems: &problems, advice: &advice });
        }
    }
    if lines.next().is_some() {
        problems.add("", format!("the file has more than {MOST_LINES} lines"));
    }
    finish(&file, &problems, &advice);
    (file.problems, file.advice) = (problems.into_problems(), advice.into_problems());
    Ok(file)
}

/// The part of a signed file in which a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Text,
    Header,
    Signature,
    Body,
    End,
}

impl Part {
    /// The part that this line belongs to. A file without an envelope has one part.
    fn after(self, line: &str, file: &mut SecurityTxt) -> Self {
        let line = line.trim_end();
        match (self, line) {
            (Self::Text, "-----BEGIN PGP SIGNED MESSAGE-----") if file.envelope.is_none() => {
                file.envelope = Some(Envelope::default());
                return Self::Header;
            }
            (Self::Text, "-----BEGIN PGP SIGNATURE-----") if file.envelope.is_some() => return Self::Signature,
            (Self::Header, "") => return Self::Text,
            (Self::Signature, "") => return Self::Body,
            (Self::Body, "-----END PGP SIGNATURE-----") => {
                file.envelope.iter_mut().for_each(|envelope| envelope.complete = true);
                return Self::End;
            }
            (Self::Header, _) => {
                if let (Some(envelope), Some(hash)) = (&mut file.envelope, line.strip_prefix("Hash:")) {
                    envelope.hash = Some(clean(hash.trim()));
                }
            }
            _ => {}
        }
        self
    }
}

/// Takes one line of the text: a field, a comment, or nothing.
fn take(file: &mut SecurityTxt, line: &Line<'_>) {
    if line.text.is_empty() || line.text.starts_with('#') {
        return;
    }
    let Some((name, value)) = line.text.split_once(':') else {
        if !line.text.trim().is_empty() {
            line.problem("is neither a field nor a comment (section 4)");
        }
        return;
    };
    if !value.starts_with(' ') {
        line.advise("has no space after the colon (section 4)");
    }
    let name = clean(name).to_ascii_lowercase();
    if name.is_empty() || !name.chars().all(|each| each.is_ascii_graphic()) {
        line.problem("has a name of a field that is no name (section 4)");
    }
    let value = clean(value.trim());
    judge(&name, &value, line);
    match name.as_str() {
        "contact" => file.contacts.push(value),
        "expires" => file.expires.push(value),
        "preferred-languages" => file.languages.push(value),
        "canonical" => file.canonical.push(value),
        "csaf" => file.csaf.push(value),
        _ => file.others.push((name, value)),
    }
}

#[cfg(test)]
mod tests;
