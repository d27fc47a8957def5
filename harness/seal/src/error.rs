//! Why something could not be sealed, or a key not be used.

use std::path::{Path, PathBuf};

use crate::flaw::Flaw;

/// Why something could not be sealed, or a key not be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A key file does not hold a key that can be used here.
    #[error("{path}: {what}")]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        what: String,
    },
    /// What was asked for makes no sense; what to do instead.
    #[error("{0}")]
    Refused(String),
    /// The folder is not fit to be sealed, or its seal is broken.
    #[error(transparent)]
    Flaw(#[from] Flaw),
}

impl Error {
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    pub(crate) fn key(path: &Path, what: impl Into<String>) -> Self {
        Self::Key { path: path.to_owned(), what: what.into() }
    }
}
