//! Policies: the thresholds that tests judge by, as data, each with its source.

use serde::{Deserialize, Serialize};

/// A threshold and the clause it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold<T> {
    /// The value.
    pub value: T,
    /// Document and clause.
    pub source: String,
}

/// A whole policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its name: `general`, `federal`.
    pub id: String,
    /// What it is.
    pub title: String,
    /// TLS and DTLS.
    pub tls: TlsPolicy,
    /// Certificates.
    pub certificate: CertificatePolicy,
    /// SSH.
    pub ssh: SshPolicy,
    /// Log-ins, sessions and web transport.
    pub access: AccessPolicy,
    /// Logs and clocks.
    pub awareness: AwarenessPolicy,
    /// Signatures of update packages.
    pub update: UpdatePolicy,
    /// What the product does of its own accord.
    pub outbound: OutboundPolicy,
    /// Documents that machines read.
    pub documents: DocumentsPolicy,
}

/// Thresholds for TLS and DTLS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsPolicy {
    /// The lowest version of TLS that may be accepted: `1.2`.
    pub min_version: Threshold<String>,
    /// Versions that must be accepted beside whatever else is.
    pub must_offer: Threshold<Vec<String>>,
    /// Properties that no accepted suite may have: `null`, `anonymous`, `export`, `rc4`, `des`, `3des`, `md5`,
    /// `static-rsa`, `static-dh`, `cbc`, `chacha20`, `ccm8`, `not-aead`, ...
    pub forbidden_suites: Threshold<Vec<String>>,
    /// Properties that only a component declared as constrained may use: `ccm8`.
    pub constrained_only: Threshold<Vec<String>>,
    /// Whether at least one accepted suite must be an AEAD.
    pub aead_required: Threshold<bool>,
    /// Whether every key exchange must be ephemeral.
    pub forward_secrecy: Threshold<bool>,
    /// The groups that may be accepted, by their IANA names in lower case.
    pub groups: Threshold<Vec<String>>,
    /// The least size of a finite-field Diffie-Hellman group, in bits.
    pub dh_min_bits: Threshold<u32>,
    /// Whether the extended master secret must be supported in TLS 1.2.
    pub extended_master_secret: Threshold<bool>,
    /// Whether secure renegotiation must be indicated in TLS 1.2.
    pub secure_renegotiation: Threshold<bool>,
    /// Whether compression must be refused.
    pub no_compression: Threshold<bool>,
    /// Whether `TLS_FALLBACK_SCSV` must be honoured where two or more versions are accepted.
    pub fallback_scsv: Threshold<bool>,
    /// Whether the downgrade marker must stand in the server random where TLS 1.3 is accepted.
    pub downgrade_marker: Threshold<bool>,
    /// The lowest version of DTLS that may be accepted: `1.2`.
    pub dtls_min_version: Threshold<String>,
    /// Whether DTLS must ask for a cookie before it keeps state.
    pub dtls_cookie: Threshold<bool>,
}

/// Thresholds for certificates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificatePolicy {
    /// The least size of an RSA key, in bits.
    pub rsa_min_bits: Threshold<u32>,
    /// The least size of an elliptic-curve key, in bits.
    pub ec_min_bits: Threshold<u32>,
    /// Hash functions that signatures may use, in lower case: `sha256`.
    pub hashes: Threshold<Vec<String>>,
    /// Whether Ed25519 and Ed448 may be used.
    pub eddsa: Threshold<bool>,
    /// The longest validity of a leaf under a private anchor, in days; none when absent.
    #[serde(default)]
    pub leaf_max_days: Option<Threshold<u32>>,
    /// What the names, the times and the chain must fulfil.
    pub validation: Threshold<bool>,
}

/// Algorithms that must not be offered, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forbidden {
    /// Their names; one `*` in a name stands for anything.
    pub names: Vec<String>,
    /// What is wrong with them: `a 1024-bit group`.
    pub why: String,
    /// Document and clause.
    pub source: String,
}

