//! What a chain proves: a path of signatures to an anchor, and a name in the leaf.

use std::net::IpAddr;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, NameConstraints, ParsedExtension};

use super::read::{decode, parse};
use super::signature::{Fault, verify};
use super::{Certificate, Validation};

/// The most certificates of a chain that are looked at.
const LONGEST_CHAIN: usize = 16;
/// The longest path that is tried, and the most signatures that are verified on the way.
const LONGEST_PATH: usize = 8;
const MOST_SIGNATURES: usize = 128;

/// Judges nothing: says what the chain (leaf first) proves for `name` (a DNS name or an IP address) at a time in
/// seconds since 1970, with these anchors. All certificates in DER.
pub fn validate(chain: &[Vec<u8>], anchors: &[Vec<u8>], name: &str, at_unix: i64) -> Validation {
    let failed = |why: String| Validation {
        chain_to_anchor: Err(why),
        name_matches: false,
        in_time: false,
        server_auth: false,
        leaf_is_ca: false,
        order_ok: false,
    };
    let Some(leaf) = chain.first() else { return failed("no certificate was shown".to_owned()) };
    let facts = match parse(leaf) {
        Ok(facts) => facts,
        Err(why) => return failed(why),
    };
    let certificates: Vec<_> = chain.iter().take(LONGEST_CHAIN).map_while(|der| decode(der).ok()).collect();
    let path = path(&certificates, anchors);
    let timely = |index: &usize| certificates.get(*index).is_some_and(|each| in_time(each, at_unix));
    Validation {
        in_time: path.as_ref().map_or_else(|_| timely(&0), |path| path.iter().all(timely)),
        chain_to_anchor: path.map(drop),
        name_matches: name_matches(&facts, name),
        server_auth: facts.extended_key_usage.is_empty()
            || facts.extended_key_usage.iter().any(|each| each == "serverAuth" || each == "any"),
        leaf_is_ca: facts.is_ca,
        order_ok: certificates.len() == chain.len() && certificates.windows(2).all(in_order),
    }
}

fn in_order(pair: &[X509Certificate<'_>]) -> bool {
    let [lower, upper] = pair else { return false };
    lower.issuer().as_raw() == upper.subject().as_raw() && verify(lower, upper.public_key()).is_ok()
}

fn in_time(certificate: &X509Certificate<'_>, at_unix: i64) -> bool {
    let validity = certificate.validity();
    (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&at_unix)
}

/// The indices of the certificates from the leaf up to the one below the anchor.
fn path(chain: &[X509Certificate<'_>], anchors: &[Vec<u8>]) -> Result<Vec<usize>, String> {
    let anchors: Vec<_> = anchors.iter().filter_map(|der| decode(der).ok()).collect();
    if anchors.is_empty() {
        return Err("no trust anchor is given".to_owned());
    }
    let Some(leaf) = chain.first() else { return Err("the leaf cannot be read".to_owned()) };
    if anchors.iter().any(|anchor| same(anchor, leaf)) {
        return Ok(vec![0]);
    }
    let mut search = Search { chain, anchors: &anchors, left: MOST_SIGNATURES, why: None, unknown: None };
    let found = search.climb(vec![0]);
    found.ok_or_else(|| {
        search.unknown.or(search.why).unwrap_or_else(|| format!("no certificate of the issuer `{}` was shown or is trusted", leaf.issuer()))
    })
}

/// The same subject with the same key: what makes an anchor (RFC 5280 section 6.1.1).
fn same(one: &X509Certificate<'_>, other: &X509Certificate<'_>) -> bool {
    one.subject().as_raw() == other.subject().as_raw() && one.public_key().raw == other.public_key().raw
}

struct Search<'a, 'der> {
    chain: &'a [X509Certificate<'der>],
    anchors: &'a [X509Certificate<'der>],
    left: usize,
    why: Option<String>,
    unknown: Option<String>,
}

impl Search<'_, '_> {
    fn climb(&mut self, path: Vec<usize>) -> Option<Vec<usize>> {
        let top = path.last().and_then(|index| self.chain.get(*index))?;
        if let Err(why) = critical(top) {
            self.why = Some(why);
            return None;
        }
        let (chain, anchors) = (self.chain, self.anchors);
        for anchor in anchors.iter().filter(|anchor| anchor.subject().as_raw() == top.issuer().as_raw()) {
            if self.holds(top, anchor) && self.may_sign(anchor, &path) {
                return Some(path);
            }
        }
        for (index, upper) in chain.iter().enumerate() {
            let fits = !path.contains(&index) && path.len() < LONGEST_PATH && upper.subject().as_raw() == top.issuer().as_raw();
            if !fits || !self.holds(top, upper) || !self.may_sign(upper, &path) {
                continue;
            }
            let longer = path.iter().copied().chain([index]).collect();
            if let Some(found) = self.climb(longer) {
                return Some(found);
            }
        }
        None
    }

    /// Whether `upper` signed `lower`.
    fn holds(&mut self, lower: &X509Certificate<'_>, upper: &X509Certificate<'_>) -> bool {
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        match verify(lower, upper.public_key()) {
            Ok(()) => true,
            Err(fault) => {
                let why = format!("`{}` under `{}`: {}", lower.subject(), upper.subject(), fault.text());
                match fault {
                    Fault::Unknown(_) => self.unknown = Some(why),
                    Fault::Wrong(_) => self.why = Some(why),
                }
                false
            }
        }
    }

