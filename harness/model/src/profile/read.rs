//! Reading a profile: every mistake at once, each at its place.

use crate::catalog::RequirementId;
use crate::form::{self, Problems};

use super::Profile;
use super::check;

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
    form::read(name, text, "a profile", |root, lines| check::check(root, lines, known))
}
