//! The journal of a run: whether its chain is whole, and if not, at which line.

use std::path::Path;

use assay_model::event::{Line, hash_of_line, no_line_before};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::flaw::Flaw;
use crate::folder;

/// The file.
pub(crate) const JOURNAL: &str = "journal.jsonl";
/// The longest journal, in bytes.
const LONGEST: u64 = 256 << 20;

/// How a journal ends, as a seal keeps it: without it, lines at the end could be taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tail {
    /// The number of lines.
    pub(crate) lines: usize,
    /// SHA-256 of the last line, without its line feed.
    pub(crate) last: String,
}

impl Tail {
    /// The tail that is sealed in the statement of a run.
    pub(crate) fn sealed_in(predicate: &Value) -> Option<Self> {
        serde_json::from_value(predicate.pointer("/assay/journal")?.clone()).ok()
    }
}

/// A journal whose chain is whole.
#[derive(Debug)]
pub(crate) struct Journal {
    pub(crate) lines: Vec<Line>,
    pub(crate) tail: Tail,
}

/// Reads a journal and holds each line against the hash in the next, and the last against the one that was sealed.
pub(crate) fn read(folder: &Path, sealed: Option<&Tail>) -> Result<Journal, Flaw> {
    let bytes = folder::read(folder, JOURNAL, LONGEST)?;
    let (mut lines, mut hashes) = (Vec::<Line>::new(), Vec::new());
    for (index, raw) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let damaged = |what: &str| Flaw::Journal { line: index + 1, what: format!("is damaged: {what}") };
        let text = std::str::from_utf8(raw).map_err(|_| damaged("not UTF-8"))?;
        let event = text.strip_suffix('\n').ok_or_else(|| damaged("cut off"))?;
        lines.push(serde_json::from_str(event).map_err(|error| damaged(&error.to_string()))?);
        hashes.push(hash_of_line(event));
    }
    if let Some(flaw) = flaw(&lines, &hashes, sealed) {
        return Err(flaw);
    }
    let last = hashes.pop().ok_or_else(|| Flaw::Journal { line: 1, what: "is not there".to_owned() })?;
    Ok(Journal { tail: Tail { lines: lines.len(), last }, lines })
}

/// The first line that is not what was written. A line that was changed does not fit the hash in the next one; when the hash
/// itself was changed, its line does not fit the one after it either, and is the one to name.
fn flaw(lines: &[Line], hashes: &[String], sealed: Option<&Tail>) -> Option<Flaw> {
    let found = |line: usize, what: &str| Some(Flaw::Journal { line, what: what.to_owned() });
    if lines.first().is_some_and(|line| line.before != no_line_before()) {
        return found(1, "was changed, or lines before it were taken away");
    }
    let told = lines.iter().skip(1).map(|line| &line.before).chain(sealed.map(|tail| &tail.last));
    let broken: Vec<usize> = (1..).zip(hashes.iter().zip(told)).filter(|(_, (hash, told))| hash != told).map(|(line, _)| line).collect();
    let first = *broken.first()?;
    let more = broken.iter().zip(first..).take_while(|(line, expected)| **line == *expected).count();
    match sealed.map_or(lines.len(), |tail| tail.lines) {
        written if written > lines.len() => found(first, "a line that was written after it is not there any more"),
        written if written < lines.len() => found(first + more - 1, "was not there when it was sealed, or was changed"),
        _ if more == 1 => found(first, "was changed"),
        _ if more == 2 => found(first + 1, "was changed"),
        _ => found(first + 1, "does not follow the line before: lines were changed or moved"),
    }
}
