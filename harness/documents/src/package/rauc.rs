//! RAUC bundles: a squashfs image, then a CMS signature, then its length in eight bytes. In the form `plain` the
//! signature is over the image; in the form `verity` it holds the manifest, which gives the root of a hash tree over
//! the image.

use aws_lc_rs::digest::{Context, SHA256};

use super::seal::{Form, Message, Seal};
use super::{File, Kind, Package};
use crate::pki::{content_of, read_cms};
use crate::text::hex;

/// The block of a hash tree, in bytes.
const BLOCK: usize = 4_096;

pub(super) fn read(file: &[u8]) -> Option<Package> {
    if !file.starts_with(b"hsqs") {
        return None;
    }
    let trailer = file.len().checked_sub(8)?;
    let length = file.last_chunk::<8>().and_then(|digits| usize::try_from(u64::from_be_bytes(*digits)).ok())?;
    let start = trailer.checked_sub(length).filter(|start| *start > 96)?;
    let signature = file.get(start..trailer)?;
    if !signature.starts_with(&[0x30]) || length < 64 {
        return None;
    }
    let mut package = Package::new(Kind::Rauc);
    package.signed = true;
    let image = file.get(..start)?;
    match read_cms(signature, Some(image)) {
        Ok(cms) => {
            package.algorithm = cms.signers.first().map(|signer| signer.algorithm.clone());
            package.cms = Some(cms);
        }
        Err(why) => package.problem("", format!("the signature cannot be read: {why}")),
    }
    match content_of(signature) {
        None => {
            let message = Message::Ranges(std::iter::once(0..start).collect());
            package.seals.push(Seal { signature: signature.to_vec(), form: Form::Cms, message });
        }
        Some(manifest) => {
            verity(image, &String::from_utf8_lossy(&manifest), &mut package);
            package.seals.push(Seal { signature: signature.to_vec(), form: Form::Cms, message: Message::Own(manifest) });
        }
    }
    Some(package)
}

/// Holds the image against the hash tree that the manifest in the signature gives the root of.
fn verity(image: &[u8], manifest: &str, package: &mut Package) {
    let value = |key: &str| manifest.lines().find_map(|line| line.trim().strip_prefix(key)?.trim_start().strip_prefix('=')).map(str::trim);
    let tree = value("verity-size").and_then(|size| size.parse::<usize>().ok());
    let (hash, salt) = (value("verity-hash"), value("verity-salt").and_then(unhex));
    let data = tree.and_then(|tree| image.get(..image.len().checked_sub(tree)?));
    let (Some(data), Some(hash), Some(salt)) = (data, hash, salt) else {
        return package.problem("manifest", "has no hash tree over the image (verity-hash, verity-salt, verity-size)");
    };
    let right = hex(&root(data, &salt)) == hash.to_ascii_lowercase();
    package.hash = Some(("sha256".to_owned(), right));
    package.files.push(File {
        name: "the image".to_owned(),
        size: u64::try_from(data.len()).unwrap_or(u64::MAX),
        hash_matches: Some(right),
        is_frame: false,
    });
}

/// The root of the hash tree over the blocks: each hash is over the salt and a block, and hashes fill blocks again, until
/// one block is left.
fn root(data: &[u8], salt: &[u8]) -> Vec<u8> {
    let hash = |block: &[u8]| {
        let mut context = Context::new(&SHA256);
        context.update(salt);
        context.update(block);
        context.update(vec![0; BLOCK.saturating_sub(block.len())].as_slice());
        context.finish().as_ref().to_vec()
    };
    let level = |bytes: &[u8]| bytes.chunks(BLOCK).flat_map(hash).collect::<Vec<u8>>();
    let mut hashes = level(data);
    while hashes.len() > 32 {
        hashes = level(&hashes);
    }
    hashes
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|each| each.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    digits
        .filter(|digits| digits.len() % 2 == 0 && digits.len() <= 512)
        .map(|digits| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
