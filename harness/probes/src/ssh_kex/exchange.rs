//! A key exchange up to the server's reply, which carries the host key. The shared secret is never computed, so any
//! public value of the right form will do.

use assay_wire::{Error, Permit, Result};
use aws_lc_rs::agreement::{self, EphemeralPrivateKey};
use aws_lc_rs::rand::SystemRandom;

use super::HostKey;
use super::connection::Connection;
use super::message::{self, Algorithms};
use crate::handshake::counted;

const INIT: u8 = 30;
const REPLY: u8 = 31;
const GEX_GROUP: u8 = 31;
const GEX_INIT: u8 = 32;
const GEX_REPLY: u8 = 33;
const GEX_REQUEST: u8 = 34;

/// The public value that a key exchange begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    X25519,
    P256,
    P384,
    P521,
    /// So many zero bytes of a key encapsulation, then a key on Curve25519.
    Hybrid(usize),
    /// A number below any prime in use.
    Field,
    /// The same, in a group that the server chooses.
    ChosenField,
}

/// The key exchanges that can be begun here, the ones that cost the server least first.
const EXCHANGES: [(&str, Opening); 16] = [
    ("curve25519-sha256", Opening::X25519),
    ("curve25519-sha256@libssh.org", Opening::X25519),
    ("ecdh-sha2-nistp256", Opening::P256),
    ("ecdh-sha2-nistp384", Opening::P384),
    ("ecdh-sha2-nistp521", Opening::P521),
    ("diffie-hellman-group14-sha256", Opening::Field),
    ("diffie-hellman-group14-sha1", Opening::Field),
    ("diffie-hellman-group16-sha512", Opening::Field),
    ("diffie-hellman-group15-sha512", Opening::Field),
    ("diffie-hellman-group18-sha512", Opening::Field),
    ("diffie-hellman-group1-sha1", Opening::Field),
    ("diffie-hellman-group-exchange-sha256", Opening::ChosenField),
    ("diffie-hellman-group-exchange-sha1", Opening::ChosenField),
    ("sntrup761x25519-sha512", Opening::Hybrid(1158)),
    ("sntrup761x25519-sha512@openssh.com", Opening::Hybrid(1158)),
    ("mlkem768x25519-sha256", Opening::Hybrid(1184)),
];

/// The host key of this algorithm.
pub(super) async fn host_key(permit: &Permit, offered: &Algorithms, algorithm: &str) -> Result<HostKey> {
    let mut connection = Connection::open(permit).await?;
    let Some((kex, opening)) = EXCHANGES.iter().find(|(name, _)| offered.kex.iter().any(|each| each == name)) else {
        return Err(connection.malformed("it offers no key exchange that can be begun here".to_owned()));
    };
    connection.algorithms().await?;
    connection.send(&message::kexinit(offered, kex, algorithm)).await?;
    let reply = if *opening == Opening::ChosenField {
        connection.send(&[&[GEX_REQUEST][..], &2048u32.to_be_bytes(), &3072u32.to_be_bytes(), &8192u32.to_be_bytes()].concat()).await?;
        connection.expect(GEX_GROUP).await?;
        connection.send(&[vec![GEX_INIT], number()].concat()).await?;
        connection.expect(GEX_REPLY).await?
    } else {
        connection.send(&[vec![INIT], public_value(*opening)?].concat()).await?;
        connection.expect(REPLY).await?
    };
    message::host_key(&reply).ok_or_else(|| connection.malformed("the host key in its reply cannot be read".to_owned()))
}

/// The public value, preceded by its length.
fn public_value(opening: Opening) -> Result<Vec<u8>> {
    Ok(match opening {
        Opening::X25519 => counted(4, &key(&agreement::X25519)?),
        Opening::P256 => counted(4, &key(&agreement::ECDH_P256)?),
        Opening::P384 => counted(4, &key(&agreement::ECDH_P384)?),
        Opening::P521 => counted(4, &key(&agreement::ECDH_P521)?),
        Opening::Hybrid(zeros) => counted(4, &[vec![0; zeros], key(&agreement::X25519)?].concat()),
        Opening::Field | Opening::ChosenField => number(),
    })
}

/// A number of 1000 bits: above 1, below every prime of 1024 bits and more, with enough bits set for cautious servers.
fn number() -> Vec<u8> {
    counted(4, &[0x5a; 125])
}

fn key(algorithm: &'static agreement::Algorithm) -> Result<Vec<u8>> {
    let key = EphemeralPrivateKey::generate(algorithm, &SystemRandom::new()).and_then(|key| key.compute_public_key());
    key.map(|key| key.as_ref().to_vec()).map_err(|_| Error::Local("no key pair could be made".to_owned()))
}
