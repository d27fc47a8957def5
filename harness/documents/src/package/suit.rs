//! SUIT envelopes: an authentication wrapper with a digest and one COSE object for each signature, and the manifest.
//! The layout is that of draft-ietf-suit-manifest; the digest is over the manifest as a byte string, head included.

use aws_lc_rs::digest::{Algorithm, SHA256, SHA384, SHA512, digest};

use super::seal::{Form, Message, Seal};
use super::{File, Kind, MOST_FILES, Package, cbor};
use crate::text::clean;

/// The most signatures of one envelope that are looked at.
const MOST_SIGNATURES: usize = 16;

pub(super) fn read(file: &[u8]) -> Option<Package> {
    let at = 2;
    if file.get(..at)? != [0xd8, 0x6b] || cbor::head(file, at)?.major != 5 {
        return None;
    }
    let mut package = Package::new(Kind::Suit);
    if cbor::after(file, at, 0).is_none() {
        package.problem("", "the envelope is cut, nested too deeply, or of indefinite length");
    }
    let manifest = cbor::in_map(file, at, 3).and_then(|at| cbor::byte_string(file, at));
    if manifest.is_none() {
        package.problem("", "the envelope has no manifest (key 3)");
    }
    let Some(wrapper) = cbor::in_map(file, at, 2).and_then(|at| cbor::byte_string(file, at)) else {
        package.problem("", "the envelope has no authentication wrapper (key 2)");
        return Some(package);
    };
    authentication(wrapper, manifest.unwrap_or_default(), &mut package);
    for (key, value) in cbor::members(file, at).into_iter().take(MOST_FILES) {
        if let (Some(name), Some(content)) = (cbor::text(file, key), cbor::byte_string(file, value)) {
            package.files.push(File {
                name: clean(name),
                size: u64::try_from(content.len()).unwrap_or(u64::MAX),
                hash_matches: manifest.filter(|manifest| holds_digest(manifest, content)).map(|_| true),
                is_frame: false,
            });
        }
    }
    Some(package)
}

/// Whether the manifest holds a digest of this payload as a byte string: no other byte string is right by chance.
fn holds_digest(manifest: &[u8], payload: &[u8]) -> bool {
    [&SHA256, &SHA384, &SHA512].into_iter().any(|algorithm| {
        let wanted = cbor::as_byte_string(digest(algorithm, payload).as_ref());
        manifest.windows(wanted.len()).any(|window| window == wanted)
    })
}

fn authentication(wrapper: &[u8], manifest: &[u8], package: &mut Package) {
    let Some(list) = cbor::head(wrapper, 0).filter(|head| head.major == 4) else {
        return package.problem("", "the authentication wrapper is no list");
    };
    let Some(claimed) = cbor::byte_string(wrapper, list.content) else {
        return package.problem("", "the authentication wrapper does not begin with a digest");
    };
    package.hash = hash(claimed, manifest);
    let mut at = list.content;
    for _ in 1..list.number.min(MOST_SIGNATURES as u64) {
        let Some(next) = cbor::after(wrapper, at, 0) else { break };
        at = next;
        package.signed = true;
        let Some(cose) = cbor::byte_string(wrapper, at) else { continue };
        match signature(cose, claimed) {
            Some((name, seal)) => {
                package.algorithm = name.map(str::to_owned);
                package.seals.push(seal);
            }
            None => package.problem("", "a signature in the authentication wrapper is no COSE_Sign1 (RFC 9052 section 4.2)"),
        }
    }
}

/// The name of the digest's algorithm, and whether the manifest has it.
fn hash(claimed: &[u8], manifest: &[u8]) -> Option<(String, bool)> {
    let list = cbor::head(claimed, 0).filter(|head| head.major == 4)?;
    let (name, algorithm): (_, &'static Algorithm) = match cbor::integer(claimed, list.content)? {
        -16 => ("sha256", &SHA256),
        -43 => ("sha384", &SHA384),
        -44 => ("sha512", &SHA512),
        _ => return None,
    };
    let value = cbor::byte_string(claimed, cbor::after(claimed, list.content, 0)?)?;
    let right = |bytes: &[u8]| digest(algorithm, bytes).as_ref() == value;
    Some((name.to_owned(), right(&cbor::as_byte_string(manifest))))
}

/// The algorithm of a `COSE_Sign1` over the digest, and its signature with what it is about (RFC 9052 section 4.4).
fn signature(cose: &[u8], claimed: &[u8]) -> Option<(Option<&'static str>, Seal)> {
    let head = cbor::head(cose, 0)?;
    let array = match (head.major, head.number) {
        (6, 18) => cbor::head(cose, head.content)?,
        (4, _) => head,
        _ => return None,
    };
    if array.major != 4 || array.number != 4 {
        return None;
    }
    let protected = cbor::byte_string(cose, array.content)?;
    let payload_at = cbor::after(cose, cbor::after(cose, array.content, 0)?, 0)?;
    let value = cbor::byte_string(cose, cbor::after(cose, payload_at, 0)?)?;
    // the payload may stand in the object; then it must be the digest
    let payload = cbor::byte_string(cose, payload_at).unwrap_or(claimed);
    if payload != claimed {
        return None;
    }
    let mut message = b"\x84\x6aSignature1".to_vec();
    for part in [protected, &[], payload] {
        message.extend(cbor::as_byte_string(part));
    }
    let name = cbor::in_map(protected, 0, 1).and_then(|at| cbor::integer(protected, at)).and_then(name_of);
    Some((name, Seal { signature: value.to_vec(), form: Form::Raw, message: Message::Own(message) }))
}

/// Names of COSE algorithms (RFC 9053, RFC 8230).
fn name_of(id: i64) -> Option<&'static str> {
    Some(match id {
        -7 | -9 => "ECDSA-SHA256",
        -35 => "ECDSA-SHA384",
        -36 => "ECDSA-SHA512",
        -8 | -19 => "Ed25519",
        -37 => "RSA-PSS-SHA256",
        -257 => "RSA-SHA256",
        -65535 => "RSA-SHA1",
        _ => return None,
    })
}
