//! The facts about a TLS server.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Flaws, Sessions};
use crate::handshake::{Chain, Group, Signature, Suite};

/// What a server made of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Support {
    /// It chose the version and a suite.
    Accepted,
    /// It said no.
    Refused {
        /// How: the name of an alert, `negotiated 1.0`, or `closed` or `reset` (these only where other hellos, sent
        /// before and after on connections of their own, were answered).
        how: String,
    },
    /// Its answer cannot be told.
    Unclear {
        /// Why not.
        why: String,
    },
}

impl Support {
    /// Whether it was accepted.
    pub fn is_accepted(&self) -> bool {
        *self == Self::Accepted
    }
}

/// Whose order of suites counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The server's: it chose against the order offered.
    Server,
    /// The client's: in every hello the first suite offered that the server accepts was chosen.
    Client,
    /// It cannot be told: fewer than two suites are accepted, or the choices fit neither.
    #[default]
    Unclear,
}

/// Protections beside versions and suites. `None` where the question does not arise or the answer is not clear.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Safeguards {
    /// Whether the extended master secret is supported (RFC 7627), up to TLS 1.2.
    pub extended_master_secret: Option<bool>,
    /// Whether secure renegotiation is indicated (RFC 5746), up to TLS 1.2.
    pub renegotiation_info: Option<bool>,
    /// Whether DEFLATE compression was accepted, up to TLS 1.2.
    pub compression: Option<bool>,
    /// Whether a hello with a lower version than the best and `TLS_FALLBACK_SCSV` is turned down (RFC 7507). Asked
    /// where two versions from TLS 1.0 on are accepted.
    pub fallback_scsv: Option<bool>,
    /// Whether a server that speaks TLS 1.3 marks its random when an older version is agreed on (RFC 8446 section 4.1.3).
    pub downgrade_marker: Option<bool>,
    /// Whether the server asks for a client certificate, up to TLS 1.2 (TLS 1.3 hides it).
    pub client_certificate_requested: Option<bool>,
    /// Whether the server's order of suites counts, not the client's. Told where two suites are accepted.
    pub server_preference: Option<bool>,
    /// Whether encrypt-then-MAC is agreed on with CBC suites (RFC 7366), up to TLS 1.2.
    #[serde(default)]
    pub encrypt_then_mac: Option<bool>,
    /// Whether the server echoes the heartbeat extension (RFC 6520), up to TLS 1.2.
    #[serde(default)]
    pub heartbeat: Option<bool>,
    /// Whether the server promises a session ticket (RFC 5077), up to TLS 1.2.
    #[serde(default)]
    pub session_ticket: Option<bool>,
    /// Whether the server gives the session an id, up to TLS 1.2.
    #[serde(default)]
    pub session_id: Option<bool>,
    /// Whether an OCSP response is stapled to the certificate (RFC 6066 section 8), up to TLS 1.2.
    #[serde(default)]
    pub ocsp_staple: Option<bool>,
}

/// All that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Survey {
    /// By version: `SSLv2`, `SSLv3`, `1.0`, `1.1`, `1.2`, `1.3`.
    pub versions: BTreeMap<String, Support>,
    /// The suites accepted in each accepted version, in the order in which the server chose them.
    pub suites: BTreeMap<String, Vec<Suite>>,
    /// Whose order of suites counts, in each accepted version.
    #[serde(default)]
    pub order: BTreeMap<String, Order>,
    /// Groups of key exchanges up to TLS 1.2.
    pub groups_12: Vec<Group>,
    /// Groups of key exchanges in TLS 1.3.
    pub groups_13: Vec<Group>,
    /// Signature algorithms that the server chose for its part of the key exchange in TLS 1.2.
    #[serde(default)]
    pub signatures: Vec<Signature>,
    /// Whether a hello of TLS 1.2 that offers signatures with MD5 and SHA-1 only is answered, where suites with
    /// signatures are accepted.
    #[serde(default)]
    pub weak_signatures: Option<bool>,
    /// The certificate chains shown, each once.
    pub chains: Vec<Chain>,
    /// Why the chain of TLS 1.3, which is sealed, could not be read, where that version is accepted.
    #[serde(default)]
    pub sealed_chain: Option<String>,
    /// Protections beside versions and suites.
    pub safeguards: Safeguards,
    /// The application protocols that the server chose by ALPN (RFC 7301), in that order.
    #[serde(default)]
    pub alpn: Vec<String>,
    /// What whole sessions showed. `None` where none was tried.
    #[serde(default)]
    pub sessions: Option<Sessions>,
    /// What the looks for known flaws came to. `None` where none was taken.
    #[serde(default)]
    pub flaws: Option<Flaws>,
    /// Hellos sent.
    pub hellos: u32,
    /// Connections opened.
    pub connections: u32,
    /// Connections and hellos that met with a refusal, a reset, silence or a closed connection, and were tried again.
    #[serde(default)]
    pub refusals: u32,
}

impl Survey {
    /// The names of the accepted versions.
    pub fn accepted(&self) -> impl Iterator<Item = &str> {
        self.versions.iter().filter(|(_, support)| support.is_accepted()).map(|(name, _)| name.as_str())
    }
}
