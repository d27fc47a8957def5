//! Private keys in a file, and in the members of archives and gzip streams inside it, within bounds.

use serde::{Deserialize, Serialize};

use super::archive::{MOST_UNPACKED, cpio, gunzip, tar};

/// The deepest nesting of archives that is followed, and the most keys that are told.
const DEEPEST: usize = 4;
const MOST_SECRETS: usize = 64;

/// A private key that was found. Nothing of the key itself is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// What it is: `an RSA private key in DER`.
    pub what: String,
    /// The way to the file that it stands in: members of archives, outermost first; empty for the file itself.
    pub within: String,
    /// Where it begins there, in bytes.
    pub offset: usize,
}

/// The beginnings of private keys in DER (PKCS #8, PKCS #1, SEC 1), up to the secret itself or close to it.
const BEGINNINGS: [(&str, &[u8]); 7] = [
    ("an Ed25519 private key", &[0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]),
    ("an RSA private key", &[2, 1, 0, 0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0, 4, 0x82]),
    ("a P-256 private key", &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 4, 0x6d, 0x30, 0x6b, 2, 1, 1, 4, 0x20]),
    ("a P-256 private key", &[0x30, 0x77, 2, 1, 1, 4, 0x20]),
    ("a P-384 private key", &[6, 5, 0x2b, 0x81, 4, 0, 0x22, 4, 0x81, 0x9e, 0x30, 0x81, 0x9b, 2, 1, 1, 4, 0x30]),
    ("a P-384 private key", &[0x30, 0x81, 0xa4, 2, 1, 1, 4, 0x30]),
    ("a P-521 private key", &[0x30, 0x81, 0xdc, 2, 1, 1, 4, 0x42]),
];

/// All private keys in the file.
pub fn secrets(file: &[u8]) -> Vec<Secret> {
    let (mut found, mut budget) = (Vec::new(), MOST_UNPACKED);
    look(file, "", 0, &mut budget, &mut found);
    found
}

fn look(file: &[u8], within: &str, depth: usize, budget: &mut usize, found: &mut Vec<Secret>) {
    for (what, offset) in places_of_keys(file) {
        if found.len() >= MOST_SECRETS {
            return;
        }
        found.push(Secret { what, within: within.to_owned(), offset });
    }
    if depth >= DEEPEST {
        return;
    }
    let deeper = |name: &str| if within.is_empty() { name.to_owned() } else { format!("{within}/{name}") };
    // members that are not packed were seen in the whole already; what is packed in them was not
    for member in cpio(file).0.into_iter().chain(tar(file)) {
        packed(member.content(file), &deeper(&member.name), depth + 1, budget, found);
    }
    if depth == 0 {
        packed(file, within, depth, budget, found);
    }
}

fn packed(bytes: &[u8], within: &str, depth: usize, budget: &mut usize, found: &mut Vec<Secret>) {
    if let Some(unpacked) = gunzip(bytes, *budget) {
        *budget -= unpacked.len().min(*budget);
        look(&unpacked, within, depth + 1, budget, found);
    }
}

fn places_of_keys(file: &[u8]) -> Vec<(String, usize)> {
    let der = BEGINNINGS.into_iter().flat_map(|(name, start)| {
        let keys = places(file, start).filter(|at| random(file.get(at + start.len()..).unwrap_or_default()));
        keys.map(move |at| (format!("{name} in DER"), at))
    });
    let pem = places(file, b"PRIVATE KEY-----").filter(|at| is_pem(file, *at)).map(|at| ("a private key in PEM".to_owned(), at));
    let rsa = places(file, &[2, 1, 0, 2, 0x82]).filter(|at| is_pkcs1(file, *at)).map(|at| ("an RSA private key in DER".to_owned(), at));
    let jwk = places(file, b"\"kty\"").filter(|at| is_jwk(file, *at)).map(|at| ("a private key as JWK".to_owned(), at));
    der.chain(pem).chain(rsa).chain(jwk).take(MOST_SECRETS).collect()
}

/// Where `wanted` begins in the file.
fn places<'a>(file: &'a [u8], wanted: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let (first, length) = (wanted.first().copied().unwrap_or_default(), wanted.len());
    file.iter()
        .enumerate()
        .filter(move |(_, byte)| **byte == first)
        .map(|(at, _)| at)
        .filter(move |at| file.get(*at..at + length) == Some(wanted))
}

/// Whether the bytes look like a secret: a template of a library does not.
fn random(rest: &[u8]) -> bool {
    rest.iter().take(32).collect::<std::collections::BTreeSet<_>>().len() > 15
}

/// Whether what follows the head of a PEM block looks like a key: the bare words of a library that reads keys do not.
/// Encrypted keys are no secret by themselves.
fn is_pem(file: &[u8], at: usize) -> bool {
    let before = file.get(at.saturating_sub(32)..at).unwrap_or_default();
    let begin = before.windows(11).rposition(|window| window == b"-----BEGIN ");
    let Some(label) = begin.and_then(|begin| before.get(begin + 11..)) else { return false };
    let rest = file.get(at + b"PRIVATE KEY-----".len()..).unwrap_or_default();
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
    // in JSON and the like an end of line is written as two characters
    let Some(rest) = rest.strip_prefix(b"\n").or_else(|| rest.strip_prefix(b"\\n")) else { return false };
    let base64 = rest.iter().take(64).filter(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte)).count() > 40;
    base64 && label != b"ENCRYPTED " && !rest.starts_with(b"Proc-Type: 4,ENCRYPTED")
}

/// Whether a version 0, a modulus and the exponent 65537 or 3 stand here, in a sequence.
fn is_pkcs1(file: &[u8], at: usize) -> bool {
    let digits = file.get(at + 5..at + 7).map(|digits| usize::from(digits[0]) << 8 | usize::from(digits[1]));
    let Some(length) = digits.filter(|length| (64..=1_100).contains(length)) else { return false };
    let sequence = at.checked_sub(4).and_then(|start| file.get(start..start + 2)) == Some(&[0x30, 0x82]);
    let exponent = file.get(at + 7 + length..).unwrap_or_default();
    // within PKCS #8 the same key was found by its beginning
    let inner = at.checked_sub(8).and_then(|start| file.get(start..start + 2)) == Some(&[4, 0x82]);
    sequence && !inner && (exponent.starts_with(&[2, 3, 1, 0, 1]) || exponent.starts_with(&[2, 1, 3]))
}

/// Whether a member `d` or `k` with a long value stands in the same flat JSON object.
fn is_jwk(file: &[u8], at: usize) -> bool {
    let from = at.saturating_sub(4_096);
    let start = file.get(from..at).and_then(|before| before.iter().rposition(|byte| *byte == b'{')).map(|start| from + start);
    let Some(rest) = start.and_then(|start| file.get(start..)) else { return false };
    let Some(object) = rest.iter().take(8_192).position(|byte| *byte == b'}').and_then(|end| rest.get(..=end)) else { return false };
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(object) else { return false };
    ["d", "k"]
        .iter()
        .any(|key| value.get(key).and_then(serde_json::Value::as_str).is_some_and(|text| text.len() >= 16 && random(text.as_bytes())))
}
