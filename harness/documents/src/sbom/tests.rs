//! Good and broken bills of materials.

use proptest::prelude::*;

use super::*;

const CYCLONEDX: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","version":1,
 "metadata":{"timestamp":"2026-01-02T03:04:05Z","authors":[{"name":"A. Maker"}],"tools":{"components":[{"type":"application","name":"bomber","version":"2"}]},
  "component":{"type":"firmware","bom-ref":"top","name":"dw-700","version":"1.2.0","supplier":{"name":"Acme"}}},
 "components":[
  {"type":"library","bom-ref":"a","group":"org","name":"tls","version":"3.0.1","purl":"pkg:generic/org/tls@3.0.1","supplier":{"name":"Org"},
   "hashes":[{"alg":"SHA-1","content":"DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"}],"licenses":[{"license":{"id":"MIT"}},{"expression":"MIT OR ISC"}],
   "components":[{"type":"library","bom-ref":"b","name":"inner","cpe":"cpe:2.3:a:org:inner:1:*:*:*:*:*:*:*"}]},
  {"type":"file","name":"notes"}],
 "dependencies":[{"ref":"top","dependsOn":["a"]},{"ref":"a"}]}"#;

const TAGS: &str = "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: d\n\
    DocumentNamespace: https://a.example/d\nCreator: Organization: Acme\nCreator: Tool: bomber-2\nCreated: 2026-01-02T03:04:05Z\n\
    Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-P\n# one\nPackageName: dw-700\nSPDXID: SPDXRef-P\nPackageVersion: 1.2.0\n\
    PackageSupplier: Organization: Acme (x@a.example)\nPackageDownloadLocation: NOASSERTION\nPackageComment: <text>a\nSPDXID: no\n</text>\n\
    PackageName: tls\nSPDXID: SPDXRef-T\nPackageDownloadLocation: NONE\nPackageSupplier: NOASSERTION\n\
    ExternalRef: PACKAGE-MANAGER purl pkg:generic/tls@3\nPackageChecksum: SHA1: da39a3ee5e6b4b0d3255bfef95601890afd80709\n\
    Relationship: SPDXRef-P CONTAINS SPDXRef-T\n";

fn whats(text: &str) -> Vec<String> {
    read(text.as_bytes()).unwrap().problems.into_iter().map(|problem| format!("{} {}", problem.place, problem.what)).collect()
}

#[test]
fn cyclonedx_in_json() {
    let sbom = read(CYCLONEDX.as_bytes()).unwrap();
    assert_eq!(sbom.problems, []);
    assert_eq!((sbom.authors.len(), sbom.tools.as_slice(), sbom.components.len()), (1, &["bomber 2".to_owned()][..], 3));
    let minimum = &sbom.minimum;
    assert_eq!((minimum.components, minimum.supplier, minimum.version, minimum.unique_id, minimum.relationship), (4, 2, 2, 2, 3));
    assert!(minimum.author && minimum.timestamp && minimum.share(2) == Some(0.5));
    let tls = sbom.components.iter().find(|each| each.name.as_deref() == Some("org/tls")).unwrap();
    assert_eq!((tls.licences.len(), tls.hashes[0].1.as_str()), (2, "da39a3ee5e6b4b0d3255bfef95601890afd80709"));
    assert!(sbom.relationships.iter().any(|each| each.kind == "contains" && each.to == "b"));
}

#[test]
fn cyclonedx_in_xml() {
    let xml = r#"<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4" version="1"><metadata><timestamp>2026-01-02T03:04:05Z</timestamp>
        <tools><tool><name>t</name></tool></tools><component type="device" bom-ref="top"><name>d &amp; e</name><version>1</version></component></metadata>
        <components><component type="library" bom-ref="a"><name>x</name><version>2</version><hashes><hash alg="MD5">d41d8cd98f00b204e9800998ecf8427e</hash></hashes>
        <licenses><license><id>MIT</id></license></licenses><swhid>swh:1:a</swhid><x:extra xmlns:x="urn:x"/><purl>pkg:npm/x@2</purl></component></components>
        <dependencies><dependency ref="top"><dependency ref="a"/></dependency></dependencies></bom>"#;
    let sbom = read(xml.as_bytes()).unwrap();
    assert_eq!(sbom.problems, []);
    assert_eq!(sbom.top.unwrap().name.as_deref(), Some("d & e"));
    assert_eq!((sbom.minimum.unique_id, sbom.minimum.relationship, sbom.tools.len()), (1, 2, 1));
    assert!(read(b"<html></html>").is_err() && read(b"<bom").is_err() && read("<a>".repeat(200).as_bytes()).is_err());
}

#[test]
fn spdx_as_tags() {
    let sbom = read(TAGS.as_bytes()).unwrap();
    assert_eq!(sbom.problems, []);
    assert_eq!((sbom.version.as_str(), sbom.authors.as_slice(), sbom.tools.len()), ("2.3", &["Acme".to_owned()][..], 1));
    assert_eq!(sbom.top.as_ref().unwrap().supplier.as_deref(), Some("Acme (x@a.example)"));
    assert_eq!((sbom.components.len(), sbom.minimum.supplier, sbom.minimum.unique_id, sbom.minimum.relationship), (1, 1, 1, 2));
    let broken = TAGS.replace("SPDXRef-P CONTAINS SPDXRef-T", "SPDXRef-P CONTAINS SPDXRef-X").replace("CC0-1.0", "MIT");
    let problems = read(broken.as_bytes()).unwrap().problems;
    assert_eq!(problems.iter().map(|problem| problem.place.as_str()).collect::<Vec<_>>(), ["line 2", "line 25"]);
}

