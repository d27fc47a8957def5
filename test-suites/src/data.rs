//! Catalogs, baselines and policies: data that is compiled in.

use std::collections::BTreeMap;

use assay_model::catalog::{Baseline, Catalog, Family, RequirementId};
use assay_model::evidence::sha256_hex;
use assay_model::policy::Policy;

/// The families of SP 800-213A, in the order of the publication.
const SP800_213A: [(&str, &str); 11] = [
    ("di.toml", include_str!("../catalogs/sp800-213a/di.toml")),
    ("dc.toml", include_str!("../catalogs/sp800-213a/dc.toml")),
    ("dp.toml", include_str!("../catalogs/sp800-213a/dp.toml")),
    ("la.toml", include_str!("../catalogs/sp800-213a/la.toml")),
    ("su.toml", include_str!("../catalogs/sp800-213a/su.toml")),
    ("cs.toml", include_str!("../catalogs/sp800-213a/cs.toml")),
    ("ds.toml", include_str!("../catalogs/sp800-213a/ds.toml")),
    ("do.toml", include_str!("../catalogs/sp800-213a/do.toml")),
    ("iq.toml", include_str!("../catalogs/sp800-213a/iq.toml")),
    ("id.toml", include_str!("../catalogs/sp800-213a/id.toml")),
    ("ea.toml", include_str!("../catalogs/sp800-213a/ea.toml")),
];

const UNTESTED: &str = include_str!("../catalogs/untested.toml");

const DEFAULT_CREDENTIALS: &str = include_str!("../catalogs/default-credentials.toml");

const BASELINES: [(&str, &str); 5] = [
    ("core.toml", include_str!("../baselines/core.toml")),
    ("consumer.toml", include_str!("../baselines/consumer.toml")),
    ("federal-low.toml", include_str!("../baselines/federal-low.toml")),
    ("network.toml", include_str!("../baselines/network.toml")),
    ("catalog.toml", include_str!("../baselines/catalog.toml")),
];

const POLICIES: [(&str, &str); 2] =
    [("general.toml", include_str!("../policies/general.toml")), ("federal.toml", include_str!("../policies/federal.toml"))];

/// Data of the program itself that cannot be read: a fault of the build, never of the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadData(String);

impl std::fmt::Display for BadData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadData {}

fn read<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> Result<T, BadData> {
    toml::from_str(text).map_err(|error| BadData(format!("{name}: {error}")))
}

/// The catalog of SP 800-213A.
///
/// # Errors
/// [`BadData`] when a file of the build cannot be read.
pub fn catalog() -> Result<Catalog, BadData> {
    let families = SP800_213A.iter().map(|(name, text)| read::<Family>(name, text)).collect::<Result<_, _>>()?;
    Ok(Catalog { id: "sp800-213a", title: "NIST SP 800-213A, IoT Device Cybersecurity Requirement Catalog", families })
}

/// SHA-256 of the catalog's files, one after the other.
pub fn catalog_hash() -> String {
    sha256_hex(SP800_213A.map(|(_, text)| text).concat().as_bytes())
}

/// Why requirements have no test. An entry counts for the elements below it too.
///
/// # Errors
/// [`BadData`] when the file of the build cannot be read.
pub fn untested() -> Result<BTreeMap<RequirementId, String>, BadData> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        untested: BTreeMap<RequirementId, String>,
    }
    Ok(read::<File>("untested.toml", UNTESTED)?.untested)
}

/// All baselines.
///
/// # Errors
/// [`BadData`] when a file of the build cannot be read.
pub fn baselines() -> Result<Vec<Baseline>, BadData> {
    BASELINES.iter().map(|(name, text)| read(name, text)).collect()
}

/// All policies.
///
/// # Errors
/// [`BadData`] when a file of the build cannot be read.
pub fn policies() -> Result<Vec<Policy>, BadData> {
    POLICIES.iter().map(|(name, text)| read(name, text)).collect()
}

/// A user and a password that are publicly known.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultCredential {
    /// The user; empty where the protocol has none.
    pub user: String,
    /// The password or community.
    pub password: String,
    /// Where it is tried: `web`, `ssh`, `telnet`, `ftp`, `mqtt`, `snmp`.
    pub services: Vec<String>,
    /// Where it was published.
    pub source: String,
}

/// Well-known credentials, likeliest first.
///
/// # Errors
/// [`BadData`] when the file of the build cannot be read.
pub fn default_credentials() -> Result<Vec<DefaultCredential>, BadData> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        credential: Vec<DefaultCredential>,
    }
    Ok(read::<File>("default-credentials.toml", DEFAULT_CREDENTIALS)?.credential)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_credentials_are_whole_and_stand_once() {
        let all = default_credentials().unwrap();
        let known = ["web", "ssh", "telnet", "ftp", "mqtt", "snmp"];
        for (at, each) in all.iter().enumerate() {
            assert!(!each.source.is_empty() && !each.services.is_empty(), "{each:?}");
            assert!(each.services.iter().all(|service| known.contains(&service.as_str())), "{each:?}");
            assert!(!all[..at].iter().any(|other| (&other.user, &other.password) == (&each.user, &each.password)), "twice: {each:?}");
        }
        for service in known {
            assert!(all.iter().filter(|each| each.services.iter().any(|name| name == service)).count() >= 8, "{service}");
        }
    }
}
