//! What is found out about an SSH server, as types.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What may be asked beside the algorithms and keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Questions {
    /// The user whose methods of authentication are asked for, by the method `none`. Absent: nobody's.
    pub user: Option<String>,
    /// Whether the same is asked for a user that cannot exist, to see whether the answers differ. Each of the two
    /// users costs up to two failed log-ins of the budget.
    pub compare_users: bool,
}

/// A host key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostKey {
    /// The kind, as it stands in the key: `ssh-ed25519`, `ssh-rsa`, ...
    pub algorithm: String,
    /// The size in bits: of the modulus or of the field. 0 when unknown.
    pub bits: u32,
    /// The fingerprint in the form of OpenSSH: `SHA256:` and base64 without padding. Of a certificate, that of the key
    /// in it.
    pub sha256: String,
    /// The numbers of an RSA key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rsa: Option<RsaNumbers>,
    /// The algorithm of the signature that came with it.
    #[serde(default)]
    pub signature: String,
    /// What the certificate says, where the key came in one.
    #[serde(default)]
    pub certificate: Option<HostCertificate>,
}

/// The numbers of a public RSA key, in lower-case hexadecimal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RsaNumbers {
    /// The modulus.
    pub modulus: String,
    /// The exponent.
    pub exponent: String,
}

/// A certificate of a host key, in the form of OpenSSH.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostCertificate {
    /// Its serial number.
    pub serial: u64,
    /// The text that names it.
    pub key_id: String,
    /// The host names that it is good for; at most 64.
    pub principals: Vec<String>,
    /// Valid from, in seconds since 1970.
    pub valid_after: u64,
    /// Valid until, in seconds since 1970.
    pub valid_before: u64,
    /// The kind of the key that signed it.
    pub authority: String,
    /// Its size in bits; 0 when unknown.
    pub authority_bits: u32,
    /// Its fingerprint.
    pub authority_sha256: String,
}

/// What came of one request for a Diffie-Hellman group (RFC 4419).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupAnswer {
    /// The key exchange by which it was asked for.
    pub kex: String,
    /// The sizes asked for, in bits: least, preferred, most.
    pub asked: [u32; 3],
    /// The size of the modulus that came, in bits. Absent when the request was refused.
    pub bits: Option<u32>,
    /// The name of the field where it is a well-known one: `modp2048`, ...; else `custom`. Empty when refused.
    pub group: String,
    /// The words of a refusal.
    pub refused: Option<String>,
}

/// What a connection agreed on, up to its first sealed packet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    /// Key exchange.
    pub kex: String,
    /// Cipher, the same both ways.
    pub cipher: String,
    /// Message authentication code, the same both ways; empty where the cipher brings its own.
    pub mac: String,
}

/// How one user is answered before any credential.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserAnswers {
    /// The user.
    pub user: String,
    /// The methods that are offered, in the server's order.
    pub methods: Vec<String>,
    /// Whether the user was let in without any credential.
    pub none_accepted: bool,
    /// Whether the refusal of `none` counted as a partial success.
    pub partial: bool,
    /// The text that is shown before log-in, if any; at most 1024 characters.
    pub banner: Option<String>,
    /// What was said to the question whether a fresh public key would do. Absent when it was not asked.
    pub key_query: Option<String>,
    /// What was said to a request that breaks off inside the public key (CVE-2018-15473). Absent when not asked.
    pub broken_request: Option<String>,
}

/// How a user who should exist and one who cannot are answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserComparison {
    /// The user who cannot exist.
    pub stranger: UserAnswers,
    /// In what the answers differ, in words; empty when they are the same. Time is not looked at.
    pub differences: Vec<String>,
}

/// What an SSH 1 server shows in clear.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstProtocol {
    /// The size of the host key, in bits.
    pub host_key_bits: u32,
    /// The size of the key that is made anew every hour, in bits.
    pub server_key_bits: u32,
    /// The ciphers: `des`, `3des`, `blowfish`, ...
    pub ciphers: Vec<String>,
    /// The methods of authentication: `rhosts`, `rsa`, `password`, ...
    pub methods: Vec<String>,
}

