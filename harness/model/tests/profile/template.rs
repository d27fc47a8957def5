//! The template explains every key, and is a good profile with and without its optional parts.

use std::collections::BTreeSet;

use assay_model::profile::{Known, read};
use serde_json::Value;

const TEMPLATE: &str = include_str!("../../../../device-profiles/template.toml");

/// The template with all optional parts in use.
fn full() -> String {
    let used = |line: &'static str| match line.strip_prefix('#') {
        Some(rest) if !rest.is_empty() && !rest.starts_with(' ') => rest,
        _ => line,
    };
    TEMPLATE.lines().map(used).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_template_reads_without_its_optional_parts() {
    read("template.toml", TEMPLATE, &Known::NOTHING).unwrap_or_else(|problems| panic!("{problems}"));
}

#[test]
fn the_template_reads_with_all_its_optional_parts() {
    let profile = read("template.toml", &full(), &Known::NOTHING).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!((profile.components.len(), profile.accounts.len(), profile.samples.len()), (3, 4, 1));
}

#[test]
fn every_key_of_every_table_stands_in_the_template() {
    let schema: Value = serde_json::from_str(&assay_model::schema::profile()).expect("the schema is JSON");
    let document: Value = toml::from_str(&full()).expect("the template is TOML");
    let mut missing = BTreeSet::new();
    let mut seen = BTreeSet::new();
    collect(&schema, &schema, &document, &mut seen);
    for (name, table) in schema["$defs"].as_object().into_iter().flatten().chain([(&"Profile".to_owned(), &schema)]) {
        for key in table["properties"].as_object().into_iter().flat_map(|keys| keys.keys()) {
            if !seen.contains(&format!("{name}.{key}")) {
                missing.insert(format!("{name}.{key}"));
            }
        }
    }
    assert!(missing.is_empty(), "add to the template, with an explanation: {missing:?}");
}

/// Notes each key of the document under the name of the type that it belongs to.
fn collect(root: &Value, schema: &Value, value: &Value, seen: &mut BTreeSet<String>) {
    let reference = |schema: &Value| schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()).map(str::to_owned);
    let name = reference(schema).or_else(|| reference(&schema["anyOf"][0]));
    let schema = name.as_ref().map_or(schema, |name| &root["$defs"][name]);
    for item in value.as_array().into_iter().flatten() {
        collect(root, &schema["items"], item, seen);
    }
    for (key, item) in value.as_object().into_iter().flatten() {
        seen.insert(format!("{}.{key}", name.as_deref().unwrap_or("Profile")));
        collect(root, &schema["properties"][key], item, seen);
    }
}
