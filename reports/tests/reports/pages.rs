//! What every web page must keep to, whatever the run holds.

use std::collections::BTreeSet;

use assay_model::evidence::sha256_hex;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Texts that try to become more than text.
pub(crate) const HOSTILE: [&str; 7] = [
    "</td></table><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "{{ run.id }}{% for x in y %}{# #}",
    "</style><style>body{display:none}",
    "\u{1b}[2J\0\u{7}\u{9b}31m",
    "\u{202e}\u{2066}\u{200b}\u{feff}\u{fffe}",
    "&lt;b&gt; &#60;script&#62;",
];

/// The policy of the page lets in the scripts that are there, by their hashes, and no others.
fn assert_scripts_are_named(page: &str) {
    let scripts: Vec<_> =
        page.split("<script>").skip(1).filter_map(|rest| rest.split_once("</script>")).map(|(script, _)| script).collect();
    assert_eq!(scripts.len(), tags(page).iter().filter(|tag| name(tag) == "script" && !tag.starts_with('/')).count());
    let policy = page.split("http-equiv=\"Content-Security-Policy\" content=\"").nth(1).and_then(|rest| rest.split('"').next());
    let policy = policy.expect("a policy");
    for script in &scripts {
        let source = format!("script-src {}", script_source(script));
        assert!(policy.contains(&source), "the policy must have {source}");
    }
    assert_eq!(policy.matches("'sha256-").count(), scripts.len(), "{policy}");
    assert_eq!(policy.matches("script-src").count(), scripts.len(), "{policy}");
}

/// A script as a policy names it.
pub(crate) fn script_source(script: &str) -> String {
    let hash = sha256_hex(script.as_bytes());
    let bytes: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&hash[2 * at..2 * at + 2], 16).expect("hexadecimal")).collect();
    format!("'sha256-{}'", STANDARD.encode(bytes))
}

/// No heading skips a level.
fn assert_headings(page: &str) {
    let levels = tags(page).into_iter().filter_map(|tag| tag.strip_prefix('h')?.get(..1)?.parse::<u8>().ok());
    levels.fold(0, |before, level| {
        assert!(level <= before + 1, "a heading of level {level} follows one of level {before}");
        level
    });
}

/// The tags of a page in order: name and attributes as written. A style sheet or a text with a `<` in it would show up here.
fn tags(page: &str) -> Vec<&str> {
    page.split('<').skip(1).map(|piece| piece.split_once('>').expect("every tag is closed").0).collect()
}

fn name(tag: &str) -> &str {
    tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default()
}

/// The number of tags: hostile text must not change it.
pub(crate) fn tag_count(page: &str) -> usize {
    tags(page).len()
}

/// Asserts that the page is whole, self-contained, accessible in its structure and free of what cannot be seen.
pub(crate) fn assert_sound(page: &str) {
    let hidden = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}')
    };
    assert!(!page.contains(hidden), "something unseen stands in the page");
    for outside in ["<link", "<img", "<iframe", " src=", " onerror=", "@import", "url(h", "url(\"", "url(/"] {
        let inside_a_tag = tags(page).iter().any(|tag| format!("<{tag}").contains(outside));
        assert!(!inside_a_tag, "{outside} in the page");
    }
    assert_scripts_are_named(page);
    assert_nested(page);
    assert_anchors(page);
    assert_headings(page);
    for heading in tags(page).iter().filter(|tag| name(tag) == "th" && !tag.starts_with('/')) {
        assert!(heading.contains("scope="), "a header cell without scope: {heading}");
    }
    assert_eq!(tags(page).iter().filter(|tag| name(tag) == "h1" && !tag.starts_with('/')).count(), 1);
    assert!(page.contains("<html lang=\"en\">") && page.contains("default-src 'none'"));
}

fn assert_nested(page: &str) {
    let mut open: Vec<&str> = Vec::new();
    for tag in tags(page).into_iter().filter(|tag| !tag.starts_with('!') && !tag.ends_with('/')) {
        match (tag.starts_with('/'), name(tag)) {
            (_, "meta" | "br" | "input") => {}
            (false, name) => open.push(name),
            (true, name) => assert_eq!(open.pop(), Some(name), "closed out of turn"),
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
}

fn assert_anchors(page: &str) {
    let after = |marker: &'static str| tags(page).into_iter().filter_map(move |tag| Some(tag.split_once(marker)?.1.split_once('"')?.0));
    let mut ids = BTreeSet::new();
    for id in after(" id=\"") {
        assert!(ids.insert(id), "the id {id} stands twice");
    }
    for target in after(" href=\"#") {
        assert!(ids.contains(target), "a link to nowhere: {target}");
    }
}
