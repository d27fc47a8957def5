//! A JSON document as places that can be asked for what should be there. Every departure is noted, reading goes on.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::Value;
use time::OffsetDateTime;

use crate::text::{self, clean};
use crate::{Problem, Unreadable};

/// The largest document, in bytes, and the most values in it.
pub(crate) const LARGEST: usize = 32 * 1024 * 1024;
const MOST_VALUES: usize = 4_000_000;
/// The most elements of one list or object that are looked at.
pub(crate) const MOST_ITEMS: usize = 100_000;
/// Problems that are told one by one.
const MOST_PROBLEMS: usize = 200;

/// Decodes a document. Nesting is bounded by the decoder, at 127.
pub(crate) fn decode(bytes: &[u8]) -> Result<Value, Unreadable> {
    if bytes.len() > LARGEST {
        return Err(Unreadable::because(format!("the document is larger than {LARGEST} bytes")));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.iter().filter(|byte| b",[{".contains(byte)).count() > MOST_VALUES {
        return Err(Unreadable::because(format!("the document has more than {MOST_VALUES} values")));
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|why| Unreadable::because(format!("not JSON: {why}")))?;
    if value.is_object() { Ok(value) } else { Err(Unreadable::because("the document is not a JSON object")) }
}

/// The problems found so far.
#[derive(Default)]
pub(crate) struct Notes(RefCell<(Vec<Problem>, usize)>);

impl Notes {
    /// Adds a problem; beyond a bound they are only counted.
    pub(crate) fn add(&self, place: impl Into<String>, what: impl Into<String>) {
        let mut notes = self.0.borrow_mut();
        if notes.0.len() < MOST_PROBLEMS {
            notes.0.push(Problem { place: place.into(), what: what.into() });
        } else {
            notes.1 += 1;
        }
    }

    /// All of them; the last says how many were only counted.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        let (mut problems, more) = self.0.into_inner();
        if more > 0 {
            problems.push(Problem { place: String::new(), what: format!("{more} more problems are not listed") });
        }
        problems
    }
}

/// A value, where it stands, and where its problems are noted.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    value: &'a Value,
    place: String,
    notes: &'a Notes,
}

impl<'a> Node<'a> {
    /// The whole document.
    pub(crate) fn root(value: &'a Value, notes: &'a Notes) -> Self {
        Self { value, place: String::new(), notes }
    }

    /// Its JSON pointer.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Notes a problem here.
    pub(crate) fn note(&self, what: impl Into<String>) {
        self.notes.add(&self.place, what);
    }

    fn at(&self, value: &'a Value, key: &str) -> Self {
        Self { value, place: format!("{}/{}", self.place, clean(key).replace('~', "~0").replace('/', "~1")), notes: self.notes }
    }

    /// The member of that name, if it is there.
    pub(crate) fn may(&self, key: &str) -> Option<Self> {
        self.value.get(key).map(|value| self.at(value, key))
    }

    /// The member of that name; a problem when it is missing.
    pub(crate) fn needs(&self, key: &str) -> Option<Self> {
        let found = self.may(key);
        if found.is_none() && self.value.is_object() {
            self.note(format!("`{key}` is missing"));
        }
        found
    }

    fn wrong<T>(&self, wanted: &str) -> Option<T> {
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.note(format!("is {found}, not {wanted}"));
        None
    }