/// What the survey cost the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
    /// Connections that were tried.
    pub connections: u32,
    /// Of them, those that were refused, reset, closed early or answered too late, and were tried again.
    pub busy: u32,
}

/// All that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SshSurvey {
    /// The identification line, without its end; bytes that are not printable ASCII are escaped.
    pub banner: String,
    /// Lines before it; at most 16.
    #[serde(default)]
    pub lines_before: Vec<String>,
    /// The protocol version in it: `2.0`, `1.99`, `1.5`. The lists below are empty where only SSH 1 is spoken.
    pub protocol: String,
    /// The software in it, without its comment: `OpenSSH_9.2p1`.
    #[serde(default)]
    pub software: String,
    /// The comment in it.
    #[serde(default)]
    pub comment: String,
    /// Key exchanges, without the names that only signal something.
    pub kex: Vec<String>,
    /// Names among the key exchanges that only signal something: `ext-info-s`, `kex-strict-s-v00@openssh.com`,
    /// `kexguess2@matt.ucc.asn.au`.
    #[serde(default)]
    pub signals: Vec<String>,
    /// Host-key algorithms.
    pub host_key_algorithms: Vec<String>,
    /// Ciphers from the client to the server.
    pub ciphers_c2s: Vec<String>,
    /// Ciphers from the server to the client.
    pub ciphers_s2c: Vec<String>,
    /// Message authentication codes from the client to the server.
    pub macs_c2s: Vec<String>,
    /// Message authentication codes from the server to the client.
    pub macs_s2c: Vec<String>,
    /// Compression methods, both ways, each once.
    pub compression: Vec<String>,
    /// Languages, both ways, each once.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Whether the server guesses the key exchange and sends its first packet along.
    #[serde(default)]
    pub guesses: bool,
    /// Whether strict key exchange is signalled, the remedy for CVE-2023-48795.
    pub strict_kex: bool,
    /// Ciphers and codes that are open to prefix truncation (CVE-2023-48795) where strict key exchange is not used.
    #[serde(default)]
    pub truncatable: Vec<String>,
    /// The host keys, each once.
    pub host_keys: Vec<HostKey>,
    /// Host-key algorithms whose key was not obtained, and why.
    pub keys_not_read: Vec<String>,
    /// Host-key algorithms that are offered without a key behind them: the connection ends each time one is chosen, and
    /// another key is shown right after.
    #[serde(default)]
    pub keys_absent: Vec<String>,
    /// What came of requests for groups of several sizes.
    #[serde(default)]
    pub groups: Vec<GroupAnswer>,
    /// Requests for groups of which it could not be told what came of them, and why.
    #[serde(default)]
    pub groups_not_read: Vec<String>,
    /// What one connection agreed on.
    #[serde(default)]
    pub agreed: Option<Agreed>,
    /// Why no connection got as far as a sealed packet.
    #[serde(default)]
    pub not_agreed: Option<String>,
    /// Extensions that the server tells of (RFC 8308), by name: `server-sig-algs`, ...
    #[serde(default)]
    pub extensions: BTreeMap<String, String>,
    /// How the user is answered, where one was asked about.
    #[serde(default)]
    pub user: Option<UserAnswers>,
    /// How a stranger is answered beside that.
    #[serde(default)]
    pub users: Option<UserComparison>,
    /// Why the answers to users were not obtained.
    #[serde(default)]
    pub users_not_read: Option<String>,
    /// What SSH 1 shows, where it is spoken.
    #[serde(default)]
    pub first_protocol: Option<FirstProtocol>,
    /// What it cost.
    #[serde(default)]
    pub effort: Effort,
}

impl SshSurvey {
    /// Whether prefix truncation (Terrapin, CVE-2023-48795) is possible: a cipher that is open to it is offered, and
    /// strict key exchange is not.
    pub fn is_truncatable(&self) -> bool {
        !self.truncatable.is_empty() && !self.strict_kex
    }

    /// The smallest modulus that a request for a group brought, in bits.
    pub fn smallest_group(&self) -> Option<u32> {
        self.groups.iter().filter_map(|answer| answer.bits).min()
    }
}
