//! Builds captures for tests: frames of Ethernet with IPv4, a millisecond apart.

use std::net::Ipv4Addr;

use crate::{Canary, Capture, Component, Interest, Limits, Mac, Writer, read};

/// An end: the last byte of its address in 10.0.0.0/24 and of its hardware address, and its port.
pub(crate) type At = (u8, u16);

pub(crate) const SYN: u8 = 2;
pub(crate) const SYN_ACK: u8 = 18;
pub(crate) const ACK: u8 = 16;
pub(crate) const FIN: u8 = 17;
pub(crate) const RST: u8 = 4;
/// When the first packet is captured.
pub(crate) const START: u64 = 1_700_000_000_000_000_000;

pub(crate) fn mac(last: u8) -> Mac {
    Mac([2, 0, 0, 0, 0, last])
}

pub(crate) fn address(last: u8) -> Ipv4Addr {
    if last == 255 { Ipv4Addr::BROADCAST } else { Ipv4Addr::new(10, 0, 0, last) }
}

pub(crate) fn ethernet(from: u8, to: u8, kind: u16, payload: &[u8]) -> Vec<u8> {
    let target = if to == 255 { [255; 6] } else { mac(to).0 };
    [&target[..], &mac(from).0, &kind.to_be_bytes(), payload].concat()
}

pub(crate) fn ipv4(from: u8, to: u8, protocol: u8, id: u16, place: u16, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 20).unwrap().to_be_bytes();
    let head = [&[0x45, 0][..], &length, &id.to_be_bytes(), &place.to_be_bytes(), &[64, protocol, 0, 0]].concat();
    [&head, &address(from).octets()[..], &address(to).octets(), payload].concat()
}

pub(crate) fn udp(from: u16, to: u16, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 8).unwrap();
    [from, to, length, 0].iter().flat_map(|number| number.to_be_bytes()).chain(payload.iter().copied()).collect()
}

pub(crate) fn tcp(from: u16, to: u16, sequence: u32, acknowledged: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let ports = [from.to_be_bytes(), to.to_be_bytes()].concat();
    [&ports, &sequence.to_be_bytes()[..], &acknowledged.to_be_bytes(), &[0x50, flags, 255, 255, 0, 0, 0, 0], payload].concat()
}

/// A capture that grows.
pub(crate) struct Builder {
    pub(crate) frames: Vec<Vec<u8>>,
}

impl Builder {
    pub(crate) const fn new() -> Self {
        Self { frames: Vec::new() }
    }

    pub(crate) fn udp(mut self, from: At, to: At, payload: &[u8]) -> Self {
        self.frames.push(ethernet(from.0, to.0, 0x0800, &ipv4(from.0, to.0, 17, 0, 0, &udp(from.1, to.1, payload))));
        self
    }

    pub(crate) fn tcp(mut self, from: At, to: At, sequence: u32, acknowledged: u32, flags: u8, payload: &[u8]) -> Self {
        let segment = tcp(from.1, to.1, sequence, acknowledged, flags, payload);
        self.frames.push(ethernet(from.0, to.0, 0x0800, &ipv4(from.0, to.0, 6, 0, 0, &segment)));
        self
    }

    /// A whole connection: what the client says first, and what the server answers.
    pub(crate) fn talk(self, client: At, server: At, sent: &[u8], received: &[u8]) -> Self {
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap();
        let (after, end) = (101 + length(sent), 901 + length(received));
        let begun = self.tcp(client, server, 100, 0, SYN, b"").tcp(server, client, 900, 101, SYN_ACK, b"");
        let said = begun.tcp(client, server, 101, 901, ACK, sent).tcp(server, client, 901, after, ACK, received);
        said.tcp(client, server, after, end, FIN, b"").tcp(server, client, end, after + 1, FIN, b"").tcp(
            client,
            server,
            after + 1,
            end + 1,
            ACK,
            b"",
        )
    }

    pub(crate) fn file(&self) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new()).unwrap();
        let interface = writer.interface(1, 0).unwrap();
        for (frame, at) in self.frames.iter().zip((START..).step_by(1_000_000)) {
            writer.packet(interface, at, frame, frame.len()).unwrap();
        }
        writer.finish().unwrap()
    }

    pub(crate) fn read(&self) -> Capture {
        read(self.file().as_slice(), &interest(), &Limits::default()).unwrap()
    }
}

/// Two components, by address and by hardware address, and a canary.
pub(crate) fn interest() -> Interest {
    let device = Component { name: "device".into(), addresses: vec![address(1).into()], macs: vec![] };
    let hub = Component { name: "hub".into(), addresses: vec![], macs: vec![mac(2)] };
    Interest { canaries: vec![Canary { id: "key".into(), bytes: b"canary-0815".to_vec() }], components: vec![device, hub] }
}
