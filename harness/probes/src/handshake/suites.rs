//! Every cipher suite that is known, and its properties as its name tells them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use tls_parser::{CIPHERS, TlsCipherKx, TlsCipherSuite};

use super::Suite;

/// Suites that the registry lacks or has as reserved, but that were in use.
const UNREGISTERED: &[(u16, &str)] = &[
    (0x001c, "SSL_FORTEZZA_KEA_WITH_NULL_SHA"),
    (0x001d, "SSL_FORTEZZA_KEA_WITH_FORTEZZA_CBC_SHA"),
    (0x0080, "TLS_GOSTR341094_WITH_28147_CNT_IMIT"),
    (0x0081, "TLS_GOSTR341001_WITH_28147_CNT_IMIT"),
    (0x0082, "TLS_GOSTR341094_WITH_NULL_GOSTR3411"),
    (0x0083, "TLS_GOSTR341001_WITH_NULL_GOSTR3411"),
    (0xc100, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC"),
    (0xc101, "TLS_GOSTR341112_256_WITH_MAGMA_CTR_OMAC"),
    (0xc102, "TLS_GOSTR341112_256_WITH_28147_CNT_IMIT"),
    (0xff85, "TLS_GOSTR341112_256_WITH_28147_CNT_IMIT_DRAFT"),
    (0xfefe, "SSL_RSA_FIPS_WITH_DES_CBC_SHA"),
    (0xfeff, "SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA"),
    (0xcc13, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_DRAFT"),
    (0xcc14, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_DRAFT"),
    (0xcc15, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_DRAFT"),
];

/// The same for TLS 1.3.
const UNREGISTERED_13: &[(u16, &str)] = &[
    (0xc103, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_L"),
    (0xc104, "TLS_GOSTR341112_256_WITH_MAGMA_MGM_L"),
    (0xc105, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_S"),
    (0xc106, "TLS_GOSTR341112_256_WITH_MAGMA_MGM_S"),
];

/// `TLS_NULL_WITH_NULL_NULL` and the two signalling values: no suite that a server could accept.
const NOT_A_SUITE: [u16; 3] = [0x0000, 0x00ff, 0x5600];

/// Suites that most servers speak: they go into the first hello.
const USUAL: [u16; 12] = [0xc02f, 0xc02b, 0xc030, 0xc02c, 0xcca8, 0xcca9, 0xc013, 0xc009, 0x009c, 0x002f, 0x0033, 0x000a];

/// Every suite, by its number, taken apart once.
static ALL: LazyLock<BTreeMap<u16, Suite>> =
    LazyLock::new(|| listed().into_iter().chain(known_13()).map(|id| (id, taken_apart(id))).collect());
static KNOWN: LazyLock<Vec<u16>> = LazyLock::new(listed);

/// Every suite of TLS 1.2 and before, the usual ones first.
pub(crate) fn known() -> Vec<u16> {
    KNOWN.clone()
}

fn listed() -> Vec<u16> {
    let table = CIPHERS.values().filter(|suite| suite.kx != TlsCipherKx::Tls13).map(|suite| suite.id.0);
    let mut rest: Vec<u16> =
        table.chain(UNREGISTERED.iter().map(|(id, _)| *id)).filter(|id| !NOT_A_SUITE.contains(id) && !USUAL.contains(id)).collect();
    rest.sort_unstable();
    rest.dedup();
    USUAL.into_iter().chain(rest).collect()
}

/// Every suite of TLS 1.3.
pub(crate) fn known_13() -> Vec<u16> {
    let table = CIPHERS.values().filter(|suite| suite.kx == TlsCipherKx::Tls13).map(|suite| suite.id.0);
    let mut all: Vec<u16> = table.chain(UNREGISTERED_13.iter().map(|(id, _)| *id)).collect();
    all.sort_by_key(|id| (id >> 8 != 0x13, *id));
    all
}

/// Suites in one hello: some servers fail on more than 127, and a hello of DTLS must fit into one datagram.
const BATCH: usize = 96;

/// The suites in groups for one hello each, those with a pre-shared key apart: some servers choose their credentials
/// by the mere presence of one, and would not answer a mixed hello. The first groups hold the first of either kind.
pub(crate) fn batches(all: &[u16]) -> Vec<Vec<u16>> {
    let (psk, other): (Vec<u16>, Vec<u16>) = all.iter().partition(|id| name(**id).contains("PSK"));
    let (mut psk, mut other) = (psk.chunks(BATCH), other.chunks(BATCH));
    let mut batches = Vec::new();
    loop {
        let next = [other.next(), psk.next()];
        if next == [None, None] {
            return batches;
        }
        batches.extend(next.into_iter().flatten().map(<[u16]>::to_vec));
    }
}

/// Name and properties of a suite.
pub(crate) fn describe(id: u16) -> Suite {
    ALL.get(&id).cloned().unwrap_or_else(|| taken_apart(id))
}

/// Whether a suite has this property.
pub(crate) fn has(id: u16, property: &str) -> bool {
    ALL.get(&id).map_or_else(|| taken_apart(id).has(property), |suite| suite.has(property))
}

fn taken_apart(id: u16) -> Suite {
    let name = name(id);
    Suite { id: u32::from(id), traits: traits(&name), name }
}

fn name(id: u16) -> String {
    let unregistered = || UNREGISTERED.iter().chain(UNREGISTERED_13).find(|(known, _)| *known == id).map(|(_, name)| (*name).to_owned());
    let registered = TlsCipherSuite::from_id(id).map(|suite| suite.name.to_owned());
    registered.or_else(unregistered).unwrap_or_else(|| format!("unknown-{id:04x}"))
}

/// How the server shows who it is in this suite: `rsa`, `ecdsa`, `dss`, `psk`, `anonymous`, `any`.
pub(crate) fn authentication(id: u16) -> &'static str {
    let name = name(id);
    let exchange = name.split_once("_WITH_").map_or("", |(front, _)| front);
    match exchange {
        _ if exchange.contains("anon") => "anonymous",
        _ if exchange.contains("RSA") => "rsa",
        _ if exchange.contains("ECDSA") => "ecdsa",
        _ if exchange.contains("DSS") => "dss",
        _ if exchange.contains("PSK") => "psk",
        _ => "any",
    }
}

/// The properties that a name tells.
pub(super) fn traits(name: &str) -> Vec<String> {
    let bare = name.trim_start_matches("TLS_").trim_start_matches("SSL_");
    let (exchange, cipher) = bare.split_once("_WITH_").unwrap_or(("", bare));
    let all = exchange_traits(exchange).into_iter().chain(cipher_traits(cipher));
    all.map(str::to_owned).collect()
}

fn exchange_traits(exchange: &str) -> Vec<&'static str> {
    let anonymous = exchange.contains("anon") || exchange == "NULL";
    let dhe = exchange.starts_with("DHE") || exchange.contains("_DHE") || exchange.starts_with("DH_anon");
    let ecdhe = exchange.starts_with("ECDHE") || exchange.starts_with("ECDH_anon") || exchange == "ECCPWD";
    let table = [
        (anonymous, "anonymous"),
        (exchange.contains("EXPORT"), "export"),
        (exchange.starts_with("RSA"), "static-rsa"),
        (exchange.starts_with("DH_") && !anonymous, "static-dh"),
        (exchange.starts_with("ECDH_") && !anonymous, "static-ecdh"),
        (exchange.contains("PSK"), "psk"),
        (exchange.starts_with("KRB5"), "krb5"),
        (exchange.starts_with("SRP"), "srp"),
        (dhe, "dhe"),
        (ecdhe, "ecdhe"),
        (dhe || ecdhe || exchange.is_empty() || exchange.starts_with("SRP"), "forward-secrecy"),
    ];
    table.into_iter().filter(|(holds, _)| *holds).map(|(_, name)| name).collect()
}

fn cipher_traits(cipher: &str) -> Vec<&'static str> {
    let words: Vec<&str> = cipher.split('_').collect();
    let has = |word: &str| words.contains(&word);
    let aead = has("GCM") || has("CCM") || has("POLY1305") || has("MGM") || has("AEGIS");
    let integrity_only = cipher == "SHA256_SHA256" || cipher == "SHA384_SHA384";
    let mac = words.last().copied().unwrap_or_default();
    let table = [
        (has("NULL") || integrity_only, "null"),
        (has("RC4"), "rc4"),
        (has("RC2"), "rc2"),
        (has("DES") || has("DES40"), "des"),
        (has("3DES"), "3des"),
        (has("IDEA"), "idea"),
        (has("SEED"), "seed"),
        (has("AES"), "aes"),
        (has("CAMELLIA"), "camellia"),
        (has("ARIA"), "aria"),
        (has("CHACHA20"), "chacha20"),
        (has("SM4"), "sm4"),
        (has("28147") || has("KUZNYECHIK") || has("MAGMA") || has("GOSTR3411"), "gost"),
        (has("CBC"), "cbc"),
        (has("CCM") && has("8"), "ccm8"),
        (mac == "MD5", "md5"),
        (mac == "SHA", "sha1-mac"),
        (aead, "aead"),
        (!aead, "not-aead"),
    ];
    table.into_iter().filter(|(holds, _)| *holds).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_registry_is_asked_for() {
        assert!(known().len() + known_13().len() >= 343, "{} and {}", known().len(), known_13().len());
        assert!(known_13().starts_with(&[0x1301, 0x1302, 0x1303]));
        assert!(known().iter().all(|id| !NOT_A_SUITE.contains(id)));
    }

    #[test]
    fn batches_hold_every_suite_once() {
        let all = known();
        let batches = batches(&all);
        assert!(batches.iter().all(|batch| batch.len() <= BATCH));
        assert_eq!(batches.iter().map(Vec::len).sum::<usize>(), all.len());
        assert!(batches[0].contains(&0xc02f) && !batches[0].contains(&0x00a8) && batches[1].contains(&0x00a8));
    }

    #[test]
    fn names_tell_properties() {
        for (id, expected) in [
            (0xc02f, "ecdhe forward-secrecy aes aead"),
            (0x0003, "export static-rsa rc4 md5 not-aead"),
            (0x001b, "anonymous dhe forward-secrecy 3des cbc sha1-mac not-aead"),
            (0x0009, "static-rsa des cbc sha1-mac not-aead"),
            (0x003b, "static-rsa null not-aead"),
            (0xc0a8, "psk aes ccm8 aead"),
            (0xc0aa, "psk dhe forward-secrecy aes ccm8 aead"),
            (0xd003, "psk ecdhe forward-secrecy aes ccm8 aead"),
            (0x0094, "static-rsa psk aes cbc sha1-mac not-aead"),
            (0xc031, "static-ecdh aes aead"),
            (0x003f, "static-dh aes cbc not-aead"),
            (0x1303, "forward-secrecy chacha20 aead"),
            (0x1305, "forward-secrecy aes ccm8 aead"),
            (0xc0b4, "forward-secrecy null not-aead"),
            (0x0081, "gost not-aead"),
        ] {
            let suite = describe(id);
            assert_eq!(suite.traits.join(" "), expected, "{}", suite.name);
        }
        assert_eq!((authentication(0xc02b), authentication(0xc013), authentication(0x00a8)), ("ecdsa", "rsa", "psk"));
    }
}
