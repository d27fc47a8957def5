//! What a description allows, in a form that traffic can be held against.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Which way packets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// From the device to others.
    FromDevice,
    /// From others to the device.
    ToDevice,
}

/// Who may be at the other end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Peer {
    /// A host of this DNS name, in lower case.
    Name(String),
    /// An address in this network, as written: `192.0.2.0/24`.
    Network(String),
    /// A host in the same local network.
    LocalNetworks,
    /// A device of the same manufacturer.
    SameManufacturer,
    /// A device of the manufacturer with this domain.
    Manufacturer(String),
    /// A device whose description has this URL.
    Model(String),
    /// A controller of the class with this URI, which the owner of the network sets up.
    Controller(String),
    /// The controller of this device, which the owner of the network sets up.
    MyController,
}

/// Ranges of ports, both ends included; none stands for all.
pub(super) type Ports = Vec<(u16, u16)>;

/// One entry of an access list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Its name.
    pub name: String,
    /// The policy that it belongs to.
    pub direction: Direction,
    /// The version of IP: 4 or 6; none for both.
    pub ip: Option<u8>,
    /// Whether it is about packets that are not of IP, by the type in their Ethernet header.
    pub is_beside_ip: bool,
    /// The number of the protocol, such as 6 for TCP; none for all.
    pub protocol: Option<u8>,
    /// What the other end must be, all at once; none for anybody.
    pub peers: Vec<Peer>,
    /// Ports at the other end.
    pub peer_ports: Vec<(u16, u16)>,
    /// Ports of the device.
    pub own_ports: Vec<(u16, u16)>,
    /// Which end must have opened the connection; none for either.
    pub initiated_by: Option<Direction>,
    /// Whether it allows what fits, or refuses it.
    pub accepts: bool,
    /// Names of conditions that are not read here: with one, nothing is known to fit.
    pub not_read: Vec<String>,
}

/// Traffic that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Which way the packets went.
    pub direction: Direction,
    /// The number of the protocol.
    pub protocol: u8,
    /// The other end.
    pub peer: IpAddr,
    /// The DNS names that the device was given this address for.
    pub names: Vec<String>,
    /// Whether the other end is in the device's local network, when that is known.
    pub is_local: Option<bool>,
    /// What else the other end is known to be: controllers, devices of a manufacturer.
    pub roles: Vec<Peer>,
    /// Whether `roles` is all that it is. Otherwise a role that is not listed leaves the answer open.
    pub roles_complete: bool,
    /// The port at the other end, for TCP and UDP.
    pub peer_port: Option<u16>,
    /// The port of the device, for TCP and UDP.
    pub own_port: Option<u16>,
    /// Which end opened the connection, when that is known.
    pub initiated_by: Option<Direction>,
}

/// How traffic stands to a description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The entry of this name allows it.
    Allowed(String),
    /// No entry does, or one refuses it.
    Refused,
    /// The entry of this name might: what it asks for is not known of the traffic.
    Unclear(String),
}

impl Flow {
    /// Whether the traffic fits, apart from its direction; none when that depends on what is not known.
    pub fn fits(&self, seen: &Seen) -> Option<bool> {
        let version = if seen.peer.is_ipv4() { 4 } else { 6 };
        let exact =
            !self.is_beside_ip && self.ip.is_none_or(|ip| ip == version) && self.protocol.is_none_or(|protocol| protocol == seen.protocol);
        if !exact {
            return Some(false);
        }
        let initiated = match (self.initiated_by, seen.initiated_by) {
            (None, _) => Some(true),
            (Some(wanted), Some(found)) => Some(wanted == found),
            (Some(_), None) => None,
        };
        let conditions = [within(&self.peer_ports, seen.peer_port), within(&self.own_ports, seen.own_port), initiated];
        let read = if self.not_read.is_empty() { Some(true) } else { None };
        all(conditions.into_iter().chain(self.peers.iter().map(|peer| is(peer, seen))).chain([read]))
    }
}

/// Whether all hold: one that does not decides, one that is open leaves it open.
fn all(conditions: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut open = false;
    for condition in conditions {
        match condition {
            Some(false) => return Some(false),
            Some(true) => {}
            None => open = true,
        }
    }
    (!open).then_some(true)
}

fn within(ports: &Ports, port: Option<u16>) -> Option<bool> {
    if ports.is_empty() {
        return Some(true);
    }
    port.map(|port| ports.iter().any(|(start, end)| (*start..=*end).contains(&port)))
}

fn is(peer: &Peer, seen: &Seen) -> Option<bool> {
    match peer {
        Peer::Name(name) => Some(seen.names.iter().any(|each| each.trim_end_matches('.').eq_ignore_ascii_case(name))),
        Peer::Network(text) => network(text).map(|(start, bits)| in_network(seen.peer, start, bits)),
        Peer::LocalNetworks => seen.is_local,
        role if seen.roles.contains(role) => Some(true),
        _ if seen.roles_complete => Some(false),
        _ => None,
    }
}

/// An address and the length of a prefix.
pub(super) fn network(text: &str) -> Option<(IpAddr, u32)> {
    let (address, bits) = text.split_once('/')?;
    let (address, bits): (IpAddr, u32) = (address.parse().ok()?, bits.parse().ok()?);
    (bits <= if address.is_ipv4() { 32 } else { 128 }).then_some((address, bits))
}

fn in_network(address: IpAddr, start: IpAddr, bits: u32) -> bool {
    match (address, start) {
        (IpAddr::V4(address), IpAddr::V4(start)) => {
            let shift = 32 - bits.min(32);
            (u64::from(address.to_bits()) >> shift) == (u64::from(start.to_bits()) >> shift)
        }
        (IpAddr::V6(address), IpAddr::V6(start)) => {
            let shift = 128 - bits.min(128);
            address.to_bits().checked_shr(shift) == start.to_bits().checked_shr(shift)
        }
        _ => false,
    }
}
