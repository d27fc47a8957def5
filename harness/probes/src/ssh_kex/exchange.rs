//! Key exchanges: up to the server's reply, which carries the host key, or as a whole.

use assay_wire::{Error, Result};
use aws_lc_rs::digest;

use super::connection::{Connection, OURS};
use super::facts::{Agreed, HostKey};
use super::keys;
use super::message::{self, Algorithms};
use super::seal::{CIPHERS, Form, Keys, MACS};
use super::secret::{Opening, Secret, mpint, random};
use crate::handshake::{Cursor, Group, counted, finite_field};

const INIT: u8 = 30;
const REPLY: u8 = 31;
const GEX_GROUP: u8 = 31;
const GEX_INIT: u8 = 32;
const GEX_REPLY: u8 = 33;
const GEX_REQUEST: u8 = 34;
/// What is asked for where the size of a group is not the question.
pub(super) const USUAL: [u32; 3] = [2048, 3072, 8192];

/// A key exchange that can be begun here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exchange {
    pub(super) name: &'static str,
    opening: Opening,
    hash: &'static digest::Algorithm,
}

const fn exchange(name: &'static str, opening: Opening, hash: &'static digest::Algorithm) -> Exchange {
    Exchange { name, opening, hash }
}

const SHA1: &digest::Algorithm = &digest::SHA1_FOR_LEGACY_USE_ONLY;
const SHA256: &digest::Algorithm = &digest::SHA256;
const SHA384: &digest::Algorithm = &digest::SHA384;
const SHA512: &digest::Algorithm = &digest::SHA512;

/// The ones that cost the server least come first.
static EXCHANGES: [Exchange; 18] = [
    exchange("curve25519-sha256", Opening::X25519, SHA256),
    exchange("curve25519-sha256@libssh.org", Opening::X25519, SHA256),
    exchange("ecdh-sha2-nistp256", Opening::P256, SHA256),
    exchange("ecdh-sha2-nistp384", Opening::P384, SHA384),
    exchange("ecdh-sha2-nistp521", Opening::P521, SHA512),
    exchange("mlkem768x25519-sha256", Opening::MlKem, SHA256),
    exchange("diffie-hellman-group14-sha256", Opening::Field(2048), SHA256),
    exchange("diffie-hellman-group14-sha1", Opening::Field(2048), SHA1),
    exchange("diffie-hellman-group1-sha1", Opening::Field(1024), SHA1),
    exchange("diffie-hellman-group15-sha512", Opening::Field(3072), SHA512),
    exchange("diffie-hellman-group16-sha512", Opening::Field(4096), SHA512),
    exchange("diffie-hellman-group-exchange-sha256", Opening::ChosenField, SHA256),
    exchange("diffie-hellman-group-exchange-sha1", Opening::ChosenField, SHA1),
    exchange("diffie-hellman-group17-sha512", Opening::Field(6144), SHA512),
    exchange("diffie-hellman-group18-sha512", Opening::Field(8192), SHA512),
    exchange("diffie-hellman-group14-sha256@ssh.com", Opening::Field(2048), SHA256),
    exchange("sntrup761x25519-sha512", Opening::Padded(1158), SHA512),
    exchange("sntrup761x25519-sha512@openssh.com", Opening::Padded(1158), SHA512),
];

impl Exchange {
    /// The cheapest that the server offers.
    pub(super) fn cheapest(offered: &Algorithms) -> Option<Self> {
        EXCHANGES.iter().find(|each| offered.kex.iter().any(|name| name == each.name)).copied()
    }

    /// The one by which groups are asked for, if the server offers one.
    pub(super) fn of_groups(offered: &Algorithms) -> Option<Self> {
        let is_offered = |each: &&Self| each.opening == Opening::ChosenField && offered.kex.iter().any(|name| name == each.name);
        EXCHANGES.iter().find(is_offered).copied()
    }
}

/// A key exchange up to the server's reply.
pub(super) struct Begun {
    pub(super) key: HostKey,
    /// The group that the server chose, where it was asked to.
    pub(super) group: Option<Group>,
    secret: Secret,
    /// What goes into the hash between the host key and the shared secret.
    hashed: Vec<u8>,
    their_public: Vec<u8>,
    blob: Vec<u8>,
    our_init: Vec<u8>,
}

