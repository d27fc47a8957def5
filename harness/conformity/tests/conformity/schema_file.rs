//! The checked-in JSON Schema is that of the type.

#[test]
fn the_schema_of_a_declaration_is_up_to_date() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reports/declaration.schema.json");
    let made = assay_conformity::schema::declaration();
    if std::env::var_os("ASSAY_WRITE_SCHEMAS").is_some() {
        assert!(std::fs::write(&path, &made).is_ok(), "the schema cannot be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "it is out of date: run `ASSAY_WRITE_SCHEMAS=1 cargo test -p assay-conformity schema`");
}
