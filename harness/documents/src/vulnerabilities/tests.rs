//! Snapshots, versions and matches.

use std::cmp::Ordering::{Equal, Greater, Less};

use proptest::prelude::*;

use super::*;
use crate::csaf::{Product, Statement, Status};
use crate::sbom;

const KEV: &str = r#"{"catalogVersion":"2026.01.02","dateReleased":"2026-01-02T00:00:00Z","count":1,"vulnerabilities":[{"cveID":"CVE-2026-1111","vendorProject":"Org","product":"TLS"}]}"#;
const OSV: &str = r#"{"vulns":[{"id":"OSV-1","modified":"2026-01-02T00:00:00Z","aliases":["CVE-2026-1111"],"affected":[{"package":{"ecosystem":"npm","name":"@org/tls"},
 "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"},{"introduced":"2.0.0"},{"last_affected":"2.3.0"}]}]}]},
 {"id":"OSV-2","modified":"2026-01-02T00:00:00Z","withdrawn":"2026-01-02T00:00:00Z"}]}"#;
const NVD: &str = r#"{"format":"NVD_CVE","version":"2.0","timestamp":"2026-01-02T00:00:00.000","vulnerabilities":[{"cve":{"id":"CVE-2026-2222","configurations":[{"nodes":[{"operator":"OR",
 "cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:a:org:boot:*:*:*:*:*:*:*:*","versionStartIncluding":"1.0","versionEndExcluding":"1.4.2"}]}]}]}}]}"#;

fn sbom_of(purl: &str, cpe: &str) -> sbom::Sbom {
    let text = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{{"component":{{"type":"device","name":"dw","version":"1","purl":"pkg:generic/dw@1"}}}},
        "components":[{{"type":"library","name":"a","purl":"{purl}"}},{{"type":"library","name":"b","cpe":"{cpe}"}},{{"type":"library","name":"c"}}]}}"#
    );
    sbom::read(text.as_bytes()).unwrap()
}

fn found(purl: &str, cpe: &str, statements: &[Statement]) -> Matches {
    let records = [read_osv(OSV.as_bytes()).unwrap().records, read_nvd(NVD.as_bytes()).unwrap().records].concat();
    match_components(&sbom_of(purl, cpe), &records, Some(&read_catalog(KEV.as_bytes()).unwrap()), statements)
}

#[test]
fn components_are_matched_with_ranges() {
    const OLD: &str = "cpe:2.3:a:org:boot:1.4.2:*:*:*:*:*:*:*";
    for (version, hits) in [("1.1.9", 1), ("1.2.0", 0), ("1.2.0-rc.1", 1), ("1.9.0", 0), ("2.0.0", 1), ("2.3.0", 1), ("2.3.1", 0)] {
        assert_eq!(found(&format!("pkg:npm/%40org/tls@{version}"), OLD, &[]).hits.len(), hits, "{version}");
    }
    let hit = &found("pkg:npm/%40org/tls@1.0.0", OLD, &[]).hits[0];
    assert!(hit.known_exploited && hit.why.contains("before 1.2.0") && hit.status.is_none());
    for (version, hits, open) in [("1.4.1", 1, 0), ("1.4.2", 0, 0), ("0.9", 0, 0), ("one", 0, 1), ("*", 0, 1)] {
        let found = found("pkg:npm/x@1", &format!("cpe:2.3:a:org:boot:{version}:*:*:*:*:*:*:*"), &[]);
        assert_eq!((found.hits.len(), found.open.len(), found.weak.len(), found.components), (hits, open, 1, 4), "{version}");
    }
    assert_eq!(found("pkg:npm/tls@1.0.0", OLD, &[]).hits.len(), 0, "the scope belongs to the name");
    assert_eq!(found("pkg:pypi/%40org/tls@1.0.0", OLD, &[]).hits.len(), 0, "the ecosystem too");
}

#[test]
fn what_records_can_be_matched_by() {
    let (osv, nvd) = (read_osv(OSV.as_bytes()).unwrap(), read_nvd(NVD.as_bytes()).unwrap());
    assert_eq!(osv.timestamp.as_deref(), Some("2026-01-02T00:00:00Z"));
    let sbom = sbom_of("pkg:npm/x@1", "cpe:/a:x:y:1");
    let covered = |records: &[Record]| sbom.components.iter().map(|each| Reach::of(records).covers(each)).collect::<Vec<_>>();
    assert_eq!(covered(&osv.records), [true, false, false]);
    assert_eq!(covered(&nvd.records), [false, true, false]);
    assert_eq!(covered(&[]), [false, false, false]);
}