/// Asks for a group, after the server's KEXINIT was read, and goes no further.
pub(super) async fn group(connection: &mut Connection, offered: &Algorithms, kex: Exchange, asked: [u32; 3]) -> Result<Group> {
    let host_key = offered.host_keys.first().cloned().unwrap_or_default();
    announce(connection, offered, &agreeing(offered, kex.name, &host_key)).await?;
    let (prime, _) = request_group(connection, asked).await?;
    Ok(finite_field(&prime))
}

/// Begins a key exchange, after the server's KEXINIT was read. The secret can be worked out later only when `whole`;
/// else any public value of the right form will do.
pub(super) async fn begin(
    connection: &mut Connection,
    offered: &Algorithms,
    ours: &Algorithms,
    kex: Exchange,
    asked: [u32; 3],
    whole: bool,
) -> Result<Begun> {
    let our_init = announce(connection, offered, ours).await?;
    let (mut group, mut hashed, mut field) = (None, Vec::new(), None);
    if kex.opening == Opening::ChosenField {
        let (prime, generator) = request_group(connection, asked).await?;
        hashed = [sizes(asked), counted(4, &prime), counted(4, &generator)].concat();
        group = Some(finite_field(&prime));
        field = Some((prime, generator));
    }
    let (public, secret) = kex.opening.value(field, whole).map_err(|why| complain(connection, why))?;
    let (init, reply) = if group.is_some() { (GEX_INIT, GEX_REPLY) } else { (INIT, REPLY) };
    connection.send(&[vec![init], counted(4, &public)].concat()).await?;
    let reply = connection.expect(&[reply]).await?;
    let read = || {
        let mut cursor = Cursor::new(reply.get(1..)?);
        Some((cursor.counted(4)?.to_vec(), cursor.counted(4)?.to_vec(), cursor.counted(4)?))
    };
    let (blob, their_public, signature) = read().ok_or_else(|| connection.malformed("its reply cannot be read"))?;
    let key = keys::host_key(&blob, signature).ok_or_else(|| connection.malformed("the host key in its reply cannot be read"))?;
    hashed.extend([counted(4, &public), counted(4, &their_public)].concat());
    Ok(Begun { key, group, secret, hashed, their_public, blob, our_init })
}

/// Takes a key exchange to its end: what follows is sealed.
pub(super) async fn finish(
    connection: &mut Connection,
    offered: &Algorithms,
    ours: &Algorithms,
    kex: Exchange,
    begun: Begun,
) -> Result<Agreed> {
    let secret = begun.secret.shared(&begun.their_public).map_err(|why| complain(connection, why))?;
    let said = [OURS.as_bytes(), connection.identification(), &begun.our_init, &connection.their_init, &begun.blob];
    let said: Vec<u8> = said.into_iter().flat_map(|part| counted(4, part)).chain(begun.hashed).chain(secret.iter().copied()).collect();
    let hash = digest::digest(kex.hash, &said);
    let derive = |letter: u8, size: usize| {
        let mut key = digest::digest(kex.hash, &[&secret, hash.as_ref(), &[letter], hash.as_ref()].concat()).as_ref().to_vec();
        while key.len() < size {
            let more = digest::digest(kex.hash, &[&secret, hash.as_ref(), &key].concat());
            key.extend_from_slice(more.as_ref());
        }
        key.truncate(size);
        key
    };
    let chosen = |list: &Vec<String>| list.first().cloned().unwrap_or_default();
    let agreed = Agreed { kex: kex.name.to_owned(), cipher: chosen(&ours.ciphers[0]), mac: chosen(&ours.macs[0]) };
    let (_, form, size) = CIPHERS.iter().find(|(name, ..)| *name == agreed.cipher).ok_or_else(|| complain(connection, "no cipher"))?;
    let own = brings_code(*form);
    let mac = MACS.iter().find(|(name, ..)| !own && *name == agreed.mac);
    let agreed = Agreed { mac: mac.map(|(name, ..)| (*name).to_owned()).unwrap_or_default(), ..agreed };
    let keys = |start: u8, cipher: u8, code: u8| Keys {
        cipher: (*form, derive(cipher, *size)),
        start: derive(start, 16),
        mac: mac.map(|(_, algorithm, size, apart)| (*algorithm, derive(code, *size), *apart)),
    };
    connection.arm(&keys(b'A', b'C', b'E'), &keys(b'B', b'D', b'F'), offered.is_strict()).await?;
    Ok(agreed)
}

