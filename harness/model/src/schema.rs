//! JSON Schemas of the file formats, made from their types: for editors, and for programs that read what Assay writes.

use schemars::{JsonSchema, Schema, schema_for};

use crate::answers::{self, Answers};
use crate::profile::{self, Profile};
use crate::run::{self, Run};

/// The schema of a profile; a TOML file is held against it as the equal JSON document.
pub fn profile() -> String {
    of::<Profile>(profile::SCHEMA, "Assay product profile")
}

/// The schema of a file of answers; likewise.
pub fn answers() -> String {
    of::<Answers>(answers::SCHEMA, "Assay answers")
}

/// The schema of `run.json`.
pub fn run() -> String {
    of::<Run>(run::SCHEMA, "Assay run")
}

/// The schema of a file format of another crate.
pub fn of<T: JsonSchema>(word: &str, title: &str) -> String {
    document(titled(schema_for!(T), word, title))
}

fn titled(mut schema: Schema, word: &str, title: &str) -> Schema {
    schema.insert("$id".to_owned(), format!("urn:{}", word.replace(['.', '/'], ":")).into());
    schema.insert("title".to_owned(), title.into());
    if let Some(property) = schema.pointer_mut("/properties/schema").and_then(|property| property.as_object_mut()) {
        property.insert("const".to_owned(), word.into());
    }
    schema
}

fn document(schema: Schema) -> String {
    let mut value = schema.to_value();
    value.sort_all_objects(); // else the order depends on features of serde_json that other crates choose
    format!("{value:#}\n")
}
