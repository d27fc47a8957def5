//! From packets to flows, and from flows to facts.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use crate::facts::{Bound, Capture, Direction, End, Flow, Packets, Reach, Span, Traffic, Transport};
use crate::file::{Ending, Format, Frame};
use crate::fragments::Fragments;
use crate::ip::{self, Segment};
use crate::link::{self, Mac, Opened};
use crate::live::{Content, Hits, Live};
use crate::names::Names;
use crate::recognise::{self, Detail, Protocol, dhcp, dns};
use crate::records::{self, Lease, Queries, Seen};
use crate::search::{Hit, Search};
use crate::{Interest, Limits, Unreadable};

/// What tells one flow from another: what carries it, and both ends, the lesser first.
type Key = (Transport, Place, Place);
/// The address and port of an end; below IP the hardware address.
type Place = (Option<IpAddr>, u16, Option<Mac>);

/// A packet, opened down to its content.
struct Packet<'a> {
    transport: Transport,
    from: Place,
    to: Place,
    macs: [Option<Mac>; 2],
    segment: Option<Segment>,
    bytes: &'a [u8],
    whole: usize,
}

/// All flows while packets come.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    interest: &'a Interest,
    limits: &'a Limits,
    format: Format,
    search: Search,
    fragments: Fragments,
    flows: Vec<Live>,
    index: HashMap<Key, usize>,
    held: usize,
    time: Option<Span>,
    packets: Packets,
    names: Names,
    queries: Queries,
    leases: Vec<Lease>,
    hits: Vec<Hit>,
    met: BTreeSet<Bound>,
}

impl<'a> Table<'a> {
    pub(crate) fn new(interest: &'a Interest, limits: &'a Limits, format: Format) -> Result<Self, Unreadable> {
        Ok(Self {
            interest,
            limits,
            format,
            search: Search::new(&interest.canaries)?,
            fragments: Fragments::default(),
            flows: Vec::new(),
            index: HashMap::new(),
            held: 0,
            time: None,
            packets: Packets::default(),
            names: Names::default(),
            queries: Queries::default(),
            leases: Vec::new(),
            hits: Vec::new(),
            met: BTreeSet::new(),
        })
    }

    /// Takes the next packet of the file.
    pub(crate) fn take(&mut self, frame: &Frame<'_>) {
        self.packets.all += 1;
        self.packets.bytes += u64::try_from(frame.whole).unwrap_or(u64::MAX);
        self.packets.cut += u64::from(frame.bytes.len() < frame.whole);
        self.packets.untimed += u64::from(frame.at.is_none());
        Span::add(&mut self.time, frame.at);
        if link::open(frame.link, frame.bytes).and_then(|opened| self.open(frame, &opened)).is_none() {
            self.packets.undecoded += 1;
        }
    }

    fn open(&mut self, frame: &Frame<'_>, opened: &Opened<'_>) -> Option<()> {
        let macs = [opened.from, opened.to];
        let whole = opened.payload.len() + (frame.whole - frame.bytes.len());
        if !matches!(opened.kind, link::IPV4 | link::IPV6) {
            let transport = Transport::Link(opened.kind);
            let [from, to] = macs.map(|mac| (None, 0, mac));
            self.assign(frame, &Packet { transport, from, to, macs, segment: None, bytes: opened.payload, whole });
            return Some(());
        }
        let datagram = ip::read(opened.payload, whole)?;
        if datagram.fragment.is_none() {
            return self.carried(frame, macs, &datagram);
        }
        self.packets.fragments += 1;
        let Some(bytes) = self.fragments.push(&datagram) else { return Some(()) };
        self.carried(frame, macs, &ip::Datagram { payload: &bytes, whole: bytes.len(), fragment: None, ..datagram })
    }

    fn carried(&mut self, frame: &Frame<'_>, macs: [Option<Mac>; 2], datagram: &ip::Datagram<'_>) -> Option<()> {
        let ip::Datagram { payload, whole, .. } = *datagram;
        let (transport, read) = match datagram.protocol {
            6 => (Transport::Tcp, ip::tcp(payload, whole)?),
            17 => (Transport::Udp, ip::udp(payload, whole)?),
            other => (Transport::Ip(other), ip::Transported { from: 0, to: 0, segment: None, payload, whole }),
        };
        let (from, to) = ((Some(datagram.from), read.from, None), (Some(datagram.to), read.to, None));
        self.assign(frame, &Packet { transport, from, to, macs, segment: read.segment, bytes: read.payload, whole: read.whole });
        Some(())
    }

