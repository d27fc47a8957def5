//! Addresses, names and ports.

use std::net::{IpAddr, SocketAddr};

use super::super::CollectorTransport;
use super::super::ports::port_ranges;
use super::Check;
use crate::form::node::{Kind, Node};
use crate::form::words::quote;

pub(super) fn check(check: &mut Check<'_>) {
    for component in check.all("component") {
        host(check, component.at("address"));
        scan(check, component.at("scan"));
        for interface in component.at("interface").items() {
            host(check, interface.at("tls_name"));
        }
    }
    for sample in check.all("sample") {
        host(check, sample.at("address"));
    }
    collector(check, check.root.at("collector"));
}

fn host(check: &mut Check<'_>, node: &Node) {
    let Some(text) = node.text() else { return };
    if text.parse::<IpAddr>().is_err() && !is_host_name(text) {
        let message = format!("{} is neither an IP address nor a host name", quote(text));
        check.say(node, message, "give it alone, without scheme, port, path or brackets".to_owned());
    }
}

/// Whether this can be a host name: labels of letters, digits and hyphens (RFC 1123 §2.1), and the last one not a number.
fn is_host_name(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 253 && text.split('.').all(label) && !text.split('.').next_back().is_some_and(number)
}

fn scan(check: &mut Check<'_>, scan: &Node) {
    let tcp = scan.at("tcp");
    if let Some(Err(why)) = tcp.text().map(port_ranges) {
        check.say(tcp, why, "write numbers and ranges from 1 to 65535: `1-1024, 8080`".to_owned());
    }
    for port in scan.at("udp").items() {
        if matches!(port.kind, Kind::Integer(Some(0))) {
            check.say(port, "there is no port 0: give 1 to 65535".to_owned(), None);
        }
    }
}

fn collector(check: &mut Check<'_>, collector: &Node) {
    let listen = collector.at("listen");
    if let Some(text) = listen.text().filter(|text| text.parse::<SocketAddr>().is_err()) {
        let help = "write an IP address of this machine and a port: `192.0.2.9:6514`, `[2001:db8::9]:6514`".to_owned();
        check.say(listen, format!("{} is no address with a port", quote(text)), help);
    }
    if collector.at("transport").word() == Some(CollectorTransport::Tls) {
        for key in ["certificate", "key"] {
            if !collector.has(key) {
                check.say(collector, format!("`{key}` is missing: a collector over TLS needs it"), None);
            }
        }
    }
}
