//! The part `document` of an advisory: who, when, which version.

use std::collections::BTreeSet;

use super::advisory::{Advisory, Publisher, Revision, Tracking};
use super::version::Version;
use crate::json::Node;
use crate::text::moment;

const PUBLISHERS: [&str; 6] = ["coordinator", "discoverer", "other", "translator", "user", "vendor"];

pub(super) fn read_document(root: &Node<'_>) -> Advisory {
    let empty = Advisory {
        category: None,
        title: None,
        publisher: Publisher::default(),
        tracking: Tracking::default(),
        tlp: None,
        products: Vec::new(),
        vulnerabilities: Vec::new(),
        problems: Vec::new(),
    };
    let Some(document) = root.needs("document").filter(Node::is_object) else { return empty };
    let _ = document.needs("csaf_version").and_then(|node| node.one_of(&["2.0"]));
    let publisher = document.needs("publisher").filter(Node::is_object).map(|node| publisher(&node)).unwrap_or_default();
    let tlp = document.may("distribution").and_then(|node| node.may("tlp")).filter(Node::is_object);
    translations(&document, &publisher);
    Advisory {
        category: document.needs("category").and_then(|node| node.filled()),
        title: document.needs("title").and_then(|node| node.filled()),
        tracking: document.needs("tracking").filter(Node::is_object).map(|node| tracking(&node)).unwrap_or_default(),
        tlp: tlp.and_then(|node| node.needs("label")).and_then(|node| node.one_of(&["AMBER", "GREEN", "RED", "WHITE"])),
        publisher,
        ..empty
    }
}

fn publisher(node: &Node<'_>) -> Publisher {
    Publisher {
        category: node.needs("category").and_then(|node| node.one_of(&PUBLISHERS)),
        name: node.needs("name").and_then(|node| node.filled()),
        namespace: node.needs("namespace").and_then(|node| node.uri()),
    }
}

fn translations(document: &Node<'_>, publisher: &Publisher) {
    let (language, source) = (document.text_of("lang"), document.text_of("source_lang"));
    if publisher.category.as_deref() == Some("translator") && source.is_none() {
        document.note("a translator names no `source_lang` (test 6.1.15)");
    }
    if source.is_some() && language == source {
        document.note("`lang` and `source_lang` are the same (test 6.1.28)");
    }
}

fn tracking(node: &Node<'_>) -> Tracking {
    let date = |key| node.needs(key).and_then(|node| node.moment().and(node.text()));
    let version = node.needs("version").and_then(|node| numbered(&node));
    let history = node.needs("revision_history").map(|node| node.some_list()).unwrap_or_default();
    let revisions: Vec<_> = history.iter().filter(|each| each.is_object()).map(revision).collect();
    let found = Tracking {
        id: node.needs("id").and_then(|node| node.filled()),
        status: node.needs("status").and_then(|node| node.one_of(&["draft", "final", "interim"])),
        initial_release_date: date("initial_release_date"),
        current_release_date: date("current_release_date"),
        version,
        revisions,
    };
    judge_versions(node, &found);
    found
}

fn numbered(node: &Node<'_>) -> Option<String> {
    let text = node.text()?;
    if Version::read(&text).is_none() {
        node.note(format!("`{text}` is neither a whole number nor a semantic version"));
    }
    Some(text)
}

fn revision(node: &Node<'_>) -> Revision {
    let _ = node.needs("summary").and_then(|node| node.filled());
    Revision {
        number: node.needs("number").and_then(|node| numbered(&node)),
        date: node.needs("date").and_then(|node| node.moment().and(node.text())),
    }
}

/// Tests 6.1.14 and 6.1.16 to 6.1.22, and 6.1.30.
fn judge_versions(node: &Node<'_>, tracking: &Tracking) {
    let Some(version) = tracking.version.as_deref().and_then(Version::read) else { return };
    let read = |each: &Revision| Some((moment(each.date.as_deref()?)?, Version::read(each.number.as_deref()?)?));
    let Some(mut history) = tracking.revisions.iter().map(read).collect::<Option<Vec<_>>>().filter(|all| !all.is_empty()) else { return };
    let draft = tracking.status.as_deref() == Some("draft");
    if history.iter().any(|(_, each)| each.is_integer() != version.is_integer()) {
        return node.note("whole numbers and semantic versions are mixed (test 6.1.30)");
    }
    let mut numbers: Vec<_> = history.iter().map(|(_, each)| each.clone()).collect();
    numbers.sort_by(Version::order);
    history.sort_by(|one, two| one.0.cmp(&two.0).then_with(|| one.1.order(&two.1)));
    if history.iter().map(|(_, each)| each).ne(&numbers) {
        node.note("the versions do not rise with the dates of the history (test 6.1.14)");
    }
    let bare = |each: &Version| if draft { each.released() } else { each.clone() };
    if history.last().is_some_and(|(_, last)| bare(last) != bare(&version)) {
        node.note("`version` is not the newest of the history (test 6.1.16)");
    }
    if !draft && (version.major() == 0 || version.is_prerelease()) && tracking.status.is_some() {
        let test = if version.is_prerelease() { "6.1.17, 6.1.20" } else { "6.1.17" };
        node.note(format!("the version is one of a draft, the status is not (test {test})"));
    }
    if !draft && tracking.status.is_some() && numbers.iter().any(|each| each.major() == 0) {
        node.note("a released document has a revision 0 in its history (test 6.1.18)");
    }
    if numbers.iter().any(Version::is_prerelease) {
        node.note("the history holds pre-releases (test 6.1.19)");
    }
    let majors: BTreeSet<_> = numbers.iter().map(Version::major).collect();
    let first = majors.first().copied().unwrap_or_default();
    if first > 1 || majors.iter().zip(first..).any(|(major, wanted)| *major != wanted) {
        node.note("a version is missing in the history (test 6.1.21)");
    }
    if numbers.windows(2).any(|pair| pair[0] == pair[1]) {
        node.note("a version stands twice in the history (test 6.1.22)");
    }
}
