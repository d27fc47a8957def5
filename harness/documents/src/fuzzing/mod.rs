//! One function for each reader of documents, for the fuzz targets and for the test that drives them all. Nothing here
//! is used by the harness.
//!
//! Each takes any bytes and must neither panic, nor hang, nor take memory beyond a small multiple of its input.

#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr};

use time::OffsetDateTime;

use crate::package::secrets;
use crate::pki::{PublicKey, Trust, read_cms};
use crate::{csaf, elf, mud, package, sbom, security_txt, vulnerabilities};

/// A reader of documents.
pub type Reader = fn(&[u8]);

/// All readers by name, which is also the name of the fuzz target and of the folder with its seeds.
pub const READERS: &[(&str, Reader)] = &[
    ("document_cms", cms),
    ("document_csaf", csaf_document),
    ("document_elf", elf_file),
    ("document_mud", mud_description),
    ("document_package", update_package),
    ("document_sbom", bill_of_materials),
    ("document_security_txt", security_file),
    ("document_vulnerabilities", vulnerability_records),
];

/// A key and a CMS signature, and the path to an anchor that the bytes may hold.
pub fn cms(bytes: &[u8]) {
    let (first, rest) = bytes.split_at(bytes.len() / 2);
    let anchors = [first.to_vec(), rest.to_vec()];
    let _ = (read_cms(bytes, Some(first)), PublicKey::read(bytes).map(|key| key.facts));
    let _ = mud::read_signature(bytes, b"", Trust::Anchors(&anchors, OffsetDateTime::UNIX_EPOCH));
}

/// An advisory, the metadata of a provider, a feed, and statements.
pub fn csaf_document(bytes: &[u8]) {
    let _ = (csaf::read(bytes).map(|found| found.statements()), csaf::read_provider(bytes), csaf::read_openvex(bytes));
    let _ = csaf::read_feed(bytes).map(|feed| feed.newest());
}

/// An executable or library.
pub fn elf_file(bytes: &[u8]) {
    let _ = elf::read(bytes);
}

/// A description of what a device needs, and traffic held against it.
pub fn mud_description(bytes: &[u8]) {
    let Ok(found) = mud::read(bytes) else { return };
    let seen = mud::Seen {
        direction: mud::Direction::FromDevice,
        protocol: 6,
        peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
        names: vec!["api.a.example".to_owned()],
        is_local: None,
        roles: Vec::new(),
        roles_complete: false,
        peer_port: Some(443),
        own_port: None,
        initiated_by: None,
    };
    let _ = found.stands(&seen);
}

/// An update package, its signature, and private keys in it.
pub fn update_package(bytes: &[u8]) {
    let _ = secrets(bytes);
    let key = PublicKey::read(&[&[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0][..], &[7; 32]].concat());
    if let (Ok(found), Ok(key)) = (package::read(bytes), key) {
        let _ = (found.verify(bytes, "", Trust::Key(&key)), found.mismatched().len(), found.uncovered().len());
    }
}

/// A bill of materials.
pub fn bill_of_materials(bytes: &[u8]) {
    let _ = sbom::read(bytes);
}

/// A security.txt.
pub fn security_file(bytes: &[u8]) {
    let _ = security_txt::read(bytes).map(|file| file.has_expired(OffsetDateTime::UNIX_EPOCH));
}

/// Snapshots of vulnerabilities, matched with a small bill of materials.
pub fn vulnerability_records(bytes: &[u8]) {
    let _ = vulnerabilities::read_catalog(bytes);
    let bill = br#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"tls","version":"1.0",
        "purl":"pkg:npm/%40org/tls@1.0.0","cpe":"cpe:2.3:a:org:boot:1.4.1:*:*:*:*:*:*:*"}]}"#;
    let Ok(bill) = sbom::read(bill) else { return };
    for records in [vulnerabilities::read_osv(bytes), vulnerabilities::read_nvd(bytes)].into_iter().flatten() {
        let _ = vulnerabilities::match_components(&bill, &records.records, None, &[]);
    }
}
