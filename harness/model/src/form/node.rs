//! A document as a tree in which everything knows where it stands.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it stands; a table stands at its header.
#[derive(Debug)]
pub(crate) struct Node {
    /// Bytes of the text.
    pub(crate) span: Range<usize>,
    /// What it is.
    pub(crate) kind: Kind,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Kind {
    /// Absent, or lost to a mistake of syntax: nothing can be said of it.
    Unread,
    /// A string.
    Text(String),
    /// An integer; none when it does not fit any type.
    Integer(Option<i128>),
    /// A boolean.
    Boolean,
    /// A float or a date, which no file needs: the word for it.
    Other(&'static str),
    /// An array.
    Array(Vec<Node>),
    /// A table.
    Table(Vec<Entry>),
}

/// One key of a table.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The key.
    pub(crate) key: String,
    /// Where the key stands.
    pub(crate) span: Range<usize>,
    /// Its value.
    pub(crate) value: Node,
}

static NOTHING: Node = Node { span: 0..0, kind: Kind::Unread };

impl Node {
    /// The tree of a parsed document.
    pub(crate) fn of_document(document: &Spanned<DeTable<'_>>) -> Self {
        Self { span: 0..0, kind: Kind::Table(entries(document.get_ref())) }
    }

    fn of(value: &Spanned<DeValue<'_>>) -> Self {
        let span = value.span();
        let kind = match value.get_ref() {
            DeValue::Table(table) => Kind::Table(entries(table)),
            DeValue::Array(array) => Kind::Array(array.iter().map(Self::of).collect()),
            _ if span.is_empty() => Kind::Unread, // the parser's stand-in for what it could not read
            DeValue::String(text) => Kind::Text(text.clone().into_owned()),
            DeValue::Integer(number) => Kind::Integer(i128::from_str_radix(number.as_str(), number.radix()).ok()),
            DeValue::Boolean(_) => Kind::Boolean,
            DeValue::Float(_) => Kind::Other("a float"),
            DeValue::Datetime(_) => Kind::Other("a date"),
        };
        Self { span, kind }
    }

    /// The entries of a table; none for anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        if let Kind::Table(entries) = &self.kind { entries } else { &[] }
    }

    /// The value of a key; an unread node when there is none.
    pub(crate) fn at(&self, key: &str) -> &Self {
        self.entries().iter().find(|entry| entry.key == key).map_or(&NOTHING, |entry| &entry.value)
    }

    /// Whether there is such a key, even one whose value could not be read.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries().iter().any(|entry| entry.key == key)
    }

    /// The items of an array. A single value stands for an array of one, so that a mistake of form hides no others.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::Array(items) => items,
            Kind::Unread => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// The text of a string.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Kind::Text(text) = &self.kind { Some(text) } else { None }
    }

    /// The value of an integer.
    pub(crate) fn integer(&self) -> Option<i128> {
        if let Kind::Integer(number) = self.kind { number } else { None }
    }

    /// The texts of an array of strings.
    pub(crate) fn texts(&self) -> Vec<&str> {
        self.items().iter().filter_map(Self::text).collect()
    }

    /// The value of an enumeration, if the word is one of its words.
    pub(crate) fn word<T: DeserializeOwned>(&self) -> Option<T> {
        let word: StrDeserializer<'_, WordError> = self.text()?.into_deserializer();
        T::deserialize(word).ok()
    }

    /// What it is, as a message calls it.
    pub(crate) fn called(&self) -> &'static str {
        match self.kind {
            Kind::Unread => "nothing",
            Kind::Text(_) => "a string",
            Kind::Integer(_) => "an integer",
            Kind::Boolean => "a boolean",
            Kind::Other(word) => word,
            Kind::Array(_) => "an array",
            Kind::Table(_) => "a table",
        }
    }

    fn index(&self, path: &str, spans: &mut BTreeMap<String, Range<usize>>) {
        let below = |step: &str| if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
        spans.insert(path.to_owned(), self.span.clone());
        for entry in self.entries() {
            entry.value.index(&below(&entry.key), spans);
        }
        if let Kind::Array(items) = &self.kind {
            for (at, item) in items.iter().enumerate() {
                item.index(&below(&at.to_string()), spans);
            }
        }
    }
}

fn entries(table: &DeTable<'_>) -> Vec<Entry> {
    let entry = |(key, value): (&Spanned<std::borrow::Cow<'_, str>>, _)| Entry {
        key: key.get_ref().clone().into_owned(),
        span: key.span(),
        value: Node::of(value),
    };
    table.iter().map(entry).collect()
}

/// Where each value of a file stands in its text, by dotted path: `component.0.interface.1.port`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spans(BTreeMap<String, Range<usize>>);

impl Spans {
    /// The places of all values that can be read; empty when the text is longer than a file may be.
    pub fn of(text: &str) -> Self {
        let mut spans = BTreeMap::new();
        if text.len() <= super::MAX_BYTES {
            Node::of_document(&DeTable::parse_recoverable(text).0).index("", &mut spans);
        }
        Self(spans)
    }

    /// Where the value stands, in bytes; for an absent one, the nearest thing around it.
    pub fn at(&self, path: &str) -> Range<usize> {
        let mut path = path;
        loop {
            if let Some(span) = self.0.get(path) {
                return span.clone();
            }
            let Some(cut) = path.rfind('.') else { return 0..0 };
            path = &path[..cut];
        }
    }
}
