//! Just enough of HTML: tags with their attributes, log-in forms, and links that stay on the same origin.

use serde::{Deserialize, Serialize};

/// Tags that are read of one page.
const TAGS: usize = 20_000;
/// Attributes that are read of one tag.
const ATTRIBUTES: usize = 64;
/// Links that are returned for one page.
const LINKS: usize = 256;
/// Bytes in which a character reference ends, `&` left out: `#x10ffff;` is the longest that is known.
const REFERENCE: usize = 10;
/// Bytes of a link that are followed.
const LINK_LENGTH: usize = 2048;

/// A start tag.
#[derive(Debug)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
    }
}

/// An `input` element of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Its name; empty when it has none.
    pub name: String,
    /// Its type in lower case; `text` when it has none.
    pub kind: String,
    /// Its preset value.
    pub value: String,
}

/// The inputs of a page, in order.
pub fn inputs(html: &str) -> Vec<Input> {
    let input = |tag: &Tag| Input {
        name: tag.attribute("name").unwrap_or_default().to_owned(),
        kind: tag.attribute("type").map_or_else(|| "text".to_owned(), |kind| kind.trim().to_ascii_lowercase()),
        value: tag.attribute("value").unwrap_or_default().to_owned(),
    };
    tags(html).iter().filter(|tag| tag.name == "input").map(input).collect()
}

/// Names of inputs for a password that is stored, as that of a wireless network or a mail server; not one to log in with.
const STORED: &[&str] = &["ssid", "wifi", "wlan", "psk", "wpa", "smtp", "mqtt", "ftp", "ddns", "pppoe", "proxy"];

/// Whether this is a page to log in with: one password is asked for, and at most one line of text beside it.
/// Pages to change a password ask for more than one; pages of settings name what the password is for, or show it.
pub fn is_login_page(html: &str) -> bool {
    let inputs = inputs(html);
    let stored = |input: &Input| {
        let name = input.name.to_ascii_lowercase();
        (input.kind == "password" && !input.value.is_empty()) || STORED.iter().any(|each| name.contains(each))
    };
    if inputs.iter().filter(|input| input.kind != "hidden").any(stored) {
        return false;
    }
    let count = |kinds: &[&str]| inputs.iter().filter(|input| kinds.contains(&input.kind.as_str())).count();
    count(&["password"]) == 1 && count(&["text", "email", "tel"]) <= 1
}

/// The paths that a page refers to on its own origin, without repetition. `authority` is the `Host` that the page
/// was asked from, `base` its path.
pub fn links(authority: &str, base: &str, html: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for tag in tags(html) {
        for name in ["href", "src", "action", "data", "formaction"] {
            let target = tag.attribute(name).and_then(|target| resolve(authority, base, target));
            if let Some(path) = target.filter(|path| !found.contains(path)) {
                found.push(path);
            }
        }
        if found.len() >= LINKS {
            break;
        }
    }
    found.truncate(LINKS);
    found
}

/// The path that a reference means, if it stays on the same origin.
pub(super) fn resolve(authority: &str, base: &str, target: &str) -> Option<String> {
    let target = target.trim().split('#').next().filter(|target| !target.is_empty() && target.len() <= LINK_LENGTH)?;
    let local = |rest: &str| {
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (host, path) = rest.split_at_checked(end)?;
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        host.eq_ignore_ascii_case(authority).then_some(path)
    };
    let whole = ["http://", "https://", "//"].iter().find_map(|scheme| strip_ignoring_case(target, scheme));
    let path = match whole {
        Some(rest) => local(rest)?,
        None if target.starts_with('/') => target.to_owned(),
        None if has_scheme(target) => return None,
        None => {
            let base = base.split(['?', '#']).next().unwrap_or_default();
            match target.strip_prefix('?') {
                Some(_) => format!("{base}{target}"),
                None => format!("{}{target}", base.get(..=base.rfind('/')?)?),
            }
        }
    };
    Some(without_dots(&path))
}

fn strip_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Whether it names a scheme, as `mailto:` does.
fn has_scheme(target: &str) -> bool {
    let end = target.find(|each: char| !(each.is_ascii_alphanumeric() || matches!(each, '+' | '-' | '.')));
    end.is_some_and(|end| end > 0 && target.get(end..).is_some_and(|rest| rest.starts_with(':')))
}

/// Takes `.` and `..` out of a path (RFC 3986 section 5.2.4).
fn without_dots(path: &str) -> String {
    let (path, query) = path.find('?').and_then(|at| path.split_at_checked(at)).unwrap_or((path, ""));
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    for (index, segment) in segments.iter().enumerate() {
        let last = index + 1 == segments.len();
        match *segment {
            "." | ".." => {
                if *segment == ".." {
                    kept.pop();
                }
                if last {
                    kept.push("");
                }
            }
            other => kept.push(other),
        }
    }
    format!("/{}{query}", kept.join("/"))
}

