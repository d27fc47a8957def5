//! UEFI capsules of the firmware management protocol: a header, a list of places of payloads, and before each payload
//! its authentication (UEFI 2.10 sections 23.3 and 8.5; clauses not checked).

use super::seal::{Form, Message, Seal};
use super::{Kind, Package, little, slice};
use crate::pki::read_cms;

/// The capsule of the firmware management protocol, and the PKCS #7 certificate type in it.
const CAPSULE: [u8; 16] = [0xed, 0xd5, 0xcb, 0x6d, 0x2d, 0xe8, 0x44, 0x4c, 0xbd, 0xa1, 0x71, 0x94, 0x19, 0x9a, 0xd9, 0x2a];
const PKCS7: [u8; 16] = [0x9d, 0xd2, 0xaf, 0x4a, 0xdf, 0x68, 0xee, 0x49, 0x8a, 0xa9, 0x34, 0x7d, 0x37, 0x56, 0x65, 0xa7];
/// Flag of a payload with authentication, in headers of version 3.
const AUTHENTICATED: usize = 1;
/// The most payloads of one capsule.
const MOST_PAYLOADS: usize = 64;

pub(super) fn read(file: &[u8]) -> Option<Package> {
    if !file.starts_with(&CAPSULE) {
        return None;
    }
    let mut package = Package::new(Kind::Capsule);
    let header = little::<4>(file, 16).unwrap_or_default();
    if little::<4>(file, 24) != Some(file.len()) {
        package.problem("", "the size in the header is not that of the file");
    }
    let counts = header.checked_add(4).and_then(|at| Some((little::<2>(file, at)?, little::<2>(file, at.checked_add(2)?)?)));
    let Some((drivers, payloads)) = counts else {
        package.problem("", "the header of the firmware management protocol is cut");
        return Some(package);
    };
    if payloads == 0 {
        package.problem("", "the capsule holds no payload");
    }
    for index in drivers..drivers + payloads.min(MOST_PAYLOADS) {
        let place = header.checked_add(8 + 8 * index).and_then(|at| little::<8>(file, at)).and_then(|offset| header.checked_add(offset));
        if place.and_then(|place| payload(file, place, &mut package)).is_none() {
            package.problem("", format!("payload {} is cut or without authentication", index - drivers + 1));
        }
    }
    package.signed = !package.seals.is_empty();
    Some(package)
}

/// A payload with its header at `at`.
fn payload(file: &[u8], at: usize, package: &mut Package) -> Option<()> {
    let length = match little::<4>(file, at)? {
        1 => 32,
        2 => 40,
        _ => 48,
    };
    if length == 48 && little::<8>(file, at.checked_add(40)?)? & AUTHENTICATED == 0 {
        return None;
    }
    let (start, size) = (at.checked_add(length)?, little::<4>(file, at.checked_add(24)?)?);
    let image = slice(file, start, size)?;
    // the count, then the certificate: length, revision, type, kind, data
    let certificate = little::<4>(image, 8)?;
    if little::<2>(image, 14)? != 0x0ef1 || slice(image, 16, 16)? != PKCS7 {
        return None;
    }
    let signature = image.get(32..8_usize.checked_add(certificate)?)?;
    let payload = start + 8 + certificate..start + size;
    let content = [file.get(payload.clone())?, image.get(..8)?].concat();
    if let Ok(cms) = read_cms(signature, Some(&content)) {
        package.algorithm = cms.signers.first().map(|signer| signer.algorithm.clone());
        package.cms = Some(cms);
    }
    let message = Message::Ranges(vec![payload, start..start + 8]);
    package.seals.push(Seal { signature: signature.to_vec(), form: Form::Cms, message });
    Some(())
}
