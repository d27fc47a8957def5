//! Datagrams that services usual at a port should answer. All ask for something harmless.

/// A datagram for this UDP port; a single line end where no protocol is usual.
pub(super) fn payload(port: u16) -> Vec<u8> {
    match port {
        53 => dns("version", "bind", [0, 16, 0, 3]),
        69 => b"\0\x01nonexistent.assay\0octet\0".to_vec(),
        111 => RPC_NULL.to_vec(),
        123 => ntp(),
        137 => netbios(),
        161 | 1161 => SNMP_SYS_DESCR.to_vec(),
        500 | 4500 => ike(port),
        1900 => SSDP.to_vec(),
        3478 => STUN.to_vec(),
        3702 => WS_DISCOVERY.to_vec(),
        5060 => SIP.to_vec(),
        5353 => dns("_services._dns-sd._udp", "local", [0, 12, 0x80, 1]),
        5683 => COAP.to_vec(),
        5684 | 4433 => dtls(),
        47_808 => vec![0x81, 0x0b, 0x00, 0x08, 0x01, 0x00, 0x10, 0x08],
        _ => b"\r\n".to_vec(),
    }
}

/// SNMP v2c: GET of sysDescr.0 with the community `public`.
const SNMP_SYS_DESCR: &[u8] = b"\x30\x26\x02\x01\x01\x04\x06public\xa0\x19\x02\x01\x2a\x02\x01\x00\x02\x01\x00\
    \x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x01\x00\x05\x00";

/// CoAP: confirmable GET of `/.well-known/core`.
const COAP: &[u8] = b"\x40\x01\xa5\x5a\xbb.well-known\x04core";

/// ONC RPC: the null procedure of the port mapper.
const RPC_NULL: &[u8] = &[
    0x41, 0x53, 0x41, 0x59, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0x86, 0xa0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0,
];

/// STUN: a binding request (RFC 8489).
const STUN: &[u8] = b"\x00\x01\x00\x00\x21\x12\xa4\x42assay-probe!";

const SSDP: &[u8] = b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n";

const SIP: &[u8] = b"OPTIONS sip:assay@localhost SIP/2.0\r\nVia: SIP/2.0/UDP localhost;branch=z9hG4bKassay;rport\r\n\
    From: <sip:assay@localhost>;tag=assay\r\nTo: <sip:assay@localhost>\r\nCall-ID: assay\r\nCSeq: 1 OPTIONS\r\n\
    Max-Forwards: 0\r\nContent-Length: 0\r\n\r\n";

const WS_DISCOVERY: &[u8] = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\
    <e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:w=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
    xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"><e:Header>\
    <w:MessageID>urn:uuid:0a55a70b-0000-4000-8000-000000000001</w:MessageID>\
    <w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>\
    <w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action>\
    </e:Header><e:Body><d:Probe/></e:Body></e:Envelope>";

/// A question of two labels; `kind` holds type and class.
fn dns(first: &str, second: &str, kind: [u8; 4]) -> Vec<u8> {
    let mut packet = vec![0xa5, 0x5a, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in first.split('.').chain(second.split('.')) {
        packet.push(u8::try_from(label.len()).unwrap_or(0));
        packet.extend_from_slice(label.as_bytes());
    }
    packet.push(0);
    packet.extend_from_slice(&kind);
    packet
}

/// `NBSTAT` for the wildcard name (RFC 1002).
fn netbios() -> Vec<u8> {
    let mut packet = vec![0xa5, 0x5a, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x20];
    packet.extend_from_slice(b"CK");
    packet.extend_from_slice(&[b'A'; 30]);
    packet.extend_from_slice(&[0, 0, 0x21, 0, 1]);
    packet
}

/// NTP version 4, mode client.
fn ntp() -> Vec<u8> {
    let mut packet = vec![0; 48];
    packet[0] = 0x23;
    packet
}

/// IKE v1 main mode with one proposal; behind the non-ESP marker where NAT traversal is usual.
fn ike(port: u16) -> Vec<u8> {
    let mut packet = if port == 4500 { vec![0; 4] } else { Vec::new() };
    packet.extend_from_slice(b"assayike");
    packet.extend_from_slice(&[0; 8]);
    packet.extend_from_slice(&[1, 0x10, 2, 0, 0, 0, 0, 0, 0, 0, 0, 80]);
    packet.extend_from_slice(&[0, 0, 0, 52, 0, 0, 0, 1, 0, 0, 0, 1]);
    packet.extend_from_slice(&[0, 0, 0, 40, 1, 1, 0, 1]);
    packet.extend_from_slice(&[0, 0, 0, 32, 1, 1, 0, 0]);
    for attribute in [[0x80, 1, 0, 7], [0x80, 14, 0, 128], [0x80, 2, 0, 2], [0x80, 3, 0, 1], [0x80, 4, 0, 14], [0x80, 11, 0, 1]] {
        packet.extend_from_slice(&attribute);
    }
    packet
}

/// DTLS 1.2: a first `ClientHello` with pre-shared-key and certificate suites.
fn dtls() -> Vec<u8> {
    let suites: [u16; 6] = [0xc0a8, 0x00ae, 0xc0ae, 0xc02b, 0xc02f, 0x00ff];
    let extensions: &[u8] = &[0, 10, 0, 4, 0, 2, 0, 23, 0, 11, 0, 2, 1, 0, 0, 13, 0, 6, 0, 4, 4, 3, 4, 1];
    let mut body = vec![0xfe, 0xfd];
    body.extend_from_slice(&[0x5a; 32]);
    body.extend_from_slice(&[0, 0, 0, 12]);
    body.extend(suites.iter().flat_map(|suite| suite.to_be_bytes()));
    body.extend_from_slice(&[1, 0, 0, 24]);
    body.extend_from_slice(extensions);
    let length = u8::try_from(body.len()).unwrap_or(u8::MAX);
    let mut packet = vec![22, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, length + 12];
    packet.extend_from_slice(&[1, 0, 0, length, 0, 0, 0, 0, 0, 0, 0, length]);
    packet.extend(body);
    packet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_inside_the_packets_are_true() {
        assert_eq!(ike(500).len(), 80);
        assert_eq!(ike(4500).len(), 84);
        assert_eq!(dtls().len(), 13 + usize::from(dtls()[12]));
        assert_eq!(netbios().len(), 50);
        assert_eq!(SNMP_SYS_DESCR.len(), 2 + usize::from(SNMP_SYS_DESCR[1]));
        assert_eq!(RPC_NULL.len(), 40);
        assert_eq!(STUN.len(), 20);
        assert_eq!(payload(60_000), b"\r\n");
    }
}
