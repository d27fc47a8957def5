//! What a component listens to: scanned once, and judged by several tests.

use assay_engine::{Bench, Seen, Stop};
use assay_model::profile::{Component, Interface, Speaks};
use assay_probes::ports::{self, Service, TcpScan, UdpScan};
use assay_probes::{coap, snmp};
use assay_wire::{Error, Permit, TlsOptions};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

/// UDP ports of common services, asked where the profile names none.
const COMMON_UDP: [u16; 17] = [53, 67, 69, 111, 123, 137, 161, 500, 1161, 1900, 3478, 3702, 4500, 5060, 5353, 5683, 47808];
/// Open ports that are looked at closely.
const MOST_SERVICES: usize = 64;

/// What was found on one component.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Ports {
    /// The declared interfaces that spoke their own protocol just before the scan.
    pub(super) spoken: Vec<Spoken>,
    /// Those of them that were not open in the scan, or no longer spoke after it. Looked for where it misses a declared port.
    pub(super) silenced: Vec<u16>,
    /// The scan of TCP.
    pub(super) tcp: TcpScan,
    /// The scan of UDP.
    pub(super) udp: UdpScan,
    /// What answers at the open TCP ports.
    pub(super) services: Vec<Service>,
}

/// A declared interface that spoke its own protocol.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Spoken {
    /// The port.
    pub(super) port: u16,
    /// The protocol.
    pub(super) protocol: String,
}

impl Ports {
    /// The declared interfaces that spoke, in words: `tls at 8443, ssh at 2222`.
    pub(super) fn spoken(&self) -> String {
        self.spoken.iter().map(|each| format!("{} at {}", each.protocol, each.port)).collect::<Vec<_>>().join(", ")
    }

    /// Why the scan of this component cannot carry a verdict on what it did not find, if it cannot.
    pub(super) fn doubt(&self, component: &Component) -> Option<String> {
        let (unstable, open) = (&self.tcp.unstable, self.tcp.open.len());
        if open > self.services.len() {
            return Some(format!("{open} tcp ports are open, and only {} were looked at: scan fewer ports at once", self.services.len()));
        }
        if !self.silenced.is_empty() {
            let ports = list(&self.silenced);
            return Some(format!(
                "{ports} spoke before the scan, and was closed in it or silent after it: look for a filter or a scan defence"
            ));
        }
        if open == 0 && (self.tcp.closed == 0 || !declared(component, false).is_empty()) {
            return Some("no tcp port is open, so nothing shows that TCP reaches the component: look for a filter on the way".to_owned());
        }
        (!unstable.is_empty())
            .then(|| format!("tcp {} answered now so, now otherwise: scan again while the product is at rest", list(unstable)))
    }
}

/// Ports as they stand in messages.
pub(super) fn list(ports: &[u16]) -> String {
    const SHOWN: usize = 20;
    let text = ports.iter().take(SHOWN).map(u16::to_string).collect::<Vec<_>>().join(", ");
    if ports.len() > SHOWN { format!("{text} and {} more", ports.len() - SHOWN) } else { text }
}