#[test]
fn statements_are_applied() {
    let statement = |product: Product| Statement {
        vulnerabilities: vec!["CVE-2026-1111".to_owned()],
        product,
        status: Status::NotAffected,
        justification: Some("vulnerable_code_not_present".to_owned()),
    };
    let by_purl = |purl: &str, parts: &[&str]| Product {
        purls: vec![purl.to_owned()],
        parts: parts.iter().map(|part| (*part).to_owned()).collect(),
        ..Product::default()
    };
    for (product, applies) in [
        (by_purl("pkg:generic/dw@1", &[]), true),
        (by_purl("pkg:generic/dw@2", &[]), false),
        (by_purl("pkg:npm/%40org/tls@1.0.0", &[]), true),
        (by_purl("pkg:generic/dw@1", &["pkg:npm/%40org/tls"]), true),
        (by_purl("pkg:generic/dw@1", &["pkg:npm/other"]), false),
        (Product { name: "dw".to_owned(), version: Some("1".to_owned()), ..Product::default() }, true),
    ] {
        let found = found("pkg:npm/%40org/tls@1.0.0", "cpe:/a:x:y:1", &[statement(product.clone())]);
        assert_eq!(found.hits[0].status.is_some(), applies, "{product:?}");
    }
}

#[test]
fn versions_are_ordered_by_the_rules_of_their_kind() {
    for (kind, one, two, wanted) in [
        ("deb", "1.0~rc1-1", "1.0-1", Some(Less)),
        ("deb", "1:0.9", "2.0", Some(Greater)),
        ("deb", "1.10", "1.9", Some(Greater)),
        ("deb", "1.0-1+deb12u1", "1.0-1", Some(Greater)),
        ("rpm", "1.0~rc1-1", "1.0-1", Some(Less)),
        ("rpm", "1.10-2", "1.9-9", Some(Greater)),
        ("rpm", "1.0a", "1.0", Some(Greater)),
        ("npm", "1.0.0-alpha.1", "1.0.0-alpha.beta", Some(Less)),
        ("cargo", "1.0", "1.0.0", Some(Equal)),
        ("cpe", "1.0.2k", "1.0.2", Some(Greater)),
        ("cpe", "1.0.2b", "1.0.10", Some(Less)),
        ("generic", "1.0-rc1", "1.0", None),
        ("maven", "1.0", "1.0.1", Some(Less)),
    ] {
        assert_eq!(order(kind, one, two), wanted, "{kind} {one} {two}");
        assert_eq!(order(kind, two, one), wanted.map(std::cmp::Ordering::reverse), "{kind} {two} {one}");
    }
}

#[test]
fn snapshots_say_what_is_wrong_with_them() {
    assert_eq!(read_osv(OSV.as_bytes()).unwrap().withdrawn, 1);
    assert!(read_osv(KEV.as_bytes()).is_err() && read_nvd(KEV.as_bytes()).is_err() && read_catalog(NVD.as_bytes()).is_err());
    let kev = read_catalog(KEV.replace("\"count\":1", "\"count\":2").replace("CVE-2026-1111", "1111").as_bytes()).unwrap();
    assert_eq!(kev.problems.len(), 2);
    assert_eq!(read_nvd(NVD.replace("cpe:2.3:a:org", "cpe:org").as_bytes()).unwrap().problems.len(), 1);
    let lines = "{\"id\":\"A\",\"modified\":\"2026-01-02T00:00:00Z\"}\n{\"id\":\"B\",\"modified\":\"soon\"}\n";
    let found = read_osv(lines.as_bytes()).unwrap();
    assert_eq!((found.records.len(), found.problems.len()), (2, 1));
}

proptest! {
    #[test]
    fn any_bytes_do_not_panic(bytes: Vec<u8>, at in 0..400_usize, byte: u8, one in ".{0,12}", two in "[0-9a-z.~^:+-]{0,12}") {
        for text in [OSV, NVD, KEV] {
            let mut json = text.as_bytes().to_vec();
            let at = at % json.len();
            json[at] = byte;
            for bytes in [&bytes, &json] {
                let _ = (read_osv(bytes), read_nvd(bytes), read_catalog(bytes));
            }
        }
        for kind in ["deb", "rpm", "npm", "cpe"] {
            let _ = order(kind, &one, &two);
        }
    }
}
