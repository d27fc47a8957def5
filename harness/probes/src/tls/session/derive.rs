//! Deriving keys and checking values from secrets (RFC 2246, RFC 4346 and RFC 5246 section 5).

use aws_lc_rs::{digest, hmac};

use super::suite::Hash;

/// The block of MD5, in bytes.
const MD5_BLOCK: usize = 64;

/// The derivation function of one version and suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Derivation {
    /// MD5 and SHA-1 together: TLS 1.0 and 1.1.
    Old,
    /// One hash: TLS 1.2.
    New(Hash),
}

impl Derivation {
    pub(crate) const fn of(version: u16, hash: Hash) -> Self {
        if version >= 0x0303 { Self::New(hash) } else { Self::Old }
    }

    /// So many bytes from a secret, a label and a seed.
    pub(crate) fn derive(self, secret: &[u8], label: &[u8], seed: &[u8], count: usize) -> Vec<u8> {
        let seed = [label, seed].concat();
        match self {
            Self::New(hash) => expand(|bytes| mac(hash, secret, bytes), &seed, count),
            Self::Old => {
                let half = secret.len().div_ceil(2);
                let (front, back) = (secret.get(..half).unwrap_or_default(), secret.get(secret.len() - half..).unwrap_or_default());
                let md5 = expand(|bytes| mac_md5(front, bytes), &seed, count);
                let sha = expand(|bytes| mac(Hash::Sha1, back, bytes), &seed, count);
                md5.iter().zip(sha).map(|(left, right)| left ^ right).collect()
            }
        }
    }

    /// The hash over the messages so far.
    pub(crate) fn digest(self, messages: &[u8]) -> Vec<u8> {
        let of = |algorithm| digest::digest(algorithm, messages).as_ref().to_vec();
        match self {
            Self::New(Hash::Sha384) => of(&digest::SHA384),
            Self::New(_) => of(&digest::SHA256),
            Self::Old => [md5::compute(messages).0.to_vec(), of(&digest::SHA1_FOR_LEGACY_USE_ONLY)].concat(),
        }
    }
}

fn expand(mac: impl Fn(&[u8]) -> Vec<u8>, seed: &[u8], count: usize) -> Vec<u8> {
    let mut all = Vec::new();
    let mut chain = mac(seed);
    while all.len() < count {
        all.extend(mac(&[chain.as_slice(), seed].concat()));
        chain = mac(&chain);
    }
    all.truncate(count);
    all
}

/// The HMAC of bytes.
pub(crate) fn mac(hash: Hash, key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let algorithm = match hash {
        Hash::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha256 => hmac::HMAC_SHA256,
        Hash::Sha384 => hmac::HMAC_SHA384,
    };
    hmac::sign(&hmac::Key::new(algorithm, key), bytes).as_ref().to_vec()
}

fn mac_md5(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut block = if key.len() > MD5_BLOCK { md5::compute(key).0.to_vec() } else { key.to_vec() };
    block.resize(MD5_BLOCK, 0);
    let with = |pad: u8, rest: &[u8]| md5::compute([block.iter().map(|byte| byte ^ pad).collect(), rest.to_vec()].concat()).0;
    with(0x5c, &with(0x36, bytes)).to_vec()
}

#[cfg(test)]
mod tests {
    use assay_model::evidence::hex;

    use super::*;

    #[test]
    fn known_answers() {
        // RFC 2202, cases 2 of either hash
        assert_eq!(hex(&mac_md5(b"Jefe", b"what do ya want for nothing?")), "750c783e6ab0b503eaa86e310a5db738");
        assert_eq!(hex(&mac(Hash::Sha1, b"Jefe", b"what do ya want for nothing?")), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    }

    #[test]
    fn derivation_agrees_with_the_library() {
        let ours = Derivation::New(Hash::Sha256).derive(&[7; 48], b"key expansion", &[1; 64], 40);
        let secret = aws_lc_rs::tls_prf::Secret::new(&aws_lc_rs::tls_prf::P_SHA256, &[7; 48]).unwrap();
        assert_eq!(secret.derive(b"key expansion", &[1; 64], 40).unwrap().as_ref(), ours);
        assert_eq!(Derivation::Old.derive(&[7; 47], b"key expansion", &[1; 64], 40).len(), 40);
        assert_eq!(Derivation::Old.derive(&[], b"", &[], 3).len(), 3);
    }
}
