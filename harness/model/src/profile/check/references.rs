//! References: everything that is named must be there.

use super::super::PUBLIC;
use super::{Check, ids_of};
use crate::form::node::Node;
use crate::form::words::quote;

pub(super) fn check(check: &mut Check<'_>) {
    let components = check.ids("component");
    accounts(check, &components);
    for sample in check.all("sample") {
        check.refer(sample.at("component"), "component", "", &components);
    }
    check.refer(check.root.at("collector").at("component"), "component", "", &components);
    for allocation in check.root.at("baseline").at("allocate").items() {
        for node in allocation.at("components").items() {
            check.refer(node, "component", "", &components);
        }
    }
    for capture in check.all("capture") {
        for address in capture.at("address").items() {
            check.refer(address.at("component"), "component", "", &components);
        }
    }
    sacrificial(check);
    for component in check.all("component") {
        component_references(check, component);
    }
}

fn accounts(check: &mut Check<'_>, components: &[&str]) {
    let roles = check.ids("role");
    for account in check.all("account") {
        check.refer(account.at("role"), "role", "", &roles);
        for node in account.at("components").items() {
            check.refer(node, "component", "", components);
        }
        let on = account.at("components").texts();
        let mut interfaces = Vec::new();
        for component in check.all("component") {
            if on.is_empty() || component.at("id").text().is_some_and(|id| on.contains(&id)) {
                interfaces.extend(ids_of(component.at("interface").items()));
            }
        }
        for node in account.at("interfaces").items() {
            check.refer(node, "interface", " on these components", &interfaces);
        }
    }
}

fn sacrificial(check: &mut Check<'_>) {
    let mut samples = check.ids("sample");
    samples.extend(check.all("component").iter().map(|component| component.at("sample").text().unwrap_or("S1")));
    samples.sort_unstable();
    samples.dedup();
    for node in check.root.at("consent").at("sacrificial").items() {
        check.refer(node, "sample", "", &samples);
    }
}

fn component_references(check: &mut Check<'_>, component: &Node) {
    for key in ["identifier", "version", "clock", "log", "update"] {
        accessor(check, component, component.at(key));
    }
    let accounts = check.ids("account");
    for interface in component.at("interface").items() {
        let operations = ids_of(interface.at("operation").items());
        check.refer(interface.at("login").at("check"), "operation", " on this interface", &operations);
        for operation in interface.at("operation").items() {
            allowed(check, operation);
            let interfaces = ids_of(component.at("interface").items());
            check.refer(operation.at("governs"), "interface or operation", "", &[&interfaces[..], &operations[..]].concat());
            check.refer(operation.at("read_back").at("operation"), "operation", " on this interface", &operations);
        }
        for key in ["account", "foreign_account"] {
            check.refer(interface.at("topics").at(key), "account", "", &accounts);
        }
    }
}

fn accessor(check: &mut Check<'_>, component: &Node, accessor: &Node) {
    let interfaces = component.at("interface").items();
    check.refer(accessor.at("interface"), "interface", " on this component", &ids_of(interfaces));
    let Some(name) = accessor.at("interface").text() else { return };
    if let Some(interface) = interfaces.iter().find(|interface| interface.at("id").text() == Some(name)) {
        let operations = ids_of(interface.at("operation").items());
        check.refer(accessor.at("operation"), "operation", &format!(" on interface {}", quote(name)), &operations);
    }
}

fn allowed(check: &mut Check<'_>, operation: &Node) {
    let mut roles = check.ids("role");
    roles.push(PUBLIC);
    for node in operation.at("allowed").items() {
        check.refer(node, "role", "", &roles);
    }
}
