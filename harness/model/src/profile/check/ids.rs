//! Names: well formed, unique where they must be, and not reserved.

use std::collections::BTreeMap;

use super::super::{PUBLIC, Speaks};
use super::Check;
use crate::form::node::Node;
use crate::form::words::quote;

pub(super) fn check(check: &mut Check<'_>) {
    for what in ["role", "account", "component", "document", "capture"] {
        unique(check, check.all(what), what);
    }
    for role in check.all("role") {
        if role.at("id").text() == Some(PUBLIC) {
            let help = "leave it out: it stands for \"without any credential\"".to_owned();
            check.say(role.at("id"), format!("`{PUBLIC}` is reserved"), help);
        }
    }
    samples(check);
    if check.root.has("component") && check.all("component").is_empty() {
        check.say(check.root.at("component"), "a product has a component at least".to_owned(), "add `[[component]]`".to_owned());
    }
    for component in check.all("component") {
        unique(check, component.at("interface").items(), "interface");
        unique(check, component.at("outbound").items(), "outbound");
        ports(check, component);
        for interface in component.at("interface").items() {
            unique(check, interface.at("operation").items(), "operation");
        }
    }
}

fn unique(check: &mut Check<'_>, tables: &[Node], what: &str) {
    let mut seen = BTreeMap::new();
    for node in tables.iter().map(|table| table.at("id")) {
        let Some(id) = node.text() else { continue };
        if !well_formed(id) {
            let help = "use letters, digits, `-`, `_` and `.`, at most 64".to_owned();
            check.say(node, format!("{} cannot be the id of {what}", quote(id)), help);
        }
        if let Some(first) = seen.insert(id, node) {
            twice(check, node, first, &format!("{what} {} is there twice", quote(id)));
            seen.insert(id, first);
        }
    }
}

fn twice(check: &mut Check<'_>, node: &Node, first: &Node, message: &str) {
    let help = format!("the first is on line {}", check.line(first));
    check.say(node, message.to_owned(), help);
}

fn well_formed(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// Further samples have names of their own, other than those that stand at the components.
fn samples(check: &mut Check<'_>) {
    unique(check, check.all("sample"), "sample");
    for sample in check.all("sample") {
        let (Some(id), Some(of)) = (sample.at("id").text(), sample.at("component").text()) else { continue };
        let own = check.all("component").iter().find(|component| component.at("id").text() == Some(of));
        if own.is_some_and(|component| component.at("sample").text().unwrap_or("S1") == id) {
            let message = format!("sample {} stands at the address of component {} already", quote(id), quote(of));
            check.say(sample.at("id"), message, "name each further sample anew: S2, S3".to_owned());
        }
    }
}

fn ports(check: &mut Check<'_>, component: &Node) {
    let mut seen: BTreeMap<(bool, i128), &Node> = BTreeMap::new();
    for interface in component.at("interface").items() {
        let node = interface.at("port");
        let (Some(speaks), Some(port)) = (interface.at("speaks").word::<Speaks>(), node.integer()) else { continue };
        let transport = if speaks.is_udp() { "UDP" } else { "TCP" };
        if let Some(first) = seen.get(&(speaks.is_udp(), port)) {
            twice(check, node, first, &format!("{transport} port {port} has an interface already"));
        } else {
            seen.insert((speaks.is_udp(), port), node);
        }
    }
}
