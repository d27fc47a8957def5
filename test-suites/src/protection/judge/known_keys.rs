//! Lists of keys that are known to be shared, as the user supplies them.
//!
//! One key a line: the SHA-256 of its `SubjectPublicKeyInfo` in hexadecimal, or of an SSH key the fingerprint of
//! OpenSSH (`SHA256:...`); what follows it on the line says whose key it is. Lines that begin with `#` are remarks, and
//! the first date in them (2026-11-27) is the date of the list.

use std::collections::BTreeMap;

use assay_model::evidence::hex;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::Serialize;

/// The longest list that is read, in bytes.
const LONGEST: usize = 256 << 20;
/// How OpenSSH begins a fingerprint.
const OPENSSH: &str = "SHA256:";
/// Characters kept of a remark.
const REMARK: usize = 120;

/// What a list says of the keys that were sought in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(in super::super) struct Listed {
    /// Its date, as it states it.
    pub(in super::super) date: Option<String>,
    /// How many keys it holds.
    pub(in super::super) keys: usize,
    /// The sought keys that are in it, with what is said of each.
    pub(in super::super) found: BTreeMap<String, String>,
}

/// Seeks keys, each given as its SHA-256 in hexadecimal, in a list.
///
/// # Errors
/// Where the list cannot be read: a key may stand there.
pub(in super::super) fn seek(list: &[u8], sought: &[&str]) -> Result<Listed, String> {
    if list.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    let mut listed = Listed::default();
    for (number, line) in list.split(|byte| *byte == b'\n').enumerate() {
        let line = String::from_utf8_lossy(line);
        let line = line.trim();
        if let Some(remark) = line.strip_prefix('#') {
            listed.date = listed.date.or_else(|| date_in(remark));
        } else if !line.is_empty() {
            let (print, remark) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let print = plain(print).ok_or_else(|| format!("line {} does not begin with a SHA-256", number + 1))?;
            if sought.contains(&print.as_str()) {
                let _ = listed.found.insert(print, remark.trim().chars().take(REMARK).collect());
            }
            listed.keys += 1;
        }
    }
    if listed.keys == 0 { Err("it holds no key".to_owned()) } else { Ok(listed) }
}

/// A fingerprint in lower-case hexadecimal, whichever of the two forms it has.
pub(in super::super) fn plain(print: &str) -> Option<String> {
    if let Some(print) = print.strip_prefix(OPENSSH) {
        return STANDARD_NO_PAD.decode(print).ok().filter(|bytes| bytes.len() == 32).map(|bytes| hex(&bytes));
    }
    let fits = print.len() == 64 && print.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| print.to_ascii_lowercase())
}

/// The first date in a text: digits as in 2026-11-27.
fn date_in(text: &str) -> Option<String> {
    let fits = |(place, byte): (usize, &u8)| if matches!(place, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() };
    let date = text.as_bytes().windows(10).find(|window| window.iter().enumerate().all(fits))?;
    Some(String::from_utf8_lossy(date).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "619e071337c0a8c28e0ae1e9e10117cfc201ca6b737e5c956a09c38299b5520f";

    #[test]
    fn a_key_is_found_in_either_form() {
        let openssh = format!("{OPENSSH}{}", STANDARD_NO_PAD.encode([0xab; 32]));
        let other = "ab".repeat(32);
        let list = format!("# of 2026-11-27, 2025-01-01\n\n{} router X\n{openssh}\n", ONE.to_uppercase());
        let listed = seek(list.as_bytes(), &[ONE, &other]).unwrap();
        assert_eq!((listed.keys, listed.date.as_deref()), (2, Some("2026-11-27")));
        assert_eq!(listed.found.into_iter().collect::<Vec<_>>(), [(ONE.to_owned(), "router X".to_owned()), (other, String::new())]);
        assert!(seek(list.as_bytes(), &[&"cd".repeat(32)]).unwrap().found.is_empty());
    }

    #[test]
    fn a_list_that_cannot_be_read_is_no_list() {
        assert!(seek(format!("{ONE}\nabc\n").as_bytes(), &[ONE]).unwrap_err().contains("line 2"));
        assert!(seek(b"# nothing\n", &[]).unwrap_err().contains("no key"));
        for odd in ["SHA256:", "SHA256:aaaa", "\u{fe}", &format!("{ONE}a")] {
            assert!(seek(odd.as_bytes(), &[]).is_err(), "{odd}");
        }
    }
}
