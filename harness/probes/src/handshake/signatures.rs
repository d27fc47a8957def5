//! Signature algorithms.

use super::Signature;

/// The algorithms of the registry and those that were in use, by number and name: of RSA keys, of elliptic curves, of
/// DSA, SM2, ML-DSA and GOST keys.
const TABLE: &[(u16, &str)] = &[
    (0x0403, "ecdsa_secp256r1_sha256"),
    (0x0804, "rsa_pss_rsae_sha256"),
    (0x0401, "rsa_pkcs1_sha256"),
    (0x0503, "ecdsa_secp384r1_sha384"),
    (0x0805, "rsa_pss_rsae_sha384"),
    (0x0501, "rsa_pkcs1_sha384"),
    (0x0603, "ecdsa_secp521r1_sha512"),
    (0x0806, "rsa_pss_rsae_sha512"),
    (0x0601, "rsa_pkcs1_sha512"),
    (0x0807, "ed25519"),
    (0x0808, "ed448"),
    (0x0809, "rsa_pss_pss_sha256"),
    (0x080a, "rsa_pss_pss_sha384"),
    (0x080b, "rsa_pss_pss_sha512"),
    (0x081a, "ecdsa_brainpoolP256r1tls13_sha256"),
    (0x081b, "ecdsa_brainpoolP384r1tls13_sha384"),
    (0x081c, "ecdsa_brainpoolP512r1tls13_sha512"),
    (0x0904, "mldsa44"),
    (0x0905, "mldsa65"),
    (0x0906, "mldsa87"),
    (0x0708, "sm2sig_sm3"),
    (0x0709, "gostr34102012_256a"),
    (0x070a, "gostr34102012_256b"),
    (0x070b, "gostr34102012_256c"),
    (0xeeee, "gostr34102012_256_gostr34112012_256"),
    (0xefef, "gostr34102012_512_gostr34112012_512"),
    (0xeded, "gostr34102001_gostr3411"),
    (0x0303, "sha224+ecdsa"),
    (0x0301, "sha224+rsa"),
    (0x0302, "sha224+dsa"),
    (0x0203, "ecdsa_sha1"),
    (0x0201, "rsa_pkcs1_sha1"),
    (0x0402, "sha256+dsa"),
    (0x0502, "sha384+dsa"),
    (0x0602, "sha512+dsa"),
    (0x0202, "sha1+dsa"),
];

/// With MD5, which no ordinary hello offers.
const MD5: &[(u16, &str)] = &[(0x0101, "md5+rsa"), (0x0103, "md5+ecdsa"), (0x0102, "md5+dsa")];

/// With MD5 and SHA-1.
pub(crate) const WEAK_SIGNATURES: &[u16] = &[0x0203, 0x0201, 0x0202, 0x0101, 0x0103, 0x0102];

/// What an ordinary hello offers: all but those with MD5.
pub(crate) const SIGNATURES: &[u16] = &numbers();

const fn numbers() -> [u16; TABLE.len()] {
    let mut all = [0; TABLE.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = TABLE[at].0;
        at += 1;
    }
    all
}

/// The algorithm by its number.
pub(crate) fn signature(id: u16) -> Signature {
    let known = TABLE.iter().chain(MD5).find(|(known, _)| *known == id).map(|(_, name)| (*name).to_owned());
    Signature { id, name: known.unwrap_or_else(|| format!("unknown-{id:04x}")) }
}
