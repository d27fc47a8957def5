//! The form of a file, held against the JSON Schema of its types: keys, types, words and numbers.

use serde_json::Value;

use super::node::{Kind, Node};
use super::problem::Problem;
use super::words::{near, quote, suggest};

/// Checks the form of the whole document, called `what` in messages. Missing keys are told only of a `sound` one, which lost none to its syntax.
pub(crate) fn check(schema: &Value, root: &Node, sound: bool, what: &str) -> Vec<Problem> {
    let mut walk = Walk { definitions: &schema["$defs"], sound, problems: Vec::new() };
    walk.table(schema, root, what);
    walk.problems
}

struct Walk<'a> {
    definitions: &'a Value,
    sound: bool,
    problems: Vec<Problem>,
}

impl<'a> Walk<'a> {
    fn say(&mut self, node: &Node, message: String, help: Option<String>) {
        self.problems.push(Problem { span: node.span.clone(), message, help });
    }

    /// The schema behind references, and behind the alternative "or null", which TOML does not have.
    fn resolve(&self, schema: &'a Value) -> &'a Value {
        if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            return self.resolve(&self.definitions[name]);
        }
        match schema["anyOf"].as_array().and_then(|list| list.iter().find(|each| each["type"] != "null")) {
            Some(first) => self.resolve(first),
            None => schema,
        }
    }

    fn value(&mut self, schema: &'a Value, node: &Node, name: &str) {
        let schema = self.resolve(schema);
        let words = words(schema);
        match (&node.kind, expected(schema)) {
            (Kind::Unread, _) | (Kind::Boolean, "boolean") => {}
            (Kind::Text(text), "string") => self.word(node, text, &words, name),
            (Kind::Integer(number), "integer") => self.number(schema, node, *number, name),
            (Kind::Array(items), "array") => {
                for item in items {
                    self.value(&schema["items"], item, name);
                }
            }
            (Kind::Table(_), "object") => self.table(schema, node, &quote(name)),
            (_, wanted) => self.wrong_type(schema, node, wanted, name),
        }
    }

    fn wrong_type(&mut self, schema: &'a Value, node: &Node, wanted: &str, name: &str) {
        let article = if matches!(wanted, "integer" | "array") { "an" } else { "a" };
        let wanted = if wanted == "object" { "table" } else { wanted };
        let message = format!("{} must be {article} {wanted}, not {}", quote(name), node.called());
        let single = wanted == "array" && expected(self.resolve(&schema["items"])) == kind_word(node);
        let help = match node.kind {
            _ if !single => None,
            Kind::Table(_) => Some(format!("write `[[{name}]]`, once for each")),
            _ => Some("put it in square brackets".to_owned()),
        };
        self.say(node, message, help);
        if single {
            self.value(&schema["items"], node, name);
        }
    }

    fn word(&mut self, node: &Node, text: &str, words: &[&str], name: &str) {
        if !words.is_empty() && !words.contains(&text) {
            self.say(node, format!("{} is no word for {}", quote(text), quote(name)), Some(suggest(text, words)));
        }
    }

    fn number(&mut self, schema: &Value, node: &Node, number: Option<i128>, name: &str) {
        let (least, most) = bounds(schema);
        if number.is_none_or(|number| number < least || number > most) {
            let range = if most >= i128::from(i64::MAX) { format!("{least} or more") } else { format!("{least} to {most}") };
            self.say(node, format!("{} is out of range: give {range}", quote(name)), None);
        }
    }

    fn table(&mut self, schema: &'a Value, node: &Node, place: &str) {
        let Some(properties) = schema["properties"].as_object() else { return };
        let keys: Vec<&str> = properties.keys().map(String::as_str).filter(|key| !node.has(key)).collect();
        let mut meant = Vec::new();
        for entry in node.entries() {
            if let Some(property) = properties.get(&entry.key) {
                self.value(property, &entry.value, &entry.key);
            } else {
                meant.extend(near(&entry.key, &keys));
                let message = format!("{} is no key of {place}", quote(&entry.key));
                self.problems.push(Problem { span: entry.span.clone(), message, help: Some(suggest(&entry.key, &keys)) });
            }
        }
        for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if self.sound && !node.has(key) && !meant.contains(&key) {
                let about = properties.get(key).and_then(|property| property["description"].as_str()).map(str::to_owned);
                self.say(node, format!("{} is missing from {place}", quote(key)), about.map(|about| format!("{key}: {about}")));
            }
        }
    }
}

/// The words of an enumeration; none for anything else.
fn words(schema: &Value) -> Vec<&str> {
    let constants = schema["oneOf"].as_array().into_iter().flatten().map(|each| &each["const"]);
    constants.chain(schema["enum"].as_array().into_iter().flatten()).filter_map(Value::as_str).collect()
}

/// The type that a schema asks for.
fn expected(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(word) => word,
        Value::Array(list) => list.iter().filter_map(Value::as_str).find(|word| *word != "null").unwrap_or_default(),
        _ => "string", // an enumeration
    }
}

fn kind_word(node: &Node) -> &'static str {
    match node.kind {
        Kind::Text(_) => "string",
        Kind::Integer(_) => "integer",
        Kind::Table(_) => "object",
        _ => "",
    }
}

/// The least and the greatest number: what the schema says, within what the type holds (TOML holds 64 bits, signed).
fn bounds(schema: &Value) -> (i128, i128) {
    let stated = |key: &str| schema[key].as_i64().map(i128::from);
    let (least, most) = match schema["format"].as_str() {
        Some("uint16") => (0, i128::from(u16::MAX)),
        Some("uint32") => (0, i128::from(u32::MAX)),
        Some("uint64" | "uint") => (0, i128::from(i64::MAX)),
        _ => (i128::from(i64::MIN), i128::from(i64::MAX)),
    };
    (stated("minimum").unwrap_or(least).max(least), stated("maximum").unwrap_or(most).min(most))
}
