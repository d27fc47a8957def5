//! Mender artifacts: a tar archive with `version`, `manifest` (a SHA-256 for each file), when signed `manifest.sig` in
//! base64, a header and the data.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::archive::{MOST_UNPACKED, Member, gunzip, tar};
use super::seal::{Form, Message, Seal};
use super::{File, Kind, MOST_FILES, Package};
use crate::text::{hex, is_hex};

const FRAME: [&str; 4] = ["manifest", "manifest.sig", "manifest-augment", "header-augment.tar.gz"];

pub(super) fn read(file: &[u8]) -> Option<Package> {
    let members = tar(file);
    let manifest = members.iter().find(|member| member.name == "manifest")?;
    members.first().filter(|first| first.name == "version")?;
    let mut package = Package::new(Kind::Mender);
    let hashes = hashes(file, manifest, &mut package);
    if let Some(signature) = members.iter().find(|member| member.name == "manifest.sig") {
        package.signed = true;
        let text: Vec<u8> = signature.content(file).iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        match STANDARD.decode(&text) {
            Ok(bytes) => {
                let message = Message::Ranges(vec![manifest.place.clone()]);
                package.seals.push(Seal { signature: bytes, form: Form::Raw, message });
            }
            Err(_) => package.problem("manifest.sig", "is not base64"),
        }
    }
    for member in &members {
        list(file, member, &hashes, &mut package);
    }
    for name in hashes.keys().filter(|name| !package.files.iter().any(|file| file.name == **name)).cloned().collect::<Vec<_>>() {
        package.problem("manifest", format!("names `{name}`, which was not found"));
    }
    Some(package)
}

/// Lines of a hash, two blanks, and a name.
fn hashes(file: &[u8], manifest: &Member, package: &mut Package) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(manifest.content(file));
    let mut hashes = BTreeMap::new();
    for line in text.lines().take(MOST_FILES) {
        match line.split_once(char::is_whitespace).filter(|(hash, _)| is_hex(hash, 64)) {
            Some((hash, name)) => drop(hashes.insert(name.trim().to_owned(), hash.to_ascii_lowercase())),
            None => package.problem("manifest", "a line is not a SHA-256 and a name"),
        }
    }
    hashes
}

/// Lists a member; of `data/0000.tar.gz`, which the manifest names by what is in it, the members.
fn list(file: &[u8], member: &Member, hashes: &BTreeMap<String, String>, package: &mut Package) {
    let content = member.content(file);
    let stem = member.name.split_once(".tar").map(|(stem, _)| stem).filter(|stem| stem.starts_with("data/"));
    let Some(stem) = stem.filter(|_| !hashes.contains_key(&member.name)) else {
        return package.files.push(listed(&member.name, content, hashes));
    };
    let plain = content.get(257..262) == Some(b"ustar");
    let unpacked = if plain { Some(content.to_vec()) } else { gunzip(content, MOST_UNPACKED) };
    let Some(unpacked) = unpacked else {
        package.files.push(listed(&member.name, content, hashes));
        return package.problem(&member.name, "is packed in a way that is not read here, or too large: its files are not listed");
    };
    for inner in tar(&unpacked) {
        package.files.push(listed(&format!("{stem}/{}", inner.name), inner.content(&unpacked), hashes));
    }
}

fn listed(name: &str, content: &[u8], hashes: &BTreeMap<String, String>) -> File {
    let hash_matches = hashes.get(name).map(|hash| *hash == hex(digest(&SHA256, content).as_ref()));
    File { name: name.to_owned(), size: u64::try_from(content.len()).unwrap_or(u64::MAX), hash_matches, is_frame: FRAME.contains(&name) }
}