    /// Gives a packet to its flow.
    fn assign(&mut self, frame: &Frame<'_>, packet: &Packet<'_>) {
        let key = (packet.transport, packet.from.min(packet.to), packet.from.max(packet.to));
        let known = self.index.get(&key).copied().filter(|place| {
            let is_another = |live: &Live| packet.segment.is_some_and(|segment| live.is_another(segment, by_initiator(live, packet)));
            self.flows.get(*place).is_some_and(|live| !is_another(live))
        });
        let place = known.unwrap_or(self.flows.len());
        if known.is_none() {
            if self.flows.len() >= self.limits.flows {
                self.met.insert(Bound::Flows);
                self.packets.unassigned += 1;
                return;
            }
            self.flows.push(Live::new(self.begin(packet), place));
            if let Some(old) = self.index.insert(key, place) {
                self.settle(old);
            }
        }
        let held = self.flows.get(place).map_or(0, Live::held);
        let is_over = self.pass(frame, packet, place);
        let now = self.flows.get(place).map_or(0, Live::held);
        self.held = (self.held + now).saturating_sub(held);
        let too_much = self.held > self.limits.held;
        if too_much {
            self.met.insert(Bound::Held);
        }
        if is_over || too_much {
            self.settle(place);
        }
    }

    /// A flow with nothing in it yet.
    fn begin(&self, packet: &Packet<'_>) -> Flow {
        let [from_mac, to_mac] = packet.macs;
        let ends = [self.end(packet, packet.from, from_mac), self.end(packet, packet.to, to_mac)];
        // the first packet that was seen may be an answer
        let answers = packet.segment.is_some_and(|segment| segment.begins && segment.acknowledged.is_some());
        let [from, to] = ends;
        let (initiator, responder) = if answers { (to, from) } else { (from, to) };
        let protocol = Protocol::Unclassified;
        Flow {
            transport: packet.transport,
            reach: reach(&responder),
            initiator,
            responder,
            start_seen: packet.segment.is_some_and(|segment| segment.begins && segment.acknowledged.is_none()),
            time: None,
            sent: Direction::default(),
            received: Direction::default(),
            closed: None,
            protocol,
            protects: protocol.protects(),
            strangers: 0,
            detail: Detail::None,
            names: Vec::new(),
            partly: false,
        }
    }

    fn end(&self, packet: &Packet<'_>, (address, port, _): Place, mac: Option<Mac>) -> End {
        let all = &self.interest.components;
        let by_address = all.iter().find(|each| address.is_some_and(|address| each.addresses.contains(&address)));
        let component = by_address.or_else(|| all.iter().find(|each| mac.is_some_and(|mac| each.macs.contains(&mac))));
        let port = matches!(packet.transport, Transport::Tcp | Transport::Udp).then_some(port);
        End { address, port, mac, component: component.map(|component| component.name.clone()) }
    }

    /// Has the flow read the packet; whether the flow is over.
    fn pass(&mut self, frame: &Frame<'_>, packet: &Packet<'_>, place: usize) -> bool {
        let Some(live) = self.flows.get_mut(place) else { return false };
        let broadcast = packet.macs[1].is_some_and(Mac::is_broadcast) || packet.to.0 == Some(IpAddr::from([255; 4]));
        let content = Content { bytes: packet.bytes, whole: packet.whole, by_initiator: by_initiator(live, packet), to_all: broadcast };
        live.count(frame, content);
        let mut hits = Hits { search: &self.search, list: &mut self.hits, most: self.limits.hits, met: false };
        let (mut is_over, mut read) = (false, None);
        match (packet.transport, packet.segment) {
            (_, Some(segment)) => is_over = live.segment(segment, content, frame.at, self.limits.head, &mut hits),
            (Transport::Udp, _) => read = live.datagram(content, frame.at, &mut hits),
            (Transport::Link(kind), _) => live.other(recognise::in_frame(kind, packet.bytes), content, frame.at, &mut hits),
            (Transport::Ip(number), _) => {
                live.other(Some((recognise::in_ip(number), Detail::None)), content, frame.at, &mut hits);
            }
            (Transport::Tcp, None) => {}
        }
        if hits.met {
            self.met.insert(Bound::Hits);
        }
        if let (Some(protocol), Some(from), Some(to)) = (read, packet.from.0, packet.to.0) {
            let seen = Seen { at: frame.at, flow: place, over: Transport::Udp, from: (from, packet.from.1), to: (to, packet.to.1) };
            self.message(protocol, packet.bytes, broadcast, seen);
        }
        is_over
    }

    /// Keeps a message of a protocol of which each counts.
    fn message(&mut self, protocol: Protocol, bytes: &[u8], to_all: bool, seen: Seen) {
        let dhcp = match protocol {
            Protocol::Dhcp => dhcp::version_4(bytes, to_all),
            Protocol::Dhcpv6 => dhcp::version_6(bytes),
            Protocol::Dns | Protocol::Mdns | Protocol::Llmnr => {
                let service = dns::service([seen.from.1, seen.to.1]);
                service.zip(dns::read(bytes)).into_iter().for_each(|(service, message)| self.dns(&message, service, seen.to.0, seen));
                return;
            }
            _ => return,
        };
        let Some(said) = dhcp else { return };
        if self.leases.len() >= self.limits.records {
            self.met.insert(Bound::Leases);
            return;
        }
        self.leases.push(Lease { at: seen.at, flow: seen.flow, from: seen.from.0, to: seen.to.0, said });
    }

