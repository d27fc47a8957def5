//! Good and broken advisories and what stands around them.

use proptest::prelude::*;

use super::*;
use crate::Problem;

const VEX: &str = r#"{"document":{"category":"csaf_vex","csaf_version":"2.0","title":"t","publisher":{"category":"vendor","name":"Acme","namespace":"https://a.example"},
 "notes":[{"category":"summary","text":"s"}],"distribution":{"tlp":{"label":"WHITE"}},
 "tracking":{"id":"A-1","status":"final","version":"2","initial_release_date":"2026-01-01T00:00:00Z","current_release_date":"2026-02-01T00:00:00Z",
  "revision_history":[{"date":"2026-01-01T00:00:00Z","number":"1","summary":"first"},{"date":"2026-02-01T00:00:00Z","number":"2","summary":"more"}]}},
 "product_tree":{"branches":[{"category":"vendor","name":"Acme","branches":[{"category":"product_version","name":"1.2.0","product":{"name":"dw 1.2.0","product_id":"P1",
  "product_identification_helper":{"purl":"pkg:generic/dw@1.2.0"}}}]}],"full_product_names":[{"name":"hub","product_id":"P2"}],
  "product_groups":[{"group_id":"G","product_ids":["P1","P2"]}]},
 "vulnerabilities":[{"cve":"CVE-2026-12345","notes":[{"category":"summary","text":"s"}],"product_status":{"known_not_affected":["P1"],"known_affected":["P2"]},
  "flags":[{"label":"component_not_present","product_ids":["P1"]}],"remediations":[{"category":"workaround","details":"d","group_ids":["G"]}]}]}"#;

fn told(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|problem| format!("{} {}", problem.place, problem.what)).collect()
}

#[test]
fn an_advisory_and_its_statements() {
    let found = read(VEX.as_bytes()).unwrap();
    assert_eq!(found.problems, []);
    assert_eq!((found.products.len(), found.tracking.revisions.len(), found.tlp.as_deref()), (2, 2, Some("WHITE")));
    let statements = found.statements();
    let free = statements.iter().find(|each| each.status == Status::NotAffected).unwrap();
    assert_eq!((free.product.version.as_deref(), free.justification.as_deref()), (Some("1.2.0"), Some("component_not_present")));
    assert_eq!(free.vulnerabilities, ["CVE-2026-12345"]);
}

#[test]
fn every_departure_of_an_advisory_is_told() {
    for (from, to, what) in [
        ("\"csaf_version\":\"2.0\"", "\"csaf_version\":\"1.2\"", "/document/csaf_version"),
        ("\"status\":\"final\"", "\"status\":\"done\"", "/document/tracking/status"),
        ("\"version\":\"2\"", "\"version\":\"3\"", "6.1.16"),
        ("\"number\":\"2\"", "\"number\":\"1.0.0\"", "6.1.30"),
        ("\"number\":\"1\"", "\"number\":\"3\"", "6.1.14"),
        ("\"group_ids\":[\"G\"]", "\"group_ids\":[\"X\"]", "6.1.4"),
        ("\"known_affected\":[\"P2\"]", "\"known_affected\":[\"P3\"]", "6.1.1"),
        ("\"known_affected\":[\"P2\"]", "\"known_affected\":[\"P1\"]", "6.1.6"),
        ("\"product_id\":\"P2\"", "\"product_id\":\"P1\"", "6.1.2"),
        ("pkg:generic/dw@1.2.0", "pkg:dw", "6.1.13"),
        ("\"cve\":\"CVE-2026-12345\"", "\"cve\":\"CVE-26-1\"", "no CVE"),
        ("\"flags\"", "\"flag\"", "6.1.27.9"),
        ("\"remediations\"", "\"remediation\"", "6.1.27.10"),
        ("csaf_vex", "V E X", "6.1.26"),
        ("\"vulnerabilities\":", "\"vulnerabilitys\":", "6.1.27.11"),
        ("\"publisher\":{", "\"publisher\":7,\"x\":{", "/document/publisher is a number"),
    ] {
        let broken = VEX.replace(from, to);
        let found = told(&read(broken.as_bytes()).unwrap().problems);
        assert!(broken != VEX && found.iter().any(|found| found.contains(what)), "{what}: {found:?}");
    }
    assert!(read(b"{}").is_err() && read(b"[1]").is_err() && read(&VEX.as_bytes()[..900]).is_err());
    let circle = r#"{"document":{},"product_tree":{"relationships":[{"category":"installed_on","full_product_name":{"name":"a","product_id":"A"},
        "product_reference":"A","relates_to_product_reference":"A"}]}}"#;
    assert!(told(&read(circle.as_bytes()).unwrap().problems).iter().any(|what| what.contains("6.1.3")));
}

