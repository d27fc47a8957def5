//! `CycloneDX` in XML, brought into the shape that it has in JSON, so that one reader reads both. Places are those of that
//! shape.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

use crate::Unreadable;
use crate::json::LARGEST;

/// The deepest nesting, and the most elements, that are read.
const DEEPEST: usize = 100;
const MOST: usize = 2_000_000;
const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";
/// Elements that are lists in JSON, and such as may be repeated, which is a list there too.
const REPEATED: [&str; 2] = ["omniborId", "swhid"];
const LISTS: [&str; 8] = ["components", "services", "hashes", "licenses", "externalReferences", "authors", "dependencies", "properties"];

/// An element: its name, its attributes and children, and its text.
#[derive(Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
    text: String,
}

/// Decodes a document.
pub(super) fn decode(bytes: &[u8]) -> Result<Value, Unreadable> {
    if bytes.len() > LARGEST {
        return Err(Unreadable::because(format!("the document is larger than {LARGEST} bytes")));
    }
    let mut root = tree(bytes)?;
    let prefix = root.name.split_once(':').map(|(prefix, _)| format!("{prefix}:"));
    settle(&mut root, prefix.as_deref().unwrap_or_default());
    let namespace = root.attributes.iter().find(|(name, _)| name == "xmlns" || name.starts_with("xmlns:")).map(|(_, value)| value.as_str());
    let Some(version) = namespace.and_then(|namespace| namespace.strip_prefix(NAMESPACE)).filter(|_| root.name == "bom") else {
        return Err(Unreadable::because("XML, but no CycloneDX: the root is not `bom` in its namespace"));
    };
    let mut document = Map::from_iter([("specVersion".to_owned(), version.into())]);
    for (name, value) in &root.attributes {
        match name.as_str() {
            "serialNumber" => drop(document.insert(name.clone(), value.as_str().into())),
            "version" => drop(document.insert(name.clone(), value.parse::<i64>().map_or(value.as_str().into(), Value::from))),
            _ => {}
        }
    }
    document.extend(root.children.iter().map(|child| (child.name.clone(), value(child))));
    Ok(Value::Object(document))
}

fn tree(bytes: &[u8]) -> Result<Element, Unreadable> {
    let mut reader = Reader::from_reader(bytes);
    let (mut open, mut count): (Vec<Element>, usize) = (Vec::new(), 0);
    let odd = |why: String| Unreadable::because(format!("not XML: {why}"));
    loop {
        let event = reader.read_event().map_err(|why| odd(why.to_string()))?;
        match event {
            Event::Start(_) | Event::Empty(_) if count >= MOST || open.len() >= DEEPEST => {
                return Err(Unreadable::because("the document has too many elements, or nests them too deeply"));
            }
            Event::Start(start) => open.push(element(&start)),
            Event::Empty(start) => match open.last_mut() {
                Some(outer) => outer.children.push(element(&start)),
                None => return Ok(element(&start)),
            },
            Event::End(_) => match (open.pop(), open.last_mut()) {
                (Some(inner), Some(outer)) => outer.children.push(inner),
                (Some(root), None) => return Ok(root),
                (None, _) => return Err(odd("an end without a beginning".to_owned())),
            },
            Event::Text(text) => add(&mut open, &String::from_utf8_lossy(&text)),
            Event::CData(text) => add(&mut open, &String::from_utf8_lossy(&text)),
            Event::GeneralRef(name) => add(&mut open, &character(&String::from_utf8_lossy(&name))),
            Event::Eof => return Err(odd("it ends before its root does".to_owned())),
            _ => {}
        }
        count += 1;
    }
}

/// Takes the prefix of the format off all names, and leaves out elements of other formats.
fn settle(element: &mut Element, prefix: &str) {
    if let Some(bare) = element.name.strip_prefix(prefix) {
        element.name = bare.to_owned();
    }
    element.children.retain(|child| child.name.strip_prefix(prefix).is_some_and(|bare| !bare.contains(':')));
    element.children.iter_mut().for_each(|child| settle(child, prefix));
}

fn add(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// The character that a reference stands for. Entities that a document declares are not followed.
fn character(name: &str) -> String {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).map(String::from);
    let found = match name {
        "amp" => Some("&".to_owned()),
        "lt" => Some("<".to_owned()),
        "gt" => Some(">".to_owned()),
        "quot" => Some("\"".to_owned()),
        "apos" => Some("'".to_owned()),
        _ => name.strip_prefix("#x").and_then(|digits| number(digits, 16)).or_else(|| number(name.strip_prefix('#')?, 10)),
    };
    found.unwrap_or_default()
}

fn element(start: &BytesStart<'_>) -> Element {
    let mut attributes = start.attributes();
    let attributes = attributes.with_checks(false).flatten().take(64);
    let text = |bytes: &[u8]| unescaped(&String::from_utf8_lossy(bytes));
    Element {
        name: text(start.name().as_ref()),
        attributes: attributes.map(|each| (text(each.key.as_ref()), text(&each.value))).collect(),
        ..Element::default()
    }
}

fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').unwrap_or(("", part));
        plain.push_str(&character(name));
        plain.push_str(rest);
    }
    plain
}

/// The shape of an element in JSON.
fn value(element: &Element) -> Value {
    let text = element.text.trim();
    let attribute = |name: &str| element.attributes.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str());
    match element.name.as_str() {
        name if LISTS.contains(&name) => element.children.iter().map(value).collect(),
        "tools" if element.children.iter().all(|child| child.name == "tool") => element.children.iter().map(value).collect(),
        "hash" => Value::from_iter([("alg", attribute("alg").unwrap_or_default()), ("content", text)]),
        "license" => Value::from_iter([("license", object(element))]),
        "expression" => Value::from_iter([("expression", text)]),
        "dependency" => {
            let ids = |name: &str| element.children.iter().filter(|child| child.name == name).filter_map(reference).collect::<Value>();
            let mut shape = Map::from_iter([("dependsOn".to_owned(), ids("dependency")), ("provides".to_owned(), ids("provides"))]);
            shape.extend(reference(element).map(|id| ("ref".to_owned(), Value::from(id))));
            Value::Object(shape)
        }
        _ if element.children.is_empty() && element.attributes.is_empty() => text.into(),
        _ => object(element),
    }
}

fn reference(element: &Element) -> Option<&str> {
    element.attributes.iter().find(|(name, _)| name == "ref").map(|(_, value)| value.as_str())
}

fn object(element: &Element) -> Value {
    let mut members: Map<String, Value> = element.attributes.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    for child in &element.children {
        if !REPEATED.contains(&child.name.as_str()) {
            members.insert(child.name.clone(), value(child));
        } else if let Some(list) = members.entry(child.name.as_str()).or_insert_with(|| Value::Array(Vec::new())).as_array_mut() {
            list.push(value(child));
        }
    }
    Value::Object(members)
}
