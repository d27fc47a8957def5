//! The policies of a description and the access lists that they name (RFC 8519, RFC 8520 section 4).

use std::collections::BTreeMap;

use super::flow::{Direction, Flow, Peer, Ports, network};
use crate::json::Node;

/// The most entries that are kept.
const MOST_FLOWS: usize = 20_000;
/// Where access lists stand, and where they stood in drafts of the standard.
const LISTS: [&str; 2] = ["ietf-access-control-list:acls", "ietf-access-control-list:access-lists"];

pub(super) fn flows(root: &Node<'_>, mud: &Node<'_>) -> Vec<Flow> {
    let current = root.may(LISTS[0]);
    let lists = current.or_else(|| {
        let draft = root.may(LISTS[1])?;
        draft.note(format!("is the name of a draft: write `{}` (RFC 8519)", LISTS[0]));
        Some(draft)
    });
    let lists = lists.and_then(|lists| lists.needs("acl")).map(|list| list.list()).unwrap_or_default();
    let mut by_name = BTreeMap::new();
    for list in &lists {
        if let Some(name) = list.needs("name").and_then(|name| name.filled())
            && by_name.insert(name.clone(), list).is_some()
        {
            list.note(format!("the list `{name}` is there twice"));
        }
    }
    let mut flows = Vec::new();
    for (key, direction) in [("from-device-policy", Direction::FromDevice), ("to-device-policy", Direction::ToDevice)] {
        let Some(policy) = mud.may(key).filter(Node::is_object) else { continue };
        let named = policy.needs("access-lists").and_then(|lists| lists.needs("access-list")).map(|list| list.list()).unwrap_or_default();
        for node in named {
            let Some(name) = node.needs("name").and_then(|name| name.filled()) else { continue };
            match by_name.get(&name) {
                Some(list) => entries(list, direction, &mut flows),
                None => node.note(format!("the list `{name}` is not there")),
            }
        }
    }
    flows
}

fn entries(list: &Node<'_>, direction: Direction, flows: &mut Vec<Flow>) {
    let kind = list.may("type").and_then(|kind| kind.text()).unwrap_or_default();
    let entries = list.needs("aces").and_then(|aces| aces.needs("ace")).map(|list| list.list()).unwrap_or_default();
    for node in entries.iter().filter(|node| node.is_object()) {
        if flows.len() >= MOST_FLOWS {
            return node.note("is one too many: it is not read");
        }
        flows.push(entry(node, &kind, direction));
    }
}

fn entry(node: &Node<'_>, kind: &str, direction: Direction) -> Flow {
    let action = node.needs("actions").and_then(|actions| actions.needs("forwarding")).and_then(|action| action.text());
    let mut flow = Flow {
        name: node.needs("name").and_then(|name| name.filled()).unwrap_or_default(),
        direction,
        ip: None,
        is_beside_ip: false,
        protocol: None,
        peers: Vec::new(),
        peer_ports: Ports::new(),
        own_ports: Ports::new(),
        initiated_by: None,
        accepts: action.as_deref().is_some_and(|action| action.trim_start_matches("ietf-access-control-list:") == "accept"),
        not_read: Vec::new(),
    };
    flow.ip = if kind.contains("ipv6") {
        Some(6)
    } else if kind.contains("ipv4") {
        Some(4)
    } else {
        None
    };
    for (name, matched) in node.may("matches").map(|matches| matches.members()).unwrap_or_default() {
        match name {
            "ipv4" | "ipv6" => internet(&matched, if name == "ipv4" { 4 } else { 6 }, &mut flow),
            "tcp" | "udp" => transport(&matched, if name == "tcp" { 6 } else { 17 }, &mut flow),
            "eth" => ethernet(&matched, &mut flow),
            "icmp" => {
                set_protocol(&matched, if flow.ip == Some(6) { 58 } else { 1 }, &mut flow);
                flow.not_read.extend(matched.members().iter().map(|(name, _)| (*name).to_owned()));
            }
            "ietf-mud:mud" => roles(&matched, &mut flow),
            other => flow.not_read.push(other.to_owned()),
        }
    }
    flow
}

fn set_protocol(node: &Node<'_>, protocol: i64, flow: &mut Flow) {
    let Ok(protocol) = u8::try_from(protocol) else { return node.note(format!("{protocol} is no number of a protocol")) };
    match flow.protocol {
        Some(before) if before != protocol => node.note(format!("asks for protocol {before} and {protocol} at once")),
        _ => flow.protocol = Some(protocol),
    }
}

