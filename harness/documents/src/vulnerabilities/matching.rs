//! Components of a bill of materials against records: which are affected, why, and what could not be told.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Affected, Catalog, Event, Record, order};
use crate::csaf::{Product, Statement, Status};
use crate::sbom::{Component, Sbom};
use crate::{Cpe, Purl};

/// The most matches that are kept.
const MOST_HITS: usize = 50_000;

/// A component that a vulnerability affects, or may affect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Where the component stands in the bill of materials.
    pub place: String,
    /// Its name and version.
    pub component: String,
    /// The ids of the vulnerability.
    pub vulnerabilities: Vec<String>,
    /// Which id of the component matched, and which version or range; for an open question what is not known.
    pub why: String,
    /// Whether the vulnerability is known to be exploited.
    pub known_exploited: bool,
    /// How the component stands by the statements that were given, when one is about it.
    pub status: Option<Status>,
    /// Why it is not affected, by that statement.
    pub justification: Option<String>,
}

/// What came of a match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matches {
    /// Components that were looked at, the top one included.
    pub components: usize,
    /// Components that a vulnerability affects.
    pub hits: Vec<Hit>,
    /// Components with a vulnerability for which it could not be told whether this version is affected.
    pub open: Vec<Hit>,
    /// The places of components without an id that can be matched.
    pub weak: Vec<String>,
}

/// Matches every component with every record.
pub fn match_components(sbom: &Sbom, records: &[Record], catalog: Option<&Catalog>, statements: &[Statement]) -> Matches {
    let index = Index::of(records);
    let mut found = Matches::default();
    for component in sbom.top.iter().chain(&sbom.components) {
        found.components += 1;
        let (purls, cpes): (Vec<_>, Vec<_>) = (component.readable_purls().collect(), component.readable_cpes().collect());
        if purls.is_empty() && cpes.is_empty() {
            found.weak.push(component.place.clone());
            continue;
        }
        for (record, affected) in index.candidates(&purls, &cpes) {
            let Some((sure, why)) = affects(affected, component, &purls, &cpes) else { continue };
            let list = if sure { &mut found.hits } else { &mut found.open };
            let same = |hit: &Hit| hit.place == component.place && hit.vulnerabilities.first() == Some(&record.id);
            if list.len() < MOST_HITS && !list.iter().rev().take(64).any(same) {
                list.push(hit(component, record, why, catalog, sbom.top.as_ref(), statements));
            }
        }
    }
    found
}

fn hit(
    component: &Component,
    record: &Record,
    why: String,
    catalog: Option<&Catalog>,
    top: Option<&Component>,
    statements: &[Statement],
) -> Hit {
    let mut about = statements.iter().filter(|each| each.vulnerabilities.iter().any(|id| record.ids().any(|own| own == id)));
    // of several statements the last one holds
    let statement = about.rfind(|each| concerns(&each.product, component, top));
    Hit {
        place: component.place.clone(),
        component: [component.name.as_deref(), component.version.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" "),
        vulnerabilities: record.ids().map(str::to_owned).collect(),
        why,
        known_exploited: catalog.is_some_and(|catalog| record.ids().any(|id| catalog.entry(id).is_some())),
        status: statement.map(|statement| statement.status),
        justification: statement.and_then(|statement| statement.justification.clone()),
    }
}

/// Records by the names of what they affect, so that few are looked at for each component.
struct Index<'a>(BTreeMap<String, Vec<(&'a Record, &'a Affected)>>);

impl<'a> Index<'a> {
    fn of(records: &'a [Record]) -> Self {
        let mut all: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for record in records {
            for affected in &record.affected {
                let name = match affected {
                    Affected::Package { name, .. } => name.rsplit(['/', ':']).next().unwrap_or_default().to_lowercase().replace('_', "-"),
                    Affected::Product { cpe, .. } => format!("cpe {}", cpe.product),
                };
                all.entry(name).or_default().push((record, affected));
            }
        }
        Self(all)
    }

    fn candidates(&self, purls: &[Purl], cpes: &[Cpe]) -> Vec<(&'a Record, &'a Affected)> {
        let by_purl = purls.iter().map(|purl| purl.name.rsplit('/').next().unwrap_or_default().to_lowercase().replace('_', "-"));
        let names: BTreeSet<_> = by_purl.chain(cpes.iter().map(|cpe| format!("cpe {}", cpe.product))).collect();
        names.iter().filter_map(|name| self.0.get(name)).flatten().copied().collect()
    }
}

