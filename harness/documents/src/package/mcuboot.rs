//! MCUboot images: a header, the image, and type-length-value entries behind it; the protected ones are signed too.

use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};

use super::seal::{Form, Message, Seal};
use super::{Kind, MOST_FILES, Package, little};

/// The magic of the header, and of the entries with and without protection.
const MAGIC: usize = 0x96f3_b83d;
const ENTRIES: usize = 0x6907;
const PROTECTED: usize = 0x6908;

pub(super) fn read(file: &[u8]) -> Option<Package> {
    if little::<4>(file, 0)? != MAGIC {
        return None;
    }
    let mut package = Package::new(Kind::McuBoot);
    let (header, protected, image) = (little::<2>(file, 8)?, little::<2>(file, 10)?, little::<4>(file, 12)?);
    let protected_at = header.checked_add(image)?;
    let signed_end = protected_at.checked_add(protected)?;
    if protected > 0 && little::<2>(file, protected_at) != Some(PROTECTED) {
        package.problem("", "the header tells of protected entries, but they are not behind the image");
    }
    if little::<2>(file, signed_end) != Some(ENTRIES) {
        package.problem("", "no entries stand behind the image, so it carries neither hash nor signature");
        return Some(package);
    }
    let end = signed_end.checked_add(little::<2>(file, signed_end.checked_add(2)?)?)?;
    if end > file.len() {
        package.problem("", "the entries reach beyond the end of the file");
    }
    entries(file, signed_end, end.min(file.len()), &mut package);
    Some(package)
}

fn entries(file: &[u8], signed_end: usize, end: usize, package: &mut Package) {
    let mut at = signed_end + 4;
    for _ in 0..MOST_FILES {
        let (Some(kind), Some(length)) = (little::<2>(file, at), little::<2>(file, at + 2)) else { break };
        let Some(value) = file.get(at + 4..at + 4 + length).filter(|_| at + 4 + length <= end) else { break };
        let hash = match kind {
            0x10 => Some(("sha256", &SHA256)),
            0x11 => Some(("sha384", &SHA384)),
            0x12 => Some(("sha512", &SHA512)),
            _ => None,
        };
        if let Some((name, algorithm)) = hash {
            let right = digest(algorithm, file.get(..signed_end).unwrap_or_default()).as_ref() == value;
            package.hash = Some((name.to_owned(), right));
        }
        let algorithm = match kind {
            0x20 => "RSA-PSS-SHA256 2048",
            0x21 => "ECDSA-P224-SHA256",
            0x22 => "ECDSA-SHA256",
            0x23 => "RSA-PSS-SHA256 3072",
            0x24 => "Ed25519",
            _ => "",
        };
        if !algorithm.is_empty() {
            (package.signed, package.algorithm) = (true, Some(algorithm.to_owned()));
            let message = Message::Ranges(std::iter::once(0..signed_end).collect());
            package.seals.push(Seal { signature: unpadded(kind, value).to_vec(), form: Form::Raw, message });
        }
        at += 4 + length;
    }
}

/// A signature of ECDSA without the zeros that fill it up to a fixed length, as older images have them.
fn unpadded(kind: usize, value: &[u8]) -> &[u8] {
    let (&[0x30, length, ..], 0x21 | 0x22) = (value, kind) else { return value };
    match value.split_at_checked(2 + usize::from(length)) {
        Some((signature, rest)) if rest.iter().all(|byte| *byte == 0) => signature,
        _ => value,
    }
}
