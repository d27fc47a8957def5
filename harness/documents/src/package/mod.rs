//! Update packages: the container, its signature, and the files in it.

mod archive;
mod capsule;
mod cbor;
mod listing;
mod mcuboot;
mod mender;
mod rauc;
mod seal;
mod secrets;
mod suit;
mod swupdate;

use serde::{Deserialize, Serialize};

pub use seal::Verification;
pub use secrets::{Secret, secrets};

use crate::pki::{Cms, Trust};
use crate::{Problem, Unreadable};
use seal::Seal;

/// The largest package that is read, in bytes.
pub const LARGEST: usize = 1024 * 1024 * 1024;
/// The most files of one package that are listed.
const MOST_FILES: usize = 4_096;

/// The containers that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// An MCUboot image: header, image, type-length-value entries.
    #[serde(rename = "MCUboot image")]
    McuBoot,
    /// A SUIT envelope (CBOR with COSE signatures).
    #[serde(rename = "SUIT envelope")]
    Suit,
    /// A SWUpdate image: a cpio archive that begins with `sw-description`.
    #[serde(rename = "SWUpdate image")]
    SwUpdate,
    /// A Mender artifact: a tar archive with `version` and `manifest`.
    #[serde(rename = "Mender artifact")]
    Mender,
    /// A RAUC bundle: a squashfs image with a CMS signature behind it.
    #[serde(rename = "RAUC bundle")]
    Rauc,
    /// A UEFI capsule of the firmware management protocol.
    #[serde(rename = "UEFI capsule")]
    Capsule,
}

impl Kind {
    /// Its name in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::McuBoot => "MCUboot image",
            Self::Suit => "SUIT envelope",
            Self::SwUpdate => "SWUpdate image",
            Self::Mender => "Mender artifact",
            Self::Rauc => "RAUC bundle",
            Self::Capsule => "UEFI capsule",
        }
    }
}

/// What is known of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Package {
    /// Its container.
    pub kind: Kind,
    /// Whether a signature is in it.
    pub signed: bool,
    /// How it is signed, where the container itself says so: `ECDSA-SHA256`.
    pub algorithm: Option<String>,
    /// The hash of the signed part that the container carries, as `sha256`, and whether it is right.
    pub hash: Option<(String, bool)>,
    /// What stands in the CMS signature, when it is one.
    pub cms: Option<Cms>,
    /// The files in it, each with its hash held against the signed part; none where the container has no files.
    pub files: Vec<File>,
    /// Where it departs from the format of its container.
    pub problems: Vec<Problem>,
    /// The signatures, and what they are about.
    #[serde(skip)]
    seals: Vec<Seal>,
}

/// One file in a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    /// Whether it has the hash that the signed part gives for it; none when that gives none, or it cannot be computed.
    pub hash_matches: Option<bool>,
    /// Whether it is the signed part itself, or a signature over it, so that no hash is expected.
    pub is_frame: bool,
}

impl Package {
    fn new(kind: Kind) -> Self {
        Self { kind, signed: false, algorithm: None, hash: None, cms: None, files: Vec::new(), problems: Vec::new(), seals: Vec::new() }
    }

    fn problem(&mut self, place: impl Into<String>, what: impl Into<String>) {
        if self.problems.len() < 100 {
            self.problems.push(Problem { place: place.into(), what: what.into() });
        }
    }

    /// Whether a signature in the package is right, and whether it still is with one bit of the signed part altered.
    /// `file` is the package that this was read from; `declared` is the name of the algorithm, for a container that does
    /// not tell it. None when no place of a signature is known.
    pub fn verify(&self, file: &[u8], declared: &str, trust: Trust<'_>) -> Option<Verification> {
        let of = |seal: &Seal| seal.verify(file, self.algorithm.as_deref().unwrap_or(declared), trust);
        let found: Vec<_> = self.seals.iter().map(of).collect();
        // one that is right is enough, and all are wrong only where each could be told
        let best = |verification: &Verification| match verification.verifies {
            Some(true) => 0,
            None => 1,
            Some(false) => 2,
        };
        found.into_iter().min_by_key(best)
    }

    /// Names of files whose hash differs from that in the signed part.
    pub fn mismatched(&self) -> Vec<&str> {
        self.files.iter().filter(|file| file.hash_matches == Some(false)).map(|file| file.name.as_str()).collect()
    }

    /// Names of files that the signed part gives no hash for, or one that was not computed.
    pub fn uncovered(&self) -> Vec<&str> {
        self.files.iter().filter(|file| file.hash_matches.is_none() && !file.is_frame).map(|file| file.name.as_str()).collect()
    }
}

/// Recognises the container by its first bytes and reads it.
///
/// # Errors
/// [`Unreadable`] when no known container begins like that, or the file is larger than [`LARGEST`].
pub fn read(file: &[u8]) -> Result<Package, Unreadable> {
    if file.len() > LARGEST {
        return Err(Unreadable::because(format!("the package is larger than {LARGEST} bytes")));
    }
    let readers = [mcuboot::read, suit::read, swupdate::read, mender::read, rauc::read, capsule::read];
    readers.into_iter().find_map(|read| read(file)).ok_or_else(|| Unreadable::because("no known container of updates begins like that"))
}

/// An unsigned number of up to eight bytes, the lowest first.
fn little<const N: usize>(file: &[u8], at: usize) -> Option<usize> {
    let digits: &[u8; N] = file.get(at..)?.first_chunk()?;
    usize::try_from(digits.iter().rev().fold(0_u64, |number, digit| (number << 8) | u64::from(*digit))).ok()
}

/// The bytes from `at` on, so many.
fn slice(file: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    file.get(at..at.checked_add(length)?)
}

#[cfg(test)]
mod tests;
