//! Snapshots of what is known of vulnerabilities, as the user supplied them, and how old they are.

use assay_documents::Unreadable;
use assay_documents::vulnerabilities::{Catalog, Record, Records, read_catalog, read_nvd, read_osv};
use assay_engine::{Bench, Seen, Stop};
use serde::Serialize;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// Kinds of documents: the catalog of exploited vulnerabilities, records of OSV, records of the NVD.
pub(super) const EXPLOITED: &str = "kev";
pub(super) const OSV: &str = "osv";
pub(super) const NVD: &str = "nvd";

/// Reads a file of records.
type Reader = fn(&[u8]) -> Result<Records, Unreadable>;

/// What the snapshots hold.
pub(super) struct Snapshots {
    pub(super) catalog: Catalog,
    pub(super) records: Vec<Record>,
    /// What forbids to rest on them: their age, and what could not be read.
    pub(super) open: Vec<String>,
    pub(super) seen: Seen,
}

/// What is recorded of each; what it holds is in the document.
#[derive(Serialize)]
struct Facts<'s> {
    made: Option<&'s str>,
    entries: usize,
    withdrawn: usize,
    departures: usize,
}

impl Snapshots {
    /// Reads and records them all: one catalog, and at least one file of records.
    pub(super) fn read(bench: &Bench) -> Result<Self, Stop> {
        let (catalog, mut open, mut seen) = catalog(bench)?;
        let mut records = Vec::new();
        let supplied = |kind: &str| bench.profile().documents.iter().any(|document| document.kind == kind);
        let kinds: [(&str, Reader); 2] = [(OSV, read_osv), (NVD, read_nvd)];
        for (kind, read) in kinds.into_iter().filter(|(kind, _)| supplied(kind)) {
            for (document, bytes) in bench.documents(kind)? {
                let found = read(&bytes).map_err(|why| unreadable(&document.id, &why))?;
                let (made, entries) = (found.timestamp.as_deref(), found.records.len());
                let facts = Facts { made, entries, withdrawn: found.withdrawn, departures: found.problems.len() };
                seen = seen.and(bench.record_document(&document.file, &bytes, &facts)?);
                open.extend(age(bench, &document.id, made).or_else(|| torn(&document.id, &found.problems)));
                records.extend(found.records);
            }
        }
        if records.is_empty() {
            return Err(Stop::missing(format!(
                "supply records that say which versions are affected, of kind `{NVD}` or `{OSV}`: the catalog of exploited ones does not"
            )));
        }
        Ok(Self { catalog, records, open, seen })
    }

    /// Exploited vulnerabilities of which no record says what they affect: they would not be found.
    pub(super) fn undescribed(&self) -> Vec<&str> {
        let described: std::collections::BTreeSet<&str> =
            self.records.iter().filter(|record| !record.affected.is_empty()).flat_map(Record::ids).collect();
        self.catalog.entries.iter().map(|entry| entry.cve.as_str()).filter(|cve| !described.contains(cve)).collect()
    }
}

fn catalog(bench: &Bench) -> Result<(Catalog, Vec<String>, Seen), Stop> {
    let mut documents = bench.documents(EXPLOITED)?;
    let (Some((document, bytes)), true) = (documents.pop(), documents.is_empty()) else {
        return Err(Stop::missing(format!("supply one document of kind `{EXPLOITED}`, the newest")));
    };
    let catalog = read_catalog(&bytes).map_err(|why| unreadable(&document.id, &why))?;
    let made = catalog.released.as_deref();
    let facts = Facts { made, entries: catalog.entries.len(), withdrawn: 0, departures: catalog.problems.len() };
    let seen = bench.record_document(&document.file, &bytes, &facts)?;
    let empty = || catalog.entries.is_empty().then(|| format!("{} is empty: supply a whole snapshot", document.id));
    let open = age(bench, &document.id, made).or_else(|| torn(&document.id, &catalog.problems)).or_else(empty);
    Ok((catalog, open.into_iter().collect(), seen))
}

fn unreadable(id: &str, why: &Unreadable) -> Stop {
    Stop::missing(format!("{id}: supply a readable snapshot: {why}"))
}

fn torn(id: &str, problems: &[assay_documents::Problem]) -> Option<String> {
    let first = problems.first()?;
    Some(format!("{id} departs from its format, so that not all of it may have been read: {} {}", first.place, first.what))
}

/// Why a snapshot is not of these days.
fn age(bench: &Bench, id: &str, made: Option<&str>) -> Option<String> {
    let (now, most) = (bench.now(), bench.policy().documents.snapshot_days.value);
    // the NVD gives UTC without saying so
    let moment = |text: &str| OffsetDateTime::parse(text, &Rfc3339).or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339));
    match made.and_then(|made| moment(made).ok()) {
        None => Some(format!("{id} does not say when it was made: supply one that does")),
        Some(made) if made > now + Duration::days(1) => Some(format!("{id} is dated in the future, at {made}: supply one of today")),
        Some(made) if now - made > Duration::days(most) => Some(format!("{id} is of {made}, older than {most} days: supply a newer one")),
        Some(_) => None,
    }
}
