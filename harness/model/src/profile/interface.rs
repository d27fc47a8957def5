//! Interfaces: places where a component can be spoken to, and what can be asked there.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::account::Account;
use super::purpose::Purpose;

/// The reserved word in `allowed` for "without any credential".
pub const PUBLIC: &str = "public";

/// The protocol that an interface speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Speaks {
    /// HTTP/1.1 in clear.
    Http,
    /// HTTP/1.1 over TLS.
    Https,
    /// MQTT 3.1.1 or 5 in clear.
    Mqtt,
    /// MQTT 3.1.1 or 5 over TLS.
    Mqtts,
    /// CoAP over UDP.
    Coap,
    /// CoAP over DTLS.
    Coaps,
    /// SSH.
    Ssh,
    /// Telnet.
    Telnet,
    /// FTP (control connection).
    Ftp,
    /// SNMP over UDP.
    Snmp,
    /// Multicast DNS.
    Mdns,
    /// SSDP.
    Ssdp,
    /// NTP.
    Ntp,
    /// DNS.
    Dns,
    /// DHCP.
    Dhcp,
    /// Syslog over UDP (RFC 5426).
    SyslogUdp,
    /// Syslog over TCP (RFC 6587).
    SyslogTcp,
    /// Syslog over TLS (RFC 5425).
    SyslogTls,
    /// TLS with a protocol inside that Assay does not speak.
    Tls,
    /// DTLS with a protocol inside that Assay does not speak.
    Dtls,
    /// TCP with a protocol that Assay does not speak.
    Tcp,
    /// UDP with a protocol that Assay does not speak.
    Udp,
}

impl Speaks {
    /// The word as it stands in a profile.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Mqtt => "mqtt",
            Self::Mqtts => "mqtts",
            Self::Coap => "coap",
            Self::Coaps => "coaps",
            Self::Ssh => "ssh",
            Self::Telnet => "telnet",
            Self::Ftp => "ftp",
            Self::Snmp => "snmp",
            Self::Mdns => "mdns",
            Self::Ssdp => "ssdp",
            Self::Ntp => "ntp",
            Self::Dns => "dns",
            Self::Dhcp => "dhcp",
            Self::SyslogUdp => "syslog-udp",
            Self::SyslogTcp => "syslog-tcp",
            Self::SyslogTls => "syslog-tls",
            Self::Tls => "tls",
            Self::Dtls => "dtls",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }

    /// Whether TLS is spoken from the first byte.
    pub const fn is_tls(self) -> bool {
        matches!(self, Self::Https | Self::Mqtts | Self::SyslogTls | Self::Tls)
    }

    /// Whether DTLS is spoken.
    pub const fn is_dtls(self) -> bool {
        matches!(self, Self::Coaps | Self::Dtls)
    }

    /// Whether requests of HTTP can be made.
    pub const fn is_http(self) -> bool {
        matches!(self, Self::Http | Self::Https)
    }

    /// Whether MQTT packets can be exchanged.
    pub const fn is_mqtt(self) -> bool {
        matches!(self, Self::Mqtt | Self::Mqtts)
    }

    /// Whether requests of CoAP can be made.
    pub const fn is_coap(self) -> bool {
        matches!(self, Self::Coap | Self::Coaps)
    }

    /// Whether the transport is UDP; TCP otherwise.
    pub const fn is_udp(self) -> bool {
        matches!(
            self,
            Self::Coap
                | Self::Coaps
                | Self::Dtls
                | Self::Snmp
                | Self::Mdns
                | Self::Ssdp
                | Self::Ntp
                | Self::Dns
                | Self::Dhcp
                | Self::SyslogUdp
                | Self::Udp
        )
    }
}

/// A place where a component can be spoken to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Interface {
    /// The name, unique in its component.
    pub id: String,
    /// The protocol.
    pub speaks: Speaks,
    /// The TCP or UDP port.
    #[schemars(range(min = 1))]
    pub port: u16,
    /// The name that TLS asks for and the certificate must carry; the component's address when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_name: Option<String>,
    /// PEM files of the trust anchors that the certificate must chain to, relative to the profile.
    #[serde(default)]
    pub trust: Vec<String>,
    /// How a user or a peer logs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<Login>,
    /// Seconds after which a connection on which nothing is said is ended, as declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_seconds: Option<u64>,
    /// What can be asked here, and by whom.
    #[serde(default, rename = "operation")]
    pub operations: Vec<Operation>,
    /// The topics by which MQTT access rights are tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<Topics>,
}

