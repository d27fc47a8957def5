//! Statements (in-toto attestation framework, Statement v1): which files, and what is said of them by whom.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Error;
use crate::flaw::Flaw;
use crate::key::{Person, PublicKey};

/// The type of the payload of every seal.
pub(crate) const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// The type of every statement.
const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// What the seal of a run says: the in-toto predicate for results of tests, version 0.1.
pub const TEST_RESULT: &str = "https://in-toto.io/attestation/test-result/v0.1";
/// What the seal of a declaration says: the declaration itself.
pub const DECLARATION: &str = "urn:assay:declaration:1";
/// The most people who sign one statement.
const MAX_SIGNERS: usize = 16;

/// A statement about files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    /// The files, in the order of their names.
    pub subject: Vec<Subject>,
    /// What kind of thing is said.
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// What is said.
    pub predicate: Value,
}

/// One file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Its path below the folder, with `/` between the parts.
    pub name: String,
    /// What it holds.
    pub digest: Digest,
}

/// What a file holds, by its hash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digest {
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// Somebody who is to sign, as the signed statement names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// The name.
    pub name: String,
    /// What the person signs as.
    pub function: String,
    /// The SHA-256 of the key in DER form.
    pub keyid: String,
    /// The public key, as PEM.
    pub key: String,
}

impl Signer {
    /// The holder of this key.
    ///
    /// # Errors
    /// [`Error::Refused`] when its file does not say who that is.
    pub fn of(key: &PublicKey) -> Result<Self, Error> {
        let nobody = || Error::Refused(format!("nothing says who holds the key {}: write Name: and Function: above it", key.id()));
        let Person { name, function } = key.person().ok_or_else(nobody)?.clone();
        Ok(Self { name, function, keyid: key.id(), key: key.pem() })
    }

    /// The name and the function.
    ///
    /// # Errors
    /// Says what is wrong with them.
    pub(crate) fn person(&self) -> Result<Person, String> {
        Person::new(&self.name, &self.function)
    }

    /// The key.
    pub(crate) fn public(&self) -> Result<PublicKey, String> {
        let key = PublicKey::read(&self.key)?;
        if key.pem() == self.key && key.id() == self.keyid { Ok(key) } else { Err("the key does not fit its name".to_owned()) }
    }
}

impl Statement {
    /// States this of these files, to be signed by these people.
    pub(crate) fn new(subject: Vec<Subject>, predicate_type: &str, mut predicate: Value, signers: &[Signer]) -> Result<Self, Error> {
        let unfit = || Error::Refused("what is stated has no room for those who sign it".to_owned());
        let named = serde_json::to_value(signers).map_err(|_| unfit())?;
        let room = predicate.pointer_mut(room(predicate_type)).and_then(Value::as_object_mut).ok_or_else(unfit)?;
        if room.insert("signers".to_owned(), named).is_some() {
            return Err(unfit());
        }
        predicate.sort_all_objects();
        let statement = Self { kind: STATEMENT_TYPE.to_owned(), subject, predicate_type: predicate_type.to_owned(), predicate };
        // what cannot be read back would be sealed for ever
        Self::read(statement.text().map_err(Error::Refused)?.as_bytes())?;
        statement.signers()?;
        Ok(statement)
    }

    /// Reads a statement; it has to be written as [`Statement::text`] writes it.
    pub(crate) fn read(text: &[u8]) -> Result<Self, Flaw> {
        let mut statement: Self =
            serde_json::from_slice(text).map_err(|error| Flaw::Seal(format!("holds no statement about files: {error}")))?;
        statement.predicate.sort_all_objects();
        if statement.kind != STATEMENT_TYPE {
            return Err(Flaw::Seal(format!("holds no {STATEMENT_TYPE}")));
        }
        if statement.text().map_err(Flaw::Seal)?.as_bytes() != text {
            return Err(Flaw::Seal("its statement is not written as it was when it was made".to_owned()));
        }
        if !statement.subject.is_sorted_by(|one, next| one.name < next.name) {
            return Err(Flaw::Seal("its files are not in order".to_owned()));
        }
        Ok(statement)
    }

    /// The statement as it is signed. Names within what is stated are in alphabetical order.
    pub(crate) fn text(&self) -> Result<String, String> {
        serde_json::to_string(self).map_err(|error| error.to_string())
    }

    /// Those who are to sign, in the order in which they are named.
    pub(crate) fn signers(&self) -> Result<Vec<Signer>, Flaw> {
        let bad = |what: String| Flaw::Seal(format!("those who sign are not named well: {what}"));
        let named = self.predicate.pointer(room(&self.predicate_type)).and_then(|room| room.get("signers")).cloned();
        let signers: Vec<Signer> = serde_json::from_value(named.unwrap_or_default()).map_err(|error| bad(error.to_string()))?;
        if signers.is_empty() || signers.len() > MAX_SIGNERS {
            return Err(bad(format!("1 to {MAX_SIGNERS} people sign")));
        }
        for (at, signer) in signers.iter().enumerate() {
            signer.public().map_err(bad)?;
            signer.person().map_err(bad)?;
            if signers.iter().take(at).any(|other| other.keyid == signer.keyid) {
                return Err(bad(format!("the key of {} stands there twice", signer.name)));
            }
        }
        Ok(signers)
    }

    /// What is stated, without those who sign it.
    pub fn bare(&self) -> Value {
        let mut predicate = self.predicate.clone();
        if let Some(room) = predicate.pointer_mut(room(&self.predicate_type)).and_then(Value::as_object_mut) {
            room.remove("signers");
        }
        predicate
    }
}

/// Where in the predicate the signers stand: in a predicate of others under our own name, so that it never means
/// something else there (in-toto attestation framework v1.1, parsing rules on extension fields).
fn room(predicate_type: &str) -> &'static str {
    if predicate_type == TEST_RESULT { "/assay" } else { "" }
}
