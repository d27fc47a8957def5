//! What is told about captured traffic.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::Serialize;

use crate::file::{Ending, Format};
use crate::link::Mac;
use crate::names::Name;
use crate::recognise::{Detail, Protocol};
use crate::records::{Lease, Query, Spread};
use crate::search::Hit;

/// All that is told about one file. Times are nanoseconds since 1970, lengths are bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Capture {
    /// The format of the file.
    pub format: Format,
    /// How the file ends.
    pub ending: Ending,
    /// The earliest and the latest time of a packet, if the file tells times.
    pub time: Option<Span>,
    /// How many packets there are, and what could not be done with them.
    pub packets: Packets,
    /// Who spoke with whom, in the order of the first packets.
    pub flows: Vec<Flow>,
    /// The traffic of each component that the caller named, in the caller's order.
    pub components: Vec<Traffic>,
    /// Which names stood for which addresses.
    pub names: Vec<Name>,
    /// Questions to name servers.
    pub queries: Vec<Query>,
    /// How well those questions are guarded against forged answers, by asker and server.
    pub spreads: Vec<Spread>,
    /// Messages of DHCP.
    pub leases: Vec<Lease>,
    /// Places where a canary was found.
    pub hits: Vec<Hit>,
    /// Canaries that were not searched for, because they are too short to mean anything.
    pub unsearched: Vec<String>,
    /// Bounds that were met: something is missing in what they bound.
    pub met: BTreeSet<Bound>,
    /// Whether any bound was met.
    pub cut: bool,
}

/// A time and a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Span {
    /// Nanoseconds since 1970.
    pub first: u64,
    /// Nanoseconds since 1970.
    pub last: u64,
}

impl Span {
    /// Makes the span reach to a time.
    pub(crate) fn add(span: &mut Option<Self>, at: Option<u64>) {
        if let Some(at) = at {
            let old = span.unwrap_or(Self { first: at, last: at });
            *span = Some(Self { first: old.first.min(at), last: old.last.max(at) });
        }
    }

    /// Nanoseconds from the first to the last.
    pub const fn length(self) -> u64 {
        self.last.saturating_sub(self.first)
    }
}

/// A bound that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// More flows than are kept: later ones are missing.
    Flows,
    /// More bytes at once than are held: some flows were recognised by less than they offered, and gaps may be none.
    Held,
    /// More names than are kept.
    Names,
    /// More questions to name servers than are kept.
    Queries,
    /// More messages of DHCP than are kept.
    Leases,
    /// More hits than are kept.
    Hits,
}

/// Counts of packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Packets {
    /// All packets.
    pub all: u64,
    /// Their bytes on the wire.
    pub bytes: u64,
    /// Packets of which not all bytes were captured.
    pub cut: u64,
    /// Packets without a time.
    pub untimed: u64,
    /// Packets whose link type or headers could not be read: they are in no flow.
    pub undecoded: u64,
    /// Fragments of IP packets.
    pub fragments: u64,
    /// Fragments that were not put together: they are in no flow.
    pub not_reassembled: u64,
    /// Packets for whose flow there was no room.
    pub unassigned: u64,
}

/// One end of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct End {
    /// The address; nothing below IP.
    pub address: Option<IpAddr>,
    /// The port, of TCP and UDP.
    pub port: Option<u16>,
    /// The hardware address first seen, which beyond a router is the router's.
    pub mac: Option<Mac>,
    /// The component that the caller gave this address to.
    pub component: Option<String>,
}

/// What carries a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// Another protocol in IP, by its number.
    Ip(u8),
    /// A frame without IP, by its type number; 0 for none that is known.
    Link(u16),
}

/// How many receivers a flow is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// One.
    Unicast,
    /// A group.
    Multicast,
    /// All on the link.
    Broadcast,
}

/// How a TCP connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Closed {
    /// Both sides said that they were done.
    Finished,
    /// One side reset it.
    Reset,
}

