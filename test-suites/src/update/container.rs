//! Containers of update packages: which one a file is, and whether it carries a signature.

use std::ops::Range;

use serde::Serialize;

use super::cbor;

/// Entries looked at in an archive.
const MOST_ENTRIES: usize = 4_096;
/// The vendor-neutral capsule of the UEFI firmware management protocol, and the PKCS #7 certificate type in it.
const CAPSULE: [u8; 16] = [0xed, 0xd5, 0xcb, 0x6d, 0x2d, 0xe8, 0x44, 0x4c, 0xbd, 0xa1, 0x71, 0x94, 0x19, 0x9a, 0xd9, 0x2a];
const PKCS7: [u8; 16] = [0x9d, 0xd2, 0xaf, 0x4a, 0xdf, 0x68, 0xee, 0x49, 0x8a, 0xa9, 0x34, 0x7d, 0x37, 0x56, 0x65, 0xa7];

/// What is known of a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Container {
    /// Its name.
    pub(super) name: &'static str,
    /// Whether a signature is in it.
    pub(super) signed: bool,
    /// How it is signed, where the container itself says so.
    pub(super) algorithm: Option<&'static str>,
    /// Where the signature stands, and what it is about, where that is plain to see.
    #[serde(skip)]
    pub(super) places: Option<(Range<usize>, Range<usize>)>,
}

impl Container {
    fn new(name: &'static str, signed: bool) -> Self {
        Self { name, signed, algorithm: None, places: None }
    }
}

/// Recognises the container by its first bytes.
pub(super) fn detect(file: &[u8]) -> Option<Container> {
    mcuboot(file)
        .or_else(|| suit(file))
        .or_else(|| swupdate(file))
        .or_else(|| mender(file))
        .or_else(|| rauc(file))
        .or_else(|| capsule(file))
}

fn little<const N: usize>(file: &[u8], at: usize) -> Option<usize> {
    let digits: &[u8; N] = file.get(at..)?.first_chunk()?;
    usize::try_from(digits.iter().rev().fold(0_u64, |number, digit| (number << 8) | u64::from(*digit))).ok()
}

/// A header, the image, and type-length-value entries behind it; the protected ones among these are signed too.
fn mcuboot(file: &[u8]) -> Option<Container> {
    if little::<4>(file, 0)? != 0x96f3_b83d {
        return None;
    }
    let mut found = Container::new("MCUboot image", false);
    let (header, protected, image) = (little::<2>(file, 8)?, little::<2>(file, 10)?, little::<4>(file, 12)?);
    let signed_end = header.checked_add(image)?.checked_add(protected)?;
    if little::<2>(file, signed_end) != Some(0x6907) {
        return Some(found);
    }
    let end = signed_end.checked_add(little::<2>(file, signed_end + 2)?)?.min(file.len());
    let mut at = signed_end + 4;
    for _ in 0..MOST_ENTRIES {
        let (Some(kind), Some(length)) = (little::<2>(file, at), little::<2>(file, at + 2)) else { break };
        if at + 4 + length > end {
            break;
        }
        let algorithm = match kind {
            0x20 => "RSA-2048-PSS-SHA256",
            0x21 => "ECDSA-P224-SHA256",
            0x22 => "ECDSA-SHA256",
            0x23 => "RSA-3072-PSS-SHA256",
            0x24 => "Ed25519",
            _ => "",
        };
        if !algorithm.is_empty() {
            found = Container { signed: true, algorithm: Some(algorithm), places: Some((at + 4..at + 4 + length, 0..signed_end)), ..found };
        }
        at += 4 + length;
    }
    Some(found)
}

/// An envelope with an authentication wrapper: a digest, then one COSE object for each signature.
fn suit(file: &[u8]) -> Option<Container> {
    let at = 2;
    if file.get(..at)? != [0xd8, 0x6b] || cbor::head(file, at)?.major != 5 {
        return None;
    }
    let mut found = Container::new("SUIT envelope", false);
    let wrapper = cbor::in_map(file, at, 2).and_then(|at| cbor::byte_string(file, at));
    let Some(list) = wrapper.and_then(|wrapper| cbor::head(wrapper, 0).filter(|head| head.major == 4)) else { return Some(found) };
    found.signed = list.number > 1;
    found.algorithm = wrapper.and_then(|wrapper| {
        let cose = cbor::byte_string(wrapper, cbor::after(wrapper, list.content, 0)?)?;
        let tag = cbor::head(cose, 0)?;
        let array = if tag.major == 6 { cbor::head(cose, tag.content)? } else { tag };
        let protected = cbor::byte_string(cose, array.content)?;
        Some(match cbor::integer(protected, cbor::in_map(protected, 0, 1)?)? {
            -7 => "ECDSA-SHA256",
            -35 => "ECDSA-SHA384",
            -36 => "ECDSA-SHA512",
            -8 => "Ed25519",
            -37 => "RSA-PSS-SHA256",
            -257 => "RSA-SHA256",
            -65535 => "RSA-SHA1",
            _ => return None,
        })
    });
    Some(found)
}

/// A cpio archive that begins with `sw-description`.
fn swupdate(file: &[u8]) -> Option<Container> {
    let (mut at, mut names) = (0_usize, Vec::new());
    while names.len() < MOST_ENTRIES {
        let Some(header) =
            file.get(at..at.checked_add(110)?).filter(|header| header.starts_with(b"070701") || header.starts_with(b"070702"))
        else {
            break;
        };
        let field = |index: usize| usize::from_str_radix(std::str::from_utf8(header.get(6 + 8 * index..14 + 8 * index)?).ok()?, 16).ok();
        let (Some(size), Some(name_size)) = (field(6), field(11)) else { break };
        let name_at = at + 110;
        let Some(name) = file.get(name_at..name_at.checked_add(name_size)?) else { break };
        names.push(name.strip_suffix(b"\0").unwrap_or(name));
        let content = (name_at + name_size).next_multiple_of(4);
        at = content.checked_add(size)?.checked_next_multiple_of(4)?;
    }
    (names.first() == Some(&&b"sw-description"[..])).then(|| Container::new("SWUpdate image", names.contains(&&b"sw-description.sig"[..])))
}