    /// The text as it stands.
    pub(crate) fn raw(&self) -> Option<&'a str> {
        self.value.as_str().or_else(|| self.wrong("a text"))
    }

    /// The text, bounded and safe to show.
    pub(crate) fn text(&self) -> Option<String> {
        self.raw().map(clean)
    }

    /// A text that is not empty; a problem when it is.
    pub(crate) fn filled(&self) -> Option<String> {
        let text = self.text()?;
        if text.trim().is_empty() {
            self.note("is empty");
            return None;
        }
        Some(text)
    }

    /// A text out of a closed list; a problem when it is another.
    pub(crate) fn one_of(&self, allowed: &[&str]) -> Option<String> {
        let text = self.text()?;
        if !allowed.contains(&text.as_str()) {
            let few: Vec<_> = allowed.iter().take(12).copied().collect();
            self.note(format!("`{text}` is none of {}{}", few.join(", "), if allowed.len() > few.len() { ", ..." } else { "" }));
        }
        Some(text)
    }

    /// A date and time of RFC 3339; a problem when it is none.
    pub(crate) fn moment(&self) -> Option<OffsetDateTime> {
        let text = self.text()?;
        let moment = text::moment(&text);
        if moment.is_none() {
            self.note(format!("`{text}` is no date and time of RFC 3339"));
        }
        moment
    }

    /// An absolute URI; a problem when it is none.
    pub(crate) fn uri(&self) -> Option<String> {
        let text = self.text()?;
        if text::scheme(&text).is_none() {
            self.note(format!("`{text}` is no absolute URI"));
        }
        Some(text)
    }

    /// A boolean.
    pub(crate) fn flag(&self) -> Option<bool> {
        self.value.as_bool().or_else(|| self.wrong("a boolean"))
    }

    /// A whole number.
    pub(crate) fn number(&self) -> Option<i64> {
        self.value.as_i64().or_else(|| self.wrong("a whole number"))
    }

    /// Whether it is an object; a problem when it is not.
    pub(crate) fn is_object(&self) -> bool {
        self.value.is_object() || self.wrong::<()>("an object").is_some()
    }

    /// Whether it is a text, without a problem when it is not.
    pub(crate) fn is_text(&self) -> bool {
        self.value.is_string()
    }

    /// The text, without a problem when it is none.
    pub(crate) fn text_if(&self) -> Option<String> {
        self.value.as_str().map(clean)
    }

    /// Whether it is a list, without a problem when it is not.
    pub(crate) fn is_list(&self) -> bool {
        self.value.is_array()
    }

    /// The elements of a list.
    pub(crate) fn list(&self) -> Vec<Self> {
        let Some(items) = self.value.as_array() else {
            self.wrong::<()>("a list");
            return Vec::new();
        };
        if items.len() > MOST_ITEMS {
            self.note(format!("has {} elements; only the first {MOST_ITEMS} are read", items.len()));
        }
        items.iter().take(MOST_ITEMS).enumerate().map(|(index, item)| self.at(item, &index.to_string())).collect()
    }

    /// The elements of a list that must not be empty.
    pub(crate) fn some_list(&self) -> Vec<Self> {
        if self.value.as_array().is_some_and(Vec::is_empty) {
            self.note("is an empty list");
        }
        self.list()
    }

    /// The texts in a list.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.list().iter().filter_map(Self::text).collect()
    }

    /// The names and members of an object.
    pub(crate) fn members(&self) -> Vec<(&'a str, Self)> {
        let Some(members) = self.value.as_object() else {
            self.wrong::<()>("an object");
            return Vec::new();
        };
        members.iter().take(MOST_ITEMS).map(|(name, value)| (name.as_str(), self.at(value, name))).collect()
    }

    /// Members with names beyond those that the format knows.
    pub(crate) fn only(&self, known: &[&str]) {
        for (name, _) in self.value.as_object().into_iter().flatten().filter(|(name, _)| !known.contains(&name.as_str())) {
            self.note(format!("`{}` is not known there", clean(name)));
        }
    }

    /// All texts in members of that name, here and below.
    pub(crate) fn texts_named(&self, key: &str) -> BTreeSet<String> {
        let (mut found, mut waiting) = (BTreeSet::new(), vec![self.value]);
        while let Some(value) = waiting.pop() {
            found.extend(value.get(key).and_then(Value::as_str).map(clean));
            match value {
                Value::Object(members) => waiting.extend(members.values()),
                Value::Array(items) => waiting.extend(items),
                _ => {}
            }
        }
        found
    }

    /// The text of a member that may be missing.
    pub(crate) fn text_of(&self, key: &str) -> Option<String> {
        self.may(key)?.text()
    }

    /// The list in a member that may be missing.
    pub(crate) fn list_of(&self, key: &str) -> Vec<Self> {
        self.may(key).map(|found| found.list()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_departure_is_noted_with_its_place() {
        let value = decode(br#"{"a":[1,"x"],"b/c":{"d":null},"e":"","when":"soon"}"#).unwrap();
        let notes = Notes::default();
        let root = Node::root(&value, &notes);
        assert_eq!(root.may("a").unwrap().texts(), ["x"]);
        assert_eq!(root.may("b/c").unwrap().needs("d").unwrap().text(), None);
        assert!(root.needs("f").is_none() && root.needs("e").unwrap().filled().is_none() && root.needs("when").unwrap().moment().is_none());
        let places: Vec<_> = notes.into_problems().into_iter().map(|problem| problem.place).collect();
        assert_eq!(places, ["/a/0", "/b~1c/d", "", "/e", "/when"]);
    }

    #[test]
    fn what_is_too_much_is_refused_or_counted() {
        assert!(decode(&vec![b'['; 200_000]).is_err());
        assert!(decode(format!("[{}1]", "1,".repeat(MOST_VALUES + 1)).as_bytes()).unwrap_err().0.contains("values"));
        assert!(decode(&vec![b' '; LARGEST + 1]).is_err());
        assert!(decode(b"[]").is_err() && decode(b"\xff\xfe{\0}\0").is_err() && decode(b"\xef\xbb\xbf{}").is_ok());
        let notes = Notes::default();
        (0..500).for_each(|each| notes.add("", each.to_string()));
        assert_eq!(notes.into_problems().last().unwrap().what, "300 more problems are not listed");
    }

    proptest! {
        #[test]
        fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&bytes);
        }
    }
}
