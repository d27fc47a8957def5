//! Keys of people: Ed25519 and ECDSA over P-256, in files that say whose they are.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::str::FromStr;

use assay_model::evidence::sha256_hex;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, ParsedPublicKey,
    VerificationAlgorithm,
};

use crate::error::Error;
use crate::pem;

const PUBLIC: &str = "PUBLIC KEY";
const PRIVATE: &str = "PRIVATE KEY";
/// The longest name and function, in characters.
const LONGEST_NAME: usize = 120;

/// The kinds of keys (FIPS 186-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Ed25519; signatures are the 64 bytes of RFC 8032.
    Ed25519,
    /// ECDSA over P-256 with SHA-256; signatures are DER (RFC 3279 section 2.2.3).
    P256,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ed25519, Self::P256];

    /// The word that chooses it on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::P256 => "p256",
        }
    }

    /// What stands before the key itself in its `SubjectPublicKeyInfo` (RFC 8410 section 4, RFC 5480 section 2), and how many
    /// bytes follow. For P-256 the point is uncompressed.
    const fn head(self) -> (&'static [u8], usize) {
        match self {
            Self::Ed25519 => (&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00], 32),
            Self::P256 => (
                &[
                    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
                    0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
                ],
                65,
            ),
        }
    }

    fn algorithm(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::Ed25519 => &ED25519,
            Self::P256 => &ECDSA_P256_SHA256_ASN1,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let kind = Self::ALL.into_iter().find(|kind| kind.word() == text);
        kind.ok_or_else(|| format!("no kind of key `{}`: choose ed25519 or p256", text.escape_debug()))
    }
}

/// Who signs, and in which function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// What the person signs as.
    pub function: String,
}

impl Person {
    /// Both must be there, in plain characters, at most 120 of them.
    ///
    /// # Errors
    /// Says which is not so.
    pub fn new(name: &str, function: &str) -> Result<Self, String> {
        for (what, text) in [("name", name), ("function", function)] {
            let length = text.chars().count();
            if text.trim() != text || !(1..=LONGEST_NAME).contains(&length) || text.chars().any(char::is_control) {
                return Err(format!("the {what} of who signs has to be one line of 1 to {LONGEST_NAME} characters"));
            }
        }
        Ok(Self { name: name.to_owned(), function: function.to_owned() })
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.name, self.function)
    }
}

/// A key that verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    kind: Kind,
    der: Vec<u8>,
    person: Option<Person>,
}

impl PublicKey {
    /// Reads a key file.
    ///
    /// # Errors
    /// [`Error::File`] when it cannot be read, [`Error::Key`] when it holds no public key of these kinds.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::read(&text_of(path)?).map_err(|what| Error::key(path, what))
    }

    /// Reads the text of a key file.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let pem = pem::read(text, PUBLIC)?;
        Self::of_der(pem.der, pem.person)
    }

    fn of_der(der: Vec<u8>, person: Option<Person>) -> Result<Self, String> {
        let fits = |kind: &Kind| {
            let (head, length) = kind.head();
            der.strip_prefix(head).is_some_and(|key| key.len() == length && ParsedPublicKey::new(kind.algorithm(), key).is_ok())
        };
        let kind = Kind::ALL.into_iter().find(fits).ok_or("holds a key that is neither Ed25519 nor a point of P-256")?;
        Ok(Self { kind, der, person })
    }

    /// The SHA-256 of its DER form, in hexadecimal: the name of the key.
    pub fn id(&self) -> String {
        sha256_hex(&self.der)
    }

    /// Its kind.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Who holds it, where the file says so.
    pub const fn person(&self) -> Option<&Person> {
        self.person.as_ref()
    }

    /// The key alone, as PEM.
    pub fn pem(&self) -> String {
        pem::block(PUBLIC, &self.der)
    }

    /// Whether the holder of this key signed this message.
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = self.der.get(self.kind.head().0.len()..).unwrap_or_default();
        ParsedPublicKey::new(self.kind.algorithm(), key).is_ok_and(|key| key.verify_sig(message, signature).is_ok())
    }

    /// Writes a key file that is not there yet.
    ///
    /// # Errors
    /// [`Error::File`] when it is there or cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        save(path, &pem::file(PUBLIC, self.person.as_ref(), &self.der), 0o644)
    }
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
}

/// A key that signs.
pub struct PrivateKey {
    pair: Pair,
    public: PublicKey,
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("public", &self.public).finish_non_exhaustive()
    }
}

impl PrivateKey {
    /// Makes a new key for this person.
    ///
    /// # Errors
    /// [`Error::Refused`] when this machine gives no random numbers.
    pub fn generate(kind: Kind, person: Person) -> Result<Self, Error> {
        let pair = match kind {
            Kind::Ed25519 => Ed25519KeyPair::generate().map(Pair::Ed25519),
            Kind::P256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map(Pair::P256),
        };
        let made = pair.map_err(|_| "the key could not be made".to_owned()).and_then(|pair| Self::of_pair(pair, Some(person)));
        made.map_err(Error::Refused)
    }

    fn of_pair(pair: Pair, person: Option<Person>) -> Result<Self, String> {
        let (kind, key) = match &pair {
            Pair::Ed25519(pair) => (Kind::Ed25519, pair.public_key().as_ref()),
            Pair::P256(pair) => (Kind::P256, pair.public_key().as_ref()),
        };
        let public = PublicKey::of_der([kind.head().0, key].concat(), person)?;
        Ok(Self { pair, public })
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// [`Error::File`] when it cannot be read, [`Error::Key`] when it holds no private key of these kinds.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::read(&text_of(path)?).map_err(|what| Error::key(path, what))
    }

    /// Reads the text of a key file.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let pem = pem::read(text, PRIVATE)?;
        let ed25519 = Ed25519KeyPair::from_pkcs8(&pem.der).map(Pair::Ed25519);
        let pair = ed25519.or_else(|_| EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pem.der).map(Pair::P256));
        Self::of_pair(pair.map_err(|_| "holds a key that is neither Ed25519 nor P-256 in PKCS #8")?, pem.person)
    }

    /// The key that verifies what this one signs.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a message.
    ///
    /// # Errors
    /// [`Error::Refused`] when this machine gives no random numbers.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature = match &self.pair {
            Pair::Ed25519(pair) => pair.try_sign(message),
            Pair::P256(pair) => pair.sign(&SystemRandom::new(), message),
        };
        signature.map(|signature| signature.as_ref().to_vec()).map_err(|_| Error::Refused("the signature could not be made".to_owned()))
    }

    /// Writes a key file that is not there yet, for the eyes of its owner only.
    ///
    /// # Errors
    /// [`Error::File`] when it is there or cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        let der = match &self.pair {
            Pair::Ed25519(pair) => pair.to_pkcs8v1(),
            Pair::P256(pair) => pair.to_pkcs8v1(),
        };
        let der = der.map_err(|_| Error::key(path, "the key could not be written as PKCS #8"))?;
        save(path, &pem::file(PRIVATE, self.public.person.as_ref(), der.as_ref()), 0o600)
    }
}

fn text_of(path: &Path) -> Result<String, Error> {
    let mut text = String::new();
    let file = fs::File::open(path).map_err(Error::file(path))?;
    let length = file.take(pem::LONGEST + 1).read_to_string(&mut text).map_err(Error::file(path))?;
    if length as u64 > pem::LONGEST {
        return Err(Error::key(path, format!("a key file is at most {} bytes long", pem::LONGEST)));
    }
    Ok(text)
}

fn save(path: &Path, text: &str, mode: u32) -> Result<(), Error> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(Error::file(path))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(Error::file(path))
}
