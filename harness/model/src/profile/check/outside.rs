//! What stands outside the profile: files, variables, the catalog and the baselines.

use super::Check;
use crate::catalog::RequirementId;
use crate::form::node::Node;
use crate::form::words::{near, quote, suggest};

pub(super) fn check(check: &mut Check<'_>) {
    for account in check.all("account") {
        secret(check, account.at("secret"));
    }
    for component in check.all("component") {
        let update = component.at("update");
        for node in [update.at("genuine").at("file"), update.at("older").at("file"), update.at("algorithm").at("public_key")] {
            file(check, node);
        }
        for key in ["other_key", "other_model", "stripped"] {
            file(check, update.at(key));
        }
        for interface in component.at("interface").items() {
            for node in interface.at("trust").items() {
                file(check, node);
            }
        }
        for lab in component.at("outbound").items().iter().map(|outbound| outbound.at("lab")) {
            file(check, lab.at("authority"));
            file(check, lab.at("key"));
        }
    }
    for each in check.all("document").iter().chain(check.all("capture")) {
        file(check, each.at("file"));
    }
    for node in check.root.at("answers").items() {
        file(check, node);
    }
    for key in ["certificate", "key"] {
        file(check, check.root.at("collector").at(key));
    }
    baseline(check, check.root.at("baseline"));
}

fn file(check: &mut Check<'_>, node: &Node) {
    if let Some(path) = node.text() {
        file_at(check, node, path);
    }
}

fn file_at(check: &mut Check<'_>, node: &Node, path: &str) {
    if !check.known.files.has_file(path) {
        let help = "paths are relative to the folder of the profile".to_owned();
        check.say(node, format!("there is no file {}", quote(path)), help);
    }
}

/// The message never repeats what stands there: it may be the secret itself.
fn secret(check: &mut Check<'_>, node: &Node) {
    let Some(text) = node.text() else { return };
    match text.split_once(':') {
        Some(("file", path)) if !path.is_empty() => file_at(check, node, path),
        Some(("env", name)) if is_variable(name) => {
            if !check.known.files.has_variable(name) {
                let help = format!("set {name} before the run");
                check.say(node, format!("the environment variable {} is not set", quote(name)), help);
            }
        }
        _ => {
            let help = "write `env:NAME` or `file:PATH`, never the secret itself".to_owned();
            check.say(node, "this does not say where the secret is kept".to_owned(), help);
        }
    }
}

fn is_variable(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn baseline(check: &mut Check<'_>, baseline: &Node) {
    let named = baseline.at("use");
    if !check.known.baselines.is_empty() {
        check.refer(named, "baseline", "", check.known.baselines);
    }
    if check.root.has("baseline") && !baseline.has("use") && !baseline.has("requirements") {
        let help = "give `use`, the name of a baseline, or `requirements`, or both".to_owned();
        check.say(baseline, "nothing is chosen to hold the product against".to_owned(), help);
    }
    for node in baseline.at("requirements").items().iter().chain(baseline.at("key").items()) {
        requirement(check, node);
    }
    for node in baseline.at("exclude").items().iter().chain(baseline.at("allocate").items()) {
        requirement(check, node.at("id"));
    }
    let key: Vec<&str> = baseline.at("key").items().iter().filter_map(Node::text).collect();
    for node in baseline.at("exclude").items().iter().map(|each| each.at("id")) {
        if let Some(id) = node.text().filter(|id| key.contains(id)) {
            let help = "a requirement that is key cannot be set aside: take it out of `key` or out of `exclude`".to_owned();
            check.say(node, format!("{} is both key and set aside", quote(id)), help);
        }
    }
}

fn requirement(check: &mut Check<'_>, node: &Node) {
    let Some(text) = node.text() else { return };
    let ids: Vec<&str> = check.known.requirements.iter().map(RequirementId::as_str).collect();
    if text.parse::<RequirementId>().is_err() {
        let help = near(text, &ids).map(|_| suggest(text, &ids)).or_else(|| Some("write it like LA(AUN) or LA(AUN).2.a".to_owned()));
        check.say(node, format!("{} is no requirement id", quote(text)), help);
    } else if !ids.is_empty() && !ids.contains(&text) {
        let help = near(text, &ids).map(|_| suggest(text, &ids));
        check.say(node, format!("requirement {} is not in the catalog", quote(text)), help);
    }
}
