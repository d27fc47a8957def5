//! Records in the OSV schema: one, a list in `vulns`, or one on each line.

use serde_json::Value;

use super::{Affected, Event, MOST_RECORDS, Record, Records};
use crate::Unreadable;
use crate::json::{self, LARGEST, Node, Notes};
use crate::text::moment;

/// Reads records of OSV.
///
/// # Errors
/// [`Unreadable`] when it is neither one record, nor an object with `vulns`, nor lines of records.
pub fn read_osv(bytes: &[u8]) -> Result<Records, Unreadable> {
    let notes = Notes::default();
    let mut found = Records::default();
    match json::decode(bytes) {
        Ok(value) => take(&value, &notes, &mut found)?,
        Err(why) => {
            let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).collect();
            if lines.len() < 2 || bytes.len() > LARGEST {
                return Err(why);
            }
            for line in lines.into_iter().take(MOST_RECORDS) {
                take(&json::decode(line)?, &notes, &mut found)?;
            }
        }
    }
    found.problems = notes.into_problems();
    Ok(found)
}

fn take(value: &Value, notes: &Notes, found: &mut Records) -> Result<(), Unreadable> {
    let root = Node::root(value, notes);
    if root.may("vulns").is_none() && (root.may("id").is_none() || root.may("modified").is_none()) {
        return Err(Unreadable::because("not OSV: neither `vulns` nor `id` and `modified`"));
    }
    let nodes = root.may("vulns").map_or_else(|| vec![root.clone()], |list| list.list());
    for node in nodes.iter().filter(|node| node.is_object()).take(MOST_RECORDS) {
        let changed = node.text_of("modified").filter(|text| moment(text).is_some());
        if changed.as_deref().and_then(moment) > found.timestamp.as_deref().and_then(moment) {
            found.timestamp = changed;
        }
        if node.may("withdrawn").is_some() {
            found.withdrawn += 1;
            continue;
        }
        found.records.extend(record(node));
    }
    Ok(())
}

fn record(node: &Node<'_>) -> Option<Record> {
    let _ = node.needs("modified").and_then(|node| node.moment());
    let id = node.needs("id").and_then(|id| id.filled())?;
    let aliases = ["aliases", "upstream"].iter().flat_map(|key| node.may(key).map(|list| list.texts()).unwrap_or_default()).collect();
    Some(Record { id, aliases, affected: node.list_of("affected").iter().filter_map(affected).collect() })
}

fn affected(node: &Node<'_>) -> Option<Affected> {
    let package = node.may("package").filter(Node::is_object);
    let ranges = node.list_of("ranges");
    let text = |key| package.as_ref().and_then(|package| package.needs(key)).and_then(|found| found.filled());
    // a range of commits says nothing of versions
    let versioned = ranges.iter().filter(|range| {
        let kind = range.needs("type").and_then(|kind| kind.one_of(&["SEMVER", "ECOSYSTEM", "GIT"]));
        kind.as_deref().is_some_and(|kind| kind != "GIT")
    });
    Some(Affected::Package {
        ranges: versioned.map(|range| events(range)).collect(),
        versions: node.may("versions").map(|list| list.texts()).unwrap_or_default(),
        purl: package.as_ref().and_then(|package| package.text_of("purl")),
        ecosystem: text("ecosystem")?,
        name: text("name")?,
    })
}

fn events(range: &Node<'_>) -> Vec<Event> {
    let events = range.needs("events").map(|list| list.some_list()).unwrap_or_default();
    let read = |node: &Node<'_>| {
        let text = |key| node.may(key).and_then(|found| found.text());
        let introduced = text("introduced").map(Event::Introduced);
        introduced.or_else(|| text("fixed").map(Event::Fixed)).or_else(|| text("last_affected").map(Event::LastAffected))
    };
    events.iter().filter_map(read).collect()
}
