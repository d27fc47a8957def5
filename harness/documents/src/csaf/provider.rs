//! The metadata of a provider, `provider-metadata.json` (CSAF 2.0 section 7.1.7).

use serde::{Deserialize, Serialize};

use super::advisory::Publisher;
use crate::json::{self, Node, Notes};
use crate::text::{is_hex, is_https};
use crate::{Problem, Unreadable};

/// The metadata of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Where the file stands.
    pub canonical_url: Option<String>,
    /// `csaf_publisher`, `csaf_provider` or `csaf_trusted_provider`.
    pub role: Option<String>,
    /// When the file was last changed, as written.
    pub last_updated: Option<String>,
    /// The publisher.
    pub publisher: Publisher,
    /// Where advisories can be had.
    pub distributions: Vec<Distribution>,
    /// The addresses of public `OpenPGP` keys, with their fingerprints in upper case.
    pub keys: Vec<(String, Option<String>)>,
    /// Whether aggregators may list and mirror it.
    pub list_and_mirror: (Option<bool>, Option<bool>),
    /// Departures from the format.
    pub problems: Vec<Problem>,
}

/// One way to have the advisories.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// The folder with `index.txt` and `changes.csv`.
    pub directory_url: Option<String>,
    /// Feeds: the label of the traffic light protocol, and the address.
    pub feeds: Vec<(Option<String>, Option<String>)>,
}

/// Reads the metadata of a provider.
///
/// # Errors
/// [`Unreadable`] when it is no JSON object, or nothing in it tells of a provider.
pub fn read_provider(bytes: &[u8]) -> Result<Provider, Unreadable> {
    let value = json::decode(bytes)?;
    if !["canonical_url", "metadata_version", "role"].iter().any(|key| value.get(key).is_some()) {
        return Err(Unreadable::because("not the metadata of a provider: neither `canonical_url`, `metadata_version` nor `role`"));
    }
    let notes = Notes::default();
    let root = Node::root(&value, &notes);
    let _ = root.needs("metadata_version").and_then(|node| node.one_of(&["2.0"]));
    let flag = |key| root.needs(key).and_then(|node| node.flag());
    let role = root.needs("role").and_then(|node| node.one_of(&["csaf_publisher", "csaf_provider", "csaf_trusted_provider"]));
    let found = Provider {
        canonical_url: root.needs("canonical_url").and_then(|node| web(&node, "/provider-metadata.json")),
        last_updated: root.needs("last_updated").and_then(|node| node.moment().and(node.text())),
        publisher: root.needs("publisher").filter(Node::is_object).map(|node| publisher(&node)).unwrap_or_default(),
        distributions: root.may("distributions").map(|list| list.some_list()).unwrap_or_default().iter().map(distribution).collect(),
        keys: root.list_of("public_openpgp_keys").iter().filter_map(key).collect(),
        list_and_mirror: (flag("list_on_CSAF_aggregators"), flag("mirror_on_CSAF_aggregators")),
        problems: Vec::new(),
        role,
    };
    if found.role.as_deref() == Some("csaf_trusted_provider") && found.keys.is_empty() {
        root.note("a trusted provider has no `public_openpgp_keys` (sections 7.1.20 and 7.2.3)");
    }
    if found.role.as_deref().is_some_and(|role| role != "csaf_publisher") && found.distributions.is_empty() {
        root.note("a provider has no `distributions` (sections 7.1.11 to 7.1.17 and 7.2.2)");
    }
    Ok(Provider { problems: notes.into_problems(), ..found })
}

fn publisher(node: &Node<'_>) -> Publisher {
    let categories = ["coordinator", "discoverer", "other", "translator", "user", "vendor"];
    Publisher {
        category: node.needs("category").and_then(|node| node.one_of(&categories)),
        name: node.needs("name").and_then(|node| node.filled()),
        namespace: node.needs("namespace").and_then(|node| node.uri()),
    }
}

/// An address that is reached over TLS (section 7.1.3) and ends as it must.
fn web(node: &Node<'_>, end: &str) -> Option<String> {
    let text = node.text()?;
    if !is_https(&text) {
        node.note(format!("`{text}` is no https address (section 7.1.3)"));
    }
    if !text.ends_with(end) {
        node.note(format!("`{text}` does not end in `{end}`"));
    }
    Some(text)
}

fn distribution(node: &Node<'_>) -> Distribution {
    let rolie = node.may("rolie").filter(Node::is_object);
    let feeds = rolie.and_then(|rolie| rolie.needs("feeds")).map(|feeds| feeds.some_list()).unwrap_or_default();
    let found = Distribution {
        directory_url: node.may("directory_url").and_then(|node| web(&node, "")),
        feeds: feeds
            .iter()
            .map(|feed| {
                let label = feed.needs("tlp_label").and_then(|node| node.one_of(&["UNLABELED", "WHITE", "GREEN", "AMBER", "RED"]));
                (label, feed.needs("url").and_then(|node| web(&node, ".json")))
            })
            .collect(),
    };
    if found == Distribution::default() && node.is_object() {
        node.note("has neither `directory_url` nor `rolie`");
    }
    found
}

fn key(node: &Node<'_>) -> Option<(String, Option<String>)> {
    let url = node.needs("url").and_then(|node| web(&node, ""))?;
    let fingerprint = node.may("fingerprint").and_then(|node| {
        let text = node.text()?;
        if text.len() < 40 || !is_hex(&text, text.len()) {
            node.note(format!("`{text}` is no fingerprint of 40 or more hexadecimal digits"));
        }
        Some(text.to_ascii_uppercase())
    });
    Some((url, fingerprint))
}