/// The type of the packet: IP of a version, or something else.
fn ethernet(node: &Node<'_>, flow: &mut Flow) {
    for (name, matched) in node.members() {
        let kind = matched.text_if().filter(|_| name == "ethertype");
        match kind.as_deref().map(|kind| kind.trim_start_matches("0x").trim_start_matches("ethertypes:").to_ascii_lowercase()).as_deref() {
            Some("0800" | "800" | "ipv4") => flow.ip = Some(4),
            Some("86dd" | "ipv6") => flow.ip = Some(6),
            Some(_) => flow.is_beside_ip = true,
            None => flow.not_read.push(name.to_owned()),
        }
    }
}

fn internet(node: &Node<'_>, version: u8, flow: &mut Flow) {
    flow.ip = Some(version);
    // the far side is the destination of what the device sends, and the source of what it gets
    let far = if flow.direction == Direction::FromDevice { "destination" } else { "source" };
    let far_name = if flow.direction == Direction::FromDevice { "ietf-acldns:dst-dnsname" } else { "ietf-acldns:src-dnsname" };
    for (name, matched) in node.members() {
        match name {
            "protocol" => matched.number().into_iter().for_each(|protocol| set_protocol(&matched, protocol, flow)),
            _ if name == far_name => {
                flow.peers.extend(matched.filled().map(|name| Peer::Name(name.trim_end_matches('.').to_ascii_lowercase())));
            }
            _ if name.strip_prefix(far).is_some_and(|rest| rest.ends_with("-network")) => {
                let Some(text) = matched.text() else { continue };
                if network(&text).is_none() {
                    matched.note(format!("`{text}` is no network"));
                }
                flow.peers.push(Peer::Network(text));
            }
            other => flow.not_read.push(other.to_owned()),
        }
    }
}

fn transport(node: &Node<'_>, protocol: i64, flow: &mut Flow) {
    set_protocol(node, protocol, flow);
    for (name, matched) in node.members() {
        let from_device = flow.direction == Direction::FromDevice;
        match name {
            "destination-port" if from_device => flow.peer_ports = ports(&matched),
            "source-port" if from_device => flow.own_ports = ports(&matched),
            "destination-port" => flow.own_ports = ports(&matched),
            "source-port" => flow.peer_ports = ports(&matched),
            "ietf-mud:direction-initiated" => {
                flow.initiated_by = match matched.one_of(&["from-device", "to-device"]).as_deref() {
                    Some("from-device") => Some(Direction::FromDevice),
                    Some("to-device") => Some(Direction::ToDevice),
                    _ => None,
                }
            }
            other => flow.not_read.push(other.to_owned()),
        }
    }
}

fn ports(node: &Node<'_>) -> Ports {
    let port = |key| {
        let found = node.needs(key).and_then(|node| node.number())?;
        let port = u16::try_from(found).ok();
        if port.is_none() {
            node.note(format!("{found} is no port"));
        }
        port
    };
    if node.may("lower-port").is_some() || node.may("upper-port").is_some() {
        return port("lower-port").zip(port("upper-port")).into_iter().collect();
    }
    let operator = node.text_of("operator").unwrap_or_else(|| "eq".to_owned());
    let Some(number) = port("port") else { return Ports::new() };
    match operator.as_str() {
        "lte" => vec![(0, number)],
        "gte" => vec![(number, u16::MAX)],
        "neq" => {
            number.checked_sub(1).map(|end| (0, end)).into_iter().chain(number.checked_add(1).map(|start| (start, u16::MAX))).collect()
        }
        _ => {
            if operator != "eq" {
                node.note(format!("`{operator}` is none of eq, neq, lte, gte"));
            }
            vec![(number, number)]
        }
    }
}

fn roles(node: &Node<'_>, flow: &mut Flow) {
    for (name, matched) in node.members() {
        let text = |of: fn(String) -> Peer| matched.filled().map(of);
        let peer = match name {
            "local-networks" => Some(Peer::LocalNetworks),
            "same-manufacturer" => Some(Peer::SameManufacturer),
            "my-controller" => Some(Peer::MyController),
            "manufacturer" => text(Peer::Manufacturer),
            "model" => text(Peer::Model),
            "controller" => text(Peer::Controller),
            other => {
                flow.not_read.push(other.to_owned());
                None
            }
        };
        flow.peers.extend(peer);
    }
}
