//! Files that people write: every mistake at once, each at its place in the text.

pub(crate) mod node;
pub(crate) mod problem;
mod structure;
pub(crate) mod words;

pub use node::Spans;
pub use problem::{Problem, Problems};
pub use words::near;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use toml::de::DeTable;

use node::Node;
use problem::Lines;

/// The longest file that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// Reads a TOML file as a `T`, called `what` in messages, without looking beyond its form.
///
/// # Errors
/// All that is wrong with its form, each at its place.
pub fn read_form<T: DeserializeOwned + JsonSchema>(name: &str, text: &str, what: &str) -> Result<T, Problems> {
    read(name, text, what, |_, _| Vec::new())
}

/// Reads a TOML file as a `T`, called `what` in messages. `check` finds what is wrong beyond its form; it is done on the
/// document, so that mistakes of form hide no others.
pub(crate) fn read<T: DeserializeOwned + JsonSchema>(
    name: &str,
    text: &str,
    what: &str,
    check: impl FnOnce(&Node, &Lines) -> Vec<Problem>,
) -> Result<T, Problems> {
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes: keep {what} under {MAX_BYTES}", text.len());
        return Err(Problems::new(name, "", vec![Problem { span: 0..0, message, help: None }]));
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    let root = Node::of_document(&document);
    let mut problems: Vec<Problem> = errors.iter().map(of_toml).collect();
    // after a mistake the parser often stumbles again on the same line
    problems.sort_by_key(|problem| problem.span.start);
    let lines = Lines::of(text);
    problems.dedup_by_key(|problem| lines.at(problem.span.start).0);
    let schema = schemars::schema_for!(T).to_value();
    problems.extend(structure::check(&schema, &root, errors.is_empty(), what));
    problems.extend(check(&root, &lines));
    if problems.is_empty() {
        match toml::from_str(text) {
            Ok(read) => return Ok(read),
            Err(error) => problems.push(of_toml(&error)),
        }
    }
    Err(Problems::new(name, text, problems))
}

fn of_toml(error: &toml::de::Error) -> Problem {
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    Problem { span: error.span().unwrap_or(0..0), message, help: None }
}
