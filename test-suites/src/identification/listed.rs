//! Lists of devices that other components keep: what they say of one device.

use assay_engine::{Bench, Stop};
use assay_model::profile::{Accessor, Component, Profile, Purpose};
use serde::Serialize;
use serde_json::Value;

use crate::support::Reader;

/// What one list says.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Listed {
    /// Component and operation.
    pub(super) place: String,
    /// The texts in the record of the device; none where the list does not hold it.
    pub(super) record: Option<Vec<String>>,
    /// How many texts the list holds in all.
    pub(super) texts: usize,
}

/// The other components that list devices.
pub(super) fn keepers<'p>(profile: &'p Profile, device: &'p str) -> impl Iterator<Item = &'p Component> {
    let lists = |component: &&Component| component.doing(Purpose::ListDevices).any(|(interface, _)| interface.speaks.is_http());
    profile.components.iter().filter(move |component| component.id != device).filter(lists)
}

/// Reads every list of devices that other components keep, and looks for this identifier.
pub(super) async fn look_up(bench: &Bench, device: &Component, identifier: &str) -> Result<Vec<Listed>, Stop> {
    let profile = bench.profile();
    let mut all = Vec::new();
    for keeper in keepers(&profile, &device.id) {
        for (interface, operation) in keeper.doing(Purpose::ListDevices).filter(|(interface, _)| interface.speaks.is_http()) {
            let accessor = Accessor { interface: interface.id.clone(), operation: operation.id.clone(), pointer: None };
            let text = Reader::open(bench, keeper, &accessor).await?.read().await?;
            let list: Value = serde_json::from_str(&text)
                .map_err(|_| Stop::missing(format!("the answer of `{}` is no JSON, so that no device can be told", operation.id)))?;
            let place = format!("{} ({})", keeper.id, operation.id);
            let record = record_of(&list, identifier).map(texts);
            all.push(Listed { place, record, texts: texts(&list).len() });
        }
    }
    Ok(all)
}

/// The innermost object, or else the text itself, that holds this text.
fn record_of<'v>(value: &'v Value, text: &str) -> Option<&'v Value> {
    match value {
        Value::Object(fields) => {
            let own = fields.values().any(|field| field.as_str() == Some(text));
            if own { Some(value) } else { fields.values().find_map(|field| record_of(field, text)) }
        }
        Value::Array(items) => items.iter().find_map(|item| record_of(item, text)),
        Value::String(own) => (own == text).then_some(value),
        _ => None,
    }
}

/// All texts in a value.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_is_the_innermost_object_with_the_identifier() {
        let list = json!({"devices": [{"id": "A1", "v": "1.0"}, {"id": "A10", "v": "2.0", "parts": {"n": 3}}]});
        assert_eq!(record_of(&list, "A10").map(texts), Some(vec!["A10".to_owned(), "2.0".to_owned()]));
        assert_eq!(record_of(&list, "A"), None);
        assert_eq!(record_of(&json!(["A1", "A2"]), "A2").map(texts), Some(vec!["A2".to_owned()]));
    }
}
