//! A bundle: a folder under a seal.

use std::path::Path;

use assay_model::evidence::sha256_hex;
use serde_json::Value;

use crate::dsse::Envelope;
use crate::error::Error;
use crate::flaw::Flaw;
use crate::key::{PrivateKey, PublicKey};
use crate::statement::{PAYLOAD_TYPE, Signer, Statement, Subject};
use crate::{folder, journal};

/// The file that seals the others.
pub const SEAL: &str = "seal.json";
/// The longest seal, in bytes: that of a folder of 100 000 files stays below it.
const LONGEST: u64 = 64 << 20;

/// A bundle that holds what was sealed.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    /// What was signed.
    pub statement: Statement,
    /// Those who are to sign, in the order in which they are named.
    pub signers: Vec<Signer>,
    /// The names (`keyid`) of the keys that the reader trusts; each of them signed.
    pub trusted: Vec<String>,
    /// SHA-256 of the seal as it stands, in hexadecimal: by this others refer to it.
    pub sha256: String,
}

/// Seals every file of the folder with this statement about them, and signs it with the key of one of the signers.
///
/// # Errors
/// [`Error::Refused`] when it is sealed or the key belongs to none of the signers; [`Error::Flaw`] when something in the folder
/// cannot be sealed; [`Error::File`] when the seal cannot be written. Then there is no seal.
pub fn seal(folder: &Path, predicate_type: &str, predicate: Value, signers: &[Signer], key: &PrivateKey) -> Result<(), Error> {
    if folder.join(SEAL).exists() {
        return Err(Error::Refused(format!("{}: is sealed already", folder.display())));
    }
    let statement = Statement::new(folder::subjects(folder)?, predicate_type, predicate, signers)?;
    named(signers, key)?;
    let mut envelope = Envelope::around(PAYLOAD_TYPE, statement.text().map_err(Error::Refused)?.as_bytes());
    envelope.sign(key)?;
    folder::write_seal(folder, &envelope.text().map_err(Error::Refused)?, false)
}

/// Adds the signature of somebody who is named in the seal and has not signed yet. The folder has to be as it was sealed.
///
/// # Errors
/// [`Error::Refused`] when the key belongs to nobody who has yet to sign, [`Error::Flaw`] when the folder or its seal was
/// changed, [`Error::File`] when the seal cannot be written. Then the seal is as it was.
pub fn countersign(folder: &Path, key: &PrivateKey) -> Result<(), Error> {
    let (mut envelope, bundle) = read(folder)?;
    compare(folder, &bundle.statement)?;
    let signer = named(&bundle.signers, key)?;
    if envelope.signatures.iter().any(|signature| signature.keyid == signer.keyid) {
        return Err(Error::Refused(format!("{}: {} has signed already", folder.display(), signer.name)));
    }
    envelope.sign(key)?;
    let place = |id: &str| bundle.signers.iter().position(|signer| signer.keyid == id);
    envelope.signatures.sort_by_key(|signature| place(&signature.keyid));
    folder::write_seal(folder, &envelope.text().map_err(Error::Refused)?, true)
}

fn named<'s>(signers: &'s [Signer], key: &PrivateKey) -> Result<&'s Signer, Error> {
    let id = key.public().id();
    let nobody = || Error::Refused(format!("the key {id} belongs to none of those who are named to sign"));
    signers.iter().find(|signer| signer.keyid == id).ok_or_else(nobody)
}

/// Opens a bundle: the seal is whole, everybody who is named signed it, each of the trusted keys did, and every file is as it
/// was sealed. Whose keys the others are, nobody knows but the seal itself.
///
/// # Errors
/// The first flaw: the seal is looked at first, then the files in the order of their names.
pub fn open(folder: &Path, trusted: &[PublicKey]) -> Result<Bundle, Flaw> {
    let (envelope, mut bundle) = read(folder)?;
    let signed = |signer: &Signer| envelope.signatures.iter().any(|signature| signature.keyid == signer.keyid);
    if let Some(missing) = bundle.signers.iter().find(|signer| !signed(signer)) {
        return Err(Flaw::Unsigned(missing.name.clone()));
    }
    for key in trusted {
        let known = |key: &PublicKey| key.person().map_or_else(|| format!("the holder of key {}", key.id()), |person| person.name.clone());
        let signer = bundle.signers.iter().find(|signer| signer.keyid == key.id()).ok_or_else(|| Flaw::Stranger(known(key)))?;
        if key.person().is_some_and(|person| person.name != signer.name) {
            return Err(Flaw::OtherName { sealed: signer.name.clone(), known: known(key) });
        }
        bundle.trusted.push(key.id());
    }
    compare(folder, &bundle.statement)?;
    Ok(bundle)
}

/// Opens a bundle to which signatures may be missing, for somebody who is about to sign.
///
/// # Errors
/// As [`open`].
pub fn open_to_sign(folder: &Path) -> Result<Bundle, Flaw> {
    let (_, bundle) = read(folder)?;
    compare(folder, &bundle.statement)?;
    Ok(bundle)
}

/// Reads the seal alone; every signature that is there holds.
fn read(folder: &Path) -> Result<(Envelope, Bundle), Flaw> {
    if std::fs::symlink_metadata(folder.join(SEAL)).is_err() {
        return Err(Flaw::Seal("is not there: nothing says what was sealed".to_owned()));
    }
    let text = folder::read(folder, SEAL, LONGEST)?;
    let envelope = Envelope::read(&text, PAYLOAD_TYPE).map_err(Flaw::Seal)?;
    let statement = Statement::read(&envelope.payload().map_err(Flaw::Seal)?)?;
    let (signers, message) = (statement.signers()?, envelope.message().map_err(Flaw::Seal)?);
    let mut waiting = signers.iter();
    for signature in &envelope.signatures {
        let stranger = || Flaw::Seal("holds a signature by a key that it does not name, or in another order".to_owned());
        let signer = waiting.find(|signer| signer.keyid == signature.keyid).ok_or_else(stranger)?;
        let key = signer.public().map_err(Flaw::Seal)?;
        if !key.has_signed(&message, &signature.bytes()) {
            return Err(Flaw::Signature(signer.name.clone()));
        }
    }
    Ok((envelope, Bundle { statement, signers, trusted: Vec::new(), sha256: sha256_hex(&text) }))
}

/// Holds the files against those that were sealed.
fn compare(folder: &Path, statement: &Statement) -> Result<(), Flaw> {
    let there = folder::subjects(folder)?;
    let mut there = there.iter().peekable();
    for sealed in &statement.subject {
        match there.next_if(|file| file.name <= sealed.name) {
            Some(file) if file.name < sealed.name => return Err(Flaw::Added(file.name.clone())),
            Some(file) if file.digest != sealed.digest => return Err(changed(folder, sealed, statement)),
            Some(_) => {}
            None => return Err(Flaw::Missing(sealed.name.escape_debug().to_string())),
        }
    }
    there.next().map_or(Ok(()), |file| Err(Flaw::Added(file.name.clone())))
}

/// Of a journal that was changed, the line is told too.
fn changed(folder: &Path, sealed: &Subject, statement: &Statement) -> Flaw {
    let tail = journal::Tail::sealed_in(&statement.predicate).filter(|_| sealed.name == journal::JOURNAL);
    let line = tail.and_then(|tail| journal::read(folder, Some(&tail)).err());
    line.unwrap_or_else(|| Flaw::Changed(sealed.name.clone()))
}