/// Thresholds for SSH. In names of algorithms one `*` stands for anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SshPolicy {
    /// Key exchanges that must not be offered.
    pub forbidden_kex: Vec<Forbidden>,
    /// Host-key algorithms that must not be offered.
    pub forbidden_host_keys: Vec<Forbidden>,
    /// Ciphers that must not be offered.
    pub forbidden_ciphers: Vec<Forbidden>,
    /// Message authentication codes that must not be offered.
    pub forbidden_macs: Vec<Forbidden>,
    /// The only key exchanges that may be offered; any when absent.
    #[serde(default)]
    pub approved_kex: Option<Threshold<Vec<String>>>,
    /// The only host-key algorithms that may be offered; any when absent.
    #[serde(default)]
    pub approved_host_keys: Option<Threshold<Vec<String>>>,
    /// The only ciphers that may be offered; any when absent.
    #[serde(default)]
    pub approved_ciphers: Option<Threshold<Vec<String>>>,
    /// The only message authentication codes that may be offered; any when absent.
    #[serde(default)]
    pub approved_macs: Option<Threshold<Vec<String>>>,
    /// The least size of an RSA host key, in bits.
    pub rsa_min_bits: Threshold<u32>,
    /// The least size of a group that the server chooses, in bits.
    pub group_min_bits: Threshold<u32>,
    /// Whether a group that the server chooses must be one that a standard names.
    pub named_groups: Threshold<bool>,
    /// Whether strict key exchange is asked for where ChaCha20-Poly1305 or CBC with encrypt-then-MAC is offered.
    pub strict_kex: Threshold<bool>,
}

/// Thresholds for log-ins, sessions and web transport.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessPolicy {
    /// The most wrong passwords in a row that may be tried on one account before the product slows down or locks.
    pub max_failed_logins: Threshold<u32>,
    /// The least `max-age` of HTTP Strict Transport Security on a named host, in seconds.
    pub hsts_min_age_seconds: Threshold<u64>,
    /// The least entropy of a session secret, in bits.
    pub session_min_bits: Threshold<u32>,
    /// The fewest characters of a password that is all that is asked for at a log-in.
    pub password_min_length: Threshold<usize>,
    /// The most characters of a password that must still be taken.
    pub password_must_take: Threshold<usize>,
    /// The longest time that a session may be idle, as delivered, in seconds.
    pub idle_max_seconds: Threshold<u64>,
    /// Seconds within which a removed account must be shut out, where the profile declares none.
    pub revoked_seconds: Threshold<u64>,
    /// Seconds by which a lock-out may be longer than it was set to.
    pub lockout_slack_seconds: Threshold<u64>,
    /// Services that must not be reachable, by name: `telnet`, `ftp`, `tftp`, `rsh`, `snmp-v1`, `http-admin`, `vnc`.
    pub forbidden_services: Threshold<Vec<String>>,
}

/// Thresholds for logs and clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwarenessPolicy {
    /// Seconds within which an event must stand in the log.
    pub log_delay_seconds: Threshold<u64>,
    /// The largest offset of the product's clock from the laboratory's, in milliseconds.
    pub clock_max_offset_ms: Threshold<u64>,
    /// The coarsest step of time stamps, in milliseconds.
    pub time_step_max_ms: Threshold<u64>,
    /// The parts that each record must have: `time`, `type`, `place`, `source`, `outcome`, `identity`.
    pub record_parts: Threshold<Vec<String>>,
    /// The parts that a read-out of the state of security must have: `version`, `updates`, `settings`, `time`.
    pub state_parts: Threshold<Vec<String>>,
}

/// How the product is watched where the laboratory stands in the place of its peers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutboundPolicy {
    /// Seconds within which the product comes, where the profile does not say.
    pub wait_seconds: Threshold<u64>,
    /// Attempts that are watched against each impostor, as far as the product makes them.
    pub attempts: Threshold<usize>,
    /// Queries for names from which it can be told whether their ports and numbers are drawn at random.
    pub names: Threshold<usize>,
}

/// Thresholds for signatures of update packages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdatePolicy {
    /// The least size of an RSA key, in bits.
    pub rsa_min_bits: Threshold<u32>,
    /// The least size of an elliptic-curve key, in bits.
    pub ec_min_bits: Threshold<u32>,
    /// Hash functions that may be used, in lower case.
    pub hashes: Threshold<Vec<String>>,
}

/// Thresholds for documents that machines read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentsPolicy {
    /// The least share of components in a bill of materials that have a name, a version and an id, in percent.
    pub sbom_percent: Threshold<usize>,
    /// The least share of those that have a supplier and stand in a relationship, in percent.
    pub sbom_related_percent: Threshold<usize>,
    /// The oldest that a snapshot of vulnerabilities may be, in days.
    pub snapshot_days: Threshold<i64>,
    /// The largest share of components that cannot be matched with the snapshots, in percent.
    pub unmatched_percent: Threshold<usize>,
}
