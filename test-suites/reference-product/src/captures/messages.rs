//! What the device says in clear, byte by byte: names, time, its address, and the hello of an old library.

use std::net::Ipv4Addr;

use super::file::Turn;

/// How the options of DHCP begin (RFC 2131, section 3).
const COOKIE: [u8; 4] = [99, 130, 83, 99];
/// The class of the internet.
const IN: u16 = 1;
const A: u16 = 1;
const TXT: u16 = 16;

/// A question for the address of a name, and its answer.
pub(super) fn lookup(id: u16, name: &str, address: Ipv4Addr) -> [Vec<u8>; 2] {
    let asked = [labels(name), words(&[A, IN])].concat();
    let question = [words(&[id, 0x0100, 1, 0, 0, 0]), asked.clone()].concat();
    let record = [&words(&[0xc00c, A, IN, 0, 300, 4])[..], &address.octets()].concat();
    [question, [words(&[id, 0x8180, 1, 1, 0, 0]), asked, record].concat()]
}

/// The announcement of the device's web interface by multicast DNS, with a text record.
pub(super) fn announcement(text: &str) -> Vec<u8> {
    let text = [&[u8::try_from(text.len()).unwrap_or_default()][..], text.as_bytes()].concat();
    let length = u16::try_from(text.len()).unwrap_or_default();
    let record = [labels("Dishwasher._https._tcp.local"), words(&[TXT, 0x8001, 0, 120, length]), text].concat();
    [words(&[0, 0x8400, 0, 1, 0, 0]), record].concat()
}

/// A question for the time (NTP version 4), and its answer.
pub(super) fn time() -> [Vec<u8>; 2] {
    let mut messages = [vec![0; 48], vec![0; 48]];
    for (message, first) in messages.iter_mut().zip([0x23, 0x24]) {
        message[0] = first;
        message[1] = 2;
    }
    messages
}

/// A message of DHCP: from the client when `by_client`, with its type (option 53).
pub(super) fn address(by_client: bool, kind: u8, mac: [u8; 6], given: Ipv4Addr, server: Ipv4Addr) -> Vec<u8> {
    let mut message = vec![if by_client { 1 } else { 2 }, 1, 6, 0, 0x12, 0x34, 0x56, 0x78];
    message.resize(16, 0);
    message.extend(if by_client { [0; 4] } else { given.octets() });
    message.resize(28, 0);
    message.extend(mac);
    message.resize(236, 0);
    message.extend(COOKIE);
    message.extend([53, 1, kind]);
    if !by_client || kind == 3 {
        message.extend([&[54, 4][..], &server.octets()].concat());
    }
    if by_client {
        message.extend([&[12, 10][..], b"dishwasher"].concat());
    } else {
        message.extend([51, 4, 0, 1, 0x51, 0x80]);
    }
    message.push(255);
    message
}

/// A question for the hardware address of a neighbour.
pub(super) fn neighbour(mac: [u8; 6], own: Ipv4Addr, wanted: Ipv4Addr) -> Vec<u8> {
    [&words(&[1, 0x0800, 0x0604, 1])[..], &mac, &own.octets(), &[0; 6], &wanted.octets()].concat()
}

/// A connection in TLS 1.0 with 3DES, as far as its hellos and some sealed data.
pub(super) fn old_connection(name: &str) -> Vec<Turn> {
    let listed = [&[0][..], &counted(name.as_bytes())].concat();
    let server_name = [words(&[0]), counted(&counted(&listed))].concat();
    // 3DES, AES-128 in CBC, RC4, all with keys sent under RSA
    let suites = [0, 0x0a, 0, 0x2f, 0, 0x05];
    let client = [&[3, 1][..], &[7; 32], &[0], &counted(&suites), &[1, 0], &counted(&server_name)].concat();
    let server = [&[3, 1][..], &[8; 32], &[0, 0, 10, 0]].concat();
    let sealed = record(23, &[0x5a; 64]);
    vec![(true, record(22, &handshake(1, &client))), (false, record(22, &handshake(2, &server))), (true, sealed.clone()), (false, sealed)]
}

fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, 0][..], &counted(body)].concat()
}

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind, 3, 1][..], &counted(content)].concat()
}

/// Bytes after their length in two bytes.
fn counted(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap_or_default().to_be_bytes()[..], bytes].concat()
}

fn labels(name: &str) -> Vec<u8> {
    let each = name.split('.').flat_map(|label| [&[u8::try_from(label.len()).unwrap_or_default()][..], label.as_bytes()].concat());
    each.chain([0]).collect()
}

fn words(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}