#[test]
fn providers() {
    let good = r#"{"canonical_url":"https://a.example/.well-known/csaf/provider-metadata.json","last_updated":"2026-01-01T00:00:00Z","list_on_CSAF_aggregators":true,
        "mirror_on_CSAF_aggregators":false,"metadata_version":"2.0","publisher":{"category":"vendor","name":"Acme","namespace":"https://a.example"},
        "role":"csaf_trusted_provider","distributions":[{"directory_url":"https://a.example/csaf/"},{"rolie":{"feeds":[{"tlp_label":"WHITE","url":"https://a.example/f.json"}]}}],
        "public_openpgp_keys":[{"fingerprint":"8F5F267907B2C4559DB360DB2294BA7D2B2298B1","url":"https://a.example/k.asc"}]}"#;
    let found = read_provider(good.as_bytes()).unwrap();
    assert_eq!((found.problems.as_slice(), found.distributions.len(), found.list_and_mirror), (&[][..], 2, (Some(true), Some(false))));
    for (from, to, what) in [
        ("https://a.example/k.asc", "http://a.example/k.asc", "no https"),
        ("8F5F", "XX5F", "no fingerprint"),
        ("\"public_openpgp_keys\"", "\"keys\"", "trusted provider"),
        ("\"distributions\"", "\"dist\"", "no `distributions`"),
        ("provider-metadata.json", "provider.json", "does not end"),
        ("\"role\":\"csaf_trusted_provider\"", "\"role\":7", "/role is a number"),
    ] {
        let found = told(&read_provider(good.replace(from, to).as_bytes()).unwrap().problems);
        assert!(found.iter().any(|found| found.contains(what)), "{what}: {found:?}");
    }
    assert!(read_provider(b"{\"a\":1}").is_err());
}

#[test]
fn openvex() {
    let good = r#"{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://a.example/v","author":"Acme","timestamp":"2026-01-01T00:00:00Z","version":1,
        "statements":[{"vulnerability":{"name":"CVE-2026-1234","aliases":["GHSA-1"]},"products":[{"@id":"pkg:generic/dw@1"}],"status":"not_affected",
        "justification":"component_not_present"},{"vulnerability":{"name":"CVE-2026-1235"},"products":[{"@id":"pkg:generic/dw@1"}],"status":"fixed"}]}"#;
    let found = read_openvex(good.as_bytes()).unwrap();
    assert_eq!((found.problems.as_slice(), found.statements.len(), found.statements[0].product.purls.len()), (&[][..], 2, 1));
    assert_eq!(found.statements[0].vulnerabilities, ["CVE-2026-1234", "GHSA-1"]);
    let broken = good
        .replace("\"justification\"", "\"because\"")
        .replace("\"status\":\"fixed\"", "\"status\":\"gone\"")
        .replace("\"author\"", "\"by\"");
    assert_eq!(told(&read_openvex(broken.as_bytes()).unwrap().problems).len(), 3);
    assert!(read_openvex(VEX.as_bytes()).is_err());
}

#[test]
fn feeds() {
    let rolie = br#"{"feed":{"id":"f","title":"t","link":[{"rel":"self","href":"https://a.example/f.json"}],"updated":"2026-01-02T00:00:00Z","entry":[
        {"id":"A-1","title":"x","published":"2026-01-01T00:00:00Z","updated":"2026-01-02T00:00:00Z","content":{"type":"application/json","src":"https://a.example/a.json"}}]}}"#;
    let atom = b"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry><id>1</id><updated>2026-01-02T00:00:00Z</updated><link href='https://a.example'/></entry></feed>";
    let rss = b"<rss version='2.0'><channel><title>t</title><item><title>x</title><pubDate>Fri, 02 Jan 2026 00:00:00 GMT</pubDate></item></channel></rss>";
    for (bytes, format) in [(&rolie[..], "ROLIE"), (atom, "Atom"), (rss, "RSS")] {
        let feed = read_feed(bytes).unwrap();
        assert_eq!(
            (feed.format.as_str(), feed.problems.as_slice(), feed.newest().map(OffsetDateTime::unix_timestamp)),
            (format, &[][..], Some(1_767_312_000))
        );
    }
    assert!(read_feed(b"<html/>").is_err() && read_feed(b"{}").is_err());
    assert_eq!(read_feed(b"<feed><entry/></feed>").unwrap().problems.len(), 1);
}

use time::OffsetDateTime;

proptest! {
    #[test]
    fn any_bytes_do_not_panic(bytes: Vec<u8>, at in 0..VEX.len(), byte: u8) {
        let mut json = VEX.as_bytes().to_vec();
        json[at] = byte;
        for bytes in [&bytes, &json, &[b"<feed>", bytes.as_slice()].concat()] {
            let _ = (read(bytes).map(|found| found.statements()), read_provider(bytes), read_openvex(bytes), read_feed(bytes).map(|feed| feed.newest()));
        }
    }
}
