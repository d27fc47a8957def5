//! The client's part of a key exchange: the message, and the secret that both sides then share.

use aws_lc_rs::agreement::{self, EphemeralPrivateKey, UnparsedPublicKey};
use aws_lc_rs::rand::{self, SystemRandom};
use num_bigint::BigUint;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;

use super::suite::Exchange;
use crate::handshake::{Cursor, counted};

/// The largest number that is calculated with, in bytes: larger keys would keep this machine busy.
const LARGEST: usize = 1024;

/// The client's message and the premaster secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Agreed {
    pub(crate) message: Vec<u8>,
    pub(crate) secret: Vec<u8>,
}

/// Takes part in a key exchange: `server` is the server's key exchange message, `leaf` its certificate in DER,
/// `version` that of the client's hello. The error says why not.
pub(crate) fn agree(exchange: Exchange, version: u16, server: Option<&[u8]>, leaf: Option<&[u8]>) -> Result<Agreed, String> {
    match exchange {
        Exchange::Rsa => {
            let key = leaf.and_then(RsaKey::of).ok_or("no RSA key can be read from its certificate")?;
            let mut secret = [version.to_be_bytes().to_vec(), vec![0; 46]].concat();
            rand::fill(secret.get_mut(2..).unwrap_or_default()).map_err(|_| "no random numbers")?;
            let message = key.encrypt(&secret).ok_or("its RSA key is too short or too long")?;
            Ok(Agreed { message: counted(2, &message), secret })
        }
        Exchange::Ecdhe => elliptic(server.ok_or("no key exchange message came")?),
        Exchange::Dhe => finite(server.ok_or("no key exchange message came")?).ok_or_else(|| "its DH values cannot be used".to_owned()),
    }
}

fn elliptic(server: &[u8]) -> Result<Agreed, String> {
    let mut cursor = Cursor::new(server);
    let (kind, group) = (cursor.u8(), cursor.u16());
    let (algorithm, theirs) = match (kind, group, cursor.counted(1)) {
        (Some(3), Some(29), Some(theirs)) => (&agreement::X25519, theirs),
        (Some(3), Some(23), Some(theirs)) => (&agreement::ECDH_P256, theirs),
        (Some(3), Some(24), Some(theirs)) => (&agreement::ECDH_P384, theirs),
        (Some(3), Some(25), Some(theirs)) => (&agreement::ECDH_P521, theirs),
        (Some(3), Some(group), Some(_)) => return Err(format!("keys are not exchanged here in group {group}")),
        _ => return Err("its key exchange message cannot be read".to_owned()),
    };
    let own = EphemeralPrivateKey::generate(algorithm, &SystemRandom::new()).map_err(|_| "no key pair could be made")?;
    let public = own.compute_public_key().map_err(|_| "no key pair could be made")?;
    let message = counted(1, public.as_ref());
    let theirs = UnparsedPublicKey::new(algorithm, theirs);
    let agreed = |secret: &[u8]| Ok(Agreed { message, secret: secret.to_vec() });
    agreement::agree_ephemeral(own, theirs, "its public key is not on the curve".to_owned(), agreed)
}

fn finite(server: &[u8]) -> Option<Agreed> {
    let mut cursor = Cursor::new(server);
    let (field, base, theirs) = (cursor.counted(2)?, cursor.counted(2)?, cursor.counted(2)?);
    let modulus = BigUint::from_bytes_be(field);
    let usable = field.len() <= LARGEST && base.len() <= LARGEST && theirs.len() <= LARGEST && modulus > BigUint::from(3u8);
    usable.then_some(())?;
    let mut own = [0; 32];
    rand::fill(&mut own).ok()?;
    let own = BigUint::from_bytes_be(&own);
    let public = BigUint::from_bytes_be(base).modpow(&own, &modulus).to_bytes_be();
    // leading zeros are left out of the secret (RFC 5246 section 8.1.2)
    let secret = BigUint::from_bytes_be(theirs).modpow(&own, &modulus).to_bytes_be();
    Some(Agreed { message: counted(2, &public), secret })
}

/// The public RSA key of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RsaKey {
    modulus: BigUint,
    exponent: BigUint,
    /// The length of the modulus in bytes.
    pub(crate) size: usize,
}

impl RsaKey {
    pub(crate) fn of(leaf: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(leaf).ok()?;
        let PublicKey::RSA(key) = certificate.public_key().parsed().ok()? else { return None };
        Self::new(key.modulus, key.exponent)
    }

    fn new(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let fits = modulus.len() <= LARGEST + 1 && exponent.len() <= 8;
        let (modulus, exponent) = (BigUint::from_bytes_be(modulus), BigUint::from_bytes_be(exponent));
        let size = usize::try_from(modulus.bits().div_ceil(8)).ok()?;
        (fits && size > 11 && exponent > BigUint::ZERO).then_some(Self { modulus, exponent, size })
    }

    /// Raises a block as long as the modulus to the public exponent.
    pub(crate) fn raise(&self, block: &[u8]) -> Vec<u8> {
        let number = BigUint::from_bytes_be(block).modpow(&self.exponent, &self.modulus).to_bytes_be();
        [vec![0; self.size.saturating_sub(number.len())], number].concat()
    }

    /// Encrypts a secret as PKCS #1 v1.5 wants it (RFC 8017 section 7.2.1).
    pub(crate) fn encrypt(&self, secret: &[u8]) -> Option<Vec<u8>> {
        let filling = self.filling(secret.len())?;
        Some(self.raise(&[[0, 2].as_slice(), &filling, &[0], secret].concat()))
    }

    /// Random bytes, none of them 0, that fill a block around a secret of this length.
    pub(crate) fn filling(&self, secret: usize) -> Option<Vec<u8>> {
        let count = self.size.checked_sub(secret + 3).filter(|count| *count >= 8)?;
        let mut filling = vec![0; count];
        rand::fill(&mut filling).ok()?;
        filling.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = 1);
        Some(filling)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn finite_fields_lead_to_one_secret() {
        let (modulus, own) = (BigUint::from(0xffff_fffb_u32), BigUint::from(12_345u32));
        let public = BigUint::from(2u8).modpow(&own, &modulus);
        let server = [counted(2, &modulus.to_bytes_be()), counted(2, &[2]), counted(2, &public.to_bytes_be())].concat();
        let agreed = finite(&server).unwrap();
        let theirs = BigUint::from_bytes_be(&agreed.message[2..]);
        assert_eq!(theirs.modpow(&own, &modulus).to_bytes_be(), agreed.secret);
    }

    #[test]
    fn a_secret_is_padded_before_it_is_raised() {
        let key = RsaKey::new(&[0xff; 64], &[1]).unwrap();
        let block = key.encrypt(&[7; 48]).unwrap();
        assert_eq!((block.len(), &block[..2], block[15], &block[16..]), (64, [0, 2].as_slice(), 0, [7; 48].as_slice()));
        assert!(block[2..15].iter().all(|byte| *byte != 0));
        assert!(RsaKey::new(&[0xff; 50], &[3]).unwrap().encrypt(&[7; 48]).is_none());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..120)) {
            for exchange in [Exchange::Rsa, Exchange::Dhe, Exchange::Ecdhe] {
                let _ = agree(exchange, 0x0303, Some(&body), Some(&body));
            }
            let _ = agree(Exchange::Ecdhe, 0x0303, Some(&[&[3, 0, 23, 65], body.as_slice()].concat()), None);
        }
    }
}
