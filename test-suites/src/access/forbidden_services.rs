//! Forbidden services: does anything answer that no product should offer, declared or not?

use assay_engine::{Bench, Finding, Outcome, Seen, Stop, Test};
use assay_model::profile::{Component, Interface, Speaks};
use assay_model::safety::{Method, Safety};
use assay_probes::snmp::{self, Version};
use assay_probes::{ftp, ports::Service};
use assay_wire::Error;
use serde::Serialize;

use super::door::is_community;
use super::scan::{self, Ports};

pub(super) const TEST: Test = Test {
    id: "access/forbidden-services",
    title: "No forbidden service is offered",
    shows: &["LA(IFC).6"],
    method: Method::Probe,
    safety: Safety::ReadOnly,
    reads: &[],
    asks: &[],
    applies: |subject| subject.component().is_some_and(|component| !component.interfaces.is_empty()).into(),
    run: |bench| Box::pin(run(bench)),
    sources: &["SP 800-53 CM-7", "EN 303 645 5.6-1"],
    limits: "services at ports that were not scanned, behind a filter, or that stay silent until they are spoken to in their own way",
};

/// TCP ports at which nothing else is usual.
const BY_PORT: [(u16, &str); 3] = [(512, "rexec"), (513, "rlogin"), (514, "rsh")];

/// What was found beside the scan.
#[derive(Default, Serialize)]
struct Facts {
    /// Services by their name in the policy, and where.
    found: Vec<(String, String)>,
    /// Open ports of which it is not known what answers there.
    unknown: Vec<u16>,
}

async fn run(bench: Bench) -> Outcome {
    let component = bench.component()?;
    let (scanned, seen) = scan::ports(&bench).await?;
    let mut facts = Facts::default();
    let looked = look(&bench, &component, &scanned, &mut facts).await;
    let seen = seen.and(bench.record("services that are offered", &facts)?);
    judge(&bench, &component, &scanned, &facts, looked, seen)
}

fn judge(bench: &Bench, component: &Component, scanned: &Ports, facts: &Facts, looked: Result<(), Stop>, seen: Seen) -> Outcome {
    let policy = bench.policy();
    let forbidden = &policy.access.forbidden_services;
    let finding = |reason: String, observed: String| Finding {
        reason,
        expected: format!("none of {}", forbidden.value.join(", ")),
        observed,
        source: forbidden.source.clone(),
    };
    let offered: Vec<String> =
        facts.found.iter().filter(|(name, _)| forbidden.value.contains(name)).map(|(name, place)| format!("{name} at {place}")).collect();
    let services: Vec<&str> = scanned.services.iter().filter_map(|service| service.name.as_deref()).collect();
    let observed = format!("recognised: {}", services.join(", "));
    if !offered.is_empty() {
        let offered = offered.join(", ");
        let reason = format!("{offered} must not be offered: switch it off, or put a service with encryption and log-in in its place");
        return seen.fail(finding(reason, offered));
    }
    looked?;
    if let Some(doubt) = scanned.doubt(component) {
        return seen.inconclusive(finding(doubt, observed));
    }
    if !facts.unknown.is_empty() {
        let ports = scan::list(&facts.unknown);
        return seen.inconclusive(finding(format!("what answers at tcp {ports} is not known: look by hand, or declare it"), observed));
    }
    let control = seen.control(format!("the same look recognised services of this component: {}", scanned.spoken()));
    seen.pass(control, finding("no forbidden service was recognised at any open port".to_owned(), observed))
}

async fn look(bench: &Bench, component: &Component, scanned: &Ports, facts: &mut Facts) -> Result<(), Stop> {
    for service in &scanned.services {
        let declared = component.interfaces.iter().find(|each| !each.speaks.is_udp() && each.port == service.port);
        let place = format!("tcp {}", service.port);
        match name(bench, component, service, declared).await? {
            Some(name) => facts.found.push((name, place)),
            // what a profile declares as a protocol of its own is not one of those known by name
            None if declared.is_some_and(|each| matches!(each.speaks, Speaks::Tcp | Speaks::SyslogTcp)) => {}
            None => facts.unknown.push(service.port),
        }
    }
    if scanned.udp.answered.contains(&69) {
        facts.found.push(("tftp".to_owned(), "udp 69".to_owned()));
    }
    for port in snmp_ports(component, scanned) {
        if speaks_communities(bench, component, port).await? {
            facts.found.push(("snmp".to_owned(), format!("udp {port}")));
        }
    }
    Ok(())
}

/// The name of a service in the words of the policy, if it is known.
async fn name(bench: &Bench, component: &Component, service: &Service, declared: Option<&Interface>) -> Result<Option<String>, Stop> {
    let by_port = BY_PORT.iter().find(|(port, _)| *port == service.port && declared.is_none());
    if let (None, Some((_, name))) = (&service.name, by_port) {
        return Ok(Some((*name).to_owned()));
    }
    if service.name.is_none() && declared.is_some_and(|each| each.speaks == Speaks::Ftp) {
        return match ftp::features(&bench.permit_port(component, service.port)?).await {
            Ok(_) => Ok(Some("ftp".to_owned())),
            Err(error) if error.is_ours() => Err(error.into()),
            Err(_) => Ok(None),
        };
    }
    let clear_admin = declared.is_some_and(|each| each.speaks == Speaks::Http && is_admin(each));
    if clear_admin && service.name.as_deref() == Some("http") {
        return Ok(Some("http-admin".to_owned()));
    }
    Ok(service.name.clone())
}

/// Whether more than public operations can be called on an interface.
fn is_admin(interface: &Interface) -> bool {
    interface.login.is_some() || interface.operations.iter().any(|operation| !operation.is_public())
}

fn snmp_ports(component: &Component, scanned: &Ports) -> Vec<u16> {
    let declared = component.interfaces.iter().filter(|each| each.speaks == Speaks::Snmp).map(|each| each.port);
    let mut ports: Vec<u16> = declared.chain([161, 1161].into_iter().filter(|port| scanned.udp.answered.contains(port))).collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// Whether a version of SNMP with communities answers: to `public`, or to a community of the profile.
async fn speaks_communities(bench: &Bench, component: &Component, port: u16) -> Result<bool, Stop> {
    let permit = bench.permit_port(component, port)?;
    let mut communities = vec!["public".to_owned()];
    for interface in component.interfaces.iter().filter(|each| each.port == port && each.speaks == Speaks::Snmp) {
        for account in bench.profile().accounts_on(&component.id, &interface.id).filter(|account| is_community(account)) {
            communities.push(bench.secret(account)?);
        }
    }
    for community in communities {
        match snmp::get(&permit, Version::V2c, &community).await {
            Ok(Some(_)) => return Ok(true),
            Ok(None) | Err(Error::Malformed { .. } | Error::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}