    /// Whether `upper` is an authority that may stand above this path.
    fn may_sign(&mut self, upper: &X509Certificate<'_>, path: &[usize]) -> bool {
        let constraints = upper.basic_constraints().ok().flatten().map(|found| found.value.clone());
        let old_root = upper.version().0 == 0 && self.anchors.iter().any(|anchor| same(anchor, upper));
        let below = path.iter().skip(1).filter_map(|index| self.chain.get(*index));
        let below = below.filter(|each| each.subject().as_raw() != each.issuer().as_raw()).count();
        let authority = old_root || constraints.as_ref().is_some_and(|found| found.ca);
        let room = constraints.and_then(|found| found.path_len_constraint).is_none_or(|most| below <= most as usize);
        let usage = upper.key_usage().ok().flatten().is_none_or(|found| found.value.key_cert_sign());
        let why = match (authority, room, usage) {
            (false, ..) => "is not a certification authority",
            (_, false, _) => "permits no path of this length",
            (.., false) => "may not sign certificates",
            _ if !self.names_permitted(upper, path) => "does not permit the names below it",
            _ => return true,
        };
        self.why = Some(format!("`{}` {why}", upper.subject()));
        false
    }

    /// Whether the name constraints of `upper` permit the DNS names and addresses of the leaf.
    fn names_permitted(&self, upper: &X509Certificate<'_>, path: &[usize]) -> bool {
        let constraints = match upper.name_constraints() {
            Ok(None) => return true,
            Ok(Some(found)) => found.value,
            Err(_) => return false,
        };
        path.iter().filter_map(|index| self.chain.get(*index)).all(|below| {
            let Ok(names) = below.subject_alternative_name() else { return false };
            names.is_none_or(|names| names.value.general_names.iter().all(|name| permitted(constraints, name)))
        })
    }
}

/// Extensions that are critical and not understood here make a path invalid (RFC 5280 section 4.2).
fn critical(certificate: &X509Certificate<'_>) -> Result<(), String> {
    let understood = |parsed: &ParsedExtension<'_>| {
        matches!(
            parsed,
            ParsedExtension::BasicConstraints(_)
                | ParsedExtension::KeyUsage(_)
                | ParsedExtension::ExtendedKeyUsage(_)
                | ParsedExtension::SubjectAlternativeName(_)
                | ParsedExtension::NameConstraints(_)
                | ParsedExtension::CertificatePolicies(_)
        )
    };
    match certificate.extensions().iter().find(|each| each.critical && !understood(each.parsed_extension())) {
        Some(odd) => Err(format!("`{}` has the critical extension {}, which is not understood", certificate.subject(), odd.oid)),
        None => Ok(()),
    }
}

fn permitted(constraints: &NameConstraints<'_>, name: &GeneralName<'_>) -> bool {
    let of_kind = |base: &GeneralName<'_>| {
        matches!((base, name), (GeneralName::DNSName(_), GeneralName::DNSName(_)) | (GeneralName::IPAddress(_), GeneralName::IPAddress(_)))
    };
    let within = |base: &GeneralName<'_>| match (base, name) {
        (GeneralName::DNSName(base), GeneralName::DNSName(name)) => below(base, name),
        (GeneralName::IPAddress(base), GeneralName::IPAddress(address)) => in_network(base, address),
        _ => false,
    };
    let excluded = constraints.excluded_subtrees.iter().flatten().any(|tree| within(&tree.base));
    let mut listed = constraints.permitted_subtrees.iter().flatten().filter(|tree| of_kind(&tree.base)).peekable();
    !excluded && (listed.peek().is_none() || listed.any(|tree| within(&tree.base)))
}

fn below(base: &str, name: &str) -> bool {
    let base = base.trim_start_matches('.').to_ascii_lowercase();
    let name = name.to_ascii_lowercase();
    base.is_empty() || name == base || name.strip_suffix(&base).is_some_and(|front| front.ends_with('.'))
}

fn in_network(base: &[u8], address: &[u8]) -> bool {
    let (network, mask) = base.split_at(base.len() / 2);
    network.len() == address.len()
        && mask.len() == address.len()
        && address.iter().zip(mask).zip(network).all(|((byte, mask), network)| byte & mask == network & mask)
}

/// Whether the subject alternative name carries this name: an address exactly, a DNS name label by label without
/// regard to case, where a left-most `*` stands for one whole label (RFC 9525 section 6).
pub fn name_matches(certificate: &Certificate, name: &str) -> bool {
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return certificate.ip_addresses.contains(&address);
    }
    certificate.dns_names.iter().any(|presented| dns_matches(presented, name))
}

fn dns_matches(presented: &str, name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let presented = presented.strip_suffix('.').unwrap_or(presented);
    if name.is_empty() || name.contains('*') {
        return false;
    }
    match (presented.split_once('.'), name.split_once('.')) {
        (Some(("*", base)), Some((label, rest))) => !label.is_empty() && !base.contains('*') && base.eq_ignore_ascii_case(rest),
        _ => presented.eq_ignore_ascii_case(name),
    }
}
