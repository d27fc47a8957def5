//! Good and broken files.

use proptest::prelude::*;

use super::*;

const GOOD: &str = "# ours\ncontact: mailto:a@b.example\r\nEXPIRES: 2026-06-01T00:00:00Z\nPreferred-Languages: en, de-CH\n";

fn problems(text: &str) -> Vec<String> {
    read(text.as_bytes()).unwrap().problems.into_iter().map(|problem| format!("{} {}", problem.place, problem.what)).collect()
}

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_767_323_045).unwrap() // 2026-01-02
}

#[test]
fn good_files() {
    let plain = read(GOOD.as_bytes()).unwrap();
    assert_eq!((plain.problems.len(), plain.advice.len(), plain.has_expired(now())), (0, 0, Some(false)));
    let all = "Contact: tel:+1-1\nExpires: 2036-06-01T00:00:00+02:00\nCSAF: https://a.example/.well-known/csaf/provider-metadata.json\n\
        Canonical: https://a.example/.well-known/security.txt\nHiring: https://a.example/jobs\nEncryption: openpgp4fpr:5f2d\nX: y";
    let all = read(all.as_bytes()).unwrap();
    assert_eq!(all.problems, []);
    assert!(all.is_far_ahead(now()) && all.csaf.len() == 1 && all.canonical.len() == 1 && all.others.len() == 3);
    assert_eq!(all.advice.len(), 1, "no end of line");
}

#[test]
fn envelopes() {
    let (start, end) =
        ("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n", "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n");
    let signed = read(format!("{start}{GOOD}- -----\n- Hiring: https://a.example/\n{end}Expires: 1999\n").as_bytes()).unwrap();
    assert_eq!(signed.envelope, Some(Envelope { hash: Some("SHA512".to_owned()), complete: true }));
    assert_eq!((signed.expires.len(), signed.others.len(), signed.advice.len()), (1, 1, 1));
    assert!(problems(&format!("{start}{GOOD}")).iter().any(|what| what.contains("not closed")));
    assert_eq!(read(GOOD.as_bytes()).unwrap().envelope, None);
}

#[test]
fn each_departure_is_told() {
    for (text, word) in [
        ("Expires: 2026-06-01T00:00:00Z\n", " the file has no Contact"),
        ("Contact: a@b.example\nExpires: 2026-06-01T00:00:00Z\n", "line 1 Contact `a@b.example` is no URI"),
        ("Contact: http://a.example\nExpires: 2026-06-01T00:00:00Z\n", "without https"),
        ("Contact: https://a.example\n", "no Expires"),
        ("Contact: https://a.example\nExpires: soon\n", "line 2 Expires `soon` is no date"),
        ("Contact: tel:1\nExpires: 2026-06-01T00:00:00Z\nExpires: 2026-06-01T00:00:00Z\n", "2 Expires"),
        ("Contact: tel:1\nExpires: 2026-06-01T00:00:00Z\nPreferred-Languages: en\nPreferred-Languages: de\n", "more than one"),
        ("Contact: tel:1\nExpires: 2026-06-01T00:00:00Z\nPreferred-Languages: English please\n", "no tag"),
        ("Contact: tel:1\nExpires: 2026-06-01T00:00:00Z\nCSAF: https://a.example/\n", "provider-metadata.json"),
        ("Contact: tel:1\nExpires: 2026-06-01T00:00:00Z\nwrite to us\n", "line 3 is neither"),
    ] {
        assert!(problems(text).iter().any(|what| what.contains(word)), "{text}: {:?}", problems(text));
    }
    assert!(problems("").len() == 2 && !read(b"\xff").unwrap().utf8);
    assert!(read(&vec![b'#'; LARGEST + 1]).is_err());
    assert!(problems(&"\n".repeat(MOST_LINES + 1)).iter().any(|what| what.contains("lines")));
    let old = read(b"Contact: tel:1\nExpires: 2025-06-01T00:00:00Z\n").unwrap();
    assert_eq!(old.has_expired(now()), Some(true));
}

proptest! {
    #[test]
    fn any_bytes_do_not_panic(text in "(-----BEGIN PGP SIGNED MESSAGE-----\n)?([a-zA-Z]{0,9}:?.{0,20}\n){0,9}", bytes: Vec<u8>) {
        let _ = (read(text.as_bytes()), read(&bytes));
    }
}