/// The declared ports of a component, TCP or UDP.
pub(super) fn declared(component: &Component, udp: bool) -> Vec<u16> {
    let mut ports: Vec<u16> =
        component.interfaces.iter().filter(|each| each.speaks.is_udp() == udp).map(|interface| interface.port).collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// Scans the component that the test is about, once a run. A component none of whose declared interfaces speaks its own
/// protocol is not scanned: whatever else it did would say nothing.
pub(super) async fn ports(bench: &Bench) -> Result<(Ports, Seen), Stop> {
    let component = bench.component()?;
    bench.once(&format!("ports/{}", component.id), scan(bench, &component)).await
}

async fn scan(bench: &Bench, component: &Component) -> Result<Ports, Stop> {
    let mut spoken = Vec::new();
    for interface in &component.interfaces {
        spoken.extend(speaks(bench, component, interface).await?);
    }
    if spoken.is_empty() {
        let what = "no declared interface spoke its own protocol, so nothing shows that the component was reached: check its address, \
                    its ports and that it runs";
        return Err(Stop::Inconclusive(what.to_owned()));
    }
    let permit = bench.permit_port(component, 1)?;
    let tcp = ports::tcp(&permit, &tcp_ports(component)?).await?;
    let udp = ports::udp(&permit, &udp_ports(component)).await?;
    let services = services(&permit, &tcp.open).await?;
    let missed = |each: &Interface| if each.speaks.is_udp() { udp.closed.contains(&each.port) } else { !tcp.open.contains(&each.port) };
    let misses = component.interfaces.iter().any(missed);
    let mut silenced = Vec::new();
    for interface in component.interfaces.iter().filter(|each| misses && spoken.iter().any(|one| one.port == each.port)) {
        if missed(interface) || speaks(bench, component, interface).await?.is_none() {
            silenced.push(interface.port);
        }
    }
    Ok(Ports { spoken, silenced, tcp, udp, services })
}

/// What answers at the open ports. Most of the time is waiting for a service to speak, so all are asked at the same time;
/// the budget says how many of them have a connection.
async fn services(permit: &Permit, open: &[u16]) -> Result<Vec<Service>, Stop> {
    let mut asking = JoinSet::new();
    for port in open.iter().copied().take(MOST_SERVICES) {
        let permit = permit.clone();
        asking.spawn(async move { service(&permit, port).await });
    }
    let mut services = Vec::new();
    while let Some(asked) = asking.join_next().await {
        services.push(asked.map_err(|error| Stop::Error(format!("a look at a port broke off: {error}")))??);
    }
    services.sort_by_key(|service| service.port);
    Ok(services)
}

fn tcp_ports(component: &Component) -> Result<Vec<u16>, Stop> {
    let mut all = ports::parse_ports(&component.scan.tcp).map_err(|what| Stop::Inconclusive(format!("scan.tcp in the profile: {what}")))?;
    all.extend(declared(component, false));
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

fn udp_ports(component: &Component) -> Vec<u16> {
    let mut all = component.scan.udp.clone().unwrap_or_else(|| COMMON_UDP.to_vec());
    all.extend(declared(component, true));
    all.sort_unstable();
    all.dedup();
    all
}

/// What answers at an open port; a port that closed in between answers nothing.
async fn service(permit: &Permit, port: u16) -> Result<Service, Stop> {
    match ports::identify(permit, port).await {
        Ok(service) => Ok(service),
        Err(error) if error.is_ours() || matches!(error, Error::Budget(_)) => Err(error.into()),
        Err(_) => Ok(Service { port, name: None, banner: String::new(), clear: false }),
    }
}

/// Whether a declared interface speaks its own protocol: a whole TLS handshake, a greeting that is characteristic, or an
/// answer that only this protocol gives.
async fn speaks(bench: &Bench, component: &Component, interface: &Interface) -> Result<Option<Spoken>, Stop> {
    let permit = bench.permit_for(&component.id, interface)?;
    let spoken = |protocol: &str| Some(Spoken { port: interface.port, protocol: protocol.to_owned() });
    if interface.speaks.is_tls() {
        return match permit.tls(&TlsOptions::default()).await {
            Ok(_) => Ok(spoken("tls")),
            Err(error) if error.is_ours() => Err(error.into()),
            Err(_) => Ok(None),
        };
    }
    if matches!(interface.speaks, Speaks::Coap | Speaks::Snmp) {
        return match answers_datagrams(&permit, interface.speaks).await {
            Err(error) if error.is_ours() => Err(error.into()),
            answered => Ok(answered.is_ok_and(|yes| yes).then(|| spoken(interface.speaks.word())).flatten()),
        };
    }
    if !matches!(interface.speaks, Speaks::Http | Speaks::Mqtt | Speaks::Ssh | Speaks::Telnet | Speaks::Ftp) {
        return Ok(None);
    }
    let found = service(&permit, interface.port).await?;
    Ok(found.name.filter(|name| name == interface.speaks.word()).and_then(|name| spoken(&name)))
}

/// Whether CoAP or SNMP is spoken: an empty message is answered, or a search for the agent's engine.
async fn answers_datagrams(permit: &Permit, speaks: Speaks) -> assay_wire::Result<bool> {
    match speaks {
        Speaks::Coap => coap::Client::open(permit, None).await?.ping().await.map(|()| true),
        _ => snmp::discover(permit).await.map(|engine| engine.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A component that declares these interfaces, each as `word at port`.
    fn component(interfaces: &[(&str, u16)]) -> Component {
        let head = "id = 'd'\nrole = 'device'\naddress = '127.0.0.1'\n";
        let declared =
            interfaces.iter().map(|(speaks, port)| format!("[[interface]]\nid = '{speaks}'\nspeaks = '{speaks}'\nport = {port}\n"));
        toml::from_str(&format!("{head}{}", declared.collect::<String>())).expect("a component")
    }

    /// A scan in which CoAP spoke, and TCP ports were found so.
    fn scanned(open: &[u16], closed: usize) -> Ports {
        let service = |port: &u16| Service { port: *port, name: None, banner: String::new(), clear: false };
        Ports {
            spoken: vec![Spoken { port: 5683, protocol: "coap".to_owned() }],
            silenced: Vec::new(),
            tcp: TcpScan { open: open.to_vec(), closed, filtered: Vec::new(), passes: 2, unstable: Vec::new() },
            udp: UdpScan { answered: vec![5683], closed: Vec::new(), silent: Vec::new() },
            services: open.iter().map(service).collect(),
        }
    }

    #[test]
    fn what_speaks_over_udp_says_nothing_of_tcp() {
        let (both, udp) = (component(&[("tls", 8443), ("coap", 5683)]), component(&[("coap", 5683)]));
        assert!(scanned(&[8443], 9).doubt(&both).is_none());
        assert!(scanned(&[], 9).doubt(&both).is_some_and(|why| why.contains("nothing shows that TCP")));
        assert!(scanned(&[], 9).doubt(&udp).is_none());
        assert!(scanned(&[], 0).doubt(&udp).is_some());
    }

    #[test]
    fn what_fell_silent_casts_doubt_on_all() {
        let silenced = Ports { silenced: vec![8443], ..scanned(&[2222], 9) };
        assert!(silenced.doubt(&component(&[("tls", 8443), ("ssh", 2222)])).is_some_and(|why| why.contains("8443 spoke before")));
    }
}
