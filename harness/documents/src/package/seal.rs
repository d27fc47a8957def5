//! A signature in a package and the bytes that it is about.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::pki::{Digests, Key, PublicKey, Scheme, Trust, verify, verify_cms};

/// A signature, its form, and its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seal {
    pub(super) signature: Vec<u8>,
    pub(super) form: Form,
    pub(super) message: Message,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The bare signature, in a scheme that the key and the container tell.
    Raw,
    /// CMS.
    Cms,
}

/// What was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Message {
    /// Ranges of the package, one after the other.
    Ranges(Vec<Range<usize>>),
    /// Bytes made from it.
    Own(Vec<u8>),
}

/// Whether a signature is right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Whether it is; none when this cannot be told here.
    pub verifies: Option<bool>,
    /// Whether it still is with one bit of the signed part altered; none unless it verified.
    pub verifies_altered: Option<bool>,
    /// The scheme in which it is right, with its hash.
    pub algorithm: Option<String>,
    /// The key that was used, or that of the first certificate.
    pub key: Option<Key>,
    /// Why it is not right, or why that cannot be told.
    pub why: Option<String>,
    /// Whether one byte over and over fills the place of the signature.
    pub blank: bool,
}

impl Verification {
    /// Holds a bare signature over a message against a key; `name` is what is known of the algorithm.
    pub fn of(name: &str, key: &PublicKey, message: &[u8], signature: &[u8]) -> Self {
        let blank = signature.first().is_some_and(|first| signature.iter().all(|byte| byte == first));
        let found = Self { key: Some(key.facts.clone()), blank, ..Self::default() };
        match verify(name, key, message, signature) {
            Err(what) => Self { why: Some(format!("cannot be verified here: {what}")), ..found },
            Ok(None) => Self { verifies: Some(false), why: Some("the signature is wrong, or another key made it".to_owned()), ..found },
            Ok(Some(scheme)) => {
                let altered = scheme.holds(key, &altered(message), signature);
                Self { verifies: Some(true), verifies_altered: Some(altered), algorithm: Some(named(scheme)), ..found }
            }
        }
    }
}

fn named(scheme: Scheme) -> String {
    scheme.name.to_owned()
}

/// The bytes with one bit in the middle altered.
fn altered(message: &[u8]) -> Vec<u8> {
    let mut bytes = message.to_vec();
    let middle = bytes.len() / 2;
    bytes.get_mut(middle).into_iter().for_each(|byte| *byte ^= 1);
    bytes
}

impl Seal {
    pub(super) fn verify(&self, file: &[u8], name: &str, trust: Trust<'_>) -> Verification {
        let message: Vec<u8> = match &self.message {
            Message::Own(bytes) => bytes.clone(),
            Message::Ranges(ranges) => ranges.iter().filter_map(|range| file.get(range.clone())).flatten().copied().collect(),
        };
        if message.is_empty() || self.signature.is_empty() {
            return Verification { why: Some("the signature or what it is about is empty".to_owned()), ..Verification::default() };
        }
        match (self.form, trust) {
            (Form::Cms, _) => self.cms(&message, trust),
            (Form::Raw, Trust::Key(key)) => Verification::of(name, key, &message, &self.signature),
            (Form::Raw, Trust::Anchors(anchors, _)) => match anchors.first().map(|first| PublicKey::read(first)) {
                Some(Ok(key)) => Verification::of(name, &key, &message, &self.signature),
                _ => Verification { why: Some("no certificate with a key is given".to_owned()), ..Verification::default() },
            },
        }
    }

    fn cms(&self, message: &[u8], trust: Trust<'_>) -> Verification {
        let holds = |message: &[u8]| verify_cms(&self.signature, &Digests::of(&[message]), trust);
        let key = match trust {
            Trust::Key(key) => Some(key.facts.clone()),
            Trust::Anchors(anchors, _) => anchors.first().and_then(|first| PublicKey::read(first).ok()).map(|key| key.facts),
        };
        let found = Verification { key, ..Verification::default() };
        match holds(message) {
            Err(what) => Verification { why: Some(format!("cannot be verified here: {what}")), ..found },
            Ok(Err(why)) => Verification { verifies: Some(false), why: Some(why), ..found },
            Ok(Ok(algorithm)) => {
                let altered = matches!(holds(&altered(message)), Ok(Ok(_)));
                Verification { verifies: Some(true), verifies_altered: Some(altered), algorithm: Some(algorithm), ..found }
            }
        }
    }
}