impl Interface {
    /// The operation with this id.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// Every operation that does this.
    pub fn doing(&self, purpose: Purpose) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(move |operation| operation.does == Some(purpose))
    }
}

/// The form that a log-in takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LoginKind {
    /// HTTP Basic (RFC 7617).
    Basic,
    /// HTTP Digest (RFC 7616).
    Digest,
    /// An HTML form that sets a session cookie.
    Form,
    /// A JSON request that answers with a token, sent on as `Authorization: Bearer`.
    Json,
    /// User and password in the protocol itself: SSH, Telnet, FTP, MQTT.
    Password,
    /// An SNMP community.
    Community,
    /// A pre-shared key of DTLS; the account's user is the identity, its secret the key in hexadecimal.
    Psk,
    /// A client certificate; the account's secret refers to a PEM file with certificate and key.
    Certificate,
}

/// How a user or a peer logs in on an interface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The form it takes.
    pub kind: LoginKind,
    /// The path that `form` and `json` log-ins are posted to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The name of the field for the user; `user` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_field: Option<String>,
    /// The name of the field for the password; `password` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_field: Option<String>,
    /// `form`: the name of the session cookie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cookie: Option<String>,
    /// `json`: the JSON pointer (RFC 6901) of the token in the answer; `/token` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The path that ends the session when posted to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logout: Option<String>,
    /// The operation that only a logged-in user may call: it decides whether a log-in worked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// Seconds within which whoever loses an account is shut out, open sessions included, as declared; the policy's value
    /// when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_seconds: Option<u64>,
    /// What the manufacturer declares about repeated failures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lockout: Option<Lockout>,
}

/// What the manufacturer declares about repeated failed log-ins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lockout {
    /// Failures in a row after which the account or the source is throttled or locked.
    #[schemars(range(min = 1))]
    pub tries: u32,
    /// Seconds after which the right password works again.
    pub wait_seconds: u64,
}

/// Something that can be asked of an interface, and by whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The name, unique in its interface.
    pub id: String,
    /// The method: of HTTP or CoAP.
    pub method: String,
    /// The path.
    pub path: String,
    /// The roles that may call it; `public` stands for "without any credential". Nobody when empty.
    #[serde(default)]
    pub allowed: Vec<String>,
    /// The tenant whose own it reaches: accounts of other tenants may not call it, whatever their role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// The body; `{value}` is replaced by one of `values`. What the operation `does` may name further words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The media type of the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Two or more values that this operation may write. Their presence marks it as writing and reversible.
    #[serde(default)]
    pub values: Vec<String>,
    /// Where the written value can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_back: Option<ReadBack>,
    /// The most characters that the value may have, where it is free text, as declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest: Option<u16>,
    /// Whether it sets the privileges of somebody.
    #[serde(default)]
    pub privilege: bool,
    /// What it does, so that tests find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub does: Option<Purpose>,
    /// Where the parts stand that its answer consists of by what it `does`: JSON pointers (RFC 6901), into each record where
    /// the answer is a list.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, String>,
    /// The most bytes that may be stored there in all, as declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota_bytes: Option<u64>,
    /// For switches: the interface of this component, or the operation of this interface, that it governs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub governs: Option<String>,
}

impl Operation {
    /// Whether it may be called without any credential.
    pub fn is_public(&self) -> bool {
        self.allows(PUBLIC)
    }

    /// Whether this role may call it (or anybody may).
    pub fn allows(&self, role: &str) -> bool {
        self.allowed.iter().any(|each| each == role || each == PUBLIC)
    }

    /// Whether this account may call it, by its role and its tenant.
    pub fn permits(&self, account: &Account) -> bool {
        self.allows(&account.role) && self.tenant.as_ref().is_none_or(|tenant| account.tenant.as_ref() == Some(tenant))
    }

    /// Whether it writes a value that can be put back.
    pub fn is_setting(&self) -> bool {
        self.values.len() >= 2
    }
}

/// Where a written value can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadBack {
    /// The reading operation of the same interface.
    pub operation: String,
    /// The JSON pointer (RFC 6901) of the value; the whole body, trimmed, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}

/// The topics by which MQTT access rights are tested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Topics {
    /// The account whose rights are tested.
    pub account: String,
    /// A topic that it may publish and subscribe to.
    pub own: String,
    /// Another account, which may publish to `foreign`.
    pub foreign_account: String,
    /// A topic that only the other account may use.
    pub foreign: String,
}
