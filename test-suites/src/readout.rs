//! What a component tells about itself: answers of operations that are found by what they do, and their parts.

use assay_engine::{Bench, Stop, Subject};
use assay_model::profile::{Accessor, Component, Interface, Operation, Purpose};
use serde_json::Value;

use crate::support::{Reader, word_of};

/// Records looked at of one answer; the last ones where there are more.
const MOST: usize = 10_000;

/// Whether the subject is a component of which the profile says over which operation of http it does this.
pub(crate) fn offers(subject: &Subject<'_>, purpose: Purpose) -> bool {
    subject.component().is_some_and(|component| over_http(component, purpose).is_some())
}

fn over_http(component: &Component, purpose: Purpose) -> Option<(&Interface, &Operation)> {
    component.doing(purpose).find(|(interface, _)| interface.speaks.is_http())
}

/// Where a component does this over http.
pub(crate) fn place(component: &Component, purpose: Purpose) -> Result<(&Interface, &Operation), Stop> {
    over_http(component, purpose).ok_or_else(|| {
        let word = word_of(purpose);
        Stop::missing(format!(
            "no operation of `{}` over http does this: declare the one with does = \"{word}\" in the profile",
            component.id
        ))
    })
}

/// The part of this name in an answer, or in one record of it. Empty texts, lists and objects are no parts.
pub(crate) fn part(operation: &Operation, record: &Value, name: &str) -> Option<String> {
    match record.pointer(operation.parts.get(name)?)? {
        Value::Null => None,
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Array(list) if list.is_empty() => None,
        Value::Object(object) if object.is_empty() => None,
        other => Some(other.to_string()),
    }
}

/// Stops where the profile does not say where these parts stand.
pub(crate) fn declared(operation: &Operation, names: &[&str]) -> Result<(), Stop> {
    match names.iter().find(|name| !operation.parts.contains_key(**name)) {
        None => Ok(()),
        Some(name) => Err(Stop::missing(format!(
            "where {name} stands in the answer of `{}` is not declared: set parts.{name} in the profile",
            operation.id
        ))),
    }
}

/// The records that are in `now` and were not in `before`, in the order of `now`. There may be equal ones.
pub(crate) fn news(before: &[Value], now: &[Value]) -> Vec<Value> {
    let mut old: Vec<&Value> = before.iter().collect();
    let mut new = Vec::new();
    for record in now {
        match old.iter().position(|each| *each == record) {
            Some(at) => {
                old.swap_remove(at);
            }
            None => new.push(record.clone()),
        }
    }
    new
}

/// Asks one operation again and again, signed in as somebody who may.
pub(crate) struct Readout {
    pub(crate) operation: Operation,
    reader: Reader,
}

impl Readout {
    /// Opens the operation that does this.
    pub(crate) async fn open(bench: &Bench, component: &Component, purpose: Purpose) -> Result<Self, Stop> {
        let (interface, operation) = place(component, purpose)?;
        let accessor = Accessor { interface: interface.id.clone(), operation: operation.id.clone(), pointer: None };
        let mut reader = Reader::open(bench, component, &accessor).await?;
        reader.rest();
        Ok(Self { operation: operation.clone(), reader })
    }

    /// The answer as JSON. No connection stands afterwards.
    pub(crate) async fn document(&mut self) -> Result<Value, Stop> {
        let text = self.text().await?;
        serde_json::from_str(&text)
            .map_err(|_| Stop::missing(format!("the answer of `{}` is no JSON, so that no part can be told", self.operation.id)))
    }

    /// The records of the answer: of an array, of the one array in an object, or one of each line.
    pub(crate) async fn list(&mut self) -> Result<Vec<Value>, Stop> {
        let text = self.text().await?;
        let mut list = match serde_json::from_str(&text) {
            Ok(Value::Array(list)) => list,
            Ok(Value::Object(object)) => {
                object.into_iter().find_map(|(_, value)| if let Value::Array(list) = value { Some(list) } else { None }).unwrap_or_default()
            }
            _ => text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
        };
        list.drain(..list.len().saturating_sub(MOST));
        Ok(list)
    }

    async fn text(&mut self) -> Result<String, Stop> {
        let text = self.reader.read().await;
        self.reader.rest();
        text
    }

    /// The part of this name in an answer, or in one record of it.
    pub(crate) fn part(&self, record: &Value, name: &str) -> Option<String> {
        part(&self.operation, record, name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_new_in_a_list_that_drops_old_records_and_has_equal_ones() {
        let (a, b, c) = (json!({"n": 1}), json!({"n": 2}), json!({"n": 3}));
        assert_eq!(news(&[a.clone(), b.clone()], &[b.clone(), b.clone(), c.clone()]), [b, c]);
        assert!(news(std::slice::from_ref(&a), std::slice::from_ref(&a)).is_empty());
    }
}
