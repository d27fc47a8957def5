//! Our half of a key exchange, and the secret that comes of both halves.

use aws_lc_rs::agreement::{self, EphemeralPrivateKey, UnparsedPublicKey};
use aws_lc_rs::digest;
use aws_lc_rs::kem::{DecapsulationKey, ML_KEM_768};
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use num_bigint::BigUint;

use super::keys::size;
use super::primes;
use crate::handshake::counted;

/// Sizes of a modulus that is reckoned with, in bits. RFC 4419 section 3 ends at 8192; more would only cost time.
const MODULUS: std::ops::RangeInclusive<u32> = 256..=16384;
/// Bytes of an encapsulated key of ML-KEM-768.
const ENCAPSULATED: usize = 1088;

/// The public value that a key exchange begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    X25519,
    P256,
    P384,
    P521,
    /// A key of ML-KEM-768, then one on Curve25519.
    MlKem,
    /// So many zero bytes in place of a key that cannot be made here, then a key on Curve25519.
    Padded(usize),
    /// A number in the fixed field of so many bits.
    Field(u32),
    /// The same, in a field that the server chooses.
    ChosenField,
}

/// What is kept to work out the shared secret.
pub(super) enum Secret {
    None,
    Curve(EphemeralPrivateKey, &'static agreement::Algorithm),
    MlKem(Box<DecapsulationKey>, EphemeralPrivateKey),
    Field { prime: BigUint, exponent: BigUint },
}

const NO_KEY: &str = "no key pair could be made";
const ODD_GROUP: &str = "its group has an impossible size";
const ODD_PUBLIC: &str = "its public value does not fit";

impl Opening {
    /// The public value and what stands behind it. `field` is the prime and generator of a chosen field.
    pub(super) fn value(self, field: Option<(Vec<u8>, Vec<u8>)>, whole: bool) -> Result<(Vec<u8>, Secret), &'static str> {
        match self {
            Self::X25519 => curve(&agreement::X25519),
            Self::P256 => curve(&agreement::ECDH_P256),
            Self::P384 => curve(&agreement::ECDH_P384),
            Self::P521 => curve(&agreement::ECDH_P521),
            Self::Padded(zeros) => {
                let (key, _) = curve(&agreement::X25519)?;
                Ok(([vec![0; zeros], key].concat(), Secret::None))
            }
            Self::MlKem => {
                let (public, private) = key_pair(&agreement::X25519)?;
                let own = DecapsulationKey::generate(&ML_KEM_768).map_err(|_| NO_KEY)?;
                let key = own.encapsulation_key().and_then(|key| key.key_bytes().map(|key| key.as_ref().to_vec())).map_err(|_| NO_KEY)?;
                Ok(([key, public].concat(), Secret::MlKem(Box::new(own), private)))
            }
            Self::Field(_) | Self::ChosenField if !whole => {
                let longest = field.map_or(125, |(prime, _)| prime.len().saturating_sub(2).clamp(8, 125));
                // below any prime in use, with enough bits set for cautious servers
                Ok((vec![0x5a; longest], Secret::None))
            }
            Self::Field(bits) => power(primes::prime(bits).ok_or(ODD_GROUP)?, &BigUint::from(2u32)),
            Self::ChosenField => {
                let (prime, generator) = field.ok_or(ODD_GROUP)?;
                if !size(&prime).is_some_and(|bits| MODULUS.contains(&bits)) || generator.len() > prime.len() {
                    return Err(ODD_GROUP);
                }
                power(BigUint::from_bytes_be(&prime), &BigUint::from_bytes_be(&generator))
            }
        }
    }
}

