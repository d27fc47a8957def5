//! Open ports: is what listens exactly what is declared, in both directions?

use assay_engine::{Bench, Finding, Outcome, Test};
use assay_model::safety::{Method, Safety};

use super::scan::{self, Ports, list};

pub(super) const TEST: Test = Test {
    id: "access/open-ports",
    title: "The open ports are the declared ports",
    shows: &["LA(IFC).2", "LA(IFC).6"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| !component.interfaces.is_empty()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &[SOURCE],
    limits: "what is reachable from elsewhere than the laboratory, at other addresses of the component (IPv6), at ports outside the scanned \
             ranges, or at UDP ports that stay silent",
};

const SOURCE: &str = "SP 800-53 CM-7; EN 303 645 5.6-1";

/// What differs between the profile and the product.
#[derive(Default)]
struct Difference {
    /// Answer, and are not declared: `tcp 9999 (shell)`.
    undeclared: Vec<String>,
    /// Are declared, and closed.
    closed: Vec<String>,
    /// Are declared, and neither open nor closed.
    hidden: Vec<u16>,
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let (found, seen) = scan::ports(&bench).await?;
    let (tcp, udp) = (scan::declared(&component, false), scan::declared(&component, true));
    let difference = compare(&found, &tcp, &udp);
    let finding = |reason: String| Finding {
        reason,
        expected: format!("tcp {{{}}}, udp {{{}}} and no other", list(&tcp), list(&udp)),
        observed: format!("tcp {{{}}} open, udp {{{}}} answering", list(&found.tcp.open), list(&found.udp.answered)),
        source: SOURCE.to_owned(),
    };
    if !difference.undeclared.is_empty() {
        let ports = difference.undeclared.join(", ");
        return seen.fail(finding(format!("{ports} undeclared but open: close it, or declare the interface in the profile")));
    }
    if let Some(doubt) = found.doubt(&component) {
        return seen.inconclusive(finding(doubt));
    }
    if !difference.closed.is_empty() {
        let ports = difference.closed.join(", ");
        return seen.fail(finding(format!("{ports} declared but closed: the profile declares what the product does not offer")));
    }
    if !difference.hidden.is_empty() {
        let ports = list(&difference.hidden);
        let what = format!("tcp {ports} is declared but gives no answer: look for a filter or a scan defence on the way");
        return seen.inconclusive(finding(what));
    }
    let control = seen.control(format!("the same scan found declared ports open, and they spoke their own protocol: {}", found.spoken()));
    let ruling = seen.pass(control, finding("every open port is declared, and every declared port is open".to_owned()))?;
    let silent: Vec<u16> = found.udp.silent.iter().copied().filter(|port| !udp.contains(port)).collect();
    Ok(match (silent.is_empty(), found.tcp.filtered.len()) {
        (true, 0) => ruling,
        (_, filtered) => ruling.note(format!("without an answer, so neither open nor closed: {filtered} tcp ports; udp {}", list(&silent))),
    })
}

fn compare(found: &Ports, tcp: &[u16], udp: &[u16]) -> Difference {
    let mut difference = Difference::default();
    for port in found.tcp.open.iter().filter(|port| !tcp.contains(port)) {
        let name = found.services.iter().find(|service| service.port == *port).and_then(|service| service.name.as_deref());
        difference.undeclared.push(name.map_or_else(|| format!("tcp {port}"), |name| format!("tcp {port} ({name})")));
    }
    difference.undeclared.extend(found.udp.answered.iter().filter(|port| !udp.contains(port)).map(|port| format!("udp {port}")));
    for port in tcp {
        if found.tcp.open.contains(port) || found.tcp.unstable.contains(port) {
            continue;
        }
        if found.tcp.filtered.contains(port) {
            difference.hidden.push(*port);
        } else {
            difference.closed.push(format!("tcp {port}"));
        }
    }
    difference.closed.extend(udp.iter().filter(|port| found.udp.closed.contains(port)).map(|port| format!("udp {port}")));
    difference
}