/// A tar archive that begins with `version` and holds a `manifest`.
fn mender(file: &[u8]) -> Option<Container> {
    let (mut at, mut names) = (0_usize, Vec::new());
    while names.len() < MOST_ENTRIES {
        let Some(header) = file.get(at..at.checked_add(512)?).filter(|header| header.get(257..262) == Some(b"ustar")) else { break };
        let name = header.get(..100)?.split(|byte| *byte == 0).next()?;
        let size =
            std::str::from_utf8(header.get(124..135)?).ok().and_then(|text| usize::from_str_radix(text.trim_matches(['\0', ' ']), 8).ok());
        let Some(size) = size else { break };
        names.push(name);
        at = at.checked_add(512)?.checked_add(size.checked_next_multiple_of(512)?)?;
    }
    (names.first() == Some(&&b"version"[..]) && names.contains(&&b"manifest"[..]))
        .then(|| Container::new("Mender artifact", names.contains(&&b"manifest.sig"[..])))
}

/// A squashfs image; a bundle has a CMS signature at its end, and its length in the last eight bytes.
fn rauc(file: &[u8]) -> Option<Container> {
    if !file.starts_with(b"hsqs") {
        return None;
    }
    let length = file.last_chunk::<8>().and_then(|digits| usize::try_from(u64::from_be_bytes(*digits)).ok());
    let start = length.and_then(|length| file.len().checked_sub(8)?.checked_sub(length)).filter(|start| *start > 96);
    let signed = start.and_then(|start| file.get(start..)).is_some_and(|cms| cms.starts_with(&[0x30]) && cms.len() > 64);
    signed.then(|| Container::new("RAUC bundle", true))
}

fn capsule(file: &[u8]) -> Option<Container> {
    let signed = || file.windows(PKCS7.len()).take(64 * 1024).any(|window| window == PKCS7);
    file.starts_with(&CAPSULE).then(|| Container::new("UEFI capsule", signed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(kind: u8, trailer: bool) -> Vec<u8> {
        let mut file = vec![0x3d, 0xb8, 0xf3, 0x96, 0, 0, 0, 0, 32, 0, 0, 0, 8, 0, 0, 0];
        file.resize(40, 7);
        if trailer {
            file.extend([0x07, 0x69, 16, 0, kind, 0, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
        }
        file
    }

    #[test]
    fn mcuboot_images() {
        let signed = detect(&image(0x24, true)).unwrap();
        assert_eq!((signed.name, signed.signed, signed.algorithm), ("MCUboot image", true, Some("Ed25519")));
        assert_eq!(signed.places, Some((48..56, 0..40)));
        assert!(!detect(&image(0x10, true)).unwrap().signed);
        assert!(!detect(&image(0x24, false)).unwrap().signed);
    }

    #[test]
    fn suit_envelopes() {
        let signed = [0xd8, 0x6b, 0xa1, 0x02, 0x4b, 0x82, 0x41, 0x00, 0x47, 0xd2, 0x84, 0x43, 0xa1, 0x01, 0x26, 0xa0];
        let found = detect(&signed).unwrap();
        assert_eq!((found.name, found.signed, found.algorithm), ("SUIT envelope", true, Some("ECDSA-SHA256")));
        assert!(!detect(&[0xd8, 0x6b, 0xa1, 0x02, 0x43, 0x81, 0x41, 0x00]).unwrap().signed);
    }

    #[test]
    fn archives() {
        let cpio = |name: &str, size: usize| {
            let mut entry = format!("070702{:048}{size:08x}{:032}{:08x}{:08}", 0, 0, name.len() + 1, 0).into_bytes();
            entry.extend(name.bytes().chain([0]));
            entry.resize(entry.len().next_multiple_of(4) + size.next_multiple_of(4), 0);
            entry
        };
        let signed = [cpio("sw-description", 5), cpio("sw-description.sig", 3), cpio("TRAILER!!!", 0)].concat();
        assert_eq!(detect(&signed), Some(Container::new("SWUpdate image", true)));
        assert_eq!(detect(&cpio("sw-description", 5)), Some(Container::new("SWUpdate image", false)));
        let tar = |name: &str| {
            let mut entry = vec![0; 512];
            entry[..name.len()].copy_from_slice(name.as_bytes());
            entry[124..135].copy_from_slice(b"00000000003");
            entry[257..262].copy_from_slice(b"ustar");
            entry.resize(1024, 0);
            entry
        };
        let artifact = [tar("version"), tar("manifest"), tar("manifest.sig")].concat();
        assert_eq!(detect(&artifact), Some(Container::new("Mender artifact", true)));
        assert_eq!(detect(&artifact[..2048]), Some(Container::new("Mender artifact", false)));
    }

    #[test]
    fn nothing_odd_panics() {
        for magic in [&[0x3d, 0xb8, 0xf3, 0x96][..], &[0xd8, 0x6b, 0xa1], b"070701", b"hsqs", &CAPSULE] {
            for (length, filling) in [(0, 0), (90, 0xff), (600, 0xff), (600, b'f'), (600, b'0')] {
                let mut file = magic.to_vec();
                file.resize(magic.len() + length, filling);
                let _ = detect(&file);
            }
        }
    }
}