#[test]
fn spdx_in_json() {
    let json = r#"{"spdxVersion":"SPDX-2.2","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"d","documentNamespace":"https://a.example/d",
        "creationInfo":{"created":"2026-01-02T03:04:05Z","creators":["Tool: t"]},"documentDescribes":["SPDXRef-P"],
        "packages":[{"SPDXID":"SPDXRef-P","name":"p","versionInfo":"1","downloadLocation":"NONE","hasFiles":["SPDXRef-F"]}],
        "files":[{"SPDXID":"SPDXRef-F","fileName":"f","checksums":[]}]}"#;
    let sbom = read(json.as_bytes()).unwrap();
    assert_eq!((sbom.problems.as_slice(), sbom.minimum.author, sbom.components.len()), (&[][..], false, 0));
    let found = whats(&json.replace("\"created\"", "\"made\"").replace("SPDXRef-P\",\"name\":\"p\"", "P_1\",\"name\":7"));
    for what in
        ["/creationInfo `created` is missing", "not `SPDXRef-`", "/packages/0/name is a number", "`SPDXRef-P` is the SPDXID of nothing"]
    {
        assert!(found.iter().any(|found| found.contains(what)), "{what}: {found:?}");
    }
}

#[test]
fn every_departure_of_cyclonedx_is_told() {
    for (from, to, what) in [
        ("\"bomFormat\":\"CycloneDX\"", "\"bomFormat\":\"Bicycle\"", "/bomFormat `Bicycle`"),
        ("\"specVersion\":\"1.5\"", "\"specVersion\":\"9\"", "/specVersion `9`"),
        ("urn:uuid:3e", "uuid:3e", "/serialNumber"),
        ("2026-01-02T03:04:05Z", "yesterday", "/metadata/timestamp"),
        ("\"type\":\"library\",\"bom-ref\":\"a\"", "\"bom-ref\":\"a\"", "/components/0 `type` is missing"),
        ("\"type\":\"file\"", "\"type\":\"folder\"", "/components/1/type `folder`"),
        ("\"name\":\"notes\"", "\"name\":\"notes\",\"scope\":\"maybe\"", "/components/1/scope"),
        ("\"name\":\"notes\"", "\"name\":[]", "/components/1/name is a list"),
        ("DA39A3", "XX39A3", "/components/0/hashes/0"),
        ("\"id\":\"MIT\"", "\"x\":1", "not exactly one of `id`"),
        ("pkg:generic/org", "pkg:", "no package URL"),
        ("cpe:2.3:a:org", "cpe:2.3:org", "no CPE name"),
        ("\"dependsOn\":[\"a\"]", "\"dependsOn\":[\"z\"]", "`z` is the bom-ref of nothing"),
        ("{\"ref\":\"a\"}", "{\"reff\":\"a\"}", "`ref` is missing"),
        ("\"bom-ref\":\"b\"", "\"bom-ref\":\"a\"", "used twice"),
        ("\"components\":[\n", "\"components\":7,\"more\":[", "/components is a number"),
    ] {
        let broken = CYCLONEDX.replace(from, to);
        assert!(broken != CYCLONEDX && whats(&broken).iter().any(|found| found.contains(what)), "{what}: {:?}", whats(&broken));
    }
}

#[test]
fn what_is_no_bill_is_refused() {
    for odd in ["", "{}", "[]", "hello", "{\"bomFormat\":", "\u{feff}", "SPDX: 1"] {
        assert!(read(odd.as_bytes()).is_err(), "{odd}");
    }
    assert!(read(&CYCLONEDX.as_bytes()[..CYCLONEDX.len() / 2]).is_err());
    let deep = format!(
        "{{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.4\",\"version\":1,{}",
        "\"components\":[{\"type\":\"file\",\"name\":\"x\",".repeat(200)
    );
    assert!(read(deep.as_bytes()).is_err());
    let inner = "\"components\":[{\"type\":\"file\",\"name\":\"x\",".repeat(40);
    let nested =
        format!("{{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.4\",\"version\":1,{inner}\"version\":\"1\"{}", "}]".repeat(40) + "}");
    assert!(whats(&nested).iter().any(|what| what.contains("too deeply")));
}

proptest! {
    #[test]
    fn any_bytes_do_not_panic(bytes: Vec<u8>, at in 0..CYCLONEDX.len(), byte: u8) {
        let mut json = CYCLONEDX.as_bytes().to_vec();
        json[at] = byte;
        let mut tags = TAGS.as_bytes().to_vec();
        tags[at % TAGS.len()] = byte;
        for bytes in [&bytes, &json, &tags, &[b"<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\">", bytes.as_slice()].concat()] {
            let _ = read(bytes);
        }
    }
}

#[test]
fn elements_are_followed_to_a_depth() {
    let nested = |depth: usize| {
        let (open, shut) = ("<a>".repeat(depth - 1), "</a>".repeat(depth - 1));
        xml::decode(format!("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\">{open}{shut}</bom>").as_bytes()).is_ok()
    };
    assert_eq!((nested(100), nested(101), nested(100_000)), (true, false, false));
}
