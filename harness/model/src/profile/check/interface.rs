//! Log-ins, operations, topics and accessors: keys that others need, and values that must fit together.

use super::super::{LoginKind, Speaks};
use super::Check;
use crate::form::node::Node;
use crate::form::words::quote;
use crate::pattern::matches_whole;

pub(super) fn check(check: &mut Check<'_>) {
    for component in check.all("component") {
        identifier(check, component.at("identifier"));
        for key in ["identifier", "version", "clock"] {
            pointer(check, component.at(key).at("pointer"));
        }
        for field in component.at("log").at("fields").entries() {
            pointer(check, &field.value);
        }
        for interface in component.at("interface").items() {
            login(check, interface);
            topics(check, interface);
            for each in interface.at("operation").items() {
                operation(check, each);
            }
        }
    }
}

fn identifier(check: &mut Check<'_>, accessor: &Node) {
    let (format, expect) = (accessor.at("format"), accessor.at("expect"));
    let Some(pattern) = format.text() else { return };
    match matches_whole(pattern, expect.text().unwrap_or_default()) {
        Err(why) => check.say(format, format!("{} is no regular expression: {why}", quote(pattern)), None),
        Ok(false) if expect.text().is_some() => {
            let help = format!("its declared form is {}", quote(pattern));
            check.say(expect, "the identifier does not have its declared form".to_owned(), help);
        }
        Ok(_) => {}
    }
}

/// A JSON pointer is empty or begins with a slash (RFC 6901 §3).
fn pointer(check: &mut Check<'_>, node: &Node) {
    if let Some(text) = node.text().filter(|text| !text.is_empty() && !text.starts_with('/')) {
        check.say(node, format!("{} is no JSON pointer", quote(text)), format!("did you mean {}?", quote(&format!("/{text}"))));
    }
}

fn path(check: &mut Check<'_>, node: &Node) {
    if let Some(text) = node.text().filter(|text| !text.starts_with('/')) {
        check.say(node, format!("{} is no path", quote(text)), "begin it with `/`".to_owned());
    }
}

fn login(check: &mut Check<'_>, interface: &Node) {
    let login = interface.at("login");
    let Some(kind) = login.at("kind").word::<LoginKind>() else { return };
    if interface.at("speaks").word().is_some_and(|speaks| !goes_over(kind, speaks)) {
        let speaks = interface.at("speaks").text().unwrap_or_default();
        let message = format!("a log-in of kind {} does not go over {}", quote(login.at("kind").text().unwrap_or_default()), quote(speaks));
        check.say(login.at("kind"), message, format!("it goes over {}", bearers(kind)));
    }
    let mut needed = Vec::new();
    if matches!(kind, LoginKind::Form | LoginKind::Json) {
        needed.push(("path", "the path that it is posted to"));
    }
    if kind == LoginKind::Form {
        needed.push(("cookie", "the name of the session cookie"));
    }
    if matches!(kind, LoginKind::Form | LoginKind::Json | LoginKind::Basic | LoginKind::Digest) {
        needed.push(("check", "an operation that only a logged-in user may call: it decides whether the log-in worked"));
    }
    for (key, what) in needed.into_iter().filter(|(key, _)| !login.has(key)) {
        let message = format!("`{key}` is missing: this kind of log-in needs it");
        check.say(login, message, format!("{key}: {what}"));
    }
    path(check, login.at("path"));
    path(check, login.at("logout"));
    pointer(check, login.at("token"));
}

fn goes_over(kind: LoginKind, speaks: Speaks) -> bool {
    match kind {
        LoginKind::Basic | LoginKind::Digest | LoginKind::Form | LoginKind::Json => speaks.is_http(),
        LoginKind::Password => speaks.is_mqtt() || matches!(speaks, Speaks::Ssh | Speaks::Telnet | Speaks::Ftp),
        LoginKind::Community => speaks == Speaks::Snmp,
        LoginKind::Psk => speaks.is_dtls(),
        LoginKind::Certificate => speaks.is_tls() || speaks.is_dtls(),
    }
}

fn bearers(kind: LoginKind) -> &'static str {
    match kind {
        LoginKind::Basic | LoginKind::Digest | LoginKind::Form | LoginKind::Json => "`http` and `https`",
        LoginKind::Password => "`ssh`, `telnet`, `ftp`, `mqtt` and `mqtts`",
        LoginKind::Community => "`snmp`",
        LoginKind::Psk => "`coaps` and `dtls`",
        LoginKind::Certificate => "`https`, `mqtts`, `coaps`, `syslog-tls`, `tls` and `dtls`",
    }
}

fn topics(check: &mut Check<'_>, interface: &Node) {
    let topics = interface.at("topics");
    if interface.has("topics") && interface.at("speaks").word().is_some_and(|speaks: Speaks| !speaks.is_mqtt()) {
        check.say(topics, "topics belong to an interface that speaks `mqtt` or `mqtts`".to_owned(), None);
    }
    let (own, foreign) = (topics.at("account").text(), topics.at("foreign_account").text());
    if own.is_some() && own == foreign {
        check.say(topics.at("foreign_account"), "the other account must be another one".to_owned(), None);
    }
}

fn operation(check: &mut Check<'_>, operation: &Node) {
    path(check, operation.at("path"));
    pointer(check, operation.at("read_back").at("pointer"));
    for part in operation.at("parts").entries() {
        pointer(check, &part.value);
    }
    let values = operation.at("values").items();
    let placed = |key| operation.at(key).text().is_some_and(|text| text.contains("{value}"));
    let placed = placed("body") || placed("path");
    let (node, message) = match values.len() {
        0 if placed => (operation, "`values` is missing: `{value}` stands for one of them"),
        0 => return,
        1 => (operation.at("values"), "one value cannot be told from what was there: give two or more"),
        _ if !placed => (operation.at("values"), "`{value}` stands nowhere in the body: the values cannot be sent"),
        _ => (operation, ""),
    };
    if !message.is_empty() {
        check.say(node, message.to_owned(), None);
    }
    if !values.is_empty() && !operation.has("read_back") {
        let help = "read_back: the operation that reads the value, and where it stands in the answer".to_owned();
        check.say(operation, "`read_back` is missing: a value that is written must be read again".to_owned(), help);
    }
}
