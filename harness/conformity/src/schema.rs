//! JSON Schema of the declaration, made from its type.

use assay_model::schema;

use crate::declaration::{self, Declaration};

/// The schema of a declaration, as JSON.
pub fn declaration() -> String {
    schema::of::<Declaration>(declaration::SCHEMA, "Assay declaration of conformity")
}