/// Lists that agree with all that the server offers, for one key exchange and one host-key algorithm.
pub(super) fn agreeing(offered: &Algorithms, kex: &str, host_key: &str) -> Algorithms {
    Algorithms {
        kex: vec![kex.to_owned()],
        host_keys: vec![host_key.to_owned()],
        languages: Default::default(),
        follows: false,
        ..offered.clone()
    }
}

/// The same, with one cipher and one code that can be spoken here; or what is missing.
pub(super) fn speakable(offered: &Algorithms, kex: Exchange, host_key: &str) -> std::result::Result<Algorithms, &'static str> {
    let both = |lists: &[Vec<String>; 2], name: &str| lists.iter().all(|list| list.iter().any(|each| each == name));
    if matches!(kex.opening, Opening::Padded(_)) {
        return Err("no key exchange that can be completed here is offered");
    }
    if !both(&offered.compression, "none") {
        return Err("compression is demanded before log-in");
    }
    let cipher = CIPHERS.iter().find(|(name, ..)| both(&offered.ciphers, name)).ok_or("no cipher that can be spoken here is offered")?;
    let own = brings_code(cipher.1);
    let mac = MACS.iter().find(|(name, ..)| both(&offered.macs, name)).map(|(name, ..)| *name);
    let mac = match (own, mac) {
        (true, _) => "",
        (false, Some(name)) => name,
        (false, None) => return Err("no message authentication code that can be spoken here is offered"),
    };
    let one = |name: &str| [vec![name.to_owned()], vec![name.to_owned()]];
    let kex = [kex.name, "ext-info-c", message::STRICT_CLIENT].map(str::to_owned).to_vec();
    // ciphers that bring their own code need none, but some servers want to find one all the same
    let macs = if own { offered.macs.clone() } else { one(mac) };
    let compression = one("none");
    Ok(Algorithms { kex, host_keys: vec![host_key.to_owned()], ciphers: one(cipher.0), macs, compression, ..Algorithms::default() })
}

/// Whether a cipher of this form brings its own code.
const fn brings_code(form: Form) -> bool {
    matches!(form, Form::Gcm | Form::ChaCha)
}

/// Sends our KEXINIT.
async fn announce(connection: &mut Connection, offered: &Algorithms, ours: &Algorithms) -> Result<Vec<u8>> {
    let cookie = random().map_err(|why| complain(connection, why))?;
    let init = message::kexinit(ours, cookie);
    connection.skip = offered.follows && (offered.kex.first() != ours.kex.first() || offered.host_keys.first() != ours.host_keys.first());
    connection.send(&init).await?;
    Ok(init)
}

/// The prime and the generator of a group of this size.
async fn request_group(connection: &mut Connection, asked: [u32; 3]) -> Result<(Vec<u8>, Vec<u8>)> {
    connection.send(&[vec![GEX_REQUEST], sizes(asked)].concat()).await?;
    let payload = connection.expect(&[GEX_GROUP]).await?;
    let read = || {
        let mut cursor = Cursor::new(payload.get(1..)?);
        Some((cursor.counted(4)?, cursor.counted(4)?))
    };
    let (prime, generator) = read().ok_or_else(|| connection.malformed("its group cannot be read"))?;
    Ok((mpint(prime), mpint(generator)))
}

fn sizes(asked: [u32; 3]) -> Vec<u8> {
    asked.into_iter().flat_map(u32::to_be_bytes).collect()
}

fn complain(connection: &Connection, why: &str) -> Error {
    connection.malformed(why)
}