/// What two ends said to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Flow {
    /// What carries it.
    pub transport: Transport,
    /// Who began: the sender of the first SYN; of the first packet where the beginning was not seen or there is none.
    pub initiator: End,
    /// The other end.
    pub responder: End,
    /// Whether its beginning was seen, of a TCP connection.
    pub start_seen: bool,
    /// How many receivers it is for.
    pub reach: Reach,
    /// When.
    pub time: Option<Span>,
    /// What the initiator sent.
    pub sent: Direction,
    /// What the responder sent.
    pub received: Direction,
    /// How the connection ended, if that was seen.
    pub closed: Option<Closed>,
    /// What it speaks. `Unclassified` says nothing good of it.
    pub protocol: Protocol,
    /// Whether that protocol is one that keeps its content confidential.
    pub protects: bool,
    /// Packets with content that is not of that protocol (UDP), or bytes behind the point where the stream left it (TLS;
    /// behind a gap nothing is told).
    pub strangers: u64,
    /// What was read of it.
    pub detail: Detail,
    /// Names of the responder that may be meant: first what the flow says, then what name servers told the initiator before the
    /// flow began, the latest first. An address may stand for many names.
    pub names: Vec<String>,
    /// Whether its details were read from less than all its content.
    pub partly: bool,
}

/// What one end sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Direction {
    /// Packets.
    pub packets: u64,
    /// Bytes of the packets with all their headers.
    pub frame_bytes: u64,
    /// Bytes of content on the wire, counted as often as they came.
    pub bytes: u64,
    /// Packets of which not all bytes were captured.
    pub cut: u64,
    /// Places in a TCP stream where bytes are missing in the file.
    pub gaps: u64,
    /// Bytes missing there.
    pub missing: u64,
    /// Bytes of a TCP stream that came again.
    pub repeated: u64,
    /// The initial sequence number of a TCP stream, if its beginning was seen.
    pub initial_sequence: Option<u32>,
}

/// The traffic of one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// The component.
    pub name: String,
    /// Flows in which it is one end.
    pub flows: u64,
    /// Packets that it sent, and their bytes with all headers.
    pub sent: u64,
    /// Bytes that it sent.
    pub sent_bytes: u64,
    /// Packets sent to it alone.
    pub received: u64,
    /// Bytes sent to it alone.
    pub received_bytes: u64,
    /// The earliest and the latest time.
    pub time: Option<Span>,
}

/// The beginnings of all flows from one end to one peer and service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// Who began.
    pub initiator: Option<IpAddr>,
    /// The component of that address.
    pub component: Option<String>,
    /// The peer: its first name, or its address.
    pub peer: String,
    /// What carries the flows, and the port.
    pub transport: Transport,
    /// The port.
    pub port: Option<u16>,
    /// When each began, in order.
    pub starts: Vec<u64>,
}

impl Capture {
    /// When each end began to speak with each peer and service, over IP, in order: how often a product asks for updates.
    pub fn contacts(&self) -> Vec<Contact> {
        let mut contacts = BTreeMap::new();
        for flow in self.flows.iter().filter(|flow| flow.reach == Reach::Unicast) {
            let (Some(address), Some(time)) = (flow.responder.address, flow.time) else { continue };
            let peer = flow.names.first().cloned().unwrap_or_else(|| address.to_string());
            let key = (flow.initiator.address, peer.clone(), flow.transport, flow.responder.port);
            let fresh = || Contact {
                initiator: flow.initiator.address,
                component: flow.initiator.component.clone(),
                peer,
                transport: flow.transport,
                port: flow.responder.port,
                starts: Vec::new(),
            };
            contacts.entry(key).or_insert_with(fresh).starts.push(time.first);
        }
        let mut contacts: Vec<Contact> = contacts.into_values().collect();
        for contact in &mut contacts {
            contact.starts.sort_unstable();
        }
        contacts
    }
}

impl Contact {
    /// Nanoseconds between one beginning and the next.
    pub fn intervals(&self) -> Vec<u64> {
        self.starts.windows(2).map(|pair| pair.last().zip(pair.first()).map_or(0, |(next, one)| next - one)).collect()
    }
}