/// Whether this is about the component: surely or perhaps, and why; none when it is not.
fn affects(affected: &Affected, component: &Component, purls: &[Purl], cpes: &[Cpe]) -> Option<(bool, String)> {
    match affected {
        Affected::Package { ecosystem, name, purl, versions, ranges } => {
            let theirs = purl.as_deref().and_then(|purl| Purl::read(purl).ok());
            let own = purls.iter().find(|own| match &theirs {
                Some(theirs) => own.same_package(theirs),
                None => is_of(own, ecosystem, name),
            })?;
            let version = own.version.as_deref().or(component.version.as_deref());
            in_package(&format!("{name} of {ecosystem}"), &own.kind, version, versions, ranges)
        }
        Affected::Product { cpe, start, end, conditional } => {
            let own = cpes.iter().find(|own| own.same_product(cpe))?;
            let version = Some(own.version.as_str()).filter(|version| !any(version)).or(component.version.as_deref());
            let id = format!("{}:{}", cpe.vendor, cpe.product);
            let Some(version) = version else { return Some((false, format!("{id}, but the component has no version"))) };
            let (within, range) = if start.is_none() && end.is_none() {
                let updated = any(&cpe.update) || any(&own.update) || cpe.update == own.update;
                (Some(any(&cpe.version) || (cpe.version == version && updated)), format!("version {}", cpe.version))
            } else {
                (bounded(version, start.as_ref(), end.as_ref()), bounds(start.as_ref(), end.as_ref()))
            };
            match within {
                Some(false) => None,
                Some(true) if *conditional => {
                    Some((false, format!("{id}: {version} is in {range}, but only together with something else")))
                }
                Some(true) => Some((true, format!("{id}: {version} is in {range}"))),
                None => Some((false, format!("{id}: {version} cannot be compared with {range}"))),
            }
        }
    }
}

/// Whether a field of a CPE name leaves the version open.
fn any(field: &str) -> bool {
    matches!(field, "*" | "-" | "")
}

fn in_package(id: &str, kind: &str, version: Option<&str>, versions: &[String], ranges: &[Vec<Event>]) -> Option<(bool, String)> {
    let Some(version) = version else { return Some((false, format!("{id}, but the component has no version"))) };
    if versions.iter().any(|each| each == version) {
        return Some((true, format!("{id}: version {version} is listed")));
    }
    let mut open = false;
    for range in ranges {
        match in_range(kind, version, range) {
            Some(true) => return Some((true, format!("{id}: {version} is in {}", words(range)))),
            Some(false) => {}
            None => open = true,
        }
    }
    open.then(|| (false, format!("{id}: versions of {kind} cannot be compared here ({version})")))
}

/// Whether a package URL is of this name in this ecosystem of OSV.
fn is_of(purl: &Purl, ecosystem: &str, name: &str) -> bool {
    let Some((kind, namespace)) = kind_of(ecosystem) else { return false };
    let whole = match (namespace, &purl.namespace, kind) {
        (Some(wanted), Some(found), _) if wanted == found => purl.name.clone(),
        (None, Some(found), "maven") => format!("{found}:{}", purl.name),
        (None, Some(found), _) => format!("{found}/{}", purl.name),
        (None, None, _) => purl.name.clone(),
        _ => return false,
    };
    let fold = |text: &str| if kind == "pypi" { text.to_lowercase().replace(['_', '.'], "-") } else { text.to_lowercase() };
    purl.kind == kind && fold(&whole) == fold(name)
}

/// The kind of package URL, and what stands before the name, in an ecosystem of OSV.
fn kind_of(ecosystem: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match ecosystem.split(':').next().unwrap_or_default() {
        "npm" => ("npm", None),
        "PyPI" => ("pypi", None),
        "crates.io" => ("cargo", None),
        "Go" => ("golang", None),
        "Maven" => ("maven", None),
        "NuGet" => ("nuget", None),
        "RubyGems" => ("gem", None),
        "Packagist" => ("composer", None),
        "Hex" => ("hex", None),
        "Pub" => ("pub", None),
        "ConanCenter" => ("conan", None),
        "Debian" => ("deb", Some("debian")),
        "Ubuntu" => ("deb", Some("ubuntu")),
        "Alpine" => ("apk", Some("alpine")),
        "Red Hat" => ("rpm", Some("redhat")),
        "Rocky Linux" => ("rpm", Some("rocky-linux")),
        "AlmaLinux" => ("rpm", Some("almalinux")),
        "openSUSE" => ("rpm", Some("opensuse")),
        _ => return None,
    })
}

/// The sorts of ids that records name software by. A component with none of these is in no record, whatever it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    by_cpe: bool,
    kinds: BTreeSet<(&'static str, Option<&'static str>)>,
}

