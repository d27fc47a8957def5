//! What is true of each server in each configuration: one file for each server, one row for each verdict.

use assay_model::verdict::Verdict;
use serde::Deserialize;

const FILES: [&str; 12] = [
    include_str!("truth/dropbear.toml"),
    include_str!("truth/libcoap.toml"),
    include_str!("truth/mender.toml"),
    include_str!("truth/mosquitto.toml"),
    include_str!("truth/nginx.toml"),
    include_str!("truth/openssh.toml"),
    include_str!("truth/rauc.toml"),
    include_str!("truth/rsyslog.toml"),
    include_str!("truth/snmpd.toml"),
    include_str!("truth/swupdate.toml"),
    include_str!("truth/telnet.toml"),
    include_str!("truth/vsftpd.toml"),
];

/// A server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Server {
    /// Its name, as `start.sh` knows it.
    #[serde(rename = "server")]
    pub(crate) name: String,
    /// The programs that must be installed.
    pub(crate) programs: Vec<String>,
    /// Whether accounts of the system are used, so that only root can start it.
    #[serde(default)]
    pub(crate) root: bool,
    /// What it is tried in.
    #[serde(rename = "configuration")]
    pub(crate) configurations: Vec<Configuration>,
}

/// A configuration of a server, and what is true of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Configuration {
    /// Its name, as `start.sh` knows it.
    pub(crate) name: String,
    /// The verdicts that are right.
    pub(crate) rows: Vec<Row>,
}

/// One verdict that is right: the test, the interface (empty for the component), the verdict, and why.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Row(pub(crate) String, pub(crate) String, pub(crate) Verdict, pub(crate) String);

/// All of it.
pub(crate) fn servers() -> Vec<Server> {
    FILES.iter().map(|text| toml::from_str(text).unwrap_or_else(|error| panic!("{error}"))).collect()
}
