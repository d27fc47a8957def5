//! Update packages: making them, and the device's checks.
//!
//! A package is the magic `DWUPD001`, the length of the header (4 bytes, big-endian), the header (JSON), the payload, and an Ed25519
//! signature (64 bytes) over all before it.

use aws_lc_rs::{
    digest,
    signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::{
    Fault,
    state::{State, hex},
    world::{Faults, MODEL},
};

/// The first bytes of a package.
const MAGIC: &[u8] = b"DWUPD001";
/// Length of the signature.
const SIGNATURE: usize = 64;
/// Length of the payload that is made.
const PAYLOAD: usize = 4096;
/// Another key than the packages are signed with; see fixtures/README.md.
const WEAK_SIGNER: &str = include_str!("../fixtures/rsa-1024.pub.pem");

#[derive(Serialize, Deserialize)]
struct Header {
    model: String,
    version: String,
    size: usize,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    algorithm: Option<String>,
}

/// What the device needs to judge a package.
pub(crate) struct Updates {
    signer: Vec<u8>,
    /// Header and signature of each package that the manufacturer made; only a faulty device looks at them.
    made: Vec<(Vec<u8>, Vec<u8>)>,
    /// The newest genuine package.
    pub(crate) genuine: Vec<u8>,
}

impl Updates {
    /// Makes the packages and, if asked to, writes them and the signer's public key into the state directory.
    pub(crate) fn prepare(state: &State, faults: &Faults, write: bool) -> anyhow::Result<Self> {
        let signer = Ed25519KeyPair::from_seed_unchecked(&state.seed("signer")?)?;
        let other = Ed25519KeyPair::from_seed_unchecked(&state.seed("other-signer")?)?;
        let payload = payload(&state.seed("payload")?);
        let weak = faults.has(Fault::PackageWeakSignature);
        let packed = |model, version, key| package(model, version, weak, &payload, key);
        let genuine = packed(MODEL, "1.2.0", &signer)?;
        let older = packed(MODEL, "1.0.0", &signer)?;
        let other_model = packed("DW-900", "1.2.0", &signer)?;
        if write {
            state.write("updates/genuine.pkg", &genuine)?;
            state.write("updates/older.pkg", &older)?;
            state.write("updates/other-model.pkg", &other_model)?;
            state.write("updates/other-key.pkg", packed(MODEL, "1.2.0", &other)?)?;
            let own = public_key_pem(signer.public_key().as_ref());
            state.write("updates/signer.pem", if weak { WEAK_SIGNER } else { &own })?;
        }
        let known = [&genuine, &older, &other_model].into_iter().filter_map(|package| frame(package)).collect();
        Ok(Self { signer: signer.public_key().as_ref().to_vec(), made: known, genuine })
    }

    /// The version in a package that a device with `installed` may install.
    ///
    /// # Errors
    /// What is wrong with the package, in a few words.
    pub(crate) fn check(&self, package: &[u8], installed: &str, faults: &Faults) -> Result<String, &'static str> {
        let (header_bytes, rest) = split(package).ok_or("not a package")?;
        let header: Header = serde_json::from_slice(header_bytes).map_err(|_| "malformed header")?;
        let payload = rest.get(..header.size).ok_or("too short")?;
        let trailer = rest.get(header.size..).unwrap_or_default();
        if header.model != MODEL && !faults.has(Fault::UpdateAnyModel) {
            return Err("made for another model");
        }
        let sum = hex(digest::digest(&digest::SHA256, payload).as_ref());
        if sum != header.sha256 && !faults.has(Fault::UpdateAltered) {
            return Err("payload does not match its hash");
        }
        self.check_signature(package, header_bytes, trailer, faults)?;
        let (offered, now) = (numbers(&header.version).ok_or("malformed version")?, numbers(installed).unwrap_or_default());
        if offered < now && !faults.has(Fault::UpdateRollback) {
            return Err("older than what is installed");
        }
        Ok(header.version)
    }

    fn check_signature(&self, package: &[u8], header: &[u8], trailer: &[u8], faults: &Faults) -> Result<(), &'static str> {
        if faults.has(Fault::UpdateUnsigned) {
            return Ok(());
        }
        if trailer.len() != SIGNATURE {
            return Err("not signed");
        }
        if faults.has(Fault::UpdateAnyKey) {
            return Ok(());
        }
        if faults.has(Fault::UpdateAltered) && self.made.iter().any(|(made, signature)| made == header && signature == trailer) {
            return Ok(());
        }
        let signed = package.get(..package.len().saturating_sub(SIGNATURE)).unwrap_or_default();
        UnparsedPublicKey::new(&ED25519, &self.signer).verify(signed, trailer).map_err(|_| "signature does not verify")
    }
}

/// Header and what follows it.
fn split(package: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = package.strip_prefix(MAGIC)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

/// Header and signature.
fn frame(package: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (header, rest) = split(package)?;
    Some((header.to_vec(), rest.get(rest.len().checked_sub(SIGNATURE)?..)?.to_vec()))
}

fn package(model: &str, version: &str, weak: bool, payload: &[u8], key: &Ed25519KeyPair) -> anyhow::Result<Vec<u8>> {
    let sha256 = hex(digest::digest(&digest::SHA256, payload).as_ref());
    let algorithm = weak.then(|| "RSA-1024".to_owned());
    let header =
        serde_json::to_vec(&Header { model: model.to_owned(), version: version.to_owned(), size: payload.len(), sha256, algorithm })?;
    let mut package = MAGIC.to_vec();
    package.extend(u32::try_from(header.len())?.to_be_bytes());
    package.extend(header);
    package.extend(payload);
    let signature = key.sign(&package);
    package.extend(signature.as_ref());
    Ok(package)
}

/// Bytes that look random and follow from the seed, so that every process makes the same packages.
fn payload(seed: &[u8; 32]) -> Vec<u8> {
    let mut block = seed.to_vec();
    let mut payload = Vec::new();
    while payload.len() < PAYLOAD {
        block = digest::digest(&digest::SHA256, &block).as_ref().to_vec();
        payload.extend(&block);
    }
    payload
}

fn public_key_pem(key: &[u8]) -> String {
    /// What precedes the 32 bytes of an Ed25519 key in a `SubjectPublicKeyInfo` (RFC 8410).
    const PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    let der: Vec<u8> = PREFIX.iter().chain(key).copied().collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
}

fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}
