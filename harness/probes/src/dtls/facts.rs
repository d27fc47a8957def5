//! The facts about a DTLS server.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Chain, Group, Signature, Suite};

/// What a server made of a version, or of a hello of a special form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// It chose the version and a suite.
    Accepted,
    /// It said no.
    Refused {
        /// How: the name of an alert, or `negotiated 1.0`.
        how: String,
    },
    /// It said nothing, though other hellos were answered. Servers may drop what they do not like.
    Silent,
}

impl Reply {
    /// Whether it was accepted.
    pub fn is_accepted(&self) -> bool {
        *self == Self::Accepted
    }
}

/// How the server deals with cookies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cookies {
    /// The length of its cookie.
    pub bytes: Option<usize>,
    /// Whether a cookie that it did not give is turned down.
    pub checked: Option<bool>,
    /// Whether it repeats its request for a cookie without having been asked again, as only a server can that keeps
    /// state for an address that is not proved yet (RFC 6347 section 4.2.1).
    pub repeated_unasked: Option<bool>,
}

/// What an address that is not proved gets out of the server: with a forged address, it is sent to somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amplification {
    /// Bytes of the hello.
    pub sent: usize,
    /// Bytes of the answer.
    pub received: usize,
}

/// Extensions that were offered once beside a suite that is accepted: `Some` is the answer, `None` is unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extensions {
    /// Compression with DEFLATE.
    pub compression: Option<bool>,
    /// Connection identifiers (RFC 9146).
    pub connection_id: Option<bool>,
    /// Heartbeats (RFC 6520).
    pub heartbeat: Option<bool>,
    /// Fragments of 512 bytes at most (RFC 6066 section 4).
    pub max_fragment_length: Option<bool>,
    /// A limit to the size of records (RFC 8449).
    pub record_size_limit: Option<bool>,
    /// Session tickets (RFC 5077).
    pub session_ticket: Option<bool>,
}

/// Fragmentation of handshake messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fragments {
    /// What it makes of a hello in two fragments, which every DTLS endpoint must understand once it keeps state.
    pub hello: Option<Reply>,
    /// Whether it sent messages of its own in fragments.
    pub own: bool,
    /// The largest datagram that it sent, in bytes.
    pub largest_datagram: usize,
    /// The content of the largest record that it sent, in bytes.
    pub largest_record: usize,
}

/// How the server repeats a flight that is not answered (RFC 6347 section 4.2.4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repetition {
    /// Milliseconds until it said something again; `None` when it did not within the time watched.
    pub after_ms: Option<u64>,
    /// Milliseconds that were watched; 0 when no whole flight came.
    pub watched_ms: u64,
}

/// All that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DtlsSurvey {
    /// By version: `1.0`, `1.2`, `1.3`.
    pub versions: BTreeMap<String, Reply>,
    /// Whether the server asked for a cookie before it said anything else, in every hello that led to an accepted
    /// suite (RFC 6347 section 4.2.1, RFC 9147 section 5.1). `None` when none did.
    pub cookie: Option<bool>,
    /// More about cookies, where one is asked for in DTLS up to 1.2.
    pub cookies: Option<Cookies>,
    /// Without a cookie: what a hello from an address that is not proved is answered with.
    pub amplification: Option<Amplification>,
    /// By version: the suites accepted, in the order in which the server chose them.
    pub suites: BTreeMap<String, Vec<Suite>>,
    /// The hint for a pre-shared key.
    pub psk_hint: Option<String>,
    /// The groups in which keys are exchanged: under `1.2` those of all versions up to it, and under `1.3`.
    pub groups: BTreeMap<String, Vec<Group>>,
    /// The algorithms with which the server signs its part of the key exchange in DTLS 1.2.
    pub signatures: Vec<Signature>,
    /// The certificate chains shown, each once (none in 1.3, which hides them).
    pub chains: Vec<Chain>,
    /// Whether a name was asked for.
    pub named: bool,
    /// Whether the server asked for a client certificate; `None` when no flight came whole.
    pub client_certificate_requested: Option<bool>,
    /// Whether the extended master secret (RFC 7627) was agreed on in every flight up to 1.2.
    pub extended_master_secret: Option<bool>,
    /// The same for secure renegotiation (RFC 5746).
    pub secure_renegotiation: Option<bool>,
    /// The same for encrypt-then-MAC (RFC 7366) with suites in CBC.
    pub encrypt_then_mac: Option<bool>,
    /// What became of further extensions, up to 1.2.
    pub extensions: Option<Extensions>,
    /// Fragmentation.
    pub fragments: Option<Fragments>,
    /// Repetition of an unanswered flight, up to 1.2.
    pub repetition: Option<Repetition>,
    /// Hellos sent, repetitions left out.
    pub hellos: u32,
    /// Hellos sent again because no answer came in time.
    pub repeats: u32,
    /// Sockets opened.
    pub sockets: u32,
}

impl DtlsSurvey {
    /// Every accepted suite once, whatever the version.
    pub fn all_suites(&self) -> Vec<&Suite> {
        let mut all: Vec<&Suite> = Vec::new();
        for suite in ["1.2", "1.0", "1.3"].iter().filter_map(|version| self.suites.get(*version)).flatten() {
            if !all.contains(&suite) {
                all.push(suite);
            }
        }
        all
    }
}
