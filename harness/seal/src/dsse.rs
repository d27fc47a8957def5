//! Signed envelopes (DSSE 1.0, protocol and envelope): a payload, its type, and who signed both.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::key::PrivateKey;

/// An envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Envelope {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    pub(crate) signatures: Vec<Signature>,
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Signature {
    /// The name of the key; only a hint which key to try.
    pub(crate) keyid: String,
    sig: String,
}

/// The bytes that are signed: type and payload, each behind its length, so that neither can be taken for the other.
pub(crate) fn pre_authentication(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

impl Envelope {
    /// An envelope that nobody has signed yet.
    pub(crate) fn around(payload_type: &str, payload: &[u8]) -> Self {
        Self { payload: STANDARD.encode(payload), payload_type: payload_type.to_owned(), signatures: Vec::new() }
    }

    /// Reads an envelope of this type. It has to be written as [`Envelope::text`] writes it, to the last blank, so that no
    /// byte of it can change unnoticed. Other programs may write the same envelope differently; those are not seals.
    pub(crate) fn read(text: &[u8], payload_type: &str) -> Result<Self, String> {
        let envelope: Self = serde_json::from_slice(text).map_err(|error| format!("is no signed envelope: {error}"))?;
        if envelope.payload_type != payload_type {
            return Err(format!("holds `{}` and not {payload_type}", envelope.payload_type.escape_debug()));
        }
        if envelope.text()?.as_bytes() != text {
            return Err("is not written as it was when it was made".to_owned());
        }
        Ok(envelope)
    }

    /// What is signed.
    pub(crate) fn payload(&self) -> Result<Vec<u8>, String> {
        STANDARD.decode(&self.payload).map_err(|error| format!("the payload is damaged: {error}"))
    }

    /// Adds the signature of this key.
    pub(crate) fn sign(&mut self, key: &PrivateKey) -> Result<(), Error> {
        let message = pre_authentication(&self.payload_type, &self.payload().map_err(Error::Refused)?);
        let sig = STANDARD.encode(key.sign(&message)?);
        self.signatures.push(Signature { keyid: key.public().id(), sig });
        Ok(())
    }

    /// The bytes that were signed.
    pub(crate) fn message(&self) -> Result<Vec<u8>, String> {
        Ok(pre_authentication(&self.payload_type, &self.payload()?))
    }

    /// The envelope as it stands in a file.
    pub(crate) fn text(&self) -> Result<String, String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n").map_err(|error| error.to_string())
    }
}

impl Signature {
    /// Its bytes; none where it is damaged.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        STANDARD.decode(&self.sig).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vector of the DSSE protocol, version 1.0.0.
    #[test]
    fn the_published_vector_comes_out() {
        let made = pre_authentication("http://example.com/HelloWorld", b"hello world");
        assert_eq!(made, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
        assert_eq!(pre_authentication("", "\u{e9}".as_bytes()), "DSSEv1 0  2 \u{e9}".as_bytes(), "lengths count bytes");
    }

    #[test]
    fn an_envelope_is_read_in_one_spelling_only() {
        let text = Envelope::around("x/y", b"payload").text().expect("JSON");
        assert!(Envelope::read(text.as_bytes(), "x/y").is_ok());
        let others =
            [text.replace("  ", " "), text.trim_end().to_owned(), text.replace("\"payload\"", "\"url\": 1, \"payload\""), String::new()];
        for other in others {
            assert!(Envelope::read(other.as_bytes(), "x/y").is_err(), "{other}");
        }
        assert!(Envelope::read(text.as_bytes(), "x/z").expect_err("another type").contains("x/y"));
    }
}
