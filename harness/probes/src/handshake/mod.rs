//! What TLS and DTLS have in common: suites, groups, the client's hello, and reading what a server says in clear.

mod cursor;
mod groups;
mod hello;
mod messages;
mod signatures;
mod suites;

pub(crate) use cursor::{Cursor, counted};
pub(crate) use groups::{ELLIPTIC, FINITE, ask_13, by_id, finite_field};
pub(crate) use hello::{Hello, extension};
pub(crate) use messages::{Flight, Message, alert_name, is_13, server_hello};
pub(crate) use signatures::{SIGNATURES, WEAK_SIGNATURES, signature};
pub(crate) use suites::{authentication, batches, describe, has, known, known_13};

use serde::{Deserialize, Serialize};

/// A cipher suite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suite {
    /// The number: two bytes, three in `SSLv2`.
    pub id: u32,
    /// The IANA name; for suites that were never registered the name in common use.
    pub name: String,
    /// Properties that policies speak of: `null`, `anonymous`, `export`, `rc4`, `rc2`, `des`, `3des`, `idea`, `seed`,
    /// `aes`, `camellia`, `aria`, `chacha20`, `gost`, `sm4`, `md5`, `sha1-mac`, `cbc`, `ccm8`, `aead`, `not-aead`,
    /// `static-rsa`, `static-dh`, `static-ecdh`, `dhe`, `ecdhe`, `forward-secrecy`, `psk`, `krb5`, `srp`.
    pub traits: Vec<String>,
}

impl Suite {
    /// The suite with this number of two bytes.
    pub fn of(id: u16) -> Self {
        describe(id)
    }

    /// Whether it has this property.
    pub fn has(&self, property: &str) -> bool {
        self.traits.iter().any(|each| each == property)
    }
}

/// A group in which keys are exchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The IANA number; 0 for a finite field that was sent in full and is not one of RFC 7919.
    pub id: u16,
    /// The IANA name in lower case; `modp2048` and so on for the fields of RFC 2409 and RFC 3526; `custom` for others.
    pub name: String,
    /// The size of the field in bits; 0 when unknown.
    pub bits: u32,
    /// Whether it is a finite field, not an elliptic curve or a key encapsulation.
    pub finite: bool,
}

/// A signature algorithm of TLS 1.2 and 1.3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The number.
    pub id: u16,
    /// The IANA name; `hash+key` for those of TLS 1.2 alone; `unknown-` and the number for others.
    pub name: String,
}

/// A certificate chain that a server showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// The version in which it was shown.
    pub version: String,
    /// The kind of key that the suite asked for: `rsa`, `ecdsa`, `dss`, `any`.
    pub asked: String,
    /// Whether a name was asked for.
    #[serde(default)]
    pub named: bool,
    /// The certificates in the order shown, each in DER, in lower-case hexadecimal.
    pub der: Vec<String>,
}

impl Chain {
    /// The certificates as bytes. What is not hexadecimal is left out.
    pub fn to_der(&self) -> Vec<Vec<u8>> {
        self.der.iter().filter_map(|text| unhex(text)).collect()
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let pairs = digits.chunks(2).map(|pair| match pair {
        [high, low] => Some(char::from(*high).to_digit(16)? * 16 + char::from(*low).to_digit(16)?),
        _ => None,
    });
    pairs.map(|value| value.and_then(|value| u8::try_from(value).ok())).collect()
}
