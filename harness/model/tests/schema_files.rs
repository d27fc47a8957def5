//! The checked-in JSON Schemas are those of the types.

use std::path::Path;

/// Names of the files are relative to the root of the workspace.
fn hold(file: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
    if std::env::var_os("ASSAY_WRITE_SCHEMAS").is_some() {
        assert!(std::fs::write(&path, made).is_ok(), "{file} cannot be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "{file} is out of date: run `ASSAY_WRITE_SCHEMAS=1 cargo test -p assay-model --test schema_files`");
}

#[test]
fn the_profiles_schema_is_up_to_date() {
    hold("device-profiles/profile.schema.json", &assay_model::schema::profile());
}

#[test]
fn the_schema_of_answers_is_up_to_date() {
    hold("device-profiles/answers.schema.json", &assay_model::schema::answers());
}

#[test]
fn the_runs_schema_is_up_to_date() {
    hold("reports/run.schema.json", &assay_model::schema::run());
}
