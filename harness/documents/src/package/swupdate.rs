//! SWUpdate images: a cpio archive that begins with `sw-description`; when signed, `sw-description.sig` follows, over the
//! bytes of `sw-description`, which gives a hash for each file.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};

use super::archive::{Member, cpio};
use super::seal::{Form, Message, Seal};
use super::{File, Kind, Package, listing};
use crate::pki::read_cms;
use crate::text::{clean, hex};

const DESCRIPTION: &str = "sw-description";
const SIGNATURE: &str = "sw-description.sig";

pub(super) fn read(file: &[u8]) -> Option<Package> {
    let (members, ends) = cpio(file);
    let description = members.first().filter(|first| first.name == DESCRIPTION)?;
    let mut package = Package::new(Kind::SwUpdate);
    if !ends {
        package.problem("", "the cpio archive does not end with its trailer");
    }
    let text = String::from_utf8_lossy(description.content(file));
    let (named, balanced) = listing::files(&text);
    if !balanced {
        package.problem(DESCRIPTION, "is not nested as libconfig or JSON is");
    }
    if let Some(member) = members.iter().find(|member| member.name == SIGNATURE) {
        seal(file, description, member, &mut package);
    }
    // the same file may stand in several software sets; every hash must be right
    let mut hashes: BTreeMap<&str, Vec<Option<&str>>> = BTreeMap::new();
    for each in &named {
        hashes.entry(&each.filename).or_default().push(each.sha256.as_deref());
        if !members.iter().any(|member| member.name == each.filename) {
            package.problem(DESCRIPTION, format!("names `{}`, which is not in the archive", clean(&each.filename)));
        }
    }
    package.files = members.iter().map(|member| listed(file, member, hashes.get(member.name.as_str()))).collect();
    Some(package)
}

fn seal(file: &[u8], description: &Member, signature: &Member, package: &mut Package) {
    let bytes = signature.content(file);
    package.signed = true;
    let cms = read_cms(bytes, Some(description.content(file))).ok();
    let form = if cms.is_some() { Form::Cms } else { Form::Raw };
    // a bare signature is of RSA over SHA-256; whether PKCS #1 or PSS, the archive does not tell
    package.algorithm = cms.as_ref().and_then(|cms| cms.signers.first()).map(|signer| signer.algorithm.clone());
    package.cms = cms;
    let message = Message::Ranges(vec![description.place.clone()]);
    package.seals.push(Seal { signature: bytes.to_vec(), form, message });
}

fn listed(file: &[u8], member: &Member, hashes: Option<&Vec<Option<&str>>>) -> File {
    let content = member.content(file);
    let is_frame = member.name == DESCRIPTION || member.name == SIGNATURE;
    let hash_matches = hashes.filter(|_| !is_frame).and_then(|hashes| {
        let all: Option<Vec<&str>> = hashes.iter().copied().collect();
        let own = hex(digest(&SHA256, content).as_ref());
        all.map(|all| all.iter().all(|hash| *hash == own))
    });
    File { name: member.name.clone(), size: u64::try_from(content.len()).unwrap_or(u64::MAX), hash_matches, is_frame }
}
