//! What a profile says, held against itself and against what is known: done on the document, so that mistakes of form
//! hide no others.

mod address;
mod ids;
mod interface;
mod outside;
mod references;

use super::SCHEMA;
use super::read::Known;
use crate::form::node::Node;
use crate::form::problem::{Lines, Problem};
use crate::form::words::{quote, suggest};

/// Checks the whole document.
pub(super) fn check(root: &Node, lines: &Lines, known: &Known<'_>) -> Vec<Problem> {
    let mut check = Check { root, lines, known, problems: Vec::new() };
    check.schema_word();
    ids::check(&mut check);
    references::check(&mut check);
    interface::check(&mut check);
    address::check(&mut check);
    outside::check(&mut check);
    check.problems
}

struct Check<'a> {
    root: &'a Node,
    lines: &'a Lines,
    known: &'a Known<'a>,
    problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    fn schema_word(&mut self) {
        let node = self.root.at("schema");
        if node.text().is_some_and(|word| word != SCHEMA) {
            self.say(node, "this is no profile that can be read here".to_owned(), format!("write schema = \"{SCHEMA}\""));
        }
    }

    fn say(&mut self, node: &Node, message: String, help: impl Into<Option<String>>) {
        self.problems.push(Problem { span: node.span.clone(), message, help: help.into() });
    }

    /// Says so when the text of this node is none of the names; `what` is what they are names of, and `place` where.
    fn refer(&mut self, node: &Node, what: &str, place: &str, names: &[&str]) {
        if let Some(text) = node.text().filter(|text| !names.contains(text)) {
            self.say(node, format!("there is no {what} {}{place}", quote(text)), suggest(text, names));
        }
    }

    /// The line that this node stands on, from 1.
    fn line(&self, node: &Node) -> usize {
        self.lines.at(node.span.start).0
    }

    /// The tables of this name at the top.
    fn all(&self, name: &str) -> &'a [Node] {
        self.root.at(name).items()
    }

    /// The ids of the tables of this name at the top.
    fn ids(&self, name: &str) -> Vec<&'a str> {
        ids_of(self.all(name))
    }
}

/// The ids of these tables.
fn ids_of(tables: &[Node]) -> Vec<&str> {
    tables.iter().filter_map(|table| table.at("id").text()).collect()
}