impl Reach {
    /// That of these records.
    pub fn of(records: &[Record]) -> Self {
        let mut reach = Self::default();
        for affected in records.iter().flat_map(|record| &record.affected) {
            match affected {
                Affected::Package { ecosystem, .. } => reach.kinds.extend(kind_of(ecosystem)),
                Affected::Product { .. } => reach.by_cpe = true,
            }
        }
        reach
    }

    /// Whether the component has an id of such a sort.
    pub fn covers(&self, component: &Component) -> bool {
        let known = |purl: &Purl| {
            self.kinds
                .iter()
                .any(|(kind, before)| purl.kind == *kind && before.is_none_or(|before| purl.namespace.as_deref() == Some(before)))
        };
        (self.by_cpe && component.readable_cpes().next().is_some()) || component.readable_purls().any(|purl| known(&purl))
    }
}

/// Whether a version is affected by a range of events.
fn in_range(kind: &str, version: &str, range: &[Event]) -> Option<bool> {
    let mut inside = false;
    for event in range {
        let (at, is_inside) = match event {
            Event::Introduced(at) => (at, true),
            Event::Fixed(at) | Event::LastAffected(at) => (at, false),
        };
        let from_start = is_inside && at == "0";
        let reached = match (event, if from_start { Some(Ordering::Greater) } else { order(kind, version, at) }) {
            (_, None) => return None,
            (Event::LastAffected(_), Some(order)) => order == Ordering::Greater,
            (_, Some(order)) => order != Ordering::Less,
        };
        if reached {
            inside = is_inside;
        }
    }
    Some(inside)
}

fn words(range: &[Event]) -> String {
    let word = |event: &Event| match event {
        Event::Introduced(at) => format!("from {at}"),
        Event::Fixed(at) => format!("before {at}"),
        Event::LastAffected(at) => format!("up to {at}"),
    };
    range.iter().take(8).map(word).collect::<Vec<_>>().join(" ")
}

fn bounded(version: &str, start: Option<&(String, bool)>, end: Option<&(String, bool)>) -> Option<bool> {
    let above = start.map_or(Some(true), |(at, included)| {
        order("cpe", version, at).map(|order| order == Ordering::Greater || (*included && order == Ordering::Equal))
    });
    let below = end.map_or(Some(true), |(at, included)| {
        order("cpe", version, at).map(|order| order == Ordering::Less || (*included && order == Ordering::Equal))
    });
    match (above, below) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn bounds(start: Option<&(String, bool)>, end: Option<&(String, bool)>) -> String {
    let start = start.map(|(at, included)| if *included { format!("from {at}") } else { format!("after {at}") });
    let end = end.map(|(at, included)| if *included { format!("up to {at}") } else { format!("before {at}") });
    start.into_iter().chain(end).collect::<Vec<_>>().join(" ")
}

/// Whether a statement about this product is about the component: it names the component, or the whole product (and, if
/// it names parts of that, this one).
fn concerns(product: &Product, component: &Component, top: Option<&Component>) -> bool {
    if names(product, component) {
        return true;
    }
    let whole = top.is_some_and(|top| names(product, top));
    let part =
        |id: &String| names(&Product { id: id.clone(), purls: vec![id.clone()], cpes: vec![id.clone()], ..Product::default() }, component);
    whole && (product.parts.is_empty() || product.parts.iter().any(part))
}

/// Whether a product is this component: by package URL, by CPE name, or by name and version both.
fn names(product: &Product, component: &Component) -> bool {
    let version = |own: Option<&str>, other: Option<&str>| own.is_none() || other.is_none() || own == other;
    let by_purl = component.readable_purls().any(|own| {
        let theirs = product.purls.iter().filter_map(|purl| Purl::read(purl).ok());
        theirs.into_iter().any(|theirs| own.same_package(&theirs) && version(own.version.as_deref(), theirs.version.as_deref()))
    });
    let by_cpe = || {
        component.readable_cpes().any(|own| {
            let theirs = product.cpes.iter().filter_map(|cpe| Cpe::read(cpe));
            theirs.into_iter().any(|theirs| own.same_product(&theirs) && (theirs.version == "*" || theirs.version == own.version))
        })
    };
    let by_name = || {
        let (Some(name), Some(own)) = (&component.name, &component.version) else { return false };
        let theirs = product.name.to_lowercase();
        let named = theirs.split_whitespace().next_back() == Some(own) || product.version.as_ref() == Some(own);
        named && (theirs == name.to_lowercase() || theirs == format!("{name} {own}").to_lowercase())
    };
    by_purl || by_cpe() || by_name()
}
