//! Public keys, signatures over bytes, and CMS signatures, as packages and manifests carry them.

mod chain;
mod cms;
mod key;
mod scheme;

pub use cms::{Cms, Signer, read_cms};
pub use key::{Key, PublicKey, certificates};
pub use scheme::{Scheme, hash_of, schemes_for, verify};

pub(crate) use cms::{Digests, content_of, verify_cms};

use time::OffsetDateTime;

/// What a signature is held against.
#[derive(Debug, Clone, Copy)]
pub enum Trust<'a> {
    /// The key that must have made it.
    Key(&'a PublicKey),
    /// Certificates in DER, one of which signed, or stands above the one that did, and the moment at which the path
    /// must be valid.
    Anchors(&'a [Vec<u8>], OffsetDateTime),
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