    fn dns(&mut self, message: &dns::Message, service: dns::Service, receiver: IpAddr, seen: Seen) {
        if !self.queries.add(message, service, seen, self.limits.records) {
            self.met.insert(Bound::Queries);
        }
        if message.is_answer && !self.names.add(message, service, receiver, seen.at, self.limits.records) {
            self.met.insert(Bound::Names);
        }
    }

    /// Says what a flow of TCP speaks, and lets go of what was kept for that.
    fn settle(&mut self, place: usize) {
        let Some(live) = self.flows.get_mut(place) else { return };
        let held = live.held();
        let mut hits = Hits { search: &self.search, list: &mut self.hits, most: self.limits.hits, met: false };
        let heads = live.settle(self.limits.head, &mut hits);
        if hits.met {
            self.met.insert(Bound::Hits);
        }
        self.held = (self.held + live.held()).saturating_sub(held);
        let Flow { protocol: Protocol::Dns, initiator, responder, time, .. } = &live.flow else { return };
        let ends = [initiator, responder].map(|end| end.address.zip(end.port));
        let ([Some(asker), Some(server)], Some(heads)) = (ends, heads) else { return };
        let seen = Seen { at: time.map(|time| time.first), flow: place, over: Transport::Tcp, from: asker, to: server };
        for message in heads.iter().filter_map(|head| dns::stream(head)).flatten() {
            self.dns(&message, dns::Service::Dns, seen.from.0, seen);
        }
    }

    /// All that can be told, after the last packet.
    pub(crate) fn finish(mut self, ending: Ending) -> Capture {
        for place in 0..self.flows.len() {
            self.settle(place);
        }
        self.packets.not_reassembled = self.fragments.not_reassembled();
        let mut flows: Vec<Flow> = self.flows.into_iter().map(|live| live.flow).collect();
        for flow in &mut flows {
            complete(flow, &self.names);
        }
        let queries = self.queries.into_list();
        Capture {
            format: self.format,
            ending,
            time: self.time,
            packets: self.packets,
            components: self.interest.components.iter().map(|component| traffic(&component.name, &flows)).collect(),
            flows,
            names: self.names.into_list(),
            spreads: records::spreads(&queries),
            queries,
            leases: self.leases,
            hits: self.hits,
            unsearched: self.search.unsearched,
            cut: !self.met.is_empty(),
            met: self.met,
        }
    }
}

/// Whether a packet of a flow is from the one who began.
fn by_initiator(live: &Live, packet: &Packet<'_>) -> bool {
    let end = &live.flow.initiator;
    let (address, port, mac) = packet.from;
    (end.address, end.port.unwrap_or_default()) == (address, port) && (address.is_some() || end.mac == mac)
}

fn reach(receiver: &End) -> Reach {
    let broadcast = receiver.mac.is_some_and(Mac::is_broadcast) || receiver.address == Some(IpAddr::from([255; 4]));
    if broadcast {
        Reach::Broadcast
    } else if receiver.address.is_some_and(|address| address.is_multicast()) || receiver.mac.is_some_and(Mac::is_group) {
        Reach::Multicast
    } else {
        Reach::Unicast
    }
}

/// Adds what only the whole file tells.
fn complete(flow: &mut Flow, names: &Names) {
    if flow.transport != Transport::Tcp && flow.sent.bytes + flow.received.bytes == 0 {
        flow.protocol = Protocol::Empty;
    }
    flow.protects = flow.protocol.protects();
    let told = flow.detail.name().map(str::to_owned);
    let at = flow.time.map(|time| time.first);
    let known = flow.responder.address.map(|address| names.of(address, flow.initiator.address, at)).unwrap_or_default();
    flow.names.extend(told);
    flow.names.extend(known.into_iter().filter(|name| flow.names.first() != Some(name)).collect::<Vec<_>>());
}

fn traffic(name: &str, flows: &[Flow]) -> Traffic {
    let mut sum = Traffic { name: name.to_owned(), flows: 0, sent: 0, sent_bytes: 0, received: 0, received_bytes: 0, time: None };
    for flow in flows {
        let [begins, answers] = [&flow.initiator, &flow.responder].map(|end| end.component.as_deref() == Some(name));
        sum.flows += u64::from(begins || answers);
        for (is_one, own, other) in [(begins, &flow.sent, &flow.received), (answers, &flow.received, &flow.sent)] {
            if is_one {
                sum.sent += own.packets;
                sum.sent_bytes += own.frame_bytes;
                sum.received += other.packets;
                sum.received_bytes += other.frame_bytes;
            }
        }
        if let Some(time) = flow.time.filter(|_| begins || answers) {
            Span::add(&mut sum.time, Some(time.first));
            Span::add(&mut sum.time, Some(time.last));
        }
    }
    sum
}

#[cfg(test)]
mod tests;
