//! Groups in which keys are exchanged.

use assay_model::evidence::hex;
use aws_lc_rs::digest;

use super::Group;

/// Elliptic curves and key encapsulations: number, name, bits.
pub(crate) const ELLIPTIC: &[(u16, &str, u32)] = &[
    (29, "x25519", 255),
    (23, "secp256r1", 256),
    (24, "secp384r1", 384),
    (25, "secp521r1", 521),
    (30, "x448", 448),
    (26, "brainpoolp256r1", 256),
    (27, "brainpoolp384r1", 384),
    (28, "brainpoolp512r1", 512),
    (22, "secp256k1", 256),
    (21, "secp224r1", 224),
    (20, "secp224k1", 224),
    (19, "secp192r1", 192),
    (18, "secp192k1", 192),
    (17, "secp160r2", 160),
    (16, "secp160r1", 160),
    (15, "secp160k1", 160),
    (14, "sect571r1", 571),
    (13, "sect571k1", 571),
    (12, "sect409r1", 409),
    (11, "sect409k1", 409),
    (10, "sect283r1", 283),
    (9, "sect283k1", 283),
    (8, "sect239k1", 239),
    (7, "sect233r1", 233),
    (6, "sect233k1", 233),
    (5, "sect193r2", 193),
    (4, "sect193r1", 193),
    (3, "sect163r2", 163),
    (2, "sect163r1", 163),
    (1, "sect163k1", 163),
    (34, "gc256a", 256),
    (35, "gc256b", 256),
    (36, "gc256c", 256),
    (37, "gc256d", 256),
    (38, "gc512a", 512),
    (39, "gc512b", 512),
    (40, "gc512c", 512),
    (41, "curvesm2", 256),
];

/// What TLS 1.3 has beside them: ML-KEM alone and with a curve (bits are the curve's, or the parameter set).
const ONLY_13: &[(u16, &str, u32)] = &[
    (0x11ec, "x25519mlkem768", 255),
    (0x11eb, "secp256r1mlkem768", 256),
    (0x11ed, "secp384r1mlkem1024", 384),
    (0x6399, "x25519kyber768draft00", 255),
    (0x639a, "secp256r1kyber768draft00", 256),
    (0x0200, "mlkem512", 512),
    (0x0201, "mlkem768", 768),
    (0x0202, "mlkem1024", 1024),
    (31, "brainpoolp256r1tls13", 256),
    (32, "brainpoolp384r1tls13", 384),
    (33, "brainpoolp512r1tls13", 512),
];

/// Finite fields of RFC 7919.
pub(crate) const FINITE: &[(u16, &str, u32)] =
    &[(256, "ffdhe2048", 2048), (257, "ffdhe3072", 3072), (258, "ffdhe4096", 4096), (259, "ffdhe6144", 6144), (260, "ffdhe8192", 8192)];

/// The primes of RFC 7919, RFC 2409 and RFC 3526, by their SHA-256.
const PRIMES: &[(&str, &str)] = &[
    ("ffdhe2048", "9cd3b7f336872f46c09428d1bbc19877a4d440512cda8d1c1cf0cd6e33698966"),
    ("ffdhe3072", "0eaf67db3a839156d5013494a5318a772b5697d270d721f37f092efc69ea5a17"),
    ("ffdhe4096", "4648414224ac881b3d0dc59b466f96d06a558278776807797ecf1f66ff397b3e"),
    ("ffdhe6144", "227ac9066b3ddd9e193670cda2388fa884f65ba0cf98b742d1fe77a6687c79c7"),
    ("ffdhe8192", "770b14efaf6f049929c523113b3fa99a8d11dab1b18af3609590122075d19833"),
    ("modp768", "b52ba6a3026520a6c49d37e4587601801bee500123b3259b6bf03e7cecc3e63d"),
    ("modp1024", "3f35a3f5f6c4376a744acad409bb22f8d897f949d2311d885adaa890981b67a0"),
    ("modp1536", "64fcc83ec403930bf18393dbc883ccaa1fbb08ac876f77f7aa99748ca945019b"),
    ("modp2048", "d66436f79bbd6b2e38c0ffbd079be904d2641415e2e67140e09448be9a60890e"),
    ("modp3072", "48cf8b092fbce4359d9871abf74f98e25b6163379eaa15cd9087e800c6d1c55c"),
    ("modp4096", "4ee95187682bcb230ad26a95205f6920e84708f6251b3894329b09ec23919e33"),
    ("modp6144", "d1bfe6d0925ce7e4da262b62861514a7755e35831e429f343e7b864848657efd"),
    ("modp8192", "39ab4feab950a3128fb71accb9fc3965d857012e081998a85996e3ea8b3c3bcf"),
];

/// The groups that TLS 1.3 may use.
pub(crate) fn ask_13() -> Vec<u16> {
    ELLIPTIC.iter().chain(ONLY_13).chain(FINITE).map(|(id, ..)| *id).collect()
}

/// Name and size of a registered group.
pub(crate) fn by_id(id: u16) -> Group {
    let found = ELLIPTIC.iter().chain(ONLY_13).chain(FINITE).find(|(known, ..)| *known == id);
    let (name, bits) = found.map_or_else(|| (format!("unknown-{id:04x}"), 0), |(_, name, bits)| ((*name).to_owned(), *bits));
    Group { id, name, bits, finite: (256..=511).contains(&id) }
}

/// The finite field with this prime.
pub(crate) fn finite_field(prime: &[u8]) -> Group {
    let start = prime.iter().position(|byte| *byte != 0).unwrap_or(prime.len());
    let prime = prime.get(start..).unwrap_or_default();
    let leading = prime.first().map_or(0, |byte| byte.leading_zeros());
    let bits = u32::try_from(prime.len() * 8).unwrap_or(u32::MAX).saturating_sub(leading);
    let print = hex(digest::digest(&digest::SHA256, prime).as_ref());
    let name = PRIMES.iter().find(|(_, known)| *known == print).map_or("custom", |(name, _)| name);
    let id = FINITE.iter().find(|(_, known, _)| *known == name).map_or(0, |(id, ..)| *id);
    Group { id, name: name.to_owned(), bits, finite: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_by_their_prime() {
        assert_eq!(finite_field(&[0, 0x17]), Group { id: 0, name: "custom".into(), bits: 5, finite: true });
        assert_eq!(finite_field(&[]).bits, 0);
        assert_eq!(by_id(257), Group { id: 257, name: "ffdhe3072".into(), bits: 3072, finite: true });
        assert_eq!(by_id(0x4a4a).name, "unknown-4a4a");
    }
}
