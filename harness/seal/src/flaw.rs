//! What is wrong with a bundle: the first bad element, by name.

use crate::bundle::SEAL;
use crate::journal::JOURNAL;

/// What is wrong with a bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// There is no seal, or it is not written as this program writes one.
    #[error("{SEAL}: {0}")]
    Seal(String),
    /// A signature does not fit what is sealed.
    #[error("{SEAL}: the signature of {0} is not one of this statement by that key: the seal was changed after it was made")]
    Signature(String),
    /// Somebody who is named as a signer has not signed.
    #[error("{SEAL}: the signature of {0} is missing: `assay seal` with that person's key adds it")]
    Unsigned(String),
    /// A key that is to have signed has not.
    #[error("{SEAL}: {0} did not sign with the key that was given")]
    Stranger(String),
    /// The seal gives a key to somebody else than the file of the key does.
    #[error("{SEAL}: names {sealed} for a key that belongs to {known}")]
    OtherName {
        /// Who the seal says it is.
        sealed: String,
        /// Who the file of the key says it is.
        known: String,
    },
    /// A file does not hold what was sealed.
    #[error("{0}: was changed after it was sealed")]
    Changed(String),
    /// A file that was sealed is not there.
    #[error("{0}: is sealed and is not there")]
    Missing(String),
    /// A file is there that was not sealed.
    #[error("{0}: is not among what was sealed: it was added or renamed")]
    Added(String),
    /// Something in the folder cannot be sealed: a link, a device, an odd name.
    #[error("{file}: {what}")]
    Odd {
        /// The file.
        file: String,
        /// What is odd about it.
        what: String,
    },
    /// The folder is larger than what is sealed or verified.
    #[error("the folder holds more than {0}: such a folder is not sealed")]
    TooMuch(String),
    /// A line of the journal is not what was written.
    #[error("{JOURNAL}, line {line}: {what}")]
    Journal {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// The files of a run contradict each other.
    #[error("{file}: {what}")]
    Contradiction {
        /// The file that says what no other bears out.
        file: &'static str,
        /// What it says.
        what: String,
    },
}

impl Flaw {
    pub(crate) fn unreadable(file: impl Into<String>, error: &std::io::Error) -> Self {
        Self::Odd { file: file.into(), what: format!("cannot be read: {error}") }
    }

    pub(crate) fn contradiction(file: &'static str, what: impl Into<String>) -> Self {
        Self::Contradiction { file, what: what.into() }
    }
}