/// The start tags of a page. Comments and the text of scripts and styles are passed over.
fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = rest.get(at + 1..).unwrap_or_default();
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").and_then(|end| comment.get(end + 3..)).unwrap_or_default();
        } else if rest.starts_with(|first: char| first.is_ascii_alphabetic()) {
            let (tag, after) = tag(rest);
            rest = after;
            if matches!(tag.name.as_str(), "script" | "style") {
                rest = past_raw_text(rest, &tag.name);
            }
            found.push(tag);
            if found.len() >= TAGS {
                break;
            }
        }
    }
    found
}

/// What follows the text of a script or style.
fn past_raw_text<'a>(mut rest: &'a str, name: &str) -> &'a str {
    while let Some(at) = rest.find("</") {
        rest = rest.get(at + 2..).unwrap_or_default();
        if strip_ignoring_case(rest, name).is_some() {
            return rest;
        }
    }
    ""
}

/// Reads a tag that begins with its name; returns what follows it.
fn tag(text: &str) -> (Tag, &str) {
    let end = text.find(|each: char| each.is_whitespace() || matches!(each, '>' | '/')).unwrap_or(text.len());
    let (name, mut rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let mut tag = Tag { name: name.to_ascii_lowercase(), attributes: Vec::new() };
    loop {
        rest = rest.trim_start_matches(|each: char| each.is_whitespace() || each == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return (tag, after);
        }
        if rest.is_empty() {
            return (tag, rest);
        }
        let (name, value, after) = attribute(rest);
        if tag.attributes.len() < ATTRIBUTES && !name.is_empty() {
            tag.attributes.push((name, value));
        }
        rest = after;
    }
}

/// Reads one attribute; always takes at least one character.
fn attribute(text: &str) -> (String, String, &str) {
    let first = text.chars().next().map_or(0, char::len_utf8);
    let end = text.char_indices().skip(1).find(|(_, each)| each.is_whitespace() || matches!(each, '=' | '>' | '/'));
    let end = end.map_or(text.len(), |(at, _)| at).max(first);
    let (name, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let name = name.to_ascii_lowercase();
    let Some(value) = rest.trim_start().strip_prefix('=').map(str::trim_start) else {
        return (name, String::new(), rest);
    };
    let (value, rest) = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let inner = value.get(1..).unwrap_or_default();
            inner.split_once(quote).unwrap_or((inner, ""))
        }
        _ => {
            value.split_at_checked(value.find(|each: char| each.is_whitespace() || each == '>').unwrap_or(value.len())).unwrap_or_default()
        }
    };
    (name, unescape(value), rest)
}

/// Resolves the character references that occur in attributes.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let end = after.bytes().take(REFERENCE).position(|byte| byte == b';');
        let known = end.and_then(|end| Some((reference(after.get(..end)?)?, after.get(end + 1..)?)));
        let (character, after) = known.unwrap_or(('&', after));
        plain.push(character);
        rest = after;
    }
    plain + rest
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#').filter(|number| number.len() <= 8)?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn login_pages_are_told_from_others() {
        let page =
            r#"<FORM action=/login><input name=user><INPUT type="Password" name='pass'/><input type=hidden name=csrf value="a&amp;&#98;">"#;
        assert!(is_login_page(page));
        assert_eq!(inputs(page).last().map(|input| input.value.as_str()), Some("a&b"));
        assert!(!is_login_page("<input type=password><input type=password>"));
        assert!(!is_login_page("<input name=ssid value=home><input type=password name=key>"));
        assert!(!is_login_page("<input type=password name=p value=hunter2>"));
        assert!(!is_login_page("<!-- <input type=password> --><script>'<input type=password>'</script>"));
    }

    #[test]
    fn links_stay_on_the_origin() {
        let html = r##"<a href="b.html#x">1</a><a href="/c?d=1">2</a><a href='http://dev:80/e'>3</a><a href=http://other/f>4</a>
            <a href="javascript:void(0)">5</a><a href="mailto:a@b">6</a><form action="?save=1"></form><img src=../g.png><a href="#top">7</a>"##;
        assert_eq!(links("dev:80", "/ui/a.html?z", html), ["/ui/b.html", "/c?d=1", "/e", "/ui/a.html?save=1", "/g.png"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(html in "([<>a-z/=\"'&#;!?.: -]|\\PC){0,200}") {
            let _ = (links("h", "/a/b", &html), is_login_page(&html));
        }
    }
}
