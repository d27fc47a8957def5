//! Key files: one PEM block, and above it the lines that say whose key it is.
//!
//! RFC 7468 section 2 permits text before a block and asks readers to pass over it, so other programs read these files too.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::key::Person;

/// The longest key file that is read, in bytes.
pub(crate) const LONGEST: u64 = 16 * 1024;
/// Characters of base64 in one line (RFC 7468 section 2).
const WIDTH: usize = 64;

/// What a key file holds.
pub(crate) struct Pem {
    pub(crate) person: Option<Person>,
    pub(crate) der: Vec<u8>,
}

/// Reads the one block of a key file; it must have this label.
pub(crate) fn read(text: &str, label: &str) -> Result<Pem, String> {
    let mut lines = text.lines().map(str::trim_end);
    let (mut name, mut function) = (None, None);
    let found = loop {
        let line = lines.next().ok_or_else(|| format!("holds no key: it should have a line -----BEGIN {label}-----"))?;
        if let Some(found) = line.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----")) {
            break found;
        }
        name = name.or(line.strip_prefix("Name:"));
        function = function.or(line.strip_prefix("Function:"));
    };
    if found != label {
        return Err(format!("holds {}, and what is needed here is a {}", told(found), label.to_lowercase()));
    }
    let (end, rest) = (format!("-----END {label}-----"), lines.collect::<Vec<_>>());
    let at = rest.iter().position(|line| *line == end).ok_or_else(|| format!("the key is cut off: there is no line {end}"))?;
    let (body, after) = rest.split_at(at);
    if after.iter().skip(1).any(|line| !line.is_empty()) {
        return Err("something stands after the key: a key file holds one key".to_owned());
    }
    let der = STANDARD.decode(body.concat()).map_err(|error| format!("the key is damaged: {error}"))?;
    let person = match (name, function) {
        (Some(name), Some(function)) => Some(Person::new(name.trim(), function.trim())?),
        _ => None,
    };
    Ok(Pem { person, der })
}

fn told(label: &str) -> &'static str {
    match label {
        "PRIVATE KEY" => "a private key",
        "PUBLIC KEY" => "a public key",
        "ENCRYPTED PRIVATE KEY" => "an encrypted key",
        _ => "something else",
    }
}

/// The block alone.
pub(crate) fn block(label: &str, der: &[u8]) -> String {
    let encoded: Vec<char> = STANDARD.encode(der).chars().collect();
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in encoded.chunks(WIDTH) {
        let _ = writeln!(text, "{}", line.iter().collect::<String>());
    }
    let _ = writeln!(text, "-----END {label}-----");
    text
}

/// A whole key file.
pub(crate) fn file(label: &str, person: Option<&Person>, der: &[u8]) -> String {
    let whose = person.map(|person| format!("Name: {}\nFunction: {}\n", person.name, person.function));
    whose.unwrap_or_default() + &block(label, der)
}
