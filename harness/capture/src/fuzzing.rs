//! One function for each reader of bytes, for the fuzz targets and for the test that drives them. Nothing here is used by the
//! harness.
//!
//! Each takes any bytes and must neither panic, nor hang, nor take memory beyond a small multiple of its input.

use crate::recognise::{self, Datagram, binary, dhcp, dns, tls};
use crate::{Canary, Interest, Limits, Writer, read};

/// A reader of bytes.
pub type Reader = fn(&[u8]);

/// All readers by name, which is also the name of the fuzz target and of the folder with its seeds.
pub const READERS: &[(&str, Reader)] = &[
    ("capture_file", capture_file),
    ("capture_frames", capture_frames),
    ("capture_datagram", capture_datagram),
    ("capture_stream", capture_stream),
];

/// Ports whose protocols are told with their help.
const PORTS: [u16; 12] = [53, 5353, 5355, 67, 547, 123, 161, 514, 1900, 5683, 47_808, 9];

fn limits() -> Limits {
    Limits { flows: 64, head: 4096, held: 64 * 1024, records: 64, hits: 16 }
}

fn interest() -> Interest {
    Interest { canaries: vec![Canary { id: "key".to_owned(), bytes: b"canary-0815".to_vec() }], components: Vec::new() }
}

/// A file in any format.
pub fn capture_file(bytes: &[u8]) {
    let _ = read(bytes, &interest(), &limits()).map(|capture| capture.contacts().len());
}

/// Frames, each behind its length in a byte, of the link type that the first byte tells.
pub fn capture_frames(bytes: &[u8]) {
    let Some((first, mut rest)) = bytes.split_first() else { return };
    let links = [1, 0, 101, 113, 276, 108, 12];
    let link = links.get(usize::from(*first) % links.len()).copied().unwrap_or(1);
    let Ok(mut writer) = Writer::new(Vec::new()) else { return };
    let _ = writer.interface(link, 0);
    let mut at = 0;
    while let Some((length, after)) = rest.split_first() {
        let (frame, after) = after.split_at(usize::from(*length).min(after.len()));
        let _ = writer.packet(0, at, frame, frame.len());
        (rest, at) = (after, at + 1);
    }
    capture_file(&writer.finish().unwrap_or_default());
}

/// A datagram at every port that means something.
pub fn capture_datagram(bytes: &[u8]) {
    for port in PORTS {
        let datagram = Datagram { bytes, ports: [50_000, port], by_initiator: true, to_all: true, short_headers: true };
        if let Some((protocol, _)) = recognise::datagram(&datagram, None) {
            let _ = recognise::datagram(&datagram, Some(protocol));
        }
    }
    let _ = (dhcp::version_4(bytes, true), dhcp::version_6(bytes), dns::read(bytes), dns::stream(bytes));
    let _ = (binary::coap_answers(bytes, bytes), binary::lldp(bytes), binary::eapol(bytes), tls::datagram(bytes, true, true));
}

/// A stream: the client's half, then the server's.
pub fn capture_stream(bytes: &[u8]) {
    let (sent, received) = bytes.split_at(bytes.len() / 2);
    let mut records = [tls::Records::default(), tls::Records::default()];
    for (each, half) in records.iter_mut().zip([sent, received]) {
        half.chunks(7).for_each(|piece| each.push(piece));
    }
    let [one, two] = &records;
    for port in [53, 502, 21, 23, 25, 514, 9] {
        for start_seen in [true, false] {
            let stream = recognise::Stream { sent, received, records: [one, two], ports: [50_000, port], start_seen };
            let (_, detail, _) = recognise::stream(&stream);
            let _ = detail.name();
        }
    }
}

#[cfg(test)]
mod tests;
