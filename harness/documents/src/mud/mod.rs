//! Manufacturer usage descriptions (RFC 8520): what a device says that it needs of the network, and the signature over
//! it.

mod flow;
mod policy;

use serde::{Deserialize, Serialize};

pub use flow::{Direction, Flow, Peer, Seen, Standing};

use crate::json::{self, Node, Notes};
use crate::pki::{Cms, Digests, Trust, read_cms, verify_cms};
use crate::text::is_https;
use crate::{Problem, Unreadable};

/// The bounds of `cache-validity` and its value where none is given, in hours (RFC 8520 section 3.5).
pub const CACHE_VALIDITY: (i64, i64) = (1, 168);
/// See [`CACHE_VALIDITY`].
pub const CACHE_VALIDITY_DEFAULT: i64 = 48;

/// A description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mud {
    /// The version of the format; 1 is the only one.
    pub version: Option<i64>,
    /// Where the file stands.
    pub url: Option<String>,
    /// Where its signature stands.
    pub signature: Option<String>,
    /// When it was last changed, as written.
    pub last_update: Option<String>,
    /// For how many hours it may be kept; 48 where it does not say.
    pub cache_validity: i64,
    /// Whether the manufacturer still supports the device.
    pub is_supported: Option<bool>,
    /// What the device is, in a few words.
    pub system_info: Option<String>,
    /// Manufacturer, model, firmware and software revision, where told.
    pub names: Vec<(String, String)>,
    /// Extensions that the file uses.
    pub extensions: Vec<String>,
    /// What is allowed, in the order of the lists that the policies name. What is not listed is not allowed.
    pub flows: Vec<Flow>,
    /// Departures from the format.
    pub problems: Vec<Problem>,
}

/// A signature over a description (RFC 8520 section 13), and whether it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// What stands in it.
    pub cms: Cms,
    /// Whether a trusted signer made it over these bytes; none when that cannot be told here.
    pub verifies: Option<bool>,
    /// The algorithm that it is right in, or why it is not, or why that cannot be told.
    pub words: String,
}

impl Mud {
    /// Whether this traffic is allowed: the entries of the policy for its direction are gone through in order, and the
    /// first that fits decides.
    pub fn stands(&self, seen: &Seen) -> Standing {
        let mut unclear = None;
        for flow in self.flows.iter().filter(|flow| flow.direction == seen.direction) {
            match flow.fits(seen) {
                Some(false) => {}
                None => unclear = unclear.or(Some(flow)),
                Some(true) if unclear.is_none() && flow.accepts => return Standing::Allowed(flow.name.clone()),
                Some(true) if unclear.is_none() => return Standing::Refused,
                Some(true) => break,
            }
        }
        unclear.map_or(Standing::Refused, |flow| Standing::Unclear(flow.name.clone()))
    }
}

/// Reads a description.
///
/// # Errors
/// [`Unreadable`] when it is no JSON object with `ietf-mud:mud`.
pub fn read(bytes: &[u8]) -> Result<Mud, Unreadable> {
    let value = json::decode(bytes)?;
    let notes = Notes::default();
    let root = Node::root(&value, &notes);
    let Some(mud) = root.may("ietf-mud:mud") else { return Err(Unreadable::because("not a description: `ietf-mud:mud` is missing")) };
    let text = |key| mud.may(key).and_then(|node| node.filled());
    let found = Mud {
        version: mud.needs("mud-version").and_then(|node| only_one(&node)),
        url: mud.needs("mud-url").and_then(|node| address(&node)),
        signature: mud.may("mud-signature").and_then(|node| node.uri()),
        last_update: mud.needs("last-update").and_then(|node| node.moment().and(node.text())),
        cache_validity: mud.may("cache-validity").and_then(|node| validity(&node)).unwrap_or(CACHE_VALIDITY_DEFAULT),
        is_supported: mud.needs("is-supported").and_then(|node| node.flag()),
        system_info: text("systeminfo"),
        names: ["mfg-name", "model-name", "firmware-rev", "software-rev"]
            .into_iter()
            .filter_map(|key| Some((key.to_owned(), text(key)?)))
            .collect(),
        extensions: mud.may("extensions").map(|list| list.texts()).unwrap_or_default(),
        flows: policy::flows(&root, &mud),
        problems: Vec::new(),
    };
    if found.flows.is_empty() && found.is_supported.is_some() {
        mud.note("no entry allows anything");
    }
    Ok(Mud { problems: notes.into_problems(), ..found })
}

fn only_one(node: &Node<'_>) -> Option<i64> {
    let version = node.number()?;
    if version != 1 {
        node.note(format!("is {version}; 1 is the only version (section 3.1)"));
    }
    Some(version)
}

fn address(node: &Node<'_>) -> Option<String> {
    let text = node.text()?;
    if !is_https(&text) {
        node.note(format!("`{text}` is no https address (section 3.2)"));
    }
    Some(text)
}

fn validity(node: &Node<'_>) -> Option<i64> {
    let hours = node.number()?;
    if !(CACHE_VALIDITY.0..=CACHE_VALIDITY.1).contains(&hours) {
        node.note(format!("is {hours} hours; {} to {} are allowed (section 3.5)", CACHE_VALIDITY.0, CACHE_VALIDITY.1));
    }
    Some(hours)
}

/// Reads the signature beside a description and holds it against the bytes of that.
///
/// # Errors
/// [`Unreadable`] when it is no CMS of signed data in DER.
pub fn read_signature(signature: &[u8], description: &[u8], trust: Trust<'_>) -> Result<Signature, Unreadable> {
    let cms = read_cms(signature, Some(description))?;
    let pieces = [description];
    let (verifies, words) = match verify_cms(signature, &Digests::of(&pieces), trust) {
        Err(what) => (None, format!("cannot be verified here: {what}")),
        Ok(Err(why)) => (Some(false), why),
        Ok(Ok(_)) if !cms.detached => (Some(false), "it holds a content of its own and is not over the file (section 13)".to_owned()),
        Ok(Ok(algorithm)) => (Some(true), algorithm),
    };
    Ok(Signature { cms, verifies, words })
}

#[cfg(test)]
mod tests;
