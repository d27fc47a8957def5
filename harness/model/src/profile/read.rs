//! Reading a profile: every mistake at once, each at its place.

use toml::de::DeTable;

use crate::catalog::RequirementId;

use super::Profile;
use super::check;
use super::node::Node;
use super::problem::{Lines, Problem, Problems};
use super::structure;

/// The longest profile that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// What the machine has that a profile names. The model looks at no disk itself.
pub trait FilesAt {
    /// Whether there is a readable file at this path, relative to the profile.
    fn has_file(&self, path: &str) -> bool;
    /// Whether the environment variable is set.
    fn has_variable(&self, name: &str) -> bool;
}

/// Takes every file and variable to be there: for looking at a profile away from its laboratory.
#[derive(Debug, Clone, Copy)]
pub struct AllThere;

impl FilesAt for AllThere {
    fn has_file(&self, _: &str) -> bool {
        true
    }

    fn has_variable(&self, _: &str) -> bool {
        true
    }
}

/// What a profile is held against.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// Files and variables of the machine.
    pub files: &'a dyn FilesAt,
    /// All ids of the catalog; only their form is checked when empty.
    pub requirements: &'a [RequirementId],
    /// The names of the baselines; not checked when empty.
    pub baselines: &'a [&'a str],
}

impl Known<'_> {
    /// Only what stands in the profile itself is checked.
    pub const NOTHING: Known<'static> = Known { files: &AllThere, requirements: &[], baselines: &[] };
}

/// Reads a profile; `name` is the file's name as messages show it.
///
/// # Errors
///
/// All that is wrong with it: syntax, keys, types, words, numbers, references, files, and keys that others need.
pub fn read(name: &str, text: &str, known: &Known<'_>) -> Result<Profile, Problems> {
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes: keep a profile under {MAX_BYTES}", text.len());
        return Err(Problems::new(name, "", vec![Problem { span: 0..0, message, help: None }]));
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    let root = Node::of_document(&document);
    let mut problems: Vec<Problem> = errors.iter().map(of_toml).collect();
    // after a mistake the parser often stumbles again on the same line
    problems.sort_by_key(|problem| problem.span.start);
    let lines = Lines::of(text);
    problems.dedup_by_key(|problem| lines.at(problem.span.start).0);
    problems.extend(structure::check(&root, errors.is_empty()));
    problems.extend(check::check(&root, &lines, known));
    if problems.is_empty() {
        match toml::from_str(text) {
            Ok(profile) => return Ok(profile),
            Err(error) => problems.push(of_toml(&error)),
        }
    }
    Err(Problems::new(name, text, problems))
}

fn of_toml(error: &toml::de::Error) -> Problem {
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    Problem { span: error.span().unwrap_or(0..0), message, help: None }
}
