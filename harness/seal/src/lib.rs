//! Seals over folders: keys, signed statements, and what is wrong with a folder that was changed.
//!
//! A bundle is a folder with a `seal.json`: one DSSE envelope around one in-toto statement that names every other file with
//! its SHA-256. What was done by hand after sealing is found without a network, and the first bad element is named.

pub mod bundle;
mod dsse;
mod error;
mod flaw;
mod folder;
mod journal;
mod key;
mod pem;
pub mod run;
mod statement;
mod sums;

pub use bundle::{Bundle, SEAL};
pub use error::Error;
pub use flaw::Flaw;
pub use key::{Kind, Person, PrivateKey, PublicKey};
pub use statement::{DECLARATION, Digest, Signer, Statement, Subject, TEST_RESULT};
