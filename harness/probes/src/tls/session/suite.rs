//! Which suites a whole session can be held in, and what they are made of.

use crate::handshake::describe;

/// How the keys are agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exchange {
    Rsa,
    Dhe,
    Ecdhe,
}

/// The hash of a MAC or of the key derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha1,
    Sha256,
    Sha384,
}

impl Hash {
    /// Its length in bytes.
    pub(crate) const fn size(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }
}

/// How records are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bulk {
    /// AES with a key of so many bytes, by blocks that hang together, with a MAC.
    Cbc(usize, Hash),
    /// AES-GCM with a key of so many bytes.
    Gcm(usize),
    Chacha,
}

/// What a suite is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) exchange: Exchange,
    pub(crate) bulk: Bulk,
    /// The hash of the key derivation in TLS 1.2.
    pub(crate) derivation: Hash,
}

impl Parts {
    /// The parts of a suite; `None` where no session can be held in it here.
    pub(crate) fn of(suite: u16) -> Option<Self> {
        let name = describe(suite).name;
        let (exchange, cipher) = name.strip_prefix("TLS_")?.split_once("_WITH_")?;
        let exchange = match exchange {
            "RSA" => Exchange::Rsa,
            "DHE_RSA" | "DHE_DSS" | "DH_anon" => Exchange::Dhe,
            "ECDHE_RSA" | "ECDHE_ECDSA" | "ECDH_anon" => Exchange::Ecdhe,
            _ => return None,
        };
        let bulk = match cipher {
            "AES_128_CBC_SHA" => Bulk::Cbc(16, Hash::Sha1),
            "AES_256_CBC_SHA" => Bulk::Cbc(32, Hash::Sha1),
            "AES_128_CBC_SHA256" => Bulk::Cbc(16, Hash::Sha256),
            "AES_256_CBC_SHA256" => Bulk::Cbc(32, Hash::Sha256),
            "AES_256_CBC_SHA384" => Bulk::Cbc(32, Hash::Sha384),
            "AES_128_GCM_SHA256" => Bulk::Gcm(16),
            "AES_256_GCM_SHA384" => Bulk::Gcm(32),
            "CHACHA20_POLY1305_SHA256" => Bulk::Chacha,
            _ => return None,
        };
        let derivation = if cipher.ends_with("SHA384") { Hash::Sha384 } else { Hash::Sha256 };
        Some(Self { exchange, bulk, derivation })
    }

    pub(crate) const fn is_cbc(&self) -> bool {
        matches!(self.bulk, Bulk::Cbc(..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_taken_apart() {
        let cbc = Parts { exchange: Exchange::Rsa, bulk: Bulk::Cbc(16, Hash::Sha1), derivation: Hash::Sha256 };
        assert_eq!(Parts::of(0x002f), Some(cbc));
        let gcm = Parts { exchange: Exchange::Ecdhe, bulk: Bulk::Gcm(32), derivation: Hash::Sha384 };
        assert_eq!(Parts::of(0xc030), Some(gcm));
        assert!(Parts::of(0x0005).is_none() && Parts::of(0x1301).is_none() && Parts::of(0x008c).is_none());
    }
}