impl Secret {
    /// The shared secret, as it goes into the hash.
    pub(super) fn shared(self, theirs: &[u8]) -> Result<Vec<u8>, &'static str> {
        match self {
            Self::None => Err("nothing to work the shared secret out with"),
            Self::Curve(private, algorithm) => Ok(counted(4, &mpint(&meet(private, algorithm, theirs)?))),
            Self::MlKem(own, private) => {
                let (sealed, public) = theirs.split_at_checked(ENCAPSULATED).ok_or(ODD_PUBLIC)?;
                let first = own.decapsulate(sealed.into()).map_err(|_| ODD_PUBLIC)?;
                let second = meet(private, &agreement::X25519, public)?;
                Ok(counted(4, digest::digest(&digest::SHA256, &[first.as_ref(), &second].concat()).as_ref()))
            }
            Self::Field { prime, exponent } => {
                if theirs.len() > prime.to_bytes_be().len() + 1 {
                    return Err(ODD_PUBLIC);
                }
                Ok(counted(4, &mpint(&BigUint::from_bytes_be(theirs).modpow(&exponent, &prime).to_bytes_be())))
            }
        }
    }
}

fn curve(algorithm: &'static agreement::Algorithm) -> Result<(Vec<u8>, Secret), &'static str> {
    let (public, private) = key_pair(algorithm)?;
    Ok((public, Secret::Curve(private, algorithm)))
}

fn key_pair(algorithm: &'static agreement::Algorithm) -> Result<(Vec<u8>, EphemeralPrivateKey), &'static str> {
    let private = EphemeralPrivateKey::generate(algorithm, &SystemRandom::new()).map_err(|_| NO_KEY)?;
    let public = private.compute_public_key().map_err(|_| NO_KEY)?.as_ref().to_vec();
    Ok((public, private))
}

fn meet(private: EphemeralPrivateKey, algorithm: &'static agreement::Algorithm, theirs: &[u8]) -> Result<Vec<u8>, &'static str> {
    agreement::agree_ephemeral(private, UnparsedPublicKey::new(algorithm, theirs), ODD_PUBLIC, |secret| Ok(secret.to_vec()))
}

/// A random power of the generator. 512 bits suffice for every group in use.
fn power(prime: BigUint, generator: &BigUint) -> Result<(Vec<u8>, Secret), &'static str> {
    let exponent = BigUint::from_bytes_be(&random::<64>()?) % &prime;
    let public = mpint(&generator.modpow(&exponent, &prime).to_bytes_be());
    Ok((public, Secret::Field { prime, exponent }))
}

pub(super) fn random<const N: usize>() -> Result<[u8; N], &'static str> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| "no random number could be made")?;
    Ok(bytes)
}

/// A number that is not negative, as SSH writes it: no zero in front but one that keeps the sign.
pub(super) fn mpint(number: &[u8]) -> Vec<u8> {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    let short = number.get(start..).unwrap_or_default();
    let sign = short.first().is_some_and(|byte| byte & 0x80 != 0);
    if sign { [&[0], short].concat() } else { short.to_vec() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_halves_meet() {
        for opening in [Opening::X25519, Opening::P256, Opening::P384, Opening::P521, Opening::Field(1024), Opening::Field(2048)] {
            let (one, first) = opening.value(None, true).unwrap();
            let (other, second) = opening.value(None, true).unwrap();
            assert_eq!(first.shared(&other).unwrap(), second.shared(&one).unwrap());
        }
        assert_eq!((mpint(&[0, 0, 0x80]), mpint(&[0]), mpint(&[0, 1])), (vec![0, 0x80], vec![], vec![1]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_bytes_make_it_panic(prime in proptest::collection::vec(any::<u8>(), 0..160), theirs in proptest::collection::vec(any::<u8>(), 0..160)) {
            for opening in [Opening::ChosenField, Opening::X25519, Opening::P256, Opening::MlKem, Opening::Field(1024)] {
                for whole in [true, false] {
                    if let Ok((_, secret)) = opening.value(Some((prime.clone(), theirs.clone())), whole) {
                        let _ = secret.shared(&theirs);
                    }
                }
            }
        }
    }
}
