//! Frames of Ethernet with IPv4, and the pcapng file that they are written into.

use std::net::Ipv4Addr;

/// Milliseconds between two packets of one exchange.
const STEP: u64 = 5;
/// Bytes of content in one segment of TCP.
const SEGMENT: usize = 1400;
const SYN: u8 = 2;
const ACK: u8 = 16;
const PUSH: u8 = 8;
const FIN: u8 = 1;
/// The length of what precedes the content in a packet block, and of a whole one without content.
const BLOCK: usize = 32;

/// A host on the captured network: its hardware address, or the router's, and its address.
#[derive(Clone, Copy)]
pub(super) struct Host(pub(super) [u8; 6], pub(super) Ipv4Addr);

/// A host with a port.
pub(super) type End = (Host, u16);

/// What one side says in a connection; the client when true.
pub(super) type Turn = (bool, Vec<u8>);

/// A capture that is being made.
#[derive(Default)]
pub(super) struct Wire {
    /// Milliseconds since 1970, and the frame.
    frames: Vec<(u64, Vec<u8>)>,
}

impl Wire {
    /// A frame with this type number.
    pub(super) fn frame(&mut self, at: u64, from: [u8; 6], to: [u8; 6], kind: u16, content: &[u8]) {
        self.frames.push((at, [&to[..], &from, &kind.to_be_bytes(), content].concat()));
    }

    /// A datagram of UDP.
    pub(super) fn datagram(&mut self, at: u64, from: End, to: End, content: &[u8]) {
        let length = short(content.len() + 8);
        let udp = [&from.1.to_be_bytes()[..], &to.1.to_be_bytes(), &length, &[0, 0], content].concat();
        self.packet(at, from.0, to.0, 17, &udp);
    }

    /// A whole connection of TCP.
    pub(super) fn connection(&mut self, at: u64, client: End, server: End, turns: &[Turn]) {
        let (mut at, mut next) = (at, [1000_u32, 9000]);
        let mut segment = |by_client: bool, flags: u8, content: &[u8]| {
            let (from, to) = if by_client { (client, server) } else { (server, client) };
            let [own, other] = if by_client { next } else { [next[1], next[0]] };
            let acknowledged = if flags & ACK == 0 { 0 } else { other };
            let head = [&from.1.to_be_bytes()[..], &to.1.to_be_bytes(), &own.to_be_bytes(), &acknowledged.to_be_bytes()].concat();
            self.packet(at, from.0, to.0, 6, &[&head[..], &[0x50, flags, 255, 255, 0, 0, 0, 0], content].concat());
            let counted = u32::try_from(content.len()).unwrap_or_default() + u32::from(flags & (SYN | FIN) != 0);
            next[usize::from(!by_client)] += counted;
            at += STEP;
        };
        segment(true, SYN, b"");
        segment(false, SYN | ACK, b"");
        segment(true, ACK, b"");
        for (by_client, content) in turns {
            content.chunks(SEGMENT).for_each(|part| segment(*by_client, PUSH | ACK, part));
        }
        segment(true, FIN | ACK, b"");
        segment(false, FIN | ACK, b"");
        segment(true, ACK, b"");
    }

    fn packet(&mut self, at: u64, from: Host, to: Host, protocol: u8, content: &[u8]) {
        let length = short(content.len() + 20);
        // the checksums are left to the network card
        let head = [&[0x45, 0][..], &length, &[0, 0, 0x40, 0, 64, protocol, 0, 0]].concat();
        let packet = [&head[..], &from.1.octets(), &to.1.octets(), content].concat();
        self.frame(at, from.0, to.0, 0x0800, &packet);
    }

    /// The file (draft-ietf-opsawg-pcapng): a section, an interface of Ethernet with times in milliseconds, the packets in order.
    pub(super) fn file(mut self) -> Vec<u8> {
        self.frames.sort_by_key(|(at, _)| *at);
        let mut file = block(0x0a0d_0d0a, &[&0x1a2b_3c4d_u32.to_le_bytes()[..], &[1, 0, 0, 0], &[0xff; 8]].concat());
        // option 9: the resolution of times, as a power of ten
        file.extend(block(1, &[1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0]));
        for (at, frame) in &self.frames {
            let length = u32::try_from(frame.len()).unwrap_or_default().to_le_bytes();
            let (high, low) = ((at >> 32).to_le_bytes(), at.to_le_bytes());
            let mut body = [&[0; 4][..], &high[..4], &low[..4], &length, &length, frame].concat();
            body.resize((BLOCK - 12 + frame.len()).next_multiple_of(4), 0);
            file.extend(block(6, &body));
        }
        file
    }
}

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 12).unwrap_or_default().to_le_bytes();
    [&kind.to_le_bytes()[..], &length, body, &length].concat()
}

fn short(length: usize) -> [u8; 2] {
    u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes()
}
