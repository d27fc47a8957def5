//! Feeds of advisories: ROLIE in JSON (RFC 8322, CSAF 2.0 section 7.1.15), Atom (RFC 4287) and RSS 2.0. Of each, when it
//! was last changed and what it lists.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::json::{self, LARGEST, Node, Notes};
use crate::text::{clean, moment};
use crate::{Problem, Unreadable};

/// The most entries that are kept, and the most parts of an XML document that are looked at.
const MOST_ENTRIES: usize = 20_000;
const MOST_EVENTS: usize = 4_000_000;

/// A feed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// `ROLIE`, `Atom` or `RSS`.
    pub format: String,
    /// Its title.
    pub title: Option<String>,
    /// When the feed says that it was last changed, as written.
    pub updated: Option<String>,
    /// Its entries, in order.
    pub entries: Vec<Entry>,
    /// Departures from the format.
    pub problems: Vec<Problem>,
}

/// An entry of a feed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// When it was last changed, or published, as written.
    pub date: Option<String>,
    /// Where its content stands.
    pub link: Option<String>,
}

impl Feed {
    /// The newest date of an entry.
    pub fn newest(&self) -> Option<OffsetDateTime> {
        self.entries.iter().filter_map(|entry| date(entry.date.as_deref()?)).max()
    }
}

fn date(text: &str) -> Option<OffsetDateTime> {
    moment(text).or_else(|| OffsetDateTime::parse(text, &Rfc2822).ok()).or_else(|| {
        // RSS writes GMT, which the form of mail calls obsolete
        let text = text.trim_end().strip_suffix("GMT").or_else(|| text.trim_end().strip_suffix("UTC"))?;
        OffsetDateTime::parse(&format!("{text}+0000"), &Rfc2822).ok()
    })
}

/// Reads a feed in any of the formats.
///
/// # Errors
/// [`Unreadable`] when it is none of them.
pub fn read_feed(bytes: &[u8]) -> Result<Feed, Unreadable> {
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let notes = Notes::default();
    let mut feed = if plain.starts_with(b"<") { xml(plain)? } else { rolie(plain, &notes)? };
    for (index, entry) in feed.entries.iter().enumerate() {
        match &entry.date {
            None => notes.add(format!("/feed/entry/{index}"), "has no date"),
            Some(text) if date(text).is_none() => notes.add(format!("/feed/entry/{index}"), format!("`{text}` is no date")),
            Some(_) => {}
        }
    }
    feed.problems = notes.into_problems();
    Ok(feed)
}

fn rolie(bytes: &[u8], notes: &Notes) -> Result<Feed, Unreadable> {
    let value = json::decode(bytes)?;
    let root = Node::root(&value, notes);
    let Some(feed) = root.may("feed") else { return Err(Unreadable::because("not a feed: `feed` is missing")) };
    let text = |key| feed.needs(key).and_then(|node| node.filled());
    let link = feed.list_of("link");
    if !link.iter().any(|link| link.text_of("rel").is_some_and(|rel| rel == "self")) {
        feed.note("has no `link` to itself");
    }
    let entries = feed.needs("entry").map(|list| list.list()).unwrap_or_default();
    let (_, title) = (text("id"), text("title"));
    Ok(Feed {
        format: "ROLIE".to_owned(),
        title,
        updated: feed.needs("updated").and_then(|node| node.moment().and(node.text())),
        entries: entries.iter().take(MOST_ENTRIES).map(rolie_entry).collect(),
        problems: Vec::new(),
    })
}

fn rolie_entry(node: &Node<'_>) -> Entry {
    let content = node.needs("content").filter(Node::is_object);
    let _ = node.needs("published");
    Entry {
        id: node.needs("id").and_then(|id| id.filled()),
        title: node.needs("title").and_then(|title| title.text()),
        date: node.needs("updated").and_then(|date| date.text()),
        link: content.and_then(|content| content.needs("src")).and_then(|link| link.uri()),
    }
}

fn xml(bytes: &[u8]) -> Result<Feed, Unreadable> {
    if bytes.len() > LARGEST {
        return Err(Unreadable::because(format!("the feed is larger than {LARGEST} bytes")));
    }
    let (mut reader, mut path, mut feed) = (Reader::from_reader(bytes), Vec::new(), Feed::default());
    for _ in 0..MOST_EVENTS {
        match reader.read_event().map_err(|why| Unreadable::because(format!("not XML: {why}")))? {
            Event::Start(start) => {
                path.push(clean(&String::from_utf8_lossy(start.local_name().as_ref())));
                if path.len() > 64 {
                    return Err(Unreadable::because("the feed nests its elements too deeply"));
                }
                begin(&path, &mut feed, &start);
            }
            Event::Empty(start) => {
                path.push(clean(&String::from_utf8_lossy(start.local_name().as_ref())));
                begin(&path, &mut feed, &start);
                path.pop();
            }
            Event::End(_) => drop(path.pop()),
            Event::Text(text) => add(&path, &mut feed, &clean(&String::from_utf8_lossy(&text))),
            Event::CData(text) => add(&path, &mut feed, &clean(&String::from_utf8_lossy(&text))),
            Event::Eof => break,
            _ => {}
        }
    }
    if feed.format.is_empty() { Err(Unreadable::because("XML, but neither Atom nor RSS")) } else { Ok(feed) }
}

fn begin(path: &[String], feed: &mut Feed, start: &quick_xml::events::BytesStart<'_>) {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    match names.as_slice() {
        ["feed"] => "Atom".clone_into(&mut feed.format),
        ["rss"] => "RSS".clone_into(&mut feed.format),
        ["feed", "entry"] | ["rss", "channel", "item"] if feed.entries.len() < MOST_ENTRIES => feed.entries.push(Entry::default()),
        ["feed", "entry", "link"] => {
            let mut attributes = start.attributes();
            let href = attributes.with_checks(false).flatten().find(|each| each.key.as_ref() == b"href");
            let link = href.map(|href| clean(&String::from_utf8_lossy(&href.value)));
            if let Some(entry) = feed.entries.last_mut() {
                entry.link = entry.link.take().or(link);
            }
        }
        _ => {}
    }
}

fn add(path: &[String], feed: &mut Feed, text: &str) {
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    let Feed { title, updated, entries, .. } = feed;
    let field = match (names.as_slice(), entries.last_mut()) {
        (["feed", "title"] | ["rss", "channel", "title"], _) => title,
        (["feed", "updated"] | ["rss", "channel", "lastBuildDate" | "pubDate"], _) => updated,
        (["feed", "entry", key] | ["rss", "channel", "item", key], Some(entry)) => match *key {
            "id" | "guid" => &mut entry.id,
            "title" => &mut entry.title,
            "updated" | "pubDate" => &mut entry.date,
            "published" if entry.date.is_none() => &mut entry.date,
            "link" => &mut entry.link,
            _ => return,
        },
        _ => return,
    };
    if field.is_none() {
        *field = Some(text.to_owned());
    }
}
